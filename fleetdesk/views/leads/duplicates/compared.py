"""Leads side by side: what a merge compares of each, with its values as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleetdesk.commands.merge_plan import Side
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.text import tr
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.views.leads.edits import base_value
from fleetdesk.views.leads.fields import FORM_FIELDS
from fleetdesk.views.leads.words import field_label, lead_title
from fleetdesk.views.records import RecordKinds

__all__ = ["LINES", "ComparedLead", "Line", "read_leads"]

_NOTHING: Mapping[str, Mapping[str, JsonValue]] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison: the fields that go together, the first of which names it."""

    fields: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its first field."""
        return self.fields[0]

    @property
    def label(self) -> str:
        """What people call it."""
        return field_label(self.key)

    @property
    def long(self) -> bool:
        """Whether its text has several lines."""
        return self.key == "message"


LINES = (
    *(Line((name,)) for name in FORM_FIELDS if name != "message"),
    Line(("owner_id",)),
    Line(("next_activity", "next_activity_at")),
    Line(("message",)),
)
"""What a merge compares, in the order of the form. What is to be done and when is one."""


@dataclass(frozen=True, slots=True)
class ComparedLead:
    """A lead as a merge compares it: the facts that its rules ask for, and each line as a text (empty for nothing)."""

    detail: LeadDetail
    side: Side
    texts: Mapping[str, str]

    @property
    def title(self) -> str:
        """What to call it."""
        lead = self.detail
        return lead_title(lead.name, lead.company, lead.email, lead.phone)


def read_leads(
    connection: Connection,
    records: RecordKinds,
    ids: Sequence[str],
    written: Mapping[str, Mapping[str, JsonValue]] = _NOTHING,
) -> tuple[ComparedLead, ...]:
    """The leads with these ids, in their order, those that are gone left out.

    `written` has, by lead, values that stand in a form and are to be saved with the merge.
    """
    found = ((id_, lead_detail(connection, id_)) for id_ in ids)
    return tuple(_compared(connection, records, lead, written.get(id_, {})) for id_, lead in found if lead is not None)


def _compared(
    connection: Connection, records: RecordKinds, lead: LeadDetail, written: Mapping[str, JsonValue]
) -> ComparedLead:
    values = {name: written.get(name, base_value(lead, name)) for line in LINES for name in line.fields}

    def text(name: str) -> str:
        return records.value_text(connection, Lead.__tablename__, name, values[name])

    return ComparedLead(
        detail=lead,
        side=Side(
            id=lead.id,
            status=lead.status,
            deleted=lead.deleted,
            merged_into=lead.merged_into,
            activities=lead.activity_count,
            created_at=lead.created_at,
            values=values,
        ),
        texts={line.key: tr(" · ").join(filter(None, map(text, line.fields))) for line in LINES},
    )
