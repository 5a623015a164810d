"""Many commands as one act: performed, paused and given up a portion at a time, so that people come in between."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import (
    BatchDone,
    CutOff,
    GoOn,
    Heard,
    PendingBatch,
    PendingState,
    RowRefused,
    to_the_end,
)
from fleetdesk.errors import Unavailable
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.process.collecting import no_collection
from fleetdesk.sync.files.outbox_acts import Acts, UnderWay
from fleetdesk.sync.store.deeds import WaysBack, changes_of
from fleetdesk.sync.store.giving_up import give_up, unmake
from fleetdesk.sync.store.rebase import Outcome, apply_all
from fleetdesk.sync.store.waiting import Entry, Members
from fleetdesk.sync.store.writer import Writer

__all__ = ["PORTION", "Batches", "Tally", "close", "in_portions"]

PORTION = 100
"""Rows that one turn of a batch does: a person's act may have to wait for one."""
_LARGE_PORTION = 200
"""Rows of new commands that one turn does where there are many: fewer pages are written, and it is felt no more."""

T = TypeVar("T")


@dataclass
class Tally:
    """What a batch has come to so far. `act`: under which number its way back is kept, once there is one.

    `whole`: all of it counts, or nothing.
    """

    batch_id: str
    whole: bool = False
    done: int = 0
    refused: list[RowRefused] = field(default_factory=list)
    ended: bool = False
    trouble: Unavailable | None = None
    act: int | None = None
    undo_for: dt.timedelta | None = None
    latest: frozenset[Key] = frozenset()
    """What the latest of its commands touched."""

    @property
    def rows(self) -> int:
        """How many rows it has come through."""
        return self.done + len(self.refused)

    def add(self, results: Sequence[tuple[Command, Outcome]]) -> None:
        """Count a portion."""
        refused = [
            RowRefused(command.target(), outcome.verdict) for command, outcome in results if not outcome.accepted
        ]
        self.done += len(results) - len(refused)
        self.refused += refused
        self.latest = results[-1][0].touches()

    def result(self) -> BatchDone:
        """The same, for the person."""
        return BatchDone(
            self.batch_id, self.done, tuple(self.refused), self.ended, self.trouble, self.act, self.undo_for
        )


