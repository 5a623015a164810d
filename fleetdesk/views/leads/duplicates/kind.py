"""Leads that were told apart, for the screens that show records of any kind: the drawer and the Inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from fleetdesk.models.leads_apart import LeadsApart
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.text import tr
from fleetdesk.queries.duplicate_groups import apart_groups
from fleetdesk.queries.duplicate_rows import duplicate_rows
from fleetdesk.views.leads.duplicates.words import group_title
from fleetdesk.views.records import FoundRecord, RecordKind

__all__ = ["LEADS_APART"]


def _show(connection: Connection, ids: Collection[str]) -> list[FoundRecord]:
    groups = [group for group in apart_groups(connection).groups if group.apart_id in ids]
    rows = duplicate_rows(connection, groups).values()
    return [FoundRecord(LeadsApart.key_of(row.id), group_title(row), hint="", icon="intersect") for row in rows]


def _find(connection: Connection, text: str, most: int) -> Sequence[FoundRecord]:
    return ()


def _value_text(connection: Connection, field: str, value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


LEADS_APART = RecordKind(
    table=LeadsApart.__tablename__,
    noun="group of leads",
    screen="duplicates",
    show=_show,
    find=_find,
    field_label=lambda field: tr("Leads") if field == "lead_ids" else field.replace("_", " ").capitalize(),
    value_text=_value_text,
    written={},
)
