"""The form in which an activity is written down together with what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads import LogActivity
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import column, rule
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.words import activity_word
from fleetdesk.views.next_steps.fields import NextStepFields
from fleetdesk.views.next_steps.steps import Stepped, likely_kind, plan_step
from fleetdesk.views.workbench import Workbench

__all__ = ["activity_dialog"]

_KINDS = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING, ActivityKind.NOTE)


class _ActivityForm(CommandForm):
    """What happened, and the next step: the one that is planned, or after it is done, another one or none."""

    def __init__(self, bench: Workbench, lead: Stepped, *, done: bool) -> None:
        super().__init__()
        self._bench = bench
        self._lead = lead
        written = (lead.next_activity or "") if done else ""
        self._fields = FieldForm()
        kinds = [(kind.value, activity_word(kind)) for kind in _KINDS]
        self._fields.add("kind", tr("What was it?"), ChoiceBox(bench.theme, kinds, tr("What was it?")))
        self._body = QPlainTextEdit()
        self._fields.add("body", tr("What came of it?"), self._body, required=True)
        kind = likely_kind(lead.next_activity) if done else ActivityKind.CALL
        self._fields.set_values({"kind": kind.value, "body": written})
        self._step = NextStepFields(bench.theme, bench.clock, label=tr("What is to be done next?"))
        if not done:
            self._step.show_step(lead.next_activity or "", lead.next_activity_at)
        self._step.know(lead)
        self._before = dict(self._fields.values)
        self._fields.edited.connect(self.edited)
        self._step.edited.connect(self.edited)
        self.setLayout(column(self._fields, rule(), self._step, gap=2 * GRID))

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: what was to be done stands there, chosen, to be written over."""
        super().showEvent(event)
        if "body" not in self.typed():
            self._body.selectAll()
        self._body.setFocus()

    def commands(self) -> Sequence[Command] | None:
        """The entry of the timeline, and the edit of the next step if that changes."""
        if not (self._step.check() and self._step.agree()):
            return None
        now = self._bench.clock.now()
        entry = LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id=self._lead.id,
            activity_id=new_id(),
            kind=ActivityKind(self._fields.value("kind")),
            body=self._fields.value("body"),
            happened_at=now,
        )
        edit = plan_step(self._step.before, self._step.what, self._step.when, now)
        return (entry,) if edit is None else (entry, edit)

    def touched(self) -> bool:
        """Whether something was written."""
        return bool(self.typed())

    def typed(self) -> Mapping[str, str]:
        """What differs from what was shown."""
        fields = {name: text for name, text in self._fields.values.items() if text != self._before[name]}
        return {**fields, **self._step.typed()}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before."""
        self._fields.set_values({**self._before, **{name: typed[name] for name in self._before if name in typed}})
        self._step.type_in({name: text for name, text in typed.items() if name not in self._before})

    def bases(self) -> Mapping[str, JsonValue]:
        """What was planned when the person began: it is done, or makes way."""
        return self._step.bases

    def rest_on(self, bases: Mapping[str, JsonValue]) -> None:
        """Remember what was planned when the person began."""
        self._step.rest_on(bases)

    def show_error(self, field: str, sentence: str) -> bool:
        """Write below the text what is wrong with it."""
        if field != "body":
            return False
        self._fields.show_errors({field: sentence})
        return True


def activity_dialog(bench: Workbench, lead: Stepped, about: str, parent: QWidget, *, done: bool) -> CommandDialog:
    """The form for what happened with a lead, which `about` names; `done`: its next step was just that."""
    step = isolated(lead.next_activity or tr("the next step"))
    title = tr("Done: %1").replace("%1", step) if done else tr("Write down what happened")
    action = "home.done" if done else "home.log"
    draft = FormDraft(bench.remembered, action, title, Lead.key_of(lead.id))
    form = _ActivityForm(bench, lead, done=done)
    return CommandDialog(title, tr("Log it"), form, parent, explanation=about, draft=draft)
