"""From what a form holds to the commands that create and edit a lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import to_plain
from fleetdesk.queries.lead_detail import LeadDetail

__all__ = ["base_value", "changed_fields", "edit_lead"]


def base_value(lead: LeadDetail, name: str) -> JsonValue:
    """A field's value as an edit carries it."""
    return to_plain(getattr(lead, name))


_NOTHING: Mapping[str, JsonValue] = {}


def changed_fields(
    lead: LeadDetail, values: Mapping[str, JsonValue], theirs: Mapping[str, JsonValue] = _NOTHING
) -> dict[str, JsonValue]:
    """Those of the values that differ from what the lead has; `theirs` is what came to it since it was read."""
    return {name: value for name, value in values.items() if value != theirs.get(name, base_value(lead, name))}


def edit_lead(
    lead: LeadDetail,
    values: Mapping[str, JsonValue],
    now: dt.datetime,
    theirs: Mapping[str, JsonValue] = _NOTHING,
) -> EditLead:
    """The edit that sets these fields, each based on the value that the person saw, at last in `theirs`."""
    return EditLead(
        id=new_id(),
        issued_at=now,
        lead_id=lead.id,
        edits={
            name: FieldEdit(base=theirs.get(name, base_value(lead, name)), new=value) for name, value in values.items()
        },
    )
