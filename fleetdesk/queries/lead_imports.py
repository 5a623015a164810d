"""Imports that were, and what became since of the leads that they brought or changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from fleetdesk.models.lead_imports import ImportedLead, LeadImport, SinceThen
from fleetdesk.models.leads import Lead, LeadRevision
from fleetdesk.models.staff import User
from fleetdesk.models.types import JsonValue, canonical_json
from fleetdesk.models.values import to_plain
from fleetdesk.queries.staff import full_name

__all__ = ["NamedImport", "PastImport", "imported_leads", "imports_named", "past_imports"]

_MOST = 1_000
_PAGE = 500
_LEADS = Lead.table().c
_REVISIONS = LeadRevision.table().c


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import as a list shows it. Instants are in UTC."""

    id: str
    file_name: str
    person: str
    imported_at: dt.datetime
    rows: int
    created: int
    updated: int
    duplicates: int
    failed: int
    taken_back_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NamedImport:
    """What an import is known by: its file, and when it was."""

    file_name: str
    imported_at: dt.datetime


def imports_named(connection: Connection, ids: Collection[str]) -> dict[str, NamedImport]:
    """Those of these ids, by their ids."""
    statement = select(LeadImport.id, LeadImport.file_name, LeadImport.imported_at).where(LeadImport.id.in_(ids))
    return {row.id: NamedImport(row.file_name, row.imported_at) for row in connection.execute(statement)}


def past_imports(connection: Connection) -> tuple[PastImport, ...]:
    """The imports of everybody, the last one first; at most a thousand."""
    statement = (
        select(LeadImport.__table__, User.first_name, User.last_name)
        .outerjoin(User, User.id == LeadImport.person_id)
        .order_by(LeadImport.imported_at.desc())
        .limit(_MOST)
    )
    return tuple(
        PastImport(
            id=row.id,
            file_name=row.file_name,
            person=full_name(row.first_name, row.last_name) or "Someone else",
            imported_at=row.imported_at,
            rows=row.rows,
            created=row.created,
            updated=row.updated,
            duplicates=row.duplicates,
            failed=row.failed,
            taken_back_at=row.taken_back_at,
        )
        for row in connection.execute(statement)
    )


def imported_leads(connection: Connection, import_id: str) -> Iterator[ImportedLead]:
    """The leads that an import created or changed, read a page at a time."""
    rows = connection.execute(
        select(_REVISIONS.row_id, _REVISIONS.number, _REVISIONS.changes)
        .where(_REVISIONS.batch == import_id)
        .order_by(_REVISIONS.row_id)
    ).all()
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        ids = [row.row_id for row in page]
        now, since = _now(connection, ids), _since(connection, {row.row_id: row.number for row in page})
        for row in page:
            if (columns := now.get(row.row_id)) is not None:
                name = full_name(_text(columns, "first_name"), _text(columns, "last_name"))
                yield ImportedLead(
                    id=row.row_id,
                    name=name or _text(columns, "company") or _text(columns, "email") or "",
                    changed=_changed(row.changes) if row.changes else None,
                    now=columns,
                    since=since.get(row.row_id, ()),
                )


def _now(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, JsonValue]]:
    asked = func.json_each(canonical_json([*ids])).table_valued("value", name="asked")
    statement = select(Lead.table()).where(_LEADS.id.in_(select(asked.c.value)))
    return {
        str(row["id"]): {str(name): to_plain(value) for name, value in row.items()}
        for row in connection.execute(statement).mappings()
    }


def _since(connection: Connection, numbers: Mapping[str, int]) -> dict[str, list[SinceThen]]:
    """What was done after these revisions of these leads, by lead, the last first."""
    asked = func.json_each(canonical_json([*numbers])).table_valued("value", name="asked")
    statement = (
        select(_REVISIONS.row_id, _REVISIONS.number, _REVISIONS.changes, _REVISIONS.at, User.first_name, User.last_name)
        .outerjoin(User, User.id == _REVISIONS.actor_id)
        .where(_REVISIONS.row_id.in_(select(asked.c.value)))
        .order_by(_REVISIONS.number.desc())
    )
    found: dict[str, list[SinceThen]] = defaultdict(list)
    for row in connection.execute(statement):
        if row.number > numbers[row.row_id]:
            person = full_name(row.first_name, row.last_name) or "Someone else"
            found[row.row_id].append(SinceThen(person, row.at, tuple(sorted(row.changes))))
    return found


def _changed(changes: Mapping[str, JsonValue]) -> dict[str, tuple[JsonValue, JsonValue]]:
    pairs = ((name, pair) for name, pair in changes.items() if isinstance(pair, list) and len(pair) == 2)
    return {name: (pair[0], pair[1]) for name, pair in pairs}


def _text(columns: Mapping[str, JsonValue], name: str) -> str | None:
    value = columns.get(name)
    return value if isinstance(value, str) else None
