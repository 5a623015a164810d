"""The small forms around a lead: its next step, its owner, the reason for deleting it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.models.access import Permission
from fleetdesk.models.ids import new_id
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import to_plain
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.leads.edits import changed_fields, edit_lead
from fleetdesk.views.leads.fields import field_errors, field_text
from fleetdesk.views.words import local
from fleetdesk.views.workbench import Workbench

__all__ = ["assign_dialog", "delete_dialog", "next_step_dialog"]

_MORNING = dt.time(9, 0)


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


class _NextStepForm(_EditForm):
    """What to do next, and when: some days from now in a click, or any time."""

    def __init__(self, bench: Workbench, lead: LeadDetail) -> None:
        super().__init__(bench, lead)
        self.fields.add("next_activity", tr("What is to be done?"), QLineEdit())
        self.fields.set_values({"next_activity": field_text(lead.next_activity)})
        self._dated = CheckBox(bench.theme, tr("Due on"))
        self._when = DateTimeField(bench.theme, tr("Due on"))
        self._dated.toggled.connect(self._when.setEnabled)
        self._when.show_instant(lead.next_activity_at or self._in_days(1))
        self._dated.setChecked(lead.next_activity_at is not None or not lead.next_activity)
        self._when.setEnabled(self._dated.isChecked())
        soon = ((1, tr("Tomorrow")), (3, tr("In 3 days")), (7, tr("In a week")), (30, tr("In a month")))
        shortcuts = [self._shortcut(days, text) for days, text in soon]
        self.setLayout(
            column(self.fields, row(self._dated, self._when, STRETCH), row(*shortcuts, STRETCH), gap=GRID + 4)
        )

    def values(self) -> dict[str, JsonValue]:
        """What, and when if there is a date."""
        what = self.fields.value("next_activity").strip()
        when = self._when.instant if self._dated.isChecked() else None
        before = self._lead.next_activity_at
        if when is not None and before is not None and when == before.replace(second=0, microsecond=0):
            when = before
        return {"next_activity": what or None, "next_activity_at": to_plain(when)}

    def _shortcut(self, days: int, text: str) -> Button:
        return Button(text, lambda: self._choose(days))

    def _choose(self, days: int) -> None:
        self._dated.setChecked(True)
        self._when.show_instant(self._in_days(days))

    def _in_days(self, days: int) -> dt.datetime:
        on = local(self._bench.clock.now()).date() + dt.timedelta(days=days)
        return dt.datetime.combine(on, _MORNING).astimezone()


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
        reason = QPlainTextEdit()
        reason.setFixedHeight(bench.theme.pixels(10 * GRID))
        self._fields = FieldForm()
        self._fields.add("reason", tr("Why is it deleted?"), reason, required=True)
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

    def touched(self) -> bool:
        """Whether a reason was begun."""
        return bool(self._fields.value("reason").strip())

    def show_error(self, field: str, sentence: str) -> bool:
        """Write below the reason what is wrong with it."""
        if field != "reason":
            return False
        self._fields.show_errors({field: sentence})
        return True


def next_step_dialog(bench: Workbench, lead: LeadDetail, parent: QWidget) -> CommandDialog:
    """The form for the next step."""
    return CommandDialog(tr("Next step"), tr("Save"), _NextStepForm(bench, lead), parent)


def assign_dialog(bench: Workbench, lead: LeadDetail, people: Sequence[StaffPerson], parent: QWidget) -> CommandDialog:
    """The form for the owner."""
    return CommandDialog(tr("Assign the lead"), tr("Assign"), _OwnerForm(bench, lead, people), parent)


def delete_dialog(bench: Workbench, lead: LeadDetail, parent: QWidget) -> CommandDialog:
    """The form for a deletion."""
    explanation = tr("It can be restored for ninety days.")
    form = _DeleteForm(bench, lead)
    return CommandDialog(
        tr("Delete this lead"), tr("Delete the lead"), form, parent, explanation=explanation, dangerous=True
    )


def _able(people: Sequence[StaffPerson], bench: Workbench) -> list[StaffPerson]:
    grant = bench.platform.access.grant
    return [person for person in people if person.active and Permission.LEADS_EDIT in grant(person.role).permissions]


def _called(person: StaffPerson, bench: Workbench) -> str:
    return tr("%1 (you)").replace("%1", person.name) if person.id == bench.person.id else person.name
