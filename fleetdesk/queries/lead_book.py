"""The leads that are there, as an import asks for them: by what tells them apart, by their ids, with their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select

from fleetdesk.models.duplicates import DuplicateKey, ExistingLead
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue, canonical_json
from fleetdesk.models.values import to_plain
from fleetdesk.queries.lead_duplicates import existing_leads
from fleetdesk.queries.replica import unindexed
from fleetdesk.queries.staff import full_name

__all__ = ["LeadBook"]

_LEADS = Lead.table().c
_FIELDS = (
    _LEADS.first_name,
    _LEADS.last_name,
    _LEADS.email,
    _LEADS.second_email,
    _LEADS.phone,
    _LEADS.second_phone,
    _LEADS.company,
    _LEADS.country,
    _LEADS.fleet_size,
    _LEADS.current_software,
    _LEADS.website,
    _LEADS.trade_licence,
    _LEADS.message,
    _LEADS.source,
    _LEADS.owner_id,
    _LEADS.score,
    _LEADS.next_activity,
    _LEADS.next_activity_at,
    _LEADS.tags,
)


class LeadBook:
    """Reads through one connection; see `commands.lead_import.LeadBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def having(self, keys: Iterable[DuplicateKey]) -> Mapping[DuplicateKey, ExistingLead]:
        """The oldest lead that has each key."""
        return existing_leads(self._connection, keys)

    def named(self, ids: Iterable[str]) -> Mapping[str, ExistingLead]:
        """Those of these ids that are neither deleted nor merged into others."""
        asked = func.json_each(canonical_json([*ids])).table_valued("value", name="asked")
        statement = select(_LEADS.id, _LEADS.first_name, _LEADS.last_name, _LEADS.company).where(
            _LEADS.id.in_(select(asked.c.value)),
            unindexed(_LEADS.deleted_at).is_(None),
            unindexed(_LEADS.merged_into).is_(None),
        )
        rows = self._connection.execute(statement)
        return {row.id: ExistingLead(row.id, full_name(row.first_name, row.last_name), row.company) for row in rows}

    def values(self, ids: Iterable[str]) -> Mapping[str, Mapping[str, JsonValue]]:
        """The fields and tags of those of these ids, as plain values."""
        asked = func.json_each(canonical_json([*ids])).table_valued("value", name="asked")
        statement = select(_LEADS.id, *_FIELDS).where(_LEADS.id.in_(select(asked.c.value)))
        return {
            str(row["id"]): {name: to_plain(value) for name, value in row.items() if name != "id"}
            for row in self._connection.execute(statement).mappings()
        }
