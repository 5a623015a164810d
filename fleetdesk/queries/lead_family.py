"""What a lead was merged into, and what was merged into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, literal, select

from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.models.types import parse_instant
from fleetdesk.queries.staff import full_name

__all__ = ["Family", "Relative", "family_ids", "lead_family"]

_Row = Row[*tuple[Any, ...]]
_Told = dict[tuple[str, str], tuple[str, dt.datetime]]


@dataclass(frozen=True, slots=True)
class Relative:
    """A lead that is one with another: enough to name it, and what it was merged into itself, by whom and when."""

    id: str
    name: str
    company: str | None
    email: str | None
    phone: str | None
    into: str | None
    merged_by: str | None = None
    merged_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """`into`: what the lead itself was merged into. `merged`: those in it, also by way of others, by when they came."""

    into: Relative | None = None
    merged: tuple[Relative, ...] = ()


def family_ids(lead_id: str) -> Select[str]:
    """Selects the ids of a lead, and of those that were merged into it or into one of those."""
    family = select(literal(lead_id).label("id")).cte("family", recursive=True)
    family = family.union(select(Lead.id).where(Lead.merged_into == family.c.id))
    return select(family.c.id)


def lead_family(connection: Connection, lead_id: str) -> Family:
    """The family of a lead."""
    leads = Lead.table().c
    names = (leads.id, leads.first_name, leads.last_name, leads.company, leads.email, leads.phone)
    statement = select(*names, leads.merged_into, leads.merge_record)
    rows = {row.id: row for row in connection.execute(statement.where(leads.id.in_(family_ids(lead_id))))}
    own = rows.pop(lead_id, None)
    if own is None:
        return Family()
    above = connection.execute(statement.where(leads.id == own.merged_into)).one_or_none()
    told = _told((own, *rows.values()))
    people = _people(connection, {by for by, _ in told.values()})
    merged = [_relative(row, told, people) for row in rows.values()]
    merged.sort(key=lambda one: (one.merged_at or dt.datetime.min.replace(tzinfo=dt.UTC), one.id))
    return Family(None if above is None else _relative(above, {}, {}), tuple(merged))


def _relative(row: _Row, told: _Told, people: dict[str, str]) -> Relative:
    by, at = told.get((row.merged_into, row.id), ("", None))
    return Relative(
        id=row.id,
        name=full_name(row.first_name, row.last_name),
        company=row.company,
        email=row.email,
        phone=row.phone,
        into=row.merged_into,
        merged_by=people.get(by),
        merged_at=at,
    )


def _told(rows: Iterable[_Row]) -> _Told:
    """Who merged which lead into which, and when, as far as the leads that took others in know."""
    told: _Told = {}
    for row in rows:
        record = row.merge_record if isinstance(row.merge_record, dict) else {}
        layers = record.get("layers")
        for layer in layers if isinstance(layers, list) else ():
            match layer:
                case {"lead": str(lead), "by": str(by), "at": str(at)}:
                    told[row.id, lead] = (by, parse_instant(at))
    return told


def _people(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    statement = select(User.id, User.first_name, User.last_name).where(User.id.in_(sorted(ids)))
    return {row.id: full_name(row.first_name, row.last_name) for row in connection.execute(statement)}
