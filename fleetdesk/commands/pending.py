"""Waiting work as people see it: what the drawer and the Inbox show of the outbox, and what they may ask of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from fleetdesk.commands.core import Command
from fleetdesk.errors import Unavailable
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = [
    "BatchDone",
    "CommandDesk",
    "CutOff",
    "GoOn",
    "Heard",
    "History",
    "PastAct",
    "PendingBatch",
    "PendingChange",
    "PendingState",
    "Performed",
    "RowRefused",
    "TakenIn",
    "to_the_end",
    "unheard",
]

GoOn = Callable[[int], bool]
"""Asked between the portions of a batch, with how many rows it has come through: False ends it there."""


def to_the_end(_rows: int) -> bool:
    """Goes on, whatever it is told."""
    return True


Heard = Callable[[int], None]
"""Told now and then how many commands have been applied. It may raise, and then nothing of them is kept."""


def unheard(_applied: int) -> None:
    """Does nothing with what it is told."""


class PendingState(StrEnum):
    """Where a command of the outbox stands."""

    WAITING = "waiting"
    """Not offered to the hub yet: it may still be discarded."""
    SENT = "sent"
    """Offered; its verdict is not known yet."""
    INBOX = "inbox"
    """Conflicting or rejected: the person decides."""
    HELD = "held"
    """Needs a row whose creation waits in the Inbox."""
    SETTLED = "settled"
    """Applied or merged; kept thirty days."""
    DISCARDED = "discarded"
    """Given up by the person; kept thirty days."""


@dataclass(frozen=True, slots=True)
class PendingChange:
    """One command of the outbox. `position` is its place in the laptop's order; `command` is the act itself."""

    position: int
    command: Command
    sentence: str
    target: Key
    state: PendingState
    issued_at: dt.datetime
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class PendingBatch:
    """The commands of one batch that are not done, as one line. `position` is the place of the first of them.

    `touches` knows the rows that they change, as they are whenever it is asked; `paused`: those that wait stay here
    until the batch is resumed.
    """

    id: str
    position: int
    sentence: str
    begun_at: dt.datetime
    waiting: int
    sent: int
    inbox: int
    held: int
    paused: bool
    touches: Container[Key] = field(compare=False)


