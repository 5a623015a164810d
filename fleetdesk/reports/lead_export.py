"""Exporting leads to a file: row by row, so that a million take no more memory than one; whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from fleetdesk.commands.import_words import OWN_TITLES
from fleetdesk.process.collecting import no_collection
from fleetdesk.queries.lead_export import EXPORTED, whole_leads
from fleetdesk.reports.table_files import Cell, table_file

__all__ = ["ExportProgress", "export_leads", "exported_fields"]

_SAID_EVERY = 500
_OF_COLUMNS = {
    "name": ("first_name", "last_name"),
    "stage": ("stage",),
    "next_activity": ("next_activity", "next_activity_at"),
    "last_activity": ("last_activity_at",),
    "stage_since": ("stage_changed_at",),
    "created": ("created_at",),
    "updated": ("updated_at",),
}
_ID = "lead_id"


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far an export is: so many leads of all are written."""

    done: int
    leads: int

    def __str__(self) -> str:
        return f"{self.done:,} of {self.leads:,} leads written"


def exported_fields(columns: Iterable[str]) -> tuple[str, ...]:
    """What an export of a list's columns, by their keys, tells of each lead.

    The lead's own id stands at the end, so that the file is recognised when it is imported again.
    """
    fields = (_OF_COLUMNS.get(key, (key,)) for key in columns)
    found = dict.fromkeys(name for names in fields for name in names if name in EXPORTED)
    return (*found, _ID) if _ID not in found else tuple(found)


@no_collection()
def export_leads(
    connection: Connection,
    keys: Sequence[int],
    path: Path,
    *,
    fields: Sequence[str] = EXPORTED,
    say: Callable[[ExportProgress], None] = lambda _progress: None,
) -> int:
    """Write the leads with these row keys, in their order, as CSV or XLSX by the name's end; how many there were.

    `say` is told how far it is, and may raise to end it with nothing written. Raises as `table_file` does.
    """
    written = 0
    say(ExportProgress(0, len(keys)))
    with table_file(path, [OWN_TITLES[name] for name in fields]) as table:
        for lead in whole_leads(connection, keys, fields):
            table.write(_cells(fields, lead))
            written += 1
            if written % _SAID_EVERY == 0:
                say(ExportProgress(written, len(keys)))
        say(ExportProgress(written, len(keys)))
    return written


def _cells(fields: Sequence[str], lead: Sequence[Cell]) -> list[Cell]:
    """The lead's values as people read them."""
    return [
        value.capitalize() if name == "stage" and isinstance(value, str) else value
        for name, value in zip(fields, lead, strict=True)
    ]
