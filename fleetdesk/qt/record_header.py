"""The header of a record table: titles, and by which columns the rows are sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from fleetdesk.qt.colours import colour
from fleetdesk.qt.columns import Align, Column
from fleetdesk.qt.painting import draw_text
from fleetdesk.qt.theme import Theme
from fleetdesk.qt.tokens import GRID, TextSize

__all__ = ["RecordHeader", "SortKey", "Sorting"]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by."""

    column: str
    descending: bool = False


Sorting = tuple[SortKey, ...]


class RecordHeader(QHeaderView):
    """A click on a title sorts by it, a second turns the order; with Shift it comes after the others."""

    sorting_changed = Signal(object)

    def __init__(self, columns: Sequence[Column[Any]], theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = columns
        self._theme = theme
        self._sorting: Sorting = ()
        self._add = False
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(6 * GRID)
        self.sectionClicked.connect(self._clicked)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def sorting(self) -> Sorting:
        """By which columns, the most important first."""
        return self._sorting

    def set_sorting(self, sorting: Sorting) -> None:
        """Show another sorting, without telling."""
        self._sorting = sorting
        self.viewport().update()

    def lay_out(self) -> None:
        """Give each column its own width; call it when the header has its model."""
        for number, column in enumerate(self._columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            self.setSectionResizeMode(number, mode)
            self.resizeSection(number, self._theme.pixels(column.width))

    def text_span(self, number: int) -> tuple[int, int]:
        """Where the text of a column begins and how wide it may be; the first stands further from the edge."""
        before = 2 * GRID if self.visualIndex(number) == 0 else GRID
        return self.sectionViewportPosition(number) + before, self.sectionSize(number) - before - GRID

    def sort_by(self, column: str, *, add: bool = False) -> None:
        """Sort by a column, or turn its order if it is the one already; `add` keeps the others before it."""
        held = next((key for key in self._sorting if key.column == column), None)
        key = SortKey(column, descending=held is not None and not held.descending)
        if add:
            others = tuple(other for other in self._sorting if other.column != column)
            self._sorting = tuple(key if other.column == column else other for other in self._sorting)
            if held is None:
                self._sorting = (*others, key)
        else:
            self._sorting = (key,)
        self.viewport().update()
        self.sorting_changed.emit(self._sorting)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: remember whether Shift is held."""
        self._add = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mouseReleaseEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Qt's: a quiet title, an arrow where the rows are sorted by it."""
        palette = self._theme.palette
        painter.fillRect(rect, colour(palette.surface))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colour(palette.line))
        column = self._columns[logicalIndex]
        x, width = self.text_span(logicalIndex)
        inner = QRect(x, rect.y(), width, rect.height())
        place = next((place for place, key in enumerate(self._sorting) if key.column == column.key), None)
        arrow = 0 if place is None else 14
        text = min(inner.width() - arrow, self._metrics.horizontalAdvance(column.title))
        start = inner.right() + 1 - text - arrow if column.align is Align.END else inner.x()
        words = QRect(start, inner.y(), text + 1, inner.height())
        draw_text(painter, words, column.title, palette.text if arrow else palette.text_muted, self._font)
        if place is not None:
            self._paint_arrow(painter, words.right() + 4, rect.center().y(), self._sorting[place].descending)

    def _paint_arrow(self, painter: QPainter, x: int, y: int, descending: bool) -> None:
        tip = 3 if descending else -3
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.accent_text))
        painter.drawPolygon(QPolygonF([QPointF(x, y - tip / 2), QPointF(x + 8, y - tip / 2), QPointF(x + 4, y + tip)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _clicked(self, number: int) -> None:
        column = self._columns[number]
        if column.sortable:
            self.sort_by(column.key, add=self._add)

    def _restyle(self) -> None:
        self._font = self._theme.font(TextSize.SMALL)
        self.setFont(self._font)
        self._metrics = self.fontMetrics()
        self.setFixedHeight(self._theme.pixels(32))
        self.viewport().update()
