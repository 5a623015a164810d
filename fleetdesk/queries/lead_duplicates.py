"""Leads that have an email address, a phone number or a trade licence in common with others.

Deleted leads, and those that were merged into others, are nobody's duplicates; nor are two that a person told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, func, select, union_all

from fleetdesk.models.duplicates import COLUMNS, DuplicateKey, ExistingLead, duplicate_keys
from fleetdesk.models.leads import Lead
from fleetdesk.models.leads_apart import LeadsApart
from fleetdesk.models.types import canonical_json
from fleetdesk.queries.replica import unindexed
from fleetdesk.queries.staff import full_name

__all__ = ["Duplicate", "counts", "duplicates_of", "existing_leads", "told_apart_from"]

_KINDS = tuple(COLUMNS)
_MOST = 1_000
"""Leads with one address or number that are looked at, at most: a switchboard may have more."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A lead that may be the same as the one asked about, and which keys they share (by kind)."""

    lead: ExistingLead
    shared: tuple[str, ...]


def duplicates_of(connection: Connection, values: Mapping[str, object], *, lead_id: str = "") -> tuple[Duplicate, ...]:
    """The leads that share a key with a lead of these fields, those that share most first.

    `lead_id` is the lead that these fields are of, if it is there: it is left out, and what was told apart from it.
    """
    apart = told_apart_from(connection, lead_id) if lead_id else frozenset()
    shared: dict[ExistingLead, list[str]] = defaultdict(list)
    for key, lead in _having(connection, duplicate_keys(values), most=_MOST):
        if lead.id != lead_id and lead.id not in apart and key.column not in shared[lead]:
            shared[lead].append(key.column)
    found = [Duplicate(lead, tuple(kinds)) for lead, kinds in shared.items() if kinds]
    return tuple(sorted(found, key=lambda duplicate: (-len(duplicate.shared), _KINDS.index(duplicate.shared[0]))))


def existing_leads(connection: Connection, keys: Iterable[DuplicateKey]) -> dict[DuplicateKey, ExistingLead]:
    """The oldest lead behind each of the keys; keys that no lead has are left out."""
    found: dict[DuplicateKey, ExistingLead] = {}
    for key, lead in _having(connection, keys):
        found.setdefault(key, lead)
    return found


def told_apart_from(connection: Connection, lead_id: str) -> frozenset[str]:
    """The leads of which a person said that they are another prospect than this one."""
    one = func.json_each(LeadsApart.lead_ids).table_valued("value", name="one")
    among = select(one.c.value).where(one.c.value == lead_id).exists()
    found = connection.scalars(select(LeadsApart.lead_ids).where(LeadsApart.deleted_at.is_(None), among))
    return frozenset(id_ for ids in found for id_ in ids) - {lead_id}


def counts(leads: FromClause | None = None) -> tuple[ColumnElement[bool], ...]:
    """Whether a lead of this alias may be anybody's duplicate; nearly all may, so that no index is searched for it."""
    columns = Lead.table().c if leads is None else leads.c
    return unindexed(columns.deleted_at).is_(None), unindexed(columns.merged_into).is_(None)


def _having(
    connection: Connection, keys: Iterable[DuplicateKey], *, most: int | None = None
) -> Iterator[tuple[DuplicateKey, ExistingLead]]:
    """The leads behind the keys, kind by kind, the oldest first; of each column `most`, if that is given."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        by_kind[key.column].append(key.value)
    leads = Lead.table().c
    for kind, values in by_kind.items():
        asked = func.json_each(canonical_json([*values])).table_valued("value", name="asked")
        parts = [
            select(leads[name].label("value"), leads.id, leads.first_name, leads.last_name, leads.company)
            .add_columns(leads.created_at)
            .where(leads[name].in_(select(asked.c.value)), *counts())
            .limit(most)
            .subquery()
            for name in COLUMNS[kind]
        ]
        rows = connection.execute(union_all(*map(select, parts))).all()
        for row in sorted(rows, key=lambda row: (row.created_at, row.id)):
            lead = ExistingLead(row.id, full_name(row.first_name, row.last_name), row.company)
            yield DuplicateKey(kind, row.value), lead
