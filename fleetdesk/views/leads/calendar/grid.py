"""`CalendarGrid`: the cells of a month or a week with their steps; a step is moved by the mouse or by keys."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.table_model import Index
from fleetdesk.queries.leads import LeadRow
from fleetdesk.queries.spreads import on_clock
from fleetdesk.views.leads.calendar.day_header import DayHeader
from fleetdesk.views.leads.calendar.grid_painter import CellLook, GridPainter, StepLook
from fleetdesk.views.leads.calendar.hold import Hold
from fleetdesk.views.leads.calendar.model import CalendarModel
from fleetdesk.views.words import local

__all__ = ["CalendarGrid"]

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ARROWS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_HOUR, _LEAST_DAY = 52, 64  # pixels
_HALF = 30  # minutes: the mouse puts a step down on the half hour


class CalendarGrid(QTableView):
    """The keyboard is in a cell, and in it on one of its steps, or on the line that says how many more there are."""

    chosen = Signal(object)  # LeadRow: open this lead
    more_asked = Signal(int)  # a cell, all of whose steps are to be seen
    plan_asked = Signal(int)  # a cell in which nothing stands yet
    turned = Signal(int)  # to a later or an earlier spread
    focused = Signal()  # another step has the keyboard
    taken_up = Signal(object)  # LeadRow
    put_down = Signal()

    def __init__(self, model: CalendarModel, hold: Hold, theme: Theme) -> None:
        super().__init__()
        self._cells = model
        self._hold = hold
        self._theme = theme
        self._place = 0  # which of the steps in the current cell
        self._pressed: QPoint | None = None
        self._opened = ""
        self._leaving = ""
        self.setModel(model)
        self.setHorizontalHeader(DayHeader(Qt.Orientation.Horizontal, model, theme, self))
        self.setVerticalHeader(DayHeader(Qt.Orientation.Vertical, model, theme, self))
        self.setAccessibleName(tr("Calendar of next steps"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._restyle()
        theme.changed.connect(self._restyle)
        hold.changed.connect(self.viewport().update)
        model.modelReset.connect(self._fit)

    # Where the keyboard is

    @property
    def cell(self) -> int:
        """The cell that has the keyboard; -1 for none."""
        index = self.currentIndex()
        return self._cells.spread.cell(index.row(), index.column()) if index.isValid() else -1

    @property
    def step(self) -> LeadRow | None:
        """The step that has the keyboard."""
        rows = self._cells.agenda(self.cell).rows if self.cell >= 0 else ()
        return rows[self._place] if self._place < min(len(rows), self._fitting(self.cell)) else None

    def go_to(self, cell: int, place: int = 0) -> None:
        """Give the keyboard to a cell, and to one of its steps."""
        row, column = self._cells.spread.place(cell)
        self._place = place
        index = self._cells.index(row, column)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.viewport().update()
        self.focused.emit()

    def begin_at(self, row: int) -> None:
        """Scroll a row to the top."""
        self.scrollTo(self._cells.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def show_opened(self, lead_id: str) -> None:
        """Mark the step of the lead that stands open beside the calendar."""
        self._opened = lead_id
        self.viewport().update()

    def show_leaving(self, lead_id: str) -> None:
        """The step is on its way elsewhere: what is left of it fades. Empty for none."""
        self._leaving = lead_id
        self.viewport().update()

    def step_place(self, cell: int, place: int) -> QRect:
        """Where one of the steps of a cell stands, in the viewport."""
        row, column = self._cells.spread.place(cell)
        rect = self.visualRect(self._cells.index(row, column))
        line = self._painter.line
        return QRect(rect.x() + 3, rect.y() + self._head + place * line, rect.width() - 7, line)

    @property
    def _head(self) -> int:
        """Pixels above the first step of a cell: a day's number stands there."""
        return 2 if self._cells.spread.by_hour else self._theme.pixels(28)

    def _fitting(self, cell: int) -> int:
        """How many steps of a cell are seen: one less than fit where a line says how many more there are."""
        row, _ = self._cells.spread.place(cell)
        fit = max(0, (self.rowHeight(row) - self._head - 2) // self._painter.line)
        count = self._cells.agenda(cell).count
        return count if count <= fit else max(0, fit - 1)

    def _stops(self, cell: int) -> int:
        """In how many places of a cell the keyboard can be."""
        seen = self._fitting(cell)
        return max(1, seen + (self._cells.agenda(cell).count > seen))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self.viewport())
        spread = self._cells.spread
        for cell in range(len(self._cells.bounds) - 1):
            row, column = spread.place(cell)
            place = self.visualRect(self._cells.index(row, column))
            if place.intersects(event.rect()):
                self._paint_cell(painter, cell, place)
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: int, place: QRect) -> None:
        spread, now, today = self._cells.spread, self._cells.now, self._cells.today
        day, current = spread.day(cell), cell == self.cell and self.hasFocus()
        missing = self._cells.missing(cell)
        aside = missing if spread.by_hour else day.month != spread.about.month
        target = self._hold.when is not None and spread.holding(self._hold.when) == cell
        look = CellLook(day == today, aside, current and self.step is None, target)
        self._painter.paint_cell(painter, place, look, None if spread.by_hour else day)
        if missing:
            self._painter.paint_note(painter, place, tr("The clocks leave this hour out"))
        agenda, seen = self._cells.agenda(cell), self._fitting(cell)
        for number, row in islice(enumerate(agenda.rows[:seen]), int(target), None):  # the held one lies on the first
            held = self._hold.step is not None and row.id == self._hold.step.id
            late = row.next_activity_at is not None and row.next_activity_at < now
            step = StepLook(
                current and number == self._place, row.id == self._opened, held or row.id == self._leaving, late
            )
            self._painter.paint_step(painter, self.step_place(cell, number), row, step)
        if agenda.count > seen:
            on_more = current and self._place >= seen
            self._painter.paint_more(painter, self.step_place(cell, seen), agenda.count - seen, current=on_more)
        if spread.by_hour and day == today and self._cells.bounds[cell] <= now < self._cells.bounds[cell + 1]:
            self._painter.paint_now(painter, place, local(now).minute / 60)
        if target and self._hold.step is not None and self._hold.when is not None:
            top = self.step_place(cell, 0)
            self._painter.paint_held(painter, top, f"{local(self._hold.when):%H:%M}", self._hold.step)

    def _restyle(self) -> None:
        self._painter = GridPainter(self._theme)
        self._fit()

    def _fit(self) -> None:
        """Weeks share the height; hours have their own, and are scrolled."""
        header, by_hour = self.verticalHeader(), self._cells.spread.by_hour
        header.setVisible(by_hour)
        header.setMinimumSectionSize(self._theme.pixels(_HOUR if by_hour else _LEAST_DAY))
        header.setDefaultSectionSize(self._theme.pixels(_HOUR))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed if by_hour else QHeaderView.ResizeMode.Stretch)
        self.viewport().update()

    # Keyboard

    def event(self, event: QEvent) -> bool:
        """Qt's: while a step is held, no key is a shortcut of something else."""
        if event.type() is QEvent.Type.ShortcutOverride and self._hold.step is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        key = Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in _PAGES and plain:
            self.turned.emit(_PAGES[key])
        elif self._hold.step is not None:
            self._steer(key)
        elif key in _ARROWS and plain:
            self._walk(*_ARROWS[key])
        elif key == Qt.Key.Key_Space and self.step is not None:
            self.taken_up.emit(self.step)
        elif key in _ENTER:
            self._enter()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Qt's."""
        super().currentChanged(current, previous)
        self.viewport().update()

    def _walk(self, down: int, right: int) -> None:
        """Up and down from step to step, then on to the cell beyond; left and right to the day beside."""
        if self.cell < 0:
            self.go_to(0)
        elif right:
            self._go_beside(0, right, 0)
        elif 0 <= self._place + down < self._stops(self.cell):
            self.go_to(self.cell, self._place + down)
        else:
            self._go_beside(down, 0, 0 if down > 0 else -1)

    def _go_beside(self, down: int, right: int, place: int) -> None:
        row, column = self._cells.spread.place(self.cell)
        if 0 <= row + down < self._cells.rowCount() and 0 <= column + right < self._cells.columnCount():
            cell = self._cells.spread.cell(row + down, column + right)
            self.go_to(cell, self._stops(cell) - 1 if place < 0 else place)

    def _enter(self) -> None:
        if self.step is not None:
            self.chosen.emit(self.step)
        elif self.cell >= 0 and self._cells.agenda(self.cell).count:
            self.more_asked.emit(self.cell)
        elif self.cell >= 0:
            self.plan_asked.emit(self.cell)

    def _steer(self, key: Qt.Key) -> None:
        if key in _ARROWS:
            self._go_beside(*_ARROWS[key], 0)
            self.aim(self.cell)
        elif key in _ENTER or key == Qt.Key.Key_Space:
            self.put_down.emit()
        elif key == Qt.Key.Key_Escape:
            self._pressed = None
            self._hold.put_down()

    def aim(self, cell: int, minute: int | None = None) -> None:
        """Hold the step that is up over a cell, at its own time there or at a minute of the hour."""
        step = self._hold.step
        if step is None or step.next_activity_at is None or cell < 0:
            return
        hour = self._cells.spread.hour(cell)
        if minute is not None and hour is not None:
            self._hold.aim(on_clock(self._cells.spread.day(cell), dt.time(hour, minute)))
        else:
            self._hold.aim(self._cells.spread.moved(step.next_activity_at, cell))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: a press may become a click or the taking up of a step; which one shows later."""
        here = event.position().toPoint()
        cell = self._cell_at(here)
        if event.button() is Qt.MouseButton.LeftButton and cell >= 0:
            self._pressed = here
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.go_to(cell, self._place_at(cell, here))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        here = event.position().toPoint()
        if self._pressed is None:
            return
        if self._hold.step is None and (here - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            cell = self._cell_at(self._pressed)
            rows, place = self._cells.agenda(cell).rows, self._place_at(cell, self._pressed)
            if place < min(len(rows), self._fitting(cell)):
                self.taken_up.emit(rows[place])
        if self._hold.step is not None and (cell := self._cell_at(here)) >= 0:
            self.aim(cell, self._minute_at(cell, here))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if self._hold.step is not None:
            self.put_down.emit()
        elif self._cell_at(event.position().toPoint()) == self.cell and self._on_line(pressed):
            self._enter()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's: where nothing stands yet, something can be planned."""
        cell = self._cell_at(event.position().toPoint())
        if cell >= 0 and self._place_at(cell, event.position().toPoint()) >= self._cells.agenda(cell).count:
            self.plan_asked.emit(cell)

    def _cell_at(self, point: QPoint) -> int:
        index = self.indexAt(point)
        return self._cells.spread.cell(index.row(), index.column()) if index.isValid() else -1

    def _place_at(self, cell: int, point: QPoint) -> int:
        """Which line of a cell is at a point; one after the last where there is none."""
        line = (point.y() - self.step_place(cell, 0).y()) // self._painter.line
        return line if 0 <= line < self._stops(cell) and self._cells.agenda(cell).count else self._stops(cell)

    def _on_line(self, point: QPoint) -> bool:
        """Whether a step, or the line that says how many more there are, is at a point of the current cell."""
        return self._place_at(self.cell, point) < self._stops(self.cell)

    def _minute_at(self, cell: int, point: QPoint) -> int:
        row, column = self._cells.spread.place(cell)
        place = self.visualRect(self._cells.index(row, column))
        return 0 if (point.y() - place.y()) * 60 < _HALF * place.height() else _HALF
