"""Small files of leads, as planned rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from fleetdesk.commands.lead_import import ImportBatch, ImportPlanner, OnExisting, PlannedRow, Words, guess_mapping
from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import BadFile
from fleetdesk.models.duplicates import DuplicateKey, ExistingLead
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
NOBODY: Mapping[DuplicateKey, ExistingLead] = {}


@dataclass(frozen=True)
class Row:
    """A row of a file."""

    number: int
    cells: tuple[str, ...]
    problem: BadFile | None = None


@dataclass(frozen=True)
class Book:
    """Leads that are there: by what they are known, and what they hold."""

    known: Mapping[DuplicateKey, ExistingLead]
    there: Mapping[str, Mapping[str, JsonValue]]

    def having(self, keys: Iterable[DuplicateKey]) -> Mapping[DuplicateKey, ExistingLead]:
        return {key: self.known[key] for key in keys if key in self.known}

    def named(self, ids: Iterable[str]) -> Mapping[str, ExistingLead]:
        there = {id_: self.there[id_] for id_ in ids if id_ in self.there}
        return {id_: ExistingLead(id_, str(held.get("first_name")), None) for id_, held in there.items()}

    def values(self, ids: Iterable[str]) -> Mapping[str, Mapping[str, JsonValue]]:
        return {id_: self.there[id_] for id_ in ids if id_ in self.there}


def plan(
    header: str,
    *rows: str,
    known: Mapping[DuplicateKey, ExistingLead] = NOBODY,
    owners: Mapping[str, str] = {},
    zone: dt.tzinfo = dt.UTC,
    there: Mapping[str, Mapping[str, JsonValue]] = {},
    stages: Mapping[str, Stage] = {},
    on_existing: OnExisting = OnExisting.LEAVE,
    overwritten: frozenset[str] = frozenset(),
    owner: str | None = None,
) -> list[PlannedRow]:
    """The fate of each row; header and rows are written with bars between the cells, and the header is row 1."""
    numbers = count(1)
    batch = ImportBatch(
        import_id="import",
        issued_at=NOON,
        new_id=lambda: f"id-{next(numbers)}",
        words=Words(owners, stages, zone),
        on_existing=on_existing,
        overwritten=overwritten,
        owner=owner,
    )
    planner = ImportPlanner(guess_mapping(tuple(header.split("|"))), batch, Book(known, there))
    return list(planner.plan(Row(place, tuple(row.split("|"))) for place, row in enumerate(rows, start=2)))


def planned(header: str, row: str) -> PlannedRow:
    """The fate of the only row."""
    [result] = plan(header, row)
    return result


def lead(header: str, row: str) -> CreateLead:
    """The lead that the only row becomes."""
    command = planned(header, row).command
    assert isinstance(command, CreateLead)
    return command
