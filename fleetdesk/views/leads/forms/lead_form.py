"""The form in which a lead is created, edited, or a refused creation or edit is put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import FieldConflict, Verdict
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft, draft_of_change
from fleetdesk.views.leads.duplicates.merge_dialog import open_merge
from fleetdesk.views.leads.edits import base_value, changed_fields, edit_lead
from fleetdesk.views.leads.fields import (
    FORM_FIELDS,
    PHONES,
    field_errors,
    field_text,
    form_of,
    plain_value,
    plain_values,
)
from fleetdesk.views.leads.forms.duplicate_warning import DuplicateWarning
from fleetdesk.views.leads.words import lead_about, phone_flag
from fleetdesk.views.meanwhile import Contest, Meanwhile
from fleetdesk.views.workbench import Workbench

__all__ = ["create_dialog", "edit_dialog", "mend_creation", "mend_edit"]

_WIDTH = 640
Values = Mapping[str, JsonValue]
Make = Callable[[Values], Sequence[Command]]


class LeadForm(CommandForm):
    """Fields in two columns. `make` turns their values into commands.

    What others wrote into the lead since the person began stands below its field, and is chosen, or not, before
    anything is sent.
    """

    def __init__(self, names: Sequence[str], shown: Values, make: Make, bench: Workbench, lead_id: str) -> None:
        super().__init__()
        self._make = make
        self._shown = shown
        self._fields = form_of(names, bench.theme, columns=2)
        self._country = field_text(shown.get("country"))
        self._before = {name: field_text(shown.get(name)) for name in names}
        self._fields.set_values(self._before)
        self._fields.edited.connect(self._flag_phones)
        self._meanwhile = Meanwhile(bench, Lead.key_of(lead_id), self, self)
        self._fields.edited.connect(self._meanwhile.edited)
        self._fields.edited.connect(self.edited)
        self._meanwhile.decided.connect(self._decided)
        self._flag_phones()
        self._left = Label(tint=Tint.DANGER, wrap=True)
        self._left.hide()
        self._lines = column(self._fields, self._left)
        self.setLayout(self._lines)

    @property
    def theirs(self) -> Mapping[str, JsonValue]:
        """What stands now in fields that others changed and the person chose about: an edit is based on that."""
        return self._meanwhile.theirs

    def watch(self, bench: Workbench, lead_id: str) -> None:
        """Show at once what others write into the lead: in fields that were left alone, or beside what was typed."""
        self._reread = partial(
            bench.readings.run, partial(lead_detail, lead_id=lead_id), on_success=self._came, owner=self
        )
        self._lead_id = lead_id
        bench.changes.changed.connect(self._changed)

    def _changed(self, changes: Changes) -> None:
        table = Lead.__tablename__
        if self._lead_id in changes.ids(table) or table in changes.tables:
            self._reread(cancel_key="edited")

    def _came(self, lead: LeadDetail | None) -> None:
        if lead is None:
            return
        typed = self.typed()
        for name in self._before:
            now = base_value(lead, name)
            if name in typed:
                self._meanwhile.learn(name, now, self._shown.get(name))
            elif field_text(now) != self._before[name]:
                self._before[name] = field_text(now)
                self.put(name, now)
                self._meanwhile.agree(name, now)

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
        left = len(self._meanwhile.undecided)
        self._left.setText(plural(left, tr("Choose for %n more field."), tr("Choose for %n more fields.")))
        self._left.setVisible(left > 0)
        if left and not errors:
            self._meanwhile.begin()
        return None if errors or left else self._make(values)

    def learn(self, conflicts: Sequence[FieldConflict]) -> bool:
        """Tell at each field what it says now, and ask which one shall stand."""
        known = [conflict for conflict in conflicts if conflict.field in self._before]
        self._meanwhile.add({conflict.field: Contest(conflict.base, conflict.theirs) for conflict in known})
        return bool(known)

    def written(self, name: str) -> JsonValue:
        """See `Contested`."""
        return plain_value(name, self._fields.value(name))

    def put(self, name: str, value: JsonValue) -> None:
        """See `Contested`."""
        self._fields.set_values({name: field_text(value)})
        self._flag_phones()

    def place(self, name: str, widget: QWidget) -> None:
        """See `Contested`."""
        self._fields.place_below(name, widget)

    def touched(self) -> bool:
        """Whether a field differs from what was shown."""
        return bool(self.typed())

    def typed(self) -> Mapping[str, str]:
        """The fields that differ from what was shown."""
        return {name: text for name, text in self._fields.values.items() if text != self._before[name]}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before."""
        known = {name: text for name, text in typed.items() if name in self._before}
        self._fields.set_values({**self._before, **known})
        self._flag_phones()

    def bases(self) -> Mapping[str, JsonValue]:
        """What the lead held in the typed fields when the person began with each."""
        found = {name: self._meanwhile.base(name, self._shown.get(name)) for name in self.typed()}
        return {name: base[0] for name, base in found.items() if base}

    def rest_on(self, bases: Mapping[str, JsonValue]) -> None:
        """Show what the lead holds now where that is not what the person saw."""
        self._meanwhile.compare(self.typed(), bases, {name: self._shown.get(name) for name in self._before})

    def follow(self, bases: Mapping[str, JsonValue]) -> None:
        """Take over what was chosen in another window."""
        self._meanwhile.follow(bases, self._shown)

    def show_error(self, field: str, sentence: str) -> bool:
        """Write at a field what is wrong with it."""
        if field not in self._before:
            return False
        self._fields.show_errors({field: sentence})
        return True

    def _decided(self) -> None:
        self._left.hide()
        self.edited.emit()

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

    form = LeadForm(FORM_FIELDS, {}, make, bench, lead_id)
    form.warn_of_duplicates(bench, lead_id)
    title = tr("New lead")
    draft = FormDraft(bench.remembered, "leads.new", title, apart=True)
    return CommandDialog(title, tr("Create the lead"), form, parent, width=_WIDTH, draft=draft)


