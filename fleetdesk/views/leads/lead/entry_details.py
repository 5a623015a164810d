"""What is given for an entry of the timeline beside its text: until when a task is due, and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from fleetdesk.models.ids import Clock
from fleetdesk.models.mornings import morning_in
from fleetdesk.models.types import JsonValue, instant_text
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.composer import Details
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.views.next_steps.fields import NextStepFields
from fleetdesk.views.next_steps.steps import Step, Stepped, kept_instant
from fleetdesk.views.words import day_and_time

__all__ = ["DueField", "NextField", "SetStep"]

_WORDS = 128  # pixels that the words of a next step need


class DueField(Details):
    """Until when a task is to be done, if there is a day for it."""

    def __init__(self, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._dated = CheckBox(theme, tr("Due on"))
        self._when = DateTimeField(theme, tr("Due on"))
        self._when.show_instant(morning_in(1, clock.now()))
        self._when.setEnabled(False)
        self._dated.toggled.connect(self._when.setEnabled)
        self._dated.clicked.connect(lambda _on: self.edited.emit())
        self._when.dateTimeChanged.connect(lambda _at: self.edited.emit())
        self.setLayout(row(self._dated, self._when, STRETCH))

    @property
    def due(self) -> dt.datetime | None:
        """The day and time, in UTC; None for none."""
        return self._when.instant if self._dated.isChecked() else None

    def values(self) -> Mapping[str, JsonValue]:
        """See `Details`."""
        return {} if self.due is None else {"due": instant_text(self.due)}

    def show_values(self, values: Mapping[str, JsonValue]) -> None:
        """See `Details`."""
        due = kept_instant(values.get("due"))
        self._when.show_instant(due or morning_in(1, self._clock.now()))
        self._dated.setChecked(due is not None)


@dataclass(frozen=True, slots=True)
class SetStep:
    """A next step to be set, and `before`, the one that the person saw."""

    what: str | None
    when: dt.datetime | None
    before: Step


class NextField(Details):
    """What is to be done next, set in one act with what is written down; says what it takes the place of."""

    def __init__(self, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._lead: Stepped | None = None
        self._wanted = CheckBox(theme, tr("Set the next step"))
        self._fields = NextStepFields(theme, clock, label=tr("What is to be done next?"), within=True)
        self._fields.show_step("", None, dated=True)
        self._note = Label(size=TextSize.SMALL, tint=Tint.MUTED, wrap=True)
        self._wanted.clicked.connect(self._want)
        self._fields.edited.connect(self.edited)
        self._head = row(self._wanted, self._fields.form, gap=GRID // 2)
        self._head.setStretchFactor(self._fields.form, 1)
        self.setLayout(column(self._head, self._fields, self._note, gap=GRID // 2))
        for widget in (self._fields.form, self._fields, self._note):
            widget.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the words stand beside the box where there is room for them, else below it."""
        super().resizeEvent(event)
        beside = self._wanted.sizeHint().width() + _WORDS <= self.width()
        way = QBoxLayout.Direction
        self._head.setDirection(way.LeftToRight if beside else way.TopToBottom)

    @property
    def step(self) -> SetStep | None:
        """The step to be set; None for none."""
        fields = self._fields
        return SetStep(fields.what, fields.when, fields.before) if self._wanted.isChecked() else None

    def know(self, lead: Stepped) -> None:
        """What the lead has planned now."""
        self._lead = lead
        self._fields.know(lead, begun=self._wanted.isChecked())
        self._say()

    def check(self) -> bool:
        """Whether the step can be set, and the person knows what it takes the place of."""
        return not self._wanted.isChecked() or (self._fields.check() and self._fields.agree())

    def values(self) -> Mapping[str, JsonValue]:
        """See `Details`."""
        if not self._wanted.isChecked():
            return {}
        return {"next": {"typed": {**self._fields.texts}, "before": self._fields.bases}}

    def show_values(self, values: Mapping[str, JsonValue]) -> None:
        """See `Details`."""
        given = values.get("next")
        self._wanted.setChecked(isinstance(given, dict))
        self._fields.show_step("", None, dated=True)
        if self._lead is not None:
            self._fields.know(self._lead)
        if isinstance(given, dict):
            typed, before = given.get("typed"), given.get("before")
            texts = typed.items() if isinstance(typed, dict) else ()
            self._fields.type_in({name: text for name, text in texts if isinstance(text, str)})
            self._fields.rest_on(before if isinstance(before, dict) else {})
        self._show_fields()

    def _want(self, _on: bool) -> None:
        if self._lead is not None:
            self._fields.know(self._lead)
        self._show_fields()
        if self._wanted.isChecked():
            self._fields.begin()
        self.edited.emit()

    def _show_fields(self) -> None:
        for widget in (self._fields.form, self._fields):
            widget.setVisible(self._wanted.isChecked())
        self._say()

    def _say(self) -> None:
        words = "" if self._lead is None else _words(self._lead, self._clock.now())
        self._note.setText(tr("This takes the place of: %1").replace("%1", words))
        self._note.setVisible(self._wanted.isChecked() and bool(words))


def _words(step: Stepped, now: dt.datetime) -> str:
    at = "" if step.next_activity_at is None else day_and_time(step.next_activity_at, now)
    return isolated(", ".join(part for part in (step.next_activity, at) if part))
