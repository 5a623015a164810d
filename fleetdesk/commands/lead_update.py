"""What an import brings to a lead that is there already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command, FieldEdit, conflicting, set_fields
from fleetdesk.commands.lead_command import LeadCommand
from fleetdesk.commands.lead_fields import check_field, check_tag, check_tags, tags_in
from fleetdesk.commands.leads import EditLead
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid
from fleetdesk.models.access import Actor, Permission
from fleetdesk.models.base import Key
from fleetdesk.models.leads import Lead
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = ["UpdateLead"]


@dataclass(frozen=True, kw_only=True)
class UpdateLead(LeadCommand):
    """Sets fields, each with the value that it was based on, and adds tags: the import's row of this lead.

    Without an `import_id` it takes such a one back; `remove` is there for that.
    """

    name: ClassVar[str] = "leads.update"

    edits: Mapping[str, FieldEdit]
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    import_id: str | None = None

    def permissions(self) -> frozenset[Permission]:
        return super().permissions() | ({Permission.LEADS_IMPORT} if self.import_id is not None else frozenset())

    def sentence(self) -> str:
        if self.import_id is None:
            return "Took back what an import changed in a lead"
        return "Updated a lead by an import"

    def check(self) -> None:
        """Raise Invalid, naming the field, unless all of it may be set: an import asks beforehand."""
        if not (self.edits or self.add or self.remove):
            raise Invalid("edits", "The update changes nothing.")
        for name, edit in self.edits.items():
            check_field(name, edit.new)
        check_tags(self.add)
        check_tags(self.remove)
        for tag in self.add:
            check_tag(tag)

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        self.check()
        lead = self._lead(db)
        verdict = set_fields(lead, self.edits) if self.edits else MERGED
        changed = verdict is not MERGED and len(verdict.conflicts) < len(self.edits)
        tags = sorted((set(lead.tags) | {check_tag(tag) for tag in self.add}) - set(self.remove))
        if tags != lead.tags:
            lead.tags = tags
            changed = True
        if not changed:
            return verdict
        if Lead.key_sources & self.edits.keys():
            lead.rekey()
        self._stamp(lead)
        return conflicting(verdict.conflicts) if verdict.conflicts else APPLIED

    def insisting(self, conflicts: tuple[FieldConflict, ...], *, id: str, issued_at: dt.datetime) -> Command | None:
        edits = EditLead(id=id, issued_at=issued_at, lead_id=self.lead_id, edits=self.edits)
        return edits.insisting(conflicts, id=id, issued_at=issued_at)

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        before, after = changes[self.target()]
        assert before is not None, "an update creates nothing"
        were, are = set(tags_in(before)), set(tags_in(after))
        return UpdateLead(
            id=new_id(),
            issued_at=issued_at,
            lead_id=self.lead_id,
            edits={name: FieldEdit(base=after[name], new=before[name]) for name in self.edits if name in after},
            add=tuple(sorted(were - are)),
            remove=tuple(sorted(are - were)),
        )
