"""How each lead of an import is taken back, from what the import did to it and what was done since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_deletion import LEFT_AS_CREATED, TakeBackLead
from fleetdesk.commands.lead_fields import EDITABLE
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.models.lead_imports import ImportedLead
from fleetdesk.models.types import JsonValue

__all__ = ["WayBack", "way_back"]


@dataclass(frozen=True, slots=True)
class WayBack:
    """The command that takes it back, as far as it can be; `left` are the columns that stay, all of it if `whole`."""

    command: Command | None
    left: tuple[str, ...] = ()
    whole: bool = False

    @property
    def stays(self) -> bool:
        """Whether anything of the lead stays as somebody left it since."""
        return self.whole or bool(self.left)


def way_back(lead: ImportedLead, *, new_id: Callable[[], str], issued_at: dt.datetime) -> WayBack:
    """How a lead is taken back: one that was created goes, unless something was done with it since.

    One that was updated gets its former values back, field by field, but for those that were changed since.
    """
    if lead.now.get("deleted_at") is not None:
        return WayBack(None)
    if lead.now.get("merged_into") is not None:
        return WayBack(None, whole=True)
    if lead.changed is None:
        if lead.since or lead.now.get("activity_count"):
            return WayBack(None, whole=True)
        left = {name: lead.now[name] for name in sorted(LEFT_AS_CREATED)}
        return WayBack(TakeBackLead(id=new_id(), issued_at=issued_at, lead_id=lead.id, left=left))
    edits, stay = _edits(lead)
    were, are = (set(_tags(value)) for value in lead.changed.get("tags", (None, None)))
    remove = tuple(sorted((are - were) & set(_tags(lead.now.get("tags")))))
    if not edits and not remove:
        return WayBack(None, stay)
    command = UpdateLead(id=new_id(), issued_at=issued_at, lead_id=lead.id, edits=edits, remove=remove)
    return WayBack(command, stay)


def _edits(lead: ImportedLead) -> tuple[dict[str, FieldEdit], tuple[str, ...]]:
    """The fields to set back, and those that stay because they are not any more as the import left them."""
    edits: dict[str, FieldEdit] = {}
    stay: list[str] = []
    for name, (before, after) in (lead.changed or {}).items():
        if name not in EDITABLE or lead.now.get(name) == before:
            continue
        if lead.now.get(name) == after:
            edits[name] = FieldEdit(base=after, new=before)
        else:
            stay.append(name)
    return edits, tuple(stay)


def _tags(value: JsonValue) -> list[str]:
    return [str(tag) for tag in value] if isinstance(value, list) else []
