"""What a move still needs, asked in one small form: only what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_fields import LONGEST_PROSE
from fleetdesk.models.ids import Clock
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import CHECKLIST, Stage
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.text_fields import TextArea
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.edits import base_value
from fleetdesk.views.leads.fields import FORM_FIELDS, add_field, field_errors, field_text, plain_values
from fleetdesk.views.leads.moves import Answers, MoveOption, move_commands
from fleetdesk.views.leads.words import activity_word, checklist_word, field_label, lead_about, stage_word
from fleetdesk.views.workbench import Workbench

__all__ = ["MoveForm", "move_dialog"]

_ACTIONS = {Stage.LOST: "leads.lose"}  # others lead to the next stage
_LOGGABLE = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING, ActivityKind.NOTE)


class MoveForm(CommandForm):
    """Fields of the lead, an activity, a reason, the checklist: each only if the rules miss it."""

    def __init__(self, lead: LeadDetail, option: MoveOption, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._lead = lead
        self._option = option
        self._clock = clock
        self._fields = FieldForm(columns=2)
        self._names = tuple(name for name in FORM_FIELDS if name in option.needs)
        for name in self._names:
            add_field(self._fields, name, theme, required=True)
        self._fields.set_values({name: field_text(base_value(lead, name)) for name in self._names})
        self._add_words(theme)
        self._before = dict(self._fields.values)
        self._fields.edited.connect(self.edited)
        self._points = {point: CheckBox(theme, checklist_word(point)) for point in CHECKLIST if self._asks("checklist")}
        self._unticked = Label(tint=Tint.DANGER, size=TextSize.SMALL, wrap=True)
        self._unticked.hide()
        self._unasked: dict[str, str] = {}
        self._not_asked = Label(tint=Tint.MUTED, size=TextSize.SMALL, wrap=True)
        self._not_asked.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._not_asked.hide()
        self.setLayout(column(self._fields, *self._points.values(), self._unticked, self._not_asked))

    def commands(self) -> Sequence[Command] | None:
        """What gives the missing and makes the move; None while something is still missing."""
        answers = self._answers()
        errors = field_errors(answers.fields) | self._blanks()
        self._fields.show_errors(errors)
        self._show_unticked()
        if errors or not self._unticked.isHidden():
            return None
        return move_commands(self._lead, self._option.target, answers, self._clock.now())

    def touched(self) -> bool:
        """Whether something was filled in."""
        return bool(self.typed()) or any(box.isChecked() for box in self._points.values())

    def typed(self) -> Mapping[str, str]:
        """The fields that differ from what was shown; a tick is made again."""
        changed = {name: text for name, text in self._fields.values.items() if text != self._before[name]}
        return {**changed, **self._unasked}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before; of what someone else gave meanwhile, show what it was."""
        known = {name: text for name, text in typed.items() if name in self._before}
        self._fields.set_values({**self._before, **known})
        self._unasked = {name: text for name, text in typed.items() if name not in self._before}
        lines = (f"{field_label(name)}: {isolated(text)}" for name, text in self._unasked.items())
        self._not_asked.setText("\n".join([tr("You wrote this too. The move does not ask for it any more:"), *lines]))
        self._not_asked.setVisible(bool(self._unasked))

    def show_error(self, field: str, sentence: str) -> bool:
        """Write at a field what is wrong with it."""
        if field not in self._before:
            return False
        self._fields.show_errors({field: sentence})
        return True

    def _asks(self, need: str) -> bool:
        return need in self._option.needs

    def _add_words(self, theme: Theme) -> None:
        if self._asks("activity"):
            kinds = [(kind.value, activity_word(kind)) for kind in _LOGGABLE]
            choice = ChoiceBox(theme, kinds, tr("What happened?"))
            choice.set_key(ActivityKind.CALL)
            self._fields.add("kind", tr("What happened?"), choice, required=True)
            self._fields.add("body", tr("What came of it?"), _text(theme), required=True, wide=True)
        if self._asks("lost_reason"):
            self._fields.add("lost_reason", field_label("lost_reason"), _text(theme), required=True, wide=True)

    def _answers(self) -> Answers:
        texts = self._fields.values
        return Answers(
            fields=plain_values({name: texts[name] for name in self._names}),
            activity=ActivityKind(texts["kind"]) if self._asks("activity") else None,
            body=texts.get("body", ""),
            reason=texts.get("lost_reason"),
            checklist={point: box.isChecked() for point, box in self._points.items()},
        )

    def _blanks(self) -> dict[str, str]:
        return {
            name: tr("The move to %1 needs this.").replace("%1", stage_word(self._option.target))
            for name, text in self._fields.values.items()
            if not text.strip()
        }

    def _show_unticked(self) -> None:
        unticked = [box.text() for box in self._points.values() if not box.isChecked()]
        self._unticked.setText(tr("Still to be confirmed: %1.").replace("%1", ", ".join(unticked)))
        self._unticked.setVisible(bool(unticked))


def move_dialog(bench: Workbench, lead: LeadDetail, option: MoveOption, parent: QWidget) -> CommandDialog:
    """The form for a move that misses something."""
    lost = option.target is Stage.LOST
    stage = stage_word(option.target)
    title = tr("Lose this lead") if lost else tr("Move to %1").replace("%1", stage)
    verb = tr("Mark as lost") if lost else title
    missing = tr("This is what is still missing for %1. Once it is sent, the lead takes no step back.")
    explanation = tr("The reason stays with the lead; it can be reopened.") if lost else missing.replace("%1", stage)
    form, about = MoveForm(lead, option, bench.theme, bench.clock), lead_about(lead)
    action, left = _ACTIONS.get(option.target, "leads.move_on"), f"{title} ({about})"
    draft = FormDraft(bench.remembered, action, left, Lead.key_of(lead.id))
    explanation = f"{about}\n{explanation}"
    return CommandDialog(title, verb, form, parent, explanation=explanation, dangerous=lost, draft=draft)


def _text(theme: Theme) -> QPlainTextEdit:
    editor = TextArea(longest=LONGEST_PROSE)
    editor.setFixedHeight(theme.pixels(10 * GRID))
    return editor
