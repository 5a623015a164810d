"""The form in which an activity is written down together with what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_fields import LONGEST_PROSE
from fleetdesk.commands.leads import LogActivity
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import column, rule
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.text_fields import TextArea
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.words import activity_word, logged_words
from fleetdesk.views.next_steps.fields import NextStepFields
from fleetdesk.views.next_steps.happened import CallFields, WhenField
from fleetdesk.views.next_steps.steps import Stepped, likely_kind, next_proposal, plan_step
from fleetdesk.views.words import day_and_time
from fleetdesk.views.workbench import Workbench

__all__ = ["log_activity"]

_KINDS = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING, ActivityKind.NOTE)
_HAPPENED = ("at", "outcome")
"""What `WhenField` and `OutcomeField` call what they give."""


class _ActivityForm(CommandForm):
    """What happened, and the next step: the one that is planned, or after it is done, another one or none."""

    def __init__(self, bench: Workbench, lead: Stepped, *, done: bool) -> None:
        super().__init__()
        self._bench = bench
        self._lead = lead
        written = (lead.next_activity or "") if done else ""
        self._fields, self._more = FieldForm(), FieldForm()
        kinds = [(kind.value, activity_word(kind)) for kind in _KINDS]
        self._fields.add("kind", tr("What was it?"), ChoiceBox(bench.theme, kinds, tr("What was it?")))
        self._happened = {kind: _happened(kind, bench.theme, bench.clock) for kind in _KINDS}
        self._body = TextArea(longest=LONGEST_PROSE)
        self._more.add("body", tr("What came of it?"), self._body, required=True)
        kind = likely_kind(lead.next_activity) if done else ActivityKind.CALL
        self._fields.set_values({"kind": kind.value})
        self._more.set_values({"body": written})
        self._step = NextStepFields(bench.theme, bench.clock, label=tr("What is to be done next?"))
        if not done:
            self._step.show_step(lead.next_activity or "", next_proposal(lead, bench.clock.now()))
        self._step.know(lead)
        self._before = self._texts
        self._fields.edited.connect(self._tell)
        for part in (self._more, self._step, *self._happened.values()):
            part.edited.connect(self.edited)
        what = column(self._fields, *self._happened.values(), self._more)
        self.setLayout(column(what, rule(), self._step, gap=2 * GRID))
        self._show_happened()

    @property
    def kind_word(self) -> str:
        """What kind of thing happened."""
        return activity_word(self._kind)

    @property
    def said(self) -> str:
        """What was done, once it was."""
        what, when, now = self._step.what, self._step.when, self._bench.clock.now()
        changed = plan_step(self._step.before, what, when, now) is not None
        logged = logged_words(self._kind)
        if not changed:
            return logged + "."
        if what is None and when is None:
            return tr("%1; nothing is planned next.").replace("%1", logged)
        due = day_and_time(when, now).replace(",", "") if when is not None else tr("without a day")
        return tr("%1; next step %2.").replace("%2", due[0].lower() + due[1:]).replace("%1", logged)

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
        happened = self._happened[self._kind]
        entry = LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id=self._lead.id,
            activity_id=new_id(),
            kind=self._kind,
            body=self._more.value("body"),
            happened_at=happened.instant,
            outcome=happened.outcome if isinstance(happened, CallFields) else None,
        )
        edit = plan_step(self._step.before, self._step.what, self._step.when, now)
        return (entry,) if edit is None else (entry, edit)

    def touched(self) -> bool:
        """Whether something was written."""
        return bool(self.typed())

    def typed(self) -> Mapping[str, str]:
        """What differs from what was shown."""
        fields = {name: text for name, text in self._texts.items() if text != self._before.get(name, "")}
        return {**fields, **self._step.typed()}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before."""
        texts = {**self._before, **typed}
        if texts["kind"] in _KINDS:  # another FleetDesk may have kept a kind that this one has not
            self._fields.set_values({"kind": texts["kind"]})
        self._more.set_values({"body": texts["body"]})
        given: Mapping[str, JsonValue] = {name: typed[name] for name in _HAPPENED if name in typed}
        for part in self._happened.values():
            part.show_values(given)
        self._show_happened()
        own = {*self._before, *_HAPPENED}
        self._step.type_in({name: text for name, text in typed.items() if name not in own})

    @property
    def _kind(self) -> ActivityKind:
        return ActivityKind(self._fields.value("kind"))

    @property
    def _texts(self) -> dict[str, str]:
        given = self._happened[self._kind].values()
        return {**self._fields.values, **self._more.values, **{name: str(value) for name, value in given.items()}}

    def _tell(self) -> None:
        self._show_happened()
        self.edited.emit()

    def _show_happened(self) -> None:
        """Each kind has its own: how it went is told of a call alone."""
        for kind, part in self._happened.items():
            part.setVisible(kind is self._kind)

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
        self._more.show_errors({field: sentence})
        return True


def log_activity(bench: Workbench, lead: Stepped, about: str, parent: QWidget, *, done: bool) -> CommandDialog:
    """Ask what happened with a lead, which `about` names, and log it; `done`: its next step was just that."""
    step = isolated(lead.next_activity or tr("the next step"))
    title = tr("Done: %1").replace("%1", step) if done else tr("Write down what happened")
    action = "home.done" if done else "home.log"
    form = _ActivityForm(bench, lead, done=done)
    draft = FormDraft(bench.remembered, action, title, Lead.key_of(lead.id))
    form.edited.connect(lambda: draft.call_it(f"{form.kind_word} ({about})"))
    dialog = CommandDialog(title, tr("Log it"), form, parent, explanation=about, draft=draft)
    bench.acts.submit(dialog, said=lambda: form.said)
    return dialog


def _happened(kind: ActivityKind, theme: Theme, clock: Clock) -> CallFields | WhenField:
    return CallFields(theme, clock) if kind is ActivityKind.CALL else WhenField(theme, clock)
