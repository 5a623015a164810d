"""`DayField`: a day, month or year, typed as in queries (`2026-03-01`, `7d`, `today`), or taken from a calendar."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QCalendarWidget, QWidget

from fleetdesk.qt.look.layout import column, row
from fleetdesk.qt.look.text import tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.qt.widgets.popover import Popover
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.queries.filters.moments import Moment, Span, parse_moment

__all__ = ["DayField"]

_CALENDAR = 320


class DayField(QWidget):
    """Tells each change that a person makes; what cannot be understood stays as it was typed."""

    changed = Signal()

    def __init__(self, theme: Theme, name: str, today: dt.date, parent: QWidget | None = None) -> None:
        """`today` is the day on which the calendar opens."""
        super().__init__(parent)
        self._theme = theme
        self._today = today
        self._name = name
        self._field = TextField()
        self._field.setAccessibleName(name)
        self._field.setPlaceholderText(today.isoformat())
        self._field.setToolTip(tooltip_text(tr("A day, or one counted from today: 7d ago, +7d ahead")))
        self._field.textEdited.connect(self._edited)
        self._button = IconButton(
            theme, "calendar-blank", tr("Choose a day: %1").replace("%1", name), self._open, small=True
        )
        fields = row(self._field, self._button, gap=GRID // 2)
        self.setLayout(fields)
        self.setFocusProxy(self._field)

    @property
    def moment(self) -> Moment | None:
        """The day that is asked for; None where there is none, or none that can be understood."""
        return parse_moment(self._field.text().strip())

    @property
    def trouble(self) -> str:
        """What is wrong with what was typed; empty for nothing."""
        text = self._field.text().strip()
        if not text or self.moment is not None:
            return ""
        return tr("“%1” is no day that can be understood.").replace("%1", text)

    def show_text(self, text: str) -> None:
        """Show a day as it is typed; tells nobody."""
        self._field.setText(text)
        self._mark()

    def _edited(self) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        self._field.setProperty("faulty", "true" if self.trouble else "false")
        self._field.setAccessibleDescription(self.trouble)
        self._field.style().polish(self._field)

    def _open(self) -> None:
        calendar = QCalendarWidget()
        calendar.setAccessibleName(self._name)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setGridVisible(False)
        first, _last = (self.moment or Span(self._today.year, self._today.month, self._today.day)).days(self._today)
        calendar.setSelectedDate(QDate(first.year, first.month, first.day))
        popover = Popover(self._theme, self._name, column(calendar), width=_CALENDAR, opener=self._button)

        def chosen(day: QDate) -> None:
            popover.close()
            self.show_text(day.toString("yyyy-MM-dd"))
            self.changed.emit()

        calendar.activated.connect(chosen)
        calendar.clicked.connect(chosen)
        popover.open_at(self._button.rect())
        calendar.setFocus()
