"""Which commands of the outbox still matter to the rows here, found by row: an index in memory over the outbox.

It holds every command that a person must decide, that waits, or whose effect no pull has covered yet. The commands
themselves stay in the outbox and are read when they are needed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.base import Key
from fleetdesk.protocol import Verdict

__all__ = ["Closure", "Entry", "Members", "Waiting"]

_DONE = (PendingState.SETTLED, PendingState.DISCARDED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index knows of one command.

    `effective`: its effect is part of the local rows, and is reapplied when they change underneath. `judged`: it has a
    verdict, the hub's or this side's own, that leaves it to the person. `blocking`: that verdict left undone what it
    would have created.
    """

    position: int
    id: str
    state: PendingState
    sequence: int | None
    effective: bool
    judged: bool
    blocking: bool
    missed: bool
    """Refused because a row was not there: it belongs under the command that would have created the row."""
    local_verdict: Verdict | None
    """What went wrong when it was last applied here; None if nothing did."""
    touches: frozenset[Key]
    reads: frozenset[Key]
    creates: frozenset[Key]
    batch: str | None = None
    due: dt.datetime | None = None
    """Until then it stays here for second thoughts; None if it may go at once. Not kept over a restart."""

    @property
    def keys(self) -> frozenset[Key]:
        """Every row that it needs."""
        return self.touches | self.reads

    @property
    def matters(self) -> bool:
        """Whether there is anything left to do with it, here or at the hub."""
        return self.effective or self.state not in _DONE

    @property
    def troubled(self) -> bool:
        """Whether it is more than a command that waits, or is on its way, as nearly all do."""
        return self.judged or self.blocking or self.state in (PendingState.INBOX, PendingState.HELD)

    @property
    def listed(self) -> bool:
        """Whether people see it by itself, and not counted with its batch."""
        if self.batch is not None:
            return self.state in (PendingState.INBOX, PendingState.HELD)
        return self.state not in _DONE


@dataclass(frozen=True, slots=True)
class Closure:
    """Rows whose local version is made anew together, and the commands, in order, that are applied to them again."""

    keys: frozenset[Key]
    positions: tuple[int, ...]


class Members:
    """The commands of one batch that are not done: their positions, how many stand where, the rows that they touch."""

    def __init__(self) -> None:
        self.positions: set[int] = set()
        self.states: Counter[PendingState] = Counter()
        self._touched: Counter[Key] = Counter()

    @property
    def touched(self) -> Container[Key]:
        """The rows, as they are now whenever it is asked; by any thread."""
        return self._touched.keys()

    def add(self, entry: Entry) -> None:
        """One more."""
        self.positions.add(entry.position)
        self.states[entry.state] += 1
        self._touched.update(entry.touches)

    def remove(self, entry: Entry) -> None:
        """One that is in goes."""
        self.positions.remove(entry.position)
        self.states[entry.state] -= 1
        for key in entry.touches:
            self._touched[key] -= 1
            if not self._touched[key]:
                del self._touched[key]


