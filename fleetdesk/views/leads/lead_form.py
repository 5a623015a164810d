"""The form in which a lead is created, edited, or a refused creation or edit is put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import FieldConflict, Verdict
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.duplicate_warning import DuplicateWarning
from fleetdesk.views.leads.duplicates.merge_dialog import open_merge
from fleetdesk.views.leads.edits import base_value, changed_fields, edit_lead
from fleetdesk.views.leads.fields import FORM_FIELDS, PHONES, field_errors, field_text, form_of, plain_values
from fleetdesk.views.leads.words import phone_flag
from fleetdesk.views.workbench import Workbench

__all__ = ["create_dialog", "edit_dialog", "mend_creation", "mend_edit"]

_WIDTH = 640
Values = Mapping[str, JsonValue]
Make = Callable[[Values], Sequence[Command]]


class LeadForm(CommandForm):
    """Fields in two columns. `make` turns their values into commands."""

    def __init__(self, names: Sequence[str], shown: Values, make: Make, theme: Theme) -> None:
        super().__init__()
        self._make = make
        self._fields = form_of(names, theme, columns=2)
        self._country = field_text(shown.get("country"))
        self._before = {name: field_text(shown.get(name)) for name in names}
        self._fields.set_values(self._before)
        self._fields.edited.connect(self._flag_phones)
        self._fields.edited.connect(self.edited)
        self._flag_phones()
        self.theirs: dict[str, JsonValue] = {}
        """What stands now in fields that changed since the form was filled: an edit is based on that."""
        self._lines = column(self._fields)
        self.setLayout(self._lines)

    def warn_of_duplicates(
        self, bench: Workbench, lead_id: str, merge_into: Callable[[str], None] | None = None
    ) -> None:
        """Name, below the fields, other leads that share with this one what tells leads apart.

        Going to one of them keeps what was typed; `merge_into` merges this one into it.
        """

        def open_lead(other: str) -> None:
            dialog = self.window()
            if isinstance(dialog, CommandDialog):
                dialog.leave()
            bench.navigator.open_record(Lead.key_of(other))

        warning = DuplicateWarning(
            bench,
            lambda: plain_values(self._fields.values),
            lead_id=lead_id,
            open_lead=open_lead,
            merge_into=merge_into,
        )
        self._fields.edited.connect(warning.look_soon)
        self._lines.addWidget(warning)
        warning.look_soon()

    def values(self) -> dict[str, JsonValue]:
        """What the fields hold."""
        return plain_values(self._fields.values)

    def commands(self) -> Sequence[Command] | None:
        """The commands that `make` sees in the values, once none of them is wrong."""
        values = plain_values(self._fields.values)
        errors = field_errors(values)
        self._fields.show_errors(errors)
        return None if errors else self._make(values)

    def learn(self, conflicts: Sequence[FieldConflict]) -> bool:
        """Tell at each field what it says now, and take that for its base."""
        known = [conflict for conflict in conflicts if conflict.field in self._before]
        for conflict in known:
            self.theirs[conflict.field] = conflict.theirs
            now = field_text(conflict.theirs) or tr("nothing")
            self.show_error(conflict.field, tr("It says “%1” now.").replace("%1", isolated(now)))
        return bool(known)

    def touched(self) -> bool:
        """Whether a field differs from what was shown."""
        return bool(self.typed())

    def typed(self) -> Mapping[str, str]:
        """The fields that differ from what was shown."""
        return {name: text for name, text in self._fields.values.items() if text != self._before[name]}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before."""
        self._fields.set_values({name: text for name, text in typed.items() if name in self._before})
        self._flag_phones()

    def show_error(self, field: str, sentence: str) -> bool:
        """Write at a field what is wrong with it."""
        if field not in self._before:
            return False
        self._fields.show_errors({field: sentence})
        return True

    def _flag_phones(self) -> None:
        """A number of an odd form is kept as it is; that it is odd may be a slip."""
        values = self._fields.values
        for name in PHONES & values.keys():
            self._fields.set_hint(name, phone_flag(values[name], values.get("country", self._country)))


