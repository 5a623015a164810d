"""A source of rows in memory, held back and failing when a test says so."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fleetdesk.errors import FleetDeskError
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.qt.tasks import Cancellation

TABLE = "people"


@dataclass(frozen=True, slots=True)
class Person:
    """One row."""

    id: str
    name: str
    stage: str = "new"
    score: int = 0


Rule = Callable[[Person], bool]


def everyone(_person: Person) -> bool:
    """The query that matches all."""
    return True


@dataclass
class People:
    """People by key, in the order of their keys. While closed, `gate` holds keys back and `page_gate` rows."""

    rows: dict[int, Person] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    page_gate: threading.Event = field(default_factory=threading.Event)
    failure: FleetDeskError | None = None
    first: int | None = None  # the key that stands before all others
    piece: int = 0  # the size of the first piece of keys; 0 for all at once
    pages: list[list[int]] = field(default_factory=list)
    key_reads: int = 0

    def __post_init__(self) -> None:
        self.gate.set()
        self.page_gate.set()

    def keys(self, query: Rule, cancel: Cancellation) -> Iterator[array[int]]:
        """Those whom the query matches."""
        self.key_reads += 1
        ordered = sorted(self.rows, key=lambda key: (key != self.first, key))
        keys = array("q", (key for key in ordered if query(self.rows[key])))
        if self.piece:
            yield keys[: self.piece]
            yield array("q")
            self._wait(self.gate, cancel)
            yield keys[self.piece :]
        else:
            self._wait(self.gate, cancel)
            yield keys

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, Person]:
        """The rows asked for, noted down."""
        self.pages.append(list(keys))
        self._wait(self.page_gate, cancel)
        return {key: self.rows[key] for key in keys if key in self.rows}

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        """The keys of people by id."""
        wanted = set(ids)
        return {person.id: key for key, person in self.rows.items() if person.id in wanted}

    def _wait(self, gate: threading.Event, cancel: Cancellation) -> None:
        with cancel.on_cancel(gate.set):
            gate.wait(10)
        if self.failure is not None:
            raise self.failure


def crowd(count: int, *, first_key: int = 0) -> dict[int, Person]:
    """So many people; person n has the key `first_key` + n."""
    return {first_key + n: Person(f"p{n}", f"Person {n}", "won" if n % 5 == 0 else "new", n) for n in range(count)}


def person_changed(*ids: str) -> Changes:
    """What the feed tells when these people changed."""
    return Changes(frozenset(Key(TABLE, id_) for id_ in ids))


EVERYTHING_CHANGED = Changes(tables=frozenset({TABLE}))

COLUMNS: tuple[Column[Person], ...] = (
    Column("name", "Name", lambda person: Cell(person.name, strong=True), stretch=True),
    Column("stage", "Stage", lambda p: Cell(p.stage, Tone.SUCCESS if p.stage == "won" else Tone.INFO), width=96),
    Column("score", "Score", lambda person: Cell(str(person.score)), width=64, align=Align.END),
)
