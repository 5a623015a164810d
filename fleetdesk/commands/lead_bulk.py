"""The command for one row of a bulk act: the same that a person would give on that lead alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol, TypedDict

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead, RestoreLead
from fleetdesk.commands.leads import EditLead, MoveLead, StartOnboarding, TagLead, ValidateLead
from fleetdesk.models.stages import Stage

__all__ = ["BulkActs", "ListedLead"]


class ListedLead(Protocol):
    """What a bulk act reads of a lead as a list shows it: the values that the person saw."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> Stage: ...
    @property
    def owner_id(self) -> str | None: ...


class _Envelope(TypedDict):
    id: str
    issued_at: dt.datetime
    lead_id: str


class BulkActs:
    """Makes the commands of one bulk act, row by row; `CommandDesk.perform_batch` joins them."""

    def __init__(self, issued_at: dt.datetime, new_id: Callable[[], str]) -> None:
        self._issued_at = issued_at
        self._new_id = new_id

    def assign(self, lead: ListedLead, owner_id: str | None) -> Command:
        """Give the lead an owner, or none."""
        edits = {"owner_id": FieldEdit(base=lead.owner_id, new=owner_id)}
        return EditLead(**self._about(lead), edits=edits)

    def tag(self, lead: ListedLead, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Command:
        """Add and remove tags."""
        return TagLead(**self._about(lead), add=add, remove=remove)

    def move(self, lead: ListedLead, to: Stage, reason: str | None = None) -> Command:
        """Move the lead, lose it (with a reason) or reopen it; a move that the table does not know is refused later."""
        if to is Stage.ONBOARDING:
            return StartOnboarding(
                **self._about(lead), base=lead.status, activity_id=self._new_id(), intent_id=self._new_id()
            )
        if to is Stage.VALIDATED:
            return ValidateLead(**self._about(lead), base=lead.status, activity_id=self._new_id())
        return MoveLead(**self._about(lead), base=lead.status, to=to, activity_id=self._new_id(), reason=reason)

    def delete(self, lead: ListedLead, reason: str) -> Command:
        """Delete the lead softly."""
        return DeleteLead(**self._about(lead), reason=reason)

    def restore(self, lead: ListedLead) -> Command:
        """Take the lead's deletion back."""
        return RestoreLead(**self._about(lead))

    def _about(self, lead: ListedLead) -> _Envelope:
        return {"id": self._new_id(), "issued_at": self._issued_at, "lead_id": lead.id}