@dataclass(frozen=True, slots=True)
class RowRefused:
    """One row of a batch that was left as it is, and why."""

    target: Key
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class BatchDone:
    """What came of a batch, or of an undoing: how many rows were done, and each one that was not.

    `ended`: it was cancelled, or `trouble` kept it from going on; what was done by then stays done, and can be undone.
    `act` is the number by which `CommandDesk.undo` or `redo` turns it round; None if it changed nothing. `undo_for`:
    how long that surely works, where nothing takes it back once it is sent; None where it works as long as it is known.
    """

    batch_id: str
    done: int
    refused: tuple[RowRefused, ...] = ()
    ended: bool = False
    trouble: Unavailable | None = None
    act: int | None = None
    undo_for: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class CutOff:
    """An act over many rows that FleetDesk did not bring to its end, because it ended itself before.

    `rows` are done: `act` turns them round (it is there unless the act is `whole`, and none of it may stand). Of an act
    that was undone, or done again, `left` rows are not: `rest` turns them too. Of another one, `targets` are those that
    are done. `undone`: undoing was what it did.
    """

    batch_id: str
    sentence: str
    whole: bool = False
    rows: int = 0
    act: int | None = None
    undone: bool = False
    rest: int | None = None
    left: int = 0
    targets: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class PastAct:
    """An act that may be undone, or redone. `target` is its row where it has just one; `why_not` is empty if it can be.

    Its name for `CommandDesk.undo` and `redo` is `number`.
    """

    number: int
    sentence: str
    performed_at: dt.datetime
    rows: int
    target: Key | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What would be undone next, and what would be redone.

    `stays` was done after what `undo` names, and cannot be undone: the latest such act, if there is one.
    """

    undo: PastAct | None = None
    redo: PastAct | None = None
    stays: PastAct | None = None


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of commands that were performed together.

    `refusal` says why nothing of them was kept, None if all were. `conflicts` names what was left as somebody else has
    it, by commands that were kept for what they did set. `act` is the number by which `CommandDesk.undo` takes them
    back; None if they changed nothing. `undo_for`: as in `BatchDone`.
    """

    refusal: Verdict | None = None
    conflicts: tuple[FieldConflict, ...] = ()
    act: int | None = None
    undo_for: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a file: how many changes wait here now because of it, and how many were here already."""

    taken: int
    known: int


class CommandDesk(Protocol):
    """What screens may ask of the laptop half. Every call may wait for a disk: never call it on the GUI thread."""

    def perform(self, *acts: Command) -> tuple[Verdict, ...]:
        """Apply commands here at once and keep those accepted for the hub: all in one transaction, in order.

        A refused command (verdict `rejected`, or a `conflict` that set nothing) is not kept; the others are.
        Raises Unavailable (DiskFull, …) where nothing could be kept.
        """
        ...

    def perform_whole(
        self, batch_id: str, acts: Iterable[Command], *, sentence: Callable[[int], str], heard: Heard = unheard
    ) -> BatchDone:
        """Perform commands as one act: all that are not refused are kept, or nothing is.

        They are taken from `acts` and performed a portion at a time, so that other acts come in between; none of them
        is sent before all are there. `sentence` says what was done, by the number of rows; `heard` is told how far it
        is, for the last time before it counts. What `acts` or `heard` raise goes on, once what was performed is taken
        back, and what rests on it. After a crash `cut_off` names it, and `take_back` does that. Raises as `perform`
        does.
        """
        ...

    def perform_together(self, *acts: Command) -> Performed:
        """Perform the commands that are one act of a person: all of them, or none where one would be refused.

        Raises as `perform` does.
        """
        ...

    def perform_batch(
        self, batch_id: str, acts: Iterable[Command], *, sentence: Callable[[int], str], go_on: GoOn = to_the_end
    ) -> BatchDone:
        """Perform commands as one act in which each row is done or refused by itself.

        They are taken from `acts` and kept a portion at a time, so that other acts come in between. `sentence` says
        what was done, by the number of rows. Raises as `perform` does where not even the first portion could be kept.
        """
        ...

    def cut_off(self) -> tuple[CutOff, ...]:
        """The acts over many rows that were under way when FleetDesk ended, or are: ask before any is begun."""
        ...

    def take_back(self, batch_id: str, *, go_on: GoOn = to_the_end) -> bool:
        """Take out what a crash left of an act that is whole or nothing; whether `go_on` let it come to the end."""
        ...

    def let_stand(self, batch_id: str) -> None:
        """What a crash left of an act stands as it is: `cut_off` no longer names it."""
        ...

    def pending(self) -> tuple[PendingChange, ...]:
        """Everything that is not settled or discarded, in order.

        Of a batch, only what waits for the person (in the Inbox, or held); `batches` counts the rest.
        """
        ...

    def batches(self) -> tuple[PendingBatch, ...]:
        """The batches of which anything is not settled or discarded, in order."""
        ...

    def pause_batch(self, batch_id: str, *, paused: bool) -> None:
        """Keep what waits of a batch here, with whatever came later to the same rows; or let it go."""
        ...

    def discard_batch(self, batch_id: str, *, go_on: GoOn = to_the_end) -> BatchDone:
        """Give up what waits of a batch, here and in the Inbox, and what is held under that; `done` counts them.

        What was sent already is not taken back: undo does that.
        """
        ...

    def history(self) -> History:
        """What undo and redo would do now."""
        ...

    def undo(self, act: int, *, go_on: GoOn = to_the_end) -> BatchDone:
        """Take an act back: what was not sent yet is withdrawn, the rest is taken back by new commands.

        An act over many rows is taken back row by row, as a new batch; another one as a whole or, with one reason in
        `refused`, not at all. Raises Refused if the act is no longer known.
        """
        ...

    def redo(self, act: int, *, go_on: GoOn = to_the_end) -> BatchDone:
        """Do again what was undone. Raises and returns as `undo` does."""
        ...

    def discard(self, command_id: str) -> Changes:
        """Give up a waiting or Inbox command, and those held under it. Raises Refused if it is already on its way."""
        ...

    def retry(self, command_id: str) -> Verdict:
        """Offer an Inbox command again under a new id, and what was held under it."""
        ...

    def resolve(self, command_id: str, mine: tuple[FieldConflict, ...]) -> Verdict:
        """Settle a conflict: fields in `mine` are set after all, the others stay as the hub has them."""
        ...

    def replace(self, command_id: str, edited: Command) -> Verdict:
        """Put an edited command in the place of an Inbox one."""
        ...

    def carry_off(self, path: Path, passphrase: str) -> int:
        """Write what waits, and the Inbox, into a file under a passphrase; how many changes that is. All of it stays.

        The bytes of documents and drafts are not in it. Raises Invalid for a short passphrase, DiskFull.
        """
        ...

    def take_in(self, path: Path, passphrase: str) -> TakenIn:
        """Have the changes of such a file wait here, but for those that are here already.

        Raises BadFile, Invalid for a wrong passphrase, Refused for another person's file or one that is too old.
        """
        ...
