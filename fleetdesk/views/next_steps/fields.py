"""`NextStepFields`: what is to be done next with a lead, and when."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from fleetdesk.commands.lead_fields import check_field
from fleetdesk.errors import Invalid
from fleetdesk.models.ids import Clock
from fleetdesk.models.mornings import morning_in
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.qt.widgets.field_form import FieldForm

__all__ = ["NextStepFields"]


class NextStepFields(QWidget):
    """Some days from now in a click, or any time."""

    edited = Signal()  # the person changed something

    def __init__(self, theme: Theme, clock: Clock, *, label: str) -> None:
        super().__init__()
        self._clock = clock
        self.form = FieldForm()
        self._what = QLineEdit()
        self.form.add("next_activity", label, self._what)
        self._dated = CheckBox(theme, tr("Due on"))
        self._when = DateTimeField(theme, tr("Due on"))
        self._dated.toggled.connect(self._when.setEnabled)
        soon = ((1, tr("Tomorrow")), (3, tr("In 3 days")), (7, tr("In a week")), (30, tr("In a month")))
        shortcuts = [self._shortcut(days, text) for days, text in soon]
        self.form.edited.connect(self.edited)
        self._dated.clicked.connect(self.edited)
        self._when.dateTimeChanged.connect(self._changed)
        self._showing = False
        self.setLayout(column(self.form, row(self._dated, self._when, STRETCH), row(*shortcuts, STRETCH), gap=GRID + 4))
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

    def show_step(self, what: str, when: dt.datetime | None, *, dated: bool | None = None) -> None:
        """Show a step; without a day, tomorrow morning is proposed, and taken where `dated` says so."""
        self._showing = True
        self.form.set_values({"next_activity": what})
        self._when.show_instant(when or morning_in(1, self._clock.now()))
        self._showing = False
        self._dated.setChecked(when is not None if dated is None else dated)
        self._when.setEnabled(self._dated.isChecked())

    def _shortcut(self, days: int, text: str) -> Button:
        return Button(text, lambda: self._choose(days))

    def _choose(self, days: int) -> None:
        self._dated.setChecked(True)
        self._when.show_instant(morning_in(days, self._clock.now()))
        self._changed()

    def _changed(self) -> None:
        """The date was changed by the person, not shown."""
        if not self._showing:
            self.edited.emit()
