"""Waiting work as people see it: what the drawer and the Inbox show of the outbox, and what they may ask of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fleetdesk.commands.core import Command
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = ["CommandDesk", "PendingChange", "PendingState", "Performed"]


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
class Performed:
    """What came of commands that were performed together.

    `refusal` says why nothing of them was kept, None if all were. `conflicts` names what was left as somebody else has
    it, by commands that were kept for what they did set.
    """

    refusal: Verdict | None = None
    conflicts: tuple[FieldConflict, ...] = ()


class CommandDesk(Protocol):
    """What screens may ask of the laptop half. Every call may wait for a disk: never call it on the GUI thread."""

    def perform(self, *acts: Command) -> tuple[Verdict, ...]:
        """Apply commands here at once and keep those accepted for the hub: all in one transaction, in order.

        A refused command (verdict `rejected`, or a `conflict` that set nothing) is not kept; the others are.
        Raises Unavailable (DiskFull, …) where nothing could be kept.
        """
        ...

    def perform_together(self, *acts: Command) -> Performed:
        """Perform the commands that are one act of a person: all of them, or none where one would be refused.

        Raises as `perform` does.
        """
        ...

    def pending(self) -> tuple[PendingChange, ...]:
        """Everything that is not settled or discarded, in order."""
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
