"""Small files of leads, as planned rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from fleetdesk.commands.lead_import import ImportBatch, ImportPlanner, PlannedRow, guess_mapping
from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import BadFile
from fleetdesk.models.duplicates import DuplicateKey, ExistingLead

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
NOBODY: Mapping[DuplicateKey, ExistingLead] = {}


@dataclass(frozen=True)
class Row:
    """A row of a file."""

    number: int
    cells: tuple[str, ...]
    problem: BadFile | None = None


def plan(
    header: str,
    *rows: str,
    known: Mapping[DuplicateKey, ExistingLead] = NOBODY,
    owners: Mapping[str, str] = {},
    zone: dt.tzinfo = dt.UTC,
    keep_duplicates: bool = False,
) -> list[PlannedRow]:
    """The fate of each row; header and rows are written with bars between the cells, and the header is row 1."""
    numbers = count(1)
    batch = ImportBatch(
        import_id="import",
        issued_at=NOON,
        new_id=lambda: f"id-{next(numbers)}",
        owners=owners,
        zone=zone,
        keep_duplicates=keep_duplicates,
    )
    planner = ImportPlanner(guess_mapping(tuple(header.split("|"))), batch, lambda keys: known)
    return list(planner.plan(Row(place, tuple(row.split("|"))) for place, row in enumerate(rows, start=2)))


def planned(header: str, row: str) -> PlannedRow:
    """The fate of the only row."""
    [result] = plan(header, row)
    return result


def lead(header: str, row: str) -> CreateLead:
    """The lead that the only row becomes."""
    command = planned(header, row).command
    assert command is not None
    return command
