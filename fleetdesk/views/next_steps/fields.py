"""`NextStepFields`: what is to be done next with a lead, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.commands.lead_fields import check_field, longest
from fleetdesk.errors import Invalid
from fleetdesk.models.ids import Clock
from fleetdesk.models.mornings import morning_in
from fleetdesk.models.types import JsonValue, instant_text
from fleetdesk.qt.flow import lay_along
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.views.next_steps.steps import Step, Stepped, kept_instant, kept_step, step_values
from fleetdesk.views.words import day_and_time

__all__ = ["NextStepFields"]


class NextStepFields(QWidget):
    """Some days from now in a click, or any time.

    It knows which step the person saw when they began, so that one that came meanwhile is not replaced unseen.
    """

    edited = Signal()  # the person changed something

    def __init__(self, theme: Theme, clock: Clock, *, label: str, within: bool = False) -> None:
        """`within` a larger form, that one places `form`, its label stands in it, and the days take what width is."""
        super().__init__()
        self._clock = clock
        self._now = self.before = Step()
        self._shown: Mapping[str, str] = {}
        self._dates = False  # whether the first word of a step gives it a day
        self.form = FieldForm()
        self._what = TextField(longest=longest("next_activity"))
        self.form.add("next_activity", label, self._what, within=within)
        self._dated = CheckBox(theme, tr("Due on"))
        self._when = DateTimeField(theme, tr("Due on"))
        self._dated.toggled.connect(self._when.setEnabled)
        soon = ((1, tr("Tomorrow")), (3, tr("In 3 days")), (7, tr("In a week")), (30, tr("In a month")))
        shortcuts = [self._shortcut(days, text) for days, text in soon]
        self._what.textEdited.connect(self._begin_date)
        self.form.edited.connect(self.edited)
        self._dated.clicked.connect(self._date_chosen)
        self._when.dateTimeChanged.connect(self._changed)
        self._showing = False
        self._news = Label(size=TextSize.SMALL, tint=Tint.DANGER, wrap=True)
        self._news.hide()
        due = row(self._dated, self._when, STRETCH)
        if within:
            days = QWidget()
            lay_along(days, *shortcuts)
            self.setLayout(column(due, days, self._news, gap=GRID // 2))
        else:
            self.setLayout(column(self.form, due, row(*shortcuts, STRETCH), self._news, gap=GRID + 4))
        self.show_step("", None)

    @property
    def what(self) -> str | None:
        """The words; None for none."""
        return self.form.value("next_activity").strip() or None

    @property
    def when(self) -> dt.datetime | None:
        """When it is due; None where no day was given."""
        return self._when.instant if self._dated.isChecked() else None

    def begin(self) -> None:
        """Put the cursor where the words are written."""
        self._what.setFocus(Qt.FocusReason.OtherFocusReason)

    def check(self) -> bool:
        """Whether a lead could have such a step; if not, it says why."""
        try:
            check_field("next_activity", self.what)
        except Invalid as error:
            self.form.show_errors({"next_activity": str(error)})
            return False
        return True

    def know(self, lead: Stepped, *, begun: bool = False) -> None:
        """What the lead has planned now; unless the person has `begun`, that is what they see."""
        self._now = Step.of(lead)
        if not begun:
            self.before = self._now
            self._news.hide()

    def rest_on(self, values: Mapping[str, JsonValue]) -> None:
        """What was planned, as plain values, when the person began with a draft."""
        self.before = kept_step(self._now.id, values)

    @property
    def bases(self) -> dict[str, JsonValue]:
        """What was planned when the person began, to be kept with a draft."""
        return step_values(self.before)

    def agree(self) -> bool:
        """Whether the person knows what this takes the place of; if not, it is said, and they know."""
        if step_values(self.before) == step_values(self._now):
            return True
        at = self._now.next_activity_at
        when = None if at is None else day_and_time(at, self._clock.now())
        words = ", ".join(part for part in (self._now.next_activity, when) if part) or tr("nothing any more")
        text = tr("Meanwhile this was planned: %1. Do it once more, and yours takes its place.")
        self._news.setText(text.replace("%1", isolated(words)))
        self._news.show()
        self.before = self._now
        self.edited.emit()
        return False

    @property
    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        when = self.when
        return {"next_activity": self._what.text(), "next_activity_at": "" if when is None else instant_text(when)}

    def typed(self) -> dict[str, str]:
        """The fields that differ from what was shown."""
        return {name: text for name, text in self.texts.items() if text != self._shown.get(name)}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Show what was typed before over what was shown."""
        shown, texts = self._shown, {**self._shown, **typed}
        when = kept_instant(texts["next_activity_at"])
        self.show_step(texts["next_activity"], when, dated=when is not None)
        self._shown = shown

    def show_step(self, what: str, when: dt.datetime | None, *, dated: bool | None = None) -> None:
        """Show a step; without a day, tomorrow morning is proposed, and taken where `dated` says so."""
        self._showing = True
        self.form.set_values({"next_activity": what})
        self._when.show_instant(when or morning_in(1, self._clock.now()))
        self._showing = False
        self._dated.setChecked(when is not None if dated is None else dated)
        self._when.setEnabled(self._dated.isChecked())
        self._shown = self.texts
        self._dates = not what and dated is None

    def _shortcut(self, days: int, text: str) -> Button:
        return Button(text, lambda: self._choose(days))

    def _choose(self, days: int) -> None:
        self._dated.setChecked(True)
        self._when.show_instant(morning_in(days, self._clock.now()))
        self._changed()

    def _date_chosen(self) -> None:
        self._dates = False
        self.edited.emit()

    def _begin_date(self, _text: str) -> None:
        """A step that is written where none stood is due tomorrow morning, unless the person says otherwise."""
        if self._dates and not self._dated.isChecked():
            self._dated.setChecked(True)
        self._dates = False

    def _changed(self) -> None:
        """The date was changed by the person, not shown."""
        if not self._showing:
            self.edited.emit()
