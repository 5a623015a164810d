"""What happens in a simulated day, decided beforehand from a seed: the same seed gives the same plan."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Kind", "Op", "Options", "make_plan"]


class Kind(StrEnum):
    """One kind of event. The first group is people's work, the second what the world does to them.

    The last one does nothing: in the middle of the day, the oracle has a look.
    """

    CREATE = "create"
    EDIT = "edit"
    CONTEST = "contest"
    LOG = "log"
    MOVE = "move"
    TAG = "tag"
    DELETE = "delete"
    RESTORE = "restore"
    DISCARD = "discard"
    DECIDE = "decide"
    UNDO = "undo"
    REDO = "redo"
    MERGE = "merge"
    SEPARATE = "separate"
    BULK = "bulk"
    VIEW = "view"

    CUT = "cut"
    HEAL = "heal"
    DROP_ANSWER = "drop_answer"
    DROP_REQUEST = "drop_request"
    TRUNCATE = "truncate"
    DOUBLE = "double"
    DELAY = "delay"
    KILL_LAPTOP = "kill_laptop"
    KILL_MID_WRITE = "kill_mid_write"
    KILL_HUB = "kill_hub"
    KILL_DATABASE = "kill_database"
    DISK_FULL = "disk_full"
    CLOCK = "clock"
    SQL_EDIT = "sql_edit"
    SQL_INSERT = "sql_insert"
    SQL_DELETE = "sql_delete"
    HOLD_OPEN = "hold_open"
    RELEASE = "release"
    DEMOTE = "demote"
    PROMOTE = "promote"
    TWO_ROLES = "two_roles"
    LOSE_OFFLINE = "lose_offline"
    LOAD_ANEW = "load_anew"
    SUSPEND = "suspend"
    DISMISS = "dismiss"
    READMIT = "readmit"
    DUMP = "dump"
    RESTORE_DUMP = "restore_dump"

    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Op:
    """One event: which laptop (where one is meant), a token that marks its value for the oracle, and a free choice."""

    number: int
    kind: Kind
    laptop: int
    token: str
    pick: int
    choice: float


@dataclass(frozen=True, slots=True)
class Options:
    """The size of the day, which rare catastrophes it has, and the seconds within which all must become quiet."""

    seed: int
    ops: int
    replicas: int = 3
    restores: bool = True
    kills: bool = True
    patience: float = 120.0


_WORK = {
    Kind.CREATE: 10,
    Kind.EDIT: 26,
    Kind.CONTEST: 8,
    Kind.LOG: 16,
    Kind.MOVE: 10,
    Kind.TAG: 5,
    Kind.DELETE: 3,
    Kind.RESTORE: 2,
    Kind.DISCARD: 4,
    Kind.DECIDE: 5,
    Kind.UNDO: 5,
    Kind.REDO: 2,
    Kind.MERGE: 2,
    Kind.SEPARATE: 1,
    Kind.BULK: 2,
    Kind.VIEW: 3,
}
_WORLD = {
    Kind.CUT: 4.0,
    Kind.HEAL: 4.0,
    Kind.DROP_ANSWER: 2.0,
    Kind.DROP_REQUEST: 1.0,
    Kind.TRUNCATE: 1.0,
    Kind.DOUBLE: 1.0,
    Kind.DELAY: 1.0,
    Kind.CLOCK: 0.7,
    Kind.SQL_EDIT: 4.0,
    Kind.SQL_INSERT: 1.0,
    Kind.SQL_DELETE: 1.0,
    Kind.HOLD_OPEN: 0.7,
    Kind.RELEASE: 1.0,
    Kind.DEMOTE: 0.4,
    Kind.PROMOTE: 1.2,
    Kind.TWO_ROLES: 0.3,
    Kind.LOSE_OFFLINE: 0.3,
    Kind.SUSPEND: 0.3,
    Kind.DISMISS: 0.2,
    Kind.READMIT: 0.8,
    Kind.LOOK: 2.0,
}
_KILLS = (Kind.KILL_LAPTOP, Kind.KILL_MID_WRITE, Kind.KILL_HUB, Kind.DISK_FULL, Kind.LOAD_ANEW)
_SHORTEST_WITH_ALL = 400


def make_plan(options: Options) -> list[Op]:
    """The day, in order. Every catastrophe that the options allow happens at least once in a day of 400 or more."""
    rng = random.Random(options.seed)
    weights: dict[Kind, float] = {**_WORK, **_WORLD}
    kinds = rng.choices(list(weights), list(weights.values()), k=options.ops)
    if options.kills:
        _place(rng, kinds, [list(_KILLS)] * _how_many(options.ops))
    if options.kills and options.ops >= _SHORTEST_WITH_ALL:
        _place(rng, kinds, [[Kind.KILL_DATABASE]] * max(1, options.ops // 2_000))
    if options.restores and options.ops >= _SHORTEST_WITH_ALL:
        _place(rng, kinds, [[Kind.DUMP, Kind.RESTORE_DUMP]] * max(1, options.ops // 2_000))
    return [
        Op(number, kind, rng.randrange(options.replicas), f"t{number}", rng.randrange(1 << 30), rng.random())
        for number, kind in enumerate(kinds)
    ]


def _how_many(ops: int) -> int:
    """How often each kill comes: often in a short day; in a long one less, as a process takes a second to come back."""
    return min(ops // 150, 10) + ops // 2_000


def _place(rng: random.Random, kinds: list[Kind], groups: list[list[Kind]]) -> None:
    """Put each group's kinds, in order and apart from one another, in a stretch of the day of its own."""
    if not groups:
        return
    stretch = len(kinds) // len(groups)
    for index, group in enumerate(groups):
        places = sorted(rng.sample(range(index * stretch, (index + 1) * stretch), len(group)))
        for place, kind in zip(places, group, strict=True):
            kinds[place] = kind


@dataclass
class Tally:
    """How often each kind happened."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str) -> None:
        """One more."""
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(sorted(self.counts.items()))
