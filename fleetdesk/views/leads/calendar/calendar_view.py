"""`CalendarView`: the next steps of the listing's leads, by month or by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import column, rule
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_agenda import AgendaCell, OffCalendar
from fleetdesk.queries.leads import LeadQuery
from fleetdesk.queries.spreads import Spread, month_of, on_clock, week_of
from fleetdesk.views.leads.calendar.agenda import Agenda
from fleetdesk.views.leads.calendar.day_list import DayDialog
from fleetdesk.views.leads.calendar.grid import CalendarGrid
from fleetdesk.views.leads.calendar.head import CalendarHead
from fleetdesk.views.leads.calendar.hold import Hold
from fleetdesk.views.leads.calendar.model import CalendarModel
from fleetdesk.views.leads.calendar.moving import Moving
from fleetdesk.views.leads.calendar.plan_dialog import plan_dialog
from fleetdesk.views.leads.calendar.words import step_words
from fleetdesk.views.leads.lead_view import ROOM_FOR_BOTH, LeadView
from fleetdesk.views.words import local
from fleetdesk.views.workbench import Workbench

__all__ = ["CalendarView"]

_KEPT = "leads.calendar"
_MORNING = 7  # the hour at the top of a week that nobody has scrolled yet
_NINE = dt.time(9)
_ROOM_FOR_A_WEEK = 1_640  # pixels of the page
_CALM = 500  # milliseconds after the last step of scrolling


class CalendarView(LeadView):
    """A step is moved by an edit of its lead, which can be undone; days are those of the machine's own clocks."""

    list_asked = Signal(object)  # Filter: these leads are to be seen as a list

    def __init__(self, bench: Workbench, may_edit: Callable[[], bool]) -> None:
        """`may_edit` says whether the person may change leads at all, and tells them why not."""
        super().__init__()
        self._bench = bench
        self._may_edit = may_edit
        self._filter: Filter | None = None
        self._opened = ""
        self._follows = ""
        self._off: OffCalendar | None = None
        self._empty: Overlay | None = None
        self.read = False  # whether what is shown is what there is
        self.setProperty("ground", "surface")
        self.hold = Hold(self)
        spread, self._top = self._remembered()
        self.model = CalendarModel(spread, bench.clock, self)
        self.agenda = Agenda(bench, self)
        self.head = CalendarHead(bench.actions, bench.theme)
        self.grid = CalendarGrid(self.model, self.hold, bench.theme)
        self.moving = Moving(bench, self.grid, self.hold, may_edit=may_edit, view=self)
        lines = column(self.head, rule(), self.grid, gap=0)
        lines.setStretchFactor(self.grid, 1)
        self.setLayout(lines)
        self._overlay = StateOverlay(bench.theme, self.grid.viewport())
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._keep)
        self._connect()
        self.head.show_spread(spread)

    # What is shown

    @property
    def marked_id(self) -> str:
        """The lead whose step has the keyboard; empty for none."""
        return "" if self.grid.step is None else self.grid.step.id

    @property
    def overlay(self) -> Overlay | None:
        """What covers the days."""
        return self._overlay.overlay

    def show_query(self, query: LeadQuery) -> None:
        """Show the steps of the leads of a query; time alone orders them."""
        afresh, self._filter = self._filter is None, query.filter
        self._read(afresh=afresh)

    def set_empty(self, overlay: Overlay) -> None:
        """What to show where there is no lead to plan anything for."""
        self._empty = overlay
        self._show_empty()

    def show_opened(self, lead_id: str) -> None:
        """Mark the step of the lead that is open beside; empty for none."""
        self._opened = lead_id
        self.grid.show_opened(lead_id)

    def take_keyboard(self) -> None:
        """Give the keyboard to the day that had it last, or to today."""
        if self.grid.cell < 0:  # before it has the keyboard: Qt would begin with the first cell
            self._go_to_day(self.model.today)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """Open the next step in the order of time, or the one before."""
        steps = self.model.steps()
        ids = [row.id for _, _, row in steps]
        if not steps:
            return
        place = ids.index(self._opened) + by if self._opened in ids else (0 if by > 0 else len(ids) - 1)
        cell, number, row = steps[max(0, min(place, len(steps) - 1))]
        self.grid.go_to(cell, number)
        self.opened.emit(row.id)

    def reveal(self, lead_id: str) -> None:
        """Go to the step of a lead, if it is in sight."""
        for cell, number, row in self.model.steps():
            if row.id == lead_id:
                self.grid.go_to(cell, number)
                return

    # Other days

    @property
    def room(self) -> int:
        """See `LeadView`: beside a lead, a week's steps would be times without names."""
        return _ROOM_FOR_A_WEEK if self.model.spread.by_hour else ROOM_FOR_BOTH

    def show_month(self) -> None:
        """Show the month of the day that has the keyboard."""
        self._show(month_of(self._day()))
        self.room_changed.emit()

    def show_week(self) -> None:
        """Show the week of the day that has the keyboard."""
        self._show(week_of(self._day()))
        self.room_changed.emit()

    def turn(self, by: int) -> None:
        """Show later or earlier days; the keyboard, and a step that is held, stay in their place."""
        row, col = self.grid.currentIndex().row(), self.grid.currentIndex().column()
        had = self.grid.cell >= 0
        self._show(self.model.spread.turned(by))
        if had:
            self.grid.go_to(self.model.spread.cell(min(row, self.model.rowCount() - 1), max(0, col)))
            self.grid.aim(self.grid.cell)

    def go_today(self) -> None:
        """Show today."""
        today = self.model.today
        self._show(week_of(today) if self.model.spread.by_hour else month_of(today))
        self._go_to_day(today)

    def plan_here(self) -> None:
        """Plan a step in the cell that has the keyboard, or in the first one."""
        self._plan(max(0, self.grid.cell))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.moving.guide.place()

    def _connect(self) -> None:
        bench, grid = self._bench, self.grid
        self.agenda.came.connect(self._came)
        self.agenda.off_came.connect(self._off_came)
        self.agenda.failed.connect(self._failed)
        self.head.list_asked.connect(self.list_asked)
        grid.chosen.connect(lambda row: self.opened.emit(row.id))
        grid.focused.connect(self._focused)
        grid.more_asked.connect(self._show_day)
        grid.plan_asked.connect(self._plan)
        grid.turned.connect(self.turn)
        grid.verticalScrollBar().valueChanged.connect(self._calm.start)
        self.moving.moved.connect(self._follow)
        bench.minute.moved.connect(grid.viewport().update)

    def _day(self) -> dt.date:
        spread = self.model.spread
        return spread.day(self.grid.cell) if self.grid.cell >= 0 else spread.about

    def _go_to_day(self, day: dt.date) -> None:
        spread = self.model.spread
        if day in spread.days:
            hour = max(_MORNING, local(self.model.now).hour) if spread.by_hour else 0
            self.grid.go_to(spread.days.index(day) * (24 if spread.by_hour else 1) + hour)

    def _show(self, spread: Spread) -> None:
        kept, by_hour = self._day(), self.model.spread.by_hour
        self.model.show_spread(spread)
        self.head.show_spread(spread)
        self.grid.show_opened(self._opened)
        if by_hour is not spread.by_hour:
            self.grid.begin_at(_MORNING if spread.by_hour else 0)
            self._go_to_day(kept)
        self._keep()
        self._read(afresh=True)

    # Reading

    def _read(self, *, afresh: bool = False) -> None:
        """Read what is in sight; `afresh`, nothing of it is known, and a while later that is said."""
        if afresh:
            self._overlay.show_overlay(Overlay(OverlayKind.LOADING, tr("Loading")))
        self.read = False
        if self._filter is not None:
            self.agenda.show(self._filter, self.model.spread)

    def _came(self, cells: Sequence[AgendaCell]) -> None:
        if len(cells) != len(self.model.bounds) - 1:
            return
        self.model.show_cells(cells)
        self.read = True
        self._show_empty()
        if self._top is not None:
            top, self._top = self._top, None
            self.grid.verticalScrollBar().setValue(top)
        if self._follows:
            follows, self._follows = self._follows, ""
            self.grid.show_leaving("")
            self.reveal(follows)
        if self.grid.cell < 0:
            self._go_to_day(self.model.today)

    def _off_came(self, off: OffCalendar) -> None:
        self._off = off
        self.head.show_off(off)
        self._show_empty()

    def _show_empty(self) -> None:
        """Where the filter leaves no lead that could have a step, say so; days without steps need no words."""
        nobody = self._off is not None and not self._off.overdue.value and not self._off.without.value
        planned = any(self.model.agenda(cell).count for cell in range(len(self.model.bounds) - 1))
        if not self.read:
            return
        if self._empty is not None and nobody and not planned:
            self._overlay.show_overlay(self._empty)
        else:
            self._overlay.clear_overlay()

    def _failed(self, error: Exception) -> None:
        """Steps from before stay in sight; where there are none, say here what went wrong."""
        message = message_for(error)
        if self.read:
            self._bench.notifier.say(replace(message, key="calendar-failed"))
            return
        sentence = " ".join(part for part in (message.kept, message.do) if part)
        retry = self.agenda.retry
        self._overlay.show_overlay(Overlay(OverlayKind.ERROR, message.what, sentence, tr("Try again"), retry))

    # Acting

    def _follow(self, lead_id: str) -> None:
        self._follows = lead_id

    def _focused(self) -> None:
        """Within a cell a screen reader hears of no change: it is told which step has the keyboard."""
        step = self.grid.step
        if step is not None and self.hold.step is None:
            words = step_words(step, self._bench.clock.now())
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.grid, words))
        self.marked_changed.emit()

    def _show_day(self, cell: int) -> None:
        assert self._filter is not None
        dialog = DayDialog(self._bench, self._filter, self.model.spread.day(cell), self.window())
        dialog.opened.connect(self.opened)
        dialog.open()

    def _plan(self, cell: int) -> None:
        if self._filter is None or not self._may_edit():
            return
        hour = self.model.spread.hour(cell)
        when = on_clock(self.model.spread.day(cell), _NINE if hour is None else dt.time(hour))
        dialog = plan_dialog(self._bench, self._filter, when, self.window(), lead_id=self._opened)
        self._bench.acts.submit(dialog)

    # Remembering

    def _keep(self) -> None:
        spread = self.model.spread
        kept: JsonValue = {
            "by_hour": spread.by_hour,
            "day": spread.about.isoformat(),
            "top": self.grid.verticalScrollBar().value() if self._top is None else self._top,
        }
        self._bench.place.keep(_KEPT, kept)

    def _remembered(self) -> tuple[Spread, int | None]:
        """The days that were shown last and how far they were scrolled; this month where nothing was kept."""
        kept = self._bench.place.get(_KEPT)
        today, top = local(self._bench.clock.now()).date(), None
        if not isinstance(kept, dict):
            return month_of(today), None
        try:
            day = dt.date.fromisoformat(str(kept.get("day")))
            spread = week_of(day) if kept.get("by_hour") is True else month_of(day)
        except (ValueError, OverflowError):
            return month_of(today), None
        top = kept.get("top")
        return spread, top if isinstance(top, int) else None