class Waiting:
    """Entries by position, by id, by batch, and by the rows that they need."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._by_id: dict[str, int] = {}
        self._batches: defaultdict[str, Members] = defaultdict(Members)
        self._troubled: set[int] = set()
        self._listed: set[int] = set()
        self._due_later: set[int] = set()
        self.states_counted: Counter[PendingState] = Counter()
        self._touching: defaultdict[Key, set[int]] = defaultdict(set)
        self._reading: defaultdict[Key, set[int]] = defaultdict(set)
        self._missing: set[Key] = set()

    def __iter__(self) -> Iterator[Entry]:
        """The entries in position order."""
        return iter([self._entries[position] for position in sorted(self._entries)])

    def put(self, entry: Entry) -> None:
        """Add an entry, or put it in the place of the one at its position."""
        self.forget(entry.position)
        self._entries[entry.position] = entry
        self._by_id[entry.id] = entry.position
        self.states_counted[entry.state] += 1
        if entry.troubled:
            self._troubled.add(entry.position)
        if entry.listed:
            self._listed.add(entry.position)
        if entry.due is not None and entry.state is PendingState.WAITING:
            self._due_later.add(entry.position)
        if entry.batch is not None and entry.state not in _DONE:
            self._batches[entry.batch].add(entry)
        if entry.effective:
            for key in entry.touches:
                self._touching[key].add(entry.position)
            for key in entry.reads:
                self._reading[key].add(entry.position)

    def forget(self, position: int) -> None:
        """Take the entry out, if it is in."""
        entry = self._entries.pop(position, None)
        if entry is None:
            return
        del self._by_id[entry.id]
        self.states_counted[entry.state] -= 1
        self._troubled.discard(position)
        self._listed.discard(position)
        self._due_later.discard(position)
        if entry.batch is not None and entry.state not in _DONE:
            self._batches[entry.batch].remove(entry)
            if not self._batches[entry.batch].positions:
                del self._batches[entry.batch]
        for index, keys in ((self._touching, entry.touches), (self._reading, entry.reads)):
            for key in keys:
                positions = index.get(key, set())
                positions.discard(position)
                if not positions:
                    index.pop(key, None)

    def get(self, position: int) -> Entry | None:
        """The entry at the position."""
        return self._entries.get(position)

    def find(self, command_id: str) -> Entry | None:
        """The entry of the command."""
        position = self._by_id.get(command_id)
        return None if position is None else self._entries[position]

    def due_later(self) -> list[Entry]:
        """Those that wait and were to stay here for a moment, whether or not it is over."""
        return [self._entries[position] for position in self._due_later]

    def effective(self) -> list[Entry]:
        """Those that are part of the local rows, in position order."""
        return [entry for entry in self if entry.effective]

    def touched(self, keys: Iterable[Key]) -> set[Key]:
        """Those of the keys that an effective command may have changed."""
        return {key for key in keys if key in self._touching}

    def closure(self, seeds: Iterable[Key], dropped: frozenset[int]) -> Closure:
        """Follow the seeds, and the rows of the dropped commands, through every effective command that needs them.

        A row that is only read, and that nothing in the closure changes, does not draw its other readers in.
        """
        keys: set[Key] = set()
        positions: set[int] = set()
        frontier = list(seeds)
        for position in dropped:
            frontier.extend(self._entries[position].touches)
        while frontier:
            key = frontier.pop()
            if key in keys:
                continue
            keys.add(key)
            for position in (self._touching.get(key, set()) | self._reading.get(key, set())) - positions:
                positions.add(position)
                entry = self._entries[position]
                frontier.extend(entry.touches)
                frontier.extend(key for key in entry.reads if key in self._touching)
        return Closure(frozenset(keys), tuple(sorted(positions - dropped)))

    def listed(self) -> list[Entry]:
        """Those that people see one by one, in order."""
        return [self._entries[position] for position in sorted(self._listed)]

    def batches(self) -> dict[str, Members]:
        """The batches of which any command is not done, in the order of their first ones."""
        return dict(sorted(self._batches.items(), key=lambda item: min(item[1].positions)))

    def in_batch(self, batch_id: str) -> list[Entry]:
        """The commands of a batch that are not done, in order."""
        members = self._batches.get(batch_id)
        return [] if members is None else [self._entries[position] for position in sorted(members.positions)]

    def held_under(self, *positions: int) -> list[Entry]:
        """What needs a row that the commands would have created, and what needs what those would create, in order."""
        missing = frozenset[Key]().union(*(self._entries[position].creates for position in positions))
        on_its_way = (PendingState.SENT, PendingState.SETTLED)
        first, given, found = min(positions), set(positions), dict[int, Entry]()
        while missing:
            entries = [self._entries[position] for position in self._needing(missing) - given - found.keys()]
            held = [entry for entry in entries if entry.position > first and entry.state not in on_its_way]
            found.update((entry.position, entry) for entry in held)
            missing = frozenset[Key]().union(*(entry.creates for entry in held))
        return [found[position] for position in sorted(found)]

    def _needing(self, keys: frozenset[Key]) -> set[int]:
        """The commands that need any of the rows, whether they have an effect here or only wait for the person."""
        found = {position for position in self._troubled if self._entries[position].keys & keys}
        for key in keys:
            found |= self._touching.get(key, set()) | self._reading.get(key, set())
        return found

    def behind(self, entry: Entry) -> set[int]:
        """The effective commands behind this one that rest on rows which it changed, by position."""
        found: set[int] = set()
        for key in entry.touches:
            found |= self._touching.get(key, set()) | self._reading.get(key, set())
        return {position for position in found if position > entry.position}

    def states(self) -> dict[int, PendingState]:
        """Where each command that is neither on its way nor done stands, seen together: who waits under whom.

        Where nothing is the matter with any of them, all wait, and none is named.
        """
        if not self._troubled:
            self._missing = set()
            return {}
        missing: set[Key] = set()
        found = {}
        for entry in self:
            if entry.state not in (PendingState.WAITING, PendingState.HELD, PendingState.INBOX):
                continue
            held = bool(entry.keys & missing) and (entry.missed or not entry.judged)
            if held:
                found[entry.position] = PendingState.HELD
            else:
                found[entry.position] = PendingState.INBOX if entry.judged else PendingState.WAITING
            if held or entry.blocking:
                missing |= entry.creates
        self._missing = missing
        return found

    def state_of(self, keys: frozenset[Key]) -> PendingState:
        """Where a new command that needs these rows stands."""
        return PendingState.HELD if keys & self._missing else PendingState.WAITING