def edit_dialog(bench: Workbench, lead: LeadDetail, parent: QWidget) -> CommandDialog:
    """A form with a lead's fields as they are; it sets those that were changed, each based on what was shown."""

    def make(values: Values) -> Sequence[Command]:
        changed = changed_fields(lead, values, form.theirs)
        return (edit_lead(lead, changed, bench.clock.now(), form.theirs),) if changed else ()

    form = LeadForm(FORM_FIELDS, {name: base_value(lead, name) for name in FORM_FIELDS}, make, bench, lead.id)

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

    form.watch(bench, lead.id)
    form.warn_of_duplicates(bench, lead.id, merge_into)
    title = tr("Edit lead")
    draft = FormDraft(bench.remembered, "leads.edit", f"{title} ({lead_about(lead)})", Lead.key_of(lead.id))
    dialog = CommandDialog(title, tr("Save"), form, parent, width=_WIDTH, draft=draft)
    return dialog


def mend_creation(bench: Workbench, command: Command, _verdict: Verdict, parent: QWidget) -> CommandDialog:
    """A form with what a refused creation wanted."""
    assert isinstance(command, CreateLead)
    kept = {name: value for name, value in command.values.items() if name not in FORM_FIELDS}

    def make(values: Values) -> Sequence[Command]:
        given = {name: value for name, value in values.items() if value is not None}
        return (replace(command, id=new_id(), issued_at=bench.clock.now(), values={**kept, **given}),)

    form = LeadForm(FORM_FIELDS, command.values, make, bench, command.lead_id)
    return _mending(bench, tr("Change the new lead"), form, command.id, parent)


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
            name: FieldEdit(base=form.theirs.get(name, theirs.get(name, command.edits[name].base)), new=value)
            for name, value in values.items()
        }
        return (replace(command, id=new_id(), issued_at=bench.clock.now(), edits={**kept, **edits}),)

    form = LeadForm(list(wanted), wanted, make, bench, command.lead_id)
    return _mending(bench, tr("Change the edit"), form, command.id, parent)


def _mending(bench: Workbench, title: str, form: LeadForm, command_id: str, parent: QWidget) -> CommandDialog:
    draft = draft_of_change(bench.remembered, command_id, title)
    return CommandDialog(title, tr("Send again"), form, parent, width=_WIDTH, draft=draft)
