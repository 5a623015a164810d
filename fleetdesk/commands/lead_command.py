"""What every command about one lead shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fleetdesk.commands.core import Command
from fleetdesk.commands.workspace import Workspace
from fleetdesk.errors import Refused
from fleetdesk.models.access import Permission, Scope
from fleetdesk.models.base import Key
from fleetdesk.models.leads import Lead

__all__ = ["LeadCommand"]


@dataclass(frozen=True, kw_only=True)
class LeadCommand(Command):
    """A command about one lead."""

    permission: ClassVar[Permission] = Permission.LEADS_EDIT
    writes: ClassVar[frozenset[str]] = frozenset({Scope.LEADS})

    lead_id: str

    def target(self) -> Key:
        return Lead.key_of(self.lead_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def _lead(self, db: Workspace) -> Lead:
        """The lead, refused if it is deleted or merged into another."""
        lead = self._lead_or_merged(db)
        if lead.merged_into is not None:
            raise Refused(
                "merged", "This lead was merged into another one.", do="Make the change on that one; or discard this."
            )
        return lead

    def _lead_or_merged(self, db: Workspace) -> Lead:
        """The lead, refused if it is deleted."""
        lead = db.get(Lead, self.lead_id)
        if lead.deleted:
            raise Refused("deleted", "This lead was deleted.", do="Restore the lead, then retry; or discard this.")
        return lead

    def _stamp(self, lead: Lead) -> None:
        lead.updated_at = max(lead.updated_at, self.issued_at)
