"""Leads that have an email address, a phone number or a trade licence in common with others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from fleetdesk.models.duplicates import DuplicateKey, ExistingLead
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import canonical_json
from fleetdesk.queries.staff import full_name

__all__ = ["existing_leads"]


def existing_leads(connection: Connection, keys: Iterable[DuplicateKey]) -> dict[DuplicateKey, ExistingLead]:
    """The oldest lead, not deleted, behind each of the keys; keys that no lead has are left out."""
    by_column: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        by_column[key.column].append(key.value)
    found: dict[DuplicateKey, ExistingLead] = {}
    for name, values in by_column.items():
        column = Lead.table().c[name]
        asked = func.json_each(canonical_json([*values])).table_valued("value", name="asked")
        statement = (
            select(column.label("value"), Lead.id, Lead.first_name, Lead.last_name, Lead.company)
            .where(column.in_(select(asked.c.value)), Lead.deleted_at.is_(None))
            .order_by(Lead.created_at, Lead.id)
        )
        for row in connection.execute(statement):
            lead = ExistingLead(row.id, full_name(row.first_name, row.last_name), row.company)
            found.setdefault(DuplicateKey(name, row.value), lead)
    return found
