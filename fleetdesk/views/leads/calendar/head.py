"""`CalendarHead`: which days are shown, how one goes to others, and what stands on no calendar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_agenda import OffCalendar
from fleetdesk.queries.spreads import Spread
from fleetdesk.views.leads.calendar.words import spread_title
from fleetdesk.views.words import number

__all__ = ["CalendarHead"]

_NARROW = 760  # pixels


class CalendarHead(QFrame):
    """Says also how many leads have a step that is overdue, or none; each opens those leads."""

    list_asked = Signal(object)  # Filter: these leads are to be seen as a list

    def __init__(self, actions: ActionRegistry, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("ground", "surface")
        self._off: OffCalendar | None = None
        self._title = Label(size=TextSize.TITLE, strong=True)
        self._overdue = Button("", lambda: self._ask(overdue=True), kind=Kind.QUIET)
        self._without = Button("", lambda: self._ask(overdue=False), kind=Kind.QUIET)
        self._month = actions.button("leads.month", with_text=True)
        self._week = actions.button("leads.week", with_text=True)
        for button, text in ((self._month, tr("Month")), (self._week, tr("Week"))):
            button.setText(text)
            button.setCheckable(True)
        self._today = actions.button("leads.today", with_text=True)
        self._today.setText(tr("Today"))
        self._narrow = False
        self.setLayout(
            row(
                actions.button("leads.earlier"),
                self._today,
                actions.button("leads.later"),
                self._title,
                STRETCH,
                self._overdue,
                self._without,
                self._month,
                self._week,
                gap=GRID // 2,
                margins=(2 * GRID, GRID // 2, 2 * GRID, GRID // 2),
            )
        )
        self.show_off(None)

    def show_spread(self, spread: Spread) -> None:
        """Say which days are shown."""
        self._title.setText(spread_title(spread))
        self._month.setChecked(not spread.by_hour)
        self._week.setChecked(spread.by_hour)

    def show_off(self, off: OffCalendar | None) -> None:
        """Say what stands on no calendar; None while that is not known."""
        self._off = off
        late, none = (0, 0) if off is None else (int(off.overdue.value or 0), int(off.without.value or 0))
        self._overdue.set_text(tr("Overdue: %1").replace("%1", number(late)))
        without = tr("No step: %1") if self._narrow else tr("Without a next step: %1")
        self._without.set_text(without.replace("%1", number(none)))
        self._overdue.setVisible(late > 0)
        self._without.setVisible(off is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: in a narrow calendar, what can be done is shown by icons."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.pixels(_NARROW)
        if narrow is not self._narrow:
            self._narrow = narrow
            style = Qt.ToolButtonStyle
            for button in (self._today, self._month, self._week):
                button.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon)
            self.show_off(self._off)

    def _ask(self, *, overdue: bool) -> None:
        if self._off is not None:
            asked: Filter = (self._off.overdue if overdue else self._off.without).filter
            self.list_asked.emit(asked)
