"""Many commands as one act: performed, paused and given up a portion at a time, so that people come in between."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from fleetdesk.collecting import no_collection
from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import BatchDone, GoOn, Heard, PendingBatch, PendingState, RowRefused
from fleetdesk.errors import Unavailable
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.sync.files.outbox_acts import Acts
from fleetdesk.sync.store.deeds import WaysBack, changes_of
from fleetdesk.sync.store.giving_up import give_up
from fleetdesk.sync.store.rebase import Outcome, apply_all
from fleetdesk.sync.store.waiting import Entry
from fleetdesk.sync.store.writer import Writer

__all__ = ["PORTION", "Batches", "Tally", "in_portions"]

PORTION = 100
"""Rows that one turn of a batch does: a person's act may have to wait for one."""
_LARGE_PORTION = 500
"""Rows that are put together where all of a batch is done in one turn."""

T = TypeVar("T")


@dataclass
class Tally:
    """What a batch has come to so far. `act`: under which number its way back is kept, once there is one."""

    batch_id: str
    done: int = 0
    refused: list[RowRefused] = field(default_factory=list)
    ended: bool = False
    trouble: Unavailable | None = None
    act: int | None = None

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

    def result(self) -> BatchDone:
        """The same, for the person."""
        return BatchDone(self.batch_id, self.done, tuple(self.refused), self.ended, self.trouble, self.act)


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
        return tally.result()

    def perform_whole(
        self, batch_id: str, acts: Iterable[Command], sentence: Callable[[int], str], heard: Heard
    ) -> BatchDone:
        """See `CommandDesk.perform_whole`."""
        tally, writer, changed = Tally(batch_id), self._writer, set[Key]()
        with no_collection(), writer.as_person(), writer.step() as step:
            with writer.keeping(step) as keep:
                for commands in in_portions(_joined(acts, batch_id), _LARGE_PORTION):
                    ways = WaysBack(writer)
                    outcomes = apply_all(writer.replica, writer.platform, commands, writer.actor(), ways.observe)
                    results = list(zip(commands, outcomes, strict=True))
                    tally.add(results)
                    keep(_accepted(results), partial(self._note_steps, ways, commands, tally, sentence(tally.done)))
                    changed.update(*(outcome.changed for outcome in outcomes))
                    heard(tally.rows)
                if tally.done:
                    keep([], partial(self._note_said, tally, sentence(tally.done)))
                heard(tally.rows)
            step.changes |= Changes(frozenset(changed))
        return tally.result()

    def listed(self) -> tuple[PendingBatch, ...]:
        """See `CommandDesk.batches`."""
        writer = self._writer
        with writer.as_person():
            entries = defaultdict[str, list[Entry]](list)
            for entry in writer.waiting:
                if entry.batch is not None and entry.state not in (PendingState.SETTLED, PendingState.DISCARDED):
                    entries[entry.batch].append(entry)
            return tuple(self._shown(batch_id, members) for batch_id, members in entries.items())

    def pause(self, batch_id: str, *, paused: bool) -> None:
        """See `CommandDesk.pause_batch`."""
        writer = self._writer
        with writer.as_person():
            entries = writer.waiting.in_batch(batch_id)
            if not entries:
                return
            sentence = self._shown(batch_id, entries).sentence
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
        tally.add(results)

    def _note(self, ways: WaysBack, commands: Sequence[Command], tally: Tally, sentence: str, acts: Acts) -> None:
        """Write down what the batch came to do so far, and how this portion of it can be taken back."""
        if tally.act is not None and acts.find(tally.act) is None:
            tally.act = None
        self._note_steps(ways, commands, tally, sentence, acts)
        self._note_said(tally, sentence, acts)

    def _note_steps(self, ways: WaysBack, commands: Sequence[Command], tally: Tally, sentence: str, acts: Acts) -> None:
        steps = ways.of(commands)
        if not steps:
            return
        if tally.act is None:
            acts.forget_undone()
            tally.act = acts.begin(sentence, self._writer.clock.now(), rowwise=True)
        acts.add_steps(tally.act, steps)

    def _note_said(self, tally: Tally, sentence: str, acts: Acts) -> None:
        acts.name_batch(tally.batch_id, sentence, self._writer.clock.now())
        if tally.act is not None:
            acts.rename(tally.act, sentence)
            acts.bound()

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

    def _shown(self, batch_id: str, entries: Sequence[Entry]) -> PendingBatch:
        """One batch as a line; one without a name of its own is called by what its first command did."""
        states = [entry.state for entry in entries]
        note = self._writer.outbox.acts.batch(batch_id)
        [first] = self._writer.outbox.read([entries[0].position])
        if note is None:
            command = self._writer.decode(first.wire)
            sentence = "A batch of changes" if command is None else command.sentence()
        else:
            sentence = note.sentence
        return PendingBatch(
            id=batch_id,
            position=entries[0].position,
            sentence=sentence,
            begun_at=first.wire.issued_at if note is None else note.begun_at,
            waiting=states.count(PendingState.WAITING),
            sent=states.count(PendingState.SENT),
            inbox=states.count(PendingState.INBOX),
            held=states.count(PendingState.HELD),
            paused=note is not None and note.paused,
            touches=frozenset[Key]().union(*(entry.touches for entry in entries)),
        )


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
