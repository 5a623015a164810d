"""`CalendarModel`: the cells of a spread with what is to be done in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.text import tooltip_text
from fleetdesk.qt.records.table_model import Index
from fleetdesk.queries.lead_agenda import AgendaCell
from fleetdesk.queries.leads import LeadRow
from fleetdesk.queries.spreads import Spread
from fleetdesk.views.leads.calendar.words import cell_words
from fleetdesk.views.words import local

__all__ = ["CalendarModel"]

_ROOT = QModelIndex()
_COLUMNS = 7
_NOTHING = AgendaCell()


class CalendarModel(QAbstractTableModel):
    """A column for each day of the week; a row for each week, or for each hour."""

    def __init__(self, spread: Spread, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.spread = spread
        self.bounds = spread.bounds()
        self._cells: Sequence[AgendaCell] = ()

    @property
    def now(self) -> dt.datetime:
        """What time it is."""
        return self._clock.now()

    @property
    def today(self) -> dt.date:
        """What day it is here."""
        return local(self.now).date()

    def show_spread(self, spread: Spread) -> None:
        """Show other days, of which nothing is known yet."""
        self.beginResetModel()
        self.spread, self.bounds, self._cells = spread, spread.bounds(), ()
        self.endResetModel()

    def show_cells(self, cells: Sequence[AgendaCell]) -> None:
        """Show what is to be done in these days."""
        self._cells = cells
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, _COLUMNS - 1))

    def agenda(self, cell: int) -> AgendaCell:
        """What is to be done in a cell; nothing while that is not known."""
        return self._cells[cell] if cell < len(self._cells) else _NOTHING

    def missing(self, cell: int) -> bool:
        """Whether the clocks leave this hour out."""
        return self.bounds[cell] == self.bounds[cell + 1]

    def steps(self) -> list[tuple[int, int, LeadRow]]:
        """Every step that was read, in the order of time: its cell, its place there, its row."""
        return [
            (cell, place, row) for cell in range(len(self._cells)) for place, row in enumerate(self._cells[cell].rows)
        ]

    # Qt's side

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Qt's: weeks or hours."""
        return 0 if parent.isValid() else self.spread.rows

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Qt's: the days of a week."""
        return 0 if parent.isValid() else _COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: the cell as it is read out; it is painted by its view."""
        if not index.isValid() or role not in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        cell = self.spread.cell(index.row(), index.column())
        words = cell_words(self.spread, cell, self.agenda(cell), self.now)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words
        return tooltip_text(words) if self.agenda(cell).count else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: the days of the week; in a week, its dates and hours."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return f"{section:02}:00" if self.spread.by_hour else ""
        day = self.spread.days[section]
        return f"{day:%a} {day.day} {day:%b}" if self.spread.by_hour else f"{day:%A}"
