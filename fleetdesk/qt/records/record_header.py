"""The header of a record table: titles, and by which columns the rows are sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, draw_text
from fleetdesk.qt.look.text import menu_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.records.columns import Column

__all__ = ["Arrangement", "RecordHeader", "SortKey", "Sorting"]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by."""

    column: str
    descending: bool = False


Sorting = tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The columns as the person arranged them: in which order, which hidden, how wide in pixels. By their keys."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)


class RecordHeader(QHeaderView):
    """A click on a title sorts by it, a second turns the order; with Shift it comes after the others."""

    sorting_changed = Signal(object)
    arranged = Signal()

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
        self.sectionMoved.connect(self.arranged)
        self.sectionResized.connect(self.arranged)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def arrangement(self) -> Arrangement:
        """How the columns stand now."""
        keys = [column.key for column in self._columns]
        shown = [number for number in range(len(keys)) if not self.isSectionHidden(number)]
        return Arrangement(
            order=tuple(keys[self.logicalIndex(place)] for place in range(len(keys))),
            hidden=frozenset(keys) - {keys[number] for number in shown},
            widths={keys[number]: self.sectionSize(number) for number in shown if not self._columns[number].stretch},
        )

    def arrange(self, arrangement: Arrangement) -> None:
        """Put the columns as they were. Columns that no longer exist are left out; new ones come last."""
        numbers = {column.key: number for number, column in enumerate(self._columns)}
        for place, key in enumerate(key for key in arrangement.order if key in numbers):
            self.moveSection(self.visualIndex(numbers[key]), place)
        for key, number in numbers.items():
            self.setSectionHidden(number, key in arrangement.hidden)
            if key in arrangement.widths:
                self.resizeSection(number, arrangement.widths[key])

    def show_column(self, key: str, *, shown: bool) -> None:
        """Show or hide a column; the last one stays."""
        number = next(number for number, column in enumerate(self._columns) if column.key == key)
        if shown or self.count() - self.hiddenSectionCount() > 1:
            self.setSectionHidden(number, not shown)
            self.arranged.emit()

    def menu(self) -> QMenu:
        """Sorting and columns by keyboard: what a click on a title, and a drag of it, do."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        hidden = self.arrangement.hidden
        menu.addSection(tr("Sort by"))
        for column in self._columns:
            if column.sortable:
                entry = menu.addAction(menu_text(column.title), partial(self.sort_by, column.key))
                entry.setCheckable(True)
                entry.setChecked(any(key.column == column.key for key in self._sorting))
        menu.addSection(tr("Columns"))
        for column in self._columns:
            entry = menu.addAction(menu_text(column.title))
            entry.setCheckable(True)
            entry.setChecked(column.key not in hidden)
            entry.toggled.connect(lambda shown, key=column.key: self.show_column(key, shown=shown))
        return menu

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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's."""
        self.menu().popup(event.globalPos())

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
