"""Leads, for the screens that show records of any kind."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlalchemy import Connection

from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import EVERYTHING
from fleetdesk.queries.leads import LeadQuery, LeadRow, lead_key_pieces, lead_page, locate_leads
from fleetdesk.queries.staff import staff_directory
from fleetdesk.views.leads.fields import FORM_FIELDS, plain_value
from fleetdesk.views.leads.value_words import value_text
from fleetdesk.views.leads.words import field_label, lead_title, stage_word
from fleetdesk.views.records import FoundRecord, RecordKind

__all__ = ["LEADS"]


def _value_text(connection: Connection, field: str, value: JsonValue) -> str:
    names = {person.id: person.name for person in staff_directory(connection)} if field == "owner_id" else {}
    return value_text(field, value, names)


def _show(connection: Connection, ids: Collection[str]) -> list[FoundRecord]:
    keys = locate_leads(connection, ids)
    return [_line(row) for row in lead_page(connection, list(keys.values())).values()]


def _find(connection: Connection, text: str, most: int) -> list[FoundRecord]:
    first = next(lead_key_pieces(connection, LeadQuery(EVERYTHING.searching(text)), NO_ONE), None)
    rows = lead_page(connection, list(first[:most])) if first else {}
    return [_line(row) for row in rows.values()]


def _line(row: LeadRow) -> FoundRecord:
    return FoundRecord(
        Lead.key_of(row.id),
        lead_title(row.name, row.company, row.email, row.phone),
        hint=" · ".join(filter(None, (row.company if row.name else None, stage_word(row.status)))),
        icon="user",
    )


LEADS = RecordKind(
    table=Lead.__tablename__,
    noun="lead",
    screen="leads",
    show=_show,
    find=_find,
    field_label=field_label,
    value_text=_value_text,
    written={name: partial(plain_value, name) for name in FORM_FIELDS if name != "country"},
)
