"""Leads that go, and come back: delete, restore, and take back a creation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command
from fleetdesk.commands.lead_command import LeadCommand
from fleetdesk.commands.lead_fields import EDITABLE, check_text
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid, Refused
from fleetdesk.models.access import Actor
from fleetdesk.models.base import Key
from fleetdesk.models.leads import Lead
from fleetdesk.models.values import to_plain
from fleetdesk.protocol import Verdict

__all__ = ["LEFT_AS_CREATED", "DeleteLead", "RestoreLead", "TakeBackLead"]

LEFT_AS_CREATED = EDITABLE | {"status", "tags", "activity_count", "merged_into"}
"""The columns that tell whether anything was done with a lead since it was created."""

_TAKEN_BACK = "Its creation was taken back"


@dataclass(frozen=True, kw_only=True)
class DeleteLead(LeadCommand):
    """Deletes a lead softly; a job removes it for good ninety days later."""

    name: ClassVar[str] = "leads.delete"

    reason: str

    def sentence(self) -> str:
        return "Deleted a lead"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if not self.reason.strip():
            raise Invalid("reason", "A deletion needs a reason.")
        check_text("reason", self.reason)
        if db.get(Lead, self.lead_id).deleted:
            return MERGED
        lead = self._lead(db)
        lead.deleted_at, lead.deleted_by, lead.deletion_reason = self.issued_at, actor.person_id, self.reason.strip()
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return RestoreLead(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, deleted_by=_by(changes, self))


@dataclass(frozen=True, kw_only=True)
class RestoreLead(LeadCommand):
    """Takes a deletion back; with `deleted_by`, only that person's."""

    name: ClassVar[str] = "leads.restore"
    version: ClassVar[int] = 2

    deleted_by: str | None = None

    @classmethod
    def upcast(cls, payload: dict[str, Any], version: int) -> dict[str, Any]:
        # The first version took back anyone's.
        return payload

    def sentence(self) -> str:
        return "Restored a lead"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        lead = db.get(Lead, self.lead_id)
        if not lead.deleted:
            return MERGED
        if self.deleted_by is not None and lead.deleted_by != self.deleted_by:
            raise Refused(
                "deleted_by_another", "Someone else deleted this lead too.", do="Restore it, if it should stay."
            )
        lead.deleted_at = lead.deleted_by = lead.deletion_reason = None
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        before, _ = changes[self.target()]
        reason = None if before is None else before.get("deletion_reason")
        return DeleteLead(
            id=new_id(), issued_at=issued_at, lead_id=self.lead_id, reason=str(reason or "Its restoring was undone")
        )


@dataclass(frozen=True, kw_only=True)
class TakeBackLead(LeadCommand):
    """Deletes a lead that was created by mistake, if it still is as it was created: `left`, column by column."""

    name: ClassVar[str] = "leads.take_back"

    left: Mapping[str, Any]

    def sentence(self) -> str:
        return "Took back the creation of a lead"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if self.left.keys() != LEFT_AS_CREATED:
            raise Invalid("left", "It is not known how this lead was created.")
        lead = db.get(Lead, self.lead_id)
        if lead.deleted:
            return MERGED
        if any(to_plain(getattr(lead, name)) != value for name, value in self.left.items()):
            raise Refused(
                "changed_since", "This lead was changed since.", do="Delete it, if it should go all the same."
            )
        lead.deleted_at, lead.deleted_by, lead.deletion_reason = self.issued_at, actor.person_id, _TAKEN_BACK
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return RestoreLead(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, deleted_by=_by(changes, self))


def _by(changes: Mapping[Key, RowChange], command: LeadCommand) -> str | None:
    _, after = changes[command.target()]
    person = after.get("deleted_by")
    return person if isinstance(person, str) else None