def create_dialog(bench: Workbench, lead_id: str, parent: QWidget) -> CommandDialog:
    """A form for a new lead, owned by whoever makes it."""

    def make(values: Values) -> Sequence[Command]:
        given = {name: value for name, value in values.items() if value is not None}
        return (
            CreateLead(
                id=new_id(),
                issued_at=bench.clock.now(),
                lead_id=lead_id,
                values={**given, "owner_id": bench.person.id},
            ),
        )

    form = LeadForm(FORM_FIELDS, {}, make, bench.theme)
    form.warn_of_duplicates(bench, lead_id)
    title = tr("New lead")
    draft = FormDraft(bench.remembered, "leads.new", title)
    return CommandDialog(title, tr("Create the lead"), form, parent, width=_WIDTH, draft=draft)


def edit_dialog(bench: Workbench, lead: LeadDetail, parent: QWidget) -> CommandDialog:
    """A form with a lead's fields as they are; it sets those that were changed, each based on what was shown."""

    def make(values: Values) -> Sequence[Command]:
        changed = changed_fields(lead, values, form.theirs)
        return (edit_lead(lead, changed, bench.clock.now(), form.theirs),) if changed else ()

    form = LeadForm(FORM_FIELDS, {name: base_value(lead, name) for name in FORM_FIELDS}, make, bench.theme)

    def merge_into(other: str) -> None:
        """Save what was typed and merge, as one act."""
        first = form.commands()
        if first is None:
            return

        def merged(winner: str) -> None:
            dialog.accept()
            bench.navigator.open_record(Lead.key_of(winner))

        typed = changed_fields(lead, form.values())
        written = {lead.id: typed}
        open_merge(bench, [other, lead.id], parent, winner=other, written=written, first=first, on_merged=merged)

    form.warn_of_duplicates(bench, lead.id, merge_into)
    title = tr("Edit lead")
    draft = FormDraft(bench.remembered, "leads.edit", title, Lead.key_of(lead.id))
    dialog = CommandDialog(title, tr("Save"), form, parent, width=_WIDTH, draft=draft)
    return dialog


def mend_creation(bench: Workbench, command: Command, _verdict: Verdict, parent: QWidget) -> CommandDialog:
    """A form with what a refused creation wanted."""
    assert isinstance(command, CreateLead)
    kept = {name: value for name, value in command.values.items() if name not in FORM_FIELDS}

    def make(values: Values) -> Sequence[Command]:
        given = {name: value for name, value in values.items() if value is not None}
        return (replace(command, id=new_id(), issued_at=bench.clock.now(), values={**kept, **given}),)

    form = LeadForm(FORM_FIELDS, command.values, make, bench.theme)
    return CommandDialog(tr("Change the new lead"), tr("Send again"), form, parent, width=_WIDTH)


def mend_edit(bench: Workbench, command: Command, verdict: Verdict, parent: QWidget) -> CommandDialog | None:
    """A form with what a refused edit wanted; where it conflicted, it is now based on the other's value.

    None for an edit of fields that have no editor of their own (an owner, a date): it is retried or discarded.
    """
    assert isinstance(command, EditLead)
    wanted = {name: edit.new for name, edit in command.edits.items() if name in FORM_FIELDS}
    if not wanted:
        return None
    kept = {name: edit for name, edit in command.edits.items() if name not in FORM_FIELDS}
    theirs = {conflict.field: conflict.theirs for conflict in verdict.conflicts}

    def make(values: Values) -> Sequence[Command]:
        edits = {
            name: FieldEdit(base=theirs.get(name, command.edits[name].base), new=value)
            for name, value in values.items()
        }
        return (replace(command, id=new_id(), issued_at=bench.clock.now(), edits={**kept, **edits}),)

    form = LeadForm(list(wanted), wanted, make, bench.theme)
    return CommandDialog(tr("Change the edit"), tr("Send again"), form, parent, width=_WIDTH)
