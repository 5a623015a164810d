"""`DayHeader`: the days above a calendar, or the hours beside it; what is now stands out."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.views.leads.calendar.model import CalendarModel

__all__ = ["DayHeader"]


class DayHeader(QHeaderView):
    """Paints itself in the words of its model."""

    def __init__(self, orientation: Qt.Orientation, model: CalendarModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._cells = model
        self._theme = theme
        self.setSectionsClickable(False)

    def sizeHint(self) -> QSize:
        """Qt's: high enough for a word, wide enough for an hour."""
        return QSize(self._theme.pixels(7 * GRID), self._theme.pixels(4 * GRID))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Qt's."""
        palette = self._theme.palette
        across = self.orientation() is Qt.Orientation.Horizontal
        painter.fillRect(rect, colour(palette.surface))
        if across:
            painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colour(palette.line))
        text = str(self._cells.headerData(logicalIndex, self.orientation()) or "")
        present = self._is_present(logicalIndex)
        texts = TextPainter(self._theme.font(TextSize.SMALL, strong=present, tabular=not across))
        value = colour(palette.accent_text if present else palette.text_muted)
        if across:
            texts.draw(painter, rect, text, value, Align.CENTRE)
        else:
            line = QRect(rect.x(), rect.y() + 2, rect.width() - GRID, self._theme.pixels(18))
            texts.draw(painter, line, text, value, Align.END)

    def _is_present(self, section: int) -> bool:
        """Whether this is today's day of the week in sight, or the hour that it is."""
        spread, today = self._cells.spread, self._cells.today
        if today not in spread.days:
            return False
        if self.orientation() is Qt.Orientation.Horizontal:
            return today.weekday() == section
        cell = spread.holding(self._cells.now)
        return cell is not None and spread.hour(cell) == section
