"""The small forms around a lead: its owner, the reason for deleting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_fields import LONGEST_PROSE
from fleetdesk.models.access import Permission
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.text_fields import TextArea
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.edits import changed_fields, edit_lead
from fleetdesk.views.leads.fields import field_errors
from fleetdesk.views.leads.words import lead_about
from fleetdesk.views.workbench import Workbench

__all__ = ["assign_dialog", "delete_dialog"]


class _EditForm(CommandForm):
    """A form that ends in an edit of the lead."""

    def __init__(self, bench: Workbench, lead: LeadDetail) -> None:
        super().__init__()
        self._bench = bench
        self._lead = lead
        self.fields = FieldForm()

    def values(self) -> dict[str, JsonValue]:
        """What the fields shall be."""
        return {}

    def commands(self) -> Sequence[Command] | None:
        """The edit of what differs; nothing if nothing does."""
        values = self.values()
        errors = field_errors(values)
        self.fields.show_errors({name: text for name, text in errors.items() if name in self.fields.values})
        if errors:
            return None
        changed = changed_fields(self._lead, values)
        return (edit_lead(self._lead, changed, self._bench.clock.now()),) if changed else ()

    def touched(self) -> bool:
        """Whether a field shall be other than it is."""
        return bool(changed_fields(self._lead, self.values()))


class _OwnerForm(_EditForm):
    """Whose lead it shall be."""

    def __init__(self, bench: Workbench, lead: LeadDetail, people: Sequence[StaffPerson]) -> None:
        super().__init__(bench, lead)
        options = [("", tr("Nobody")), *((person.id, _called(person, bench)) for person in _able(people, bench))]
        if lead.owner_id and lead.owner_id not in dict(options):
            options.append((lead.owner_id, lead.owner_name or tr("Someone else")))
        self.fields.add("owner_id", tr("Owner"), ChoiceBox(bench.theme, options, tr("Owner")))
        self.fields.set_values({"owner_id": lead.owner_id or ""})
        self.setLayout(column(self.fields))

    def values(self) -> dict[str, JsonValue]:
        """The owner."""
        return {"owner_id": self.fields.value("owner_id") or None}


class _DeleteForm(CommandForm):
    """Why a lead is deleted."""

    def __init__(self, bench: Workbench, lead: LeadDetail) -> None:
        super().__init__()
        self._bench = bench
        self._lead = lead
        reason = TextArea(longest=LONGEST_PROSE)
        reason.setFixedHeight(bench.theme.pixels(10 * GRID))
        self._fields = FieldForm()
        self._fields.add("reason", tr("Why is it deleted?"), reason, required=True)
        self._fields.edited.connect(self.edited)
        self.setLayout(column(self._fields))

    def commands(self) -> Sequence[Command] | None:
        """The deletion, with its reason."""
        command = DeleteLead(
            id=new_id(),
            issued_at=self._bench.clock.now(),
            lead_id=self._lead.id,
            reason=self._fields.value("reason"),
        )
        return (command,)

    def typed(self) -> Mapping[str, str]:
        """The reason, if one was begun."""
        return {"reason": self._fields.value("reason")} if self.touched() else {}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before."""
        self._fields.set_values({name: text for name, text in typed.items() if name == "reason"})

    def touched(self) -> bool:
        """Whether a reason was begun."""
        return bool(self._fields.value("reason").strip())

    def show_error(self, field: str, sentence: str) -> bool:
        """Write below the reason what is wrong with it."""
        if field != "reason":
            return False
        self._fields.show_errors({field: sentence})
        return True


def assign_dialog(bench: Workbench, lead: LeadDetail, people: Sequence[StaffPerson], parent: QWidget) -> CommandDialog:
    """The form for the owner."""
    return CommandDialog(
        tr("Assign the lead"), tr("Assign"), _OwnerForm(bench, lead, people), parent, explanation=lead_about(lead)
    )


def delete_dialog(bench: Workbench, lead: LeadDetail, parent: QWidget) -> CommandDialog:
    """The form for a deletion."""
    about = lead_about(lead)
    explanation = f"{about}\n{tr('It can be restored for ninety days.')}"
    form, title = _DeleteForm(bench, lead), tr("Delete this lead")
    draft = FormDraft(bench.remembered, "leads.delete", f"{title} ({about})", Lead.key_of(lead.id))
    return CommandDialog(
        title, tr("Delete the lead"), form, parent, explanation=explanation, dangerous=True, draft=draft
    )


def _able(people: Sequence[StaffPerson], bench: Workbench) -> list[StaffPerson]:
    grant = bench.platform.access.grant
    return [person for person in people if person.active and Permission.LEADS_EDIT in grant(person.role).permissions]


def _called(person: StaffPerson, bench: Workbench) -> str:
    return tr("%1 (you)").replace("%1", person.name) if person.id == bench.person.id else person.name