class Batches:
    """Performs batches, and decides with the person about those that wait."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def perform(self, batch_id: str, acts: Iterable[Command], sentence: Callable[[int], str], go_on: GoOn) -> BatchDone:
        """See `CommandDesk.perform_batch`."""
        tally = Tally(batch_id)
        try:
            for commands in in_portions(_joined(acts, batch_id)):
                if tally.rows and not go_on(tally.rows):
                    tally.ended = True
                    break
                self._perform(commands, tally, sentence)
        except Unavailable as error:
            if not tally.rows:
                raise
            tally.ended, tally.trouble = True, error
        close(self._writer, tally)
        return tally.result()

    @no_collection()
    def perform_whole(
        self, batch_id: str, acts: Iterable[Command], sentence: Callable[[int], str], heard: Heard
    ) -> BatchDone:
        """See `CommandDesk.perform_whole`."""
        tally = Tally(batch_id, whole=True)
        try:
            for commands in in_portions(_joined(acts, batch_id), _LARGE_PORTION):
                self._perform(commands, tally, sentence)
                heard(tally.rows)
            heard(tally.rows)
        except BaseException as error:
            try:
                self.take_back(batch_id, to_the_end)
            except Unavailable as trouble:
                raise Unavailable(
                    f"{trouble.what} So what had come in could not be taken out again.",
                    kept="None of it is sent. It stands in the lists until FleetDesk starts again, and goes then.",
                    do=trouble.do or "Close FleetDesk, and start it again.",
                ) from error
            raise
        close(self._writer, tally)
        return tally.result()

    def cut_off(self) -> tuple[CutOff, ...]:
        """See `CommandDesk.cut_off`."""
        writer = self._writer
        with writer.as_person():
            acts = writer.outbox.acts
            return tuple(cut for batch in acts.under_way() if (cut := self._cut_off(acts, batch)) is not None)

    def take_back(self, batch_id: str, go_on: GoOn) -> bool:
        """See `CommandDesk.take_back`."""
        writer = self._writer
        with writer.as_person():
            positions = [entry.position for entry in writer.waiting.in_batch(batch_id)]
        positions.reverse()
        rows = 0
        for portion in in_portions(positions):
            if rows and not go_on(rows):
                return False
            with writer.as_sync(), writer.step() as step:
                # The last one first: none rests on one that is gone.
                entries = [entry for position in portion if (entry := writer.waiting.get(position)) is not None]
                if entries:
                    unmake(writer, step, entries)
            rows += len(portion)
        self.let_stand(batch_id)
        return True

    def let_stand(self, batch_id: str) -> None:
        """See `CommandDesk.let_stand`."""
        with self._writer.as_person(), self._writer.outbox.transaction():
            self._writer.outbox.acts.end(batch_id)

    def listed(self) -> tuple[PendingBatch, ...]:
        """See `CommandDesk.batches`."""
        writer = self._writer
        with writer.as_person():
            batches = writer.waiting.batches()
            half_done = {batch.batch_id for batch in writer.outbox.acts.under_way() if batch.whole}
            return tuple(self._shown(batch_id, batches[batch_id]) for batch_id in batches if batch_id not in half_done)

    def pause(self, batch_id: str, *, paused: bool) -> None:
        """See `CommandDesk.pause_batch`."""
        writer = self._writer
        with writer.as_person():
            entries = writer.waiting.in_batch(batch_id)
            if not entries:
                return
            sentence = self._sentence(batch_id, entries[0].position)
            with writer.outbox.transaction():
                writer.outbox.acts.pause_batch(batch_id, sentence, writer.clock.now(), paused=paused)
            writer.tell(Changes(frozenset[Key]().union(*(entry.touches for entry in entries))))

    def discard(self, batch_id: str, go_on: GoOn) -> BatchDone:
        """See `CommandDesk.discard_batch`."""
        tally, writer = Tally(batch_id), self._writer
        while True:
            with writer.as_sync(), writer.step() as step:
                entries = self._decidable(batch_id)[:PORTION]
                if entries:
                    tally.done += len(give_up(writer, step, entries))
            if not entries:
                return tally.result()
            if not go_on(tally.rows):
                tally.ended = True
                return tally.result()

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _perform(self, commands: Sequence[Command], tally: Tally, sentence: Callable[[int], str]) -> None:
        writer, ways = self._writer, WaysBack(self._writer)
        with writer.as_sync(), writer.step() as step:
            outcomes = apply_all(writer.replica, writer.platform, commands, writer.actor(), ways.observe)
            results = list(zip(commands, outcomes, strict=True))
            if accepted := _accepted(results):
                said = sentence(tally.done + len(accepted))
                writer.keep(step, accepted, noting=partial(self._note, ways, commands, tally, said))
                step.changes |= changes_of(outcomes)
        if tally.undo_for is None:
            tally.undo_for = writer.undo_for(commands)
        tally.add(results)

    def _note(self, ways: WaysBack, commands: Sequence[Command], tally: Tally, sentence: str, acts: Acts) -> None:
        """Write down what the batch came to do so far, and how this portion of it can be taken back."""
        now = self._writer.clock.now()
        if tally.act is not None and not acts.known(tally.act):
            tally.act = None
        if steps := ways.of(commands):
            if tally.act is None:
                acts.forget_undone()
                tally.act = acts.begin(sentence, now, rowwise=True)
            acts.add_steps(tally.act, steps)
        if tally.act is not None:
            acts.rename(tally.act, sentence)
        acts.go_on(UnderWay(tally.batch_id, sentence, now, tally.whole, tally.act, turns=None))

    def _cut_off(self, acts: Acts, batch: UnderWay) -> CutOff | None:
        """What is to be told of a batch that did not come to its end; None if there is nothing to decide any more."""
        done = None if batch.act is None else acts.find(batch.act)
        rest = None if batch.turns is None else acts.find(batch.turns)
        if batch.whole:
            return CutOff(
                batch.batch_id, batch.sentence, whole=True, rows=len(self._writer.waiting.in_batch(batch.batch_id))
            )
        if done is None or (batch.turns is not None and rest is None):
            return None
        return CutOff(
            batch.batch_id,
            done.sentence,
            rows=done.steps,
            act=done.number,
            undone=done.undone,
            rest=None if rest is None else rest.number,
            left=0 if rest is None else rest.steps,
            targets=acts.targets(done.number) if batch.turns is None else frozenset(),
        )

    def _decidable(self, batch_id: str) -> list[Entry]:
        """What of the batch is neither done nor on its way."""
        entries = [
            entry
            for entry in self._writer.waiting.in_batch(batch_id)
            if entry.state in (PendingState.WAITING, PendingState.HELD, PendingState.INBOX)
        ]
        inboxed = [entry.position for entry in entries if entry.state is PendingState.INBOX]
        on_its_way = {
            stored.position
            for stored in self._writer.outbox.read(inboxed)
            if stored.sequence is not None and stored.verdict is None
        }
        return [entry for entry in entries if entry.position not in on_its_way]

    def _shown(self, batch_id: str, members: Members) -> PendingBatch:
        """One batch as a line."""
        note, states, first = self._writer.outbox.acts.batch(batch_id), members.states, min(members.positions)
        begun_at = self._writer.outbox.read([first])[0].wire.issued_at if note is None else note.begun_at
        return PendingBatch(
            id=batch_id,
            position=first,
            sentence=self._sentence(batch_id, first),
            begun_at=begun_at,
            waiting=states[PendingState.WAITING],
            sent=states[PendingState.SENT],
            inbox=states[PendingState.INBOX],
            held=states[PendingState.HELD],
            paused=note is not None and note.paused,
            touches=members.touched,
        )

    def _sentence(self, batch_id: str, first: int) -> str:
        """What a batch does; one without a name of its own is called by what its first command did."""
        note = self._writer.outbox.acts.batch(batch_id)
        if note is not None:
            return note.sentence
        [stored] = self._writer.outbox.read([first])
        command = self._writer.decode(stored.wire)
        return "A batch of changes" if command is None else command.sentence()


def close(writer: Writer, tally: Tally) -> None:
    """A batch is at its end. Where that cannot be written down, it counts as cut off, and the person is asked."""
    if tally.rows:
        with suppress(Unavailable), writer.as_sync():
            with writer.outbox.transaction():
                writer.outbox.acts.end(tally.batch_id)
            if tally.whole:
                # Only now is there anything to send: have whoever does so look.
                writer.tell(Changes(tally.latest))


def _joined(acts: Iterable[Command], batch_id: str) -> Iterator[Command]:
    """The commands, all of them of the batch."""
    return (act if act.batch == batch_id else replace(act, batch=batch_id) for act in acts)


def _accepted(results: Sequence[tuple[Command, Outcome]]) -> list[tuple[Command, Outcome]]:
    return [(command, outcome) for command, outcome in results if outcome.accepted]


def in_portions(items: Iterable[T], size: int = PORTION) -> Iterator[list[T]]:
    """The items in lists of a bounded size."""
    rest = iter(items)
    while portion := list(itertools.islice(rest, size)):
        yield portion
