"""The header of a record table: titles, and by which columns the rows are sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, draw_text
from fleetdesk.qt.look.text import menu_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.records.columns import Column

__all__ = ["Arrangement", "RecordHeader", "SortKey", "Sorting"]


_ARROW, _RANK = 14, 10  # pixels for the arrow at a title, and for the place in the order beside it


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by."""

    column: str
    descending: bool = False


Sorting = tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The columns as the person arranged them, by their keys: in which order, which hidden, how wide.

    Widths are in pixels before any scaling of text.
    """

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)


class RecordHeader(QHeaderView):
    """A click on a title sorts by it, a second turns the order; with Shift it comes after the others.

    The column that stretches takes what room the others leave, and keeps its own width where they leave none.
    """

    sorting_changed = Signal(object)
    arranged = Signal()

    def __init__(self, columns: Sequence[Column[Any]], theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = columns
        self._numbers = {column.key: number for number, column in enumerate(columns)}
        self._theme = theme
        self._sorting: Sorting = ()
        self._add = False
        self._widths = {column.key: column.width for column in columns}
        self._hidden: frozenset[str] = frozenset()
        self._spared: frozenset[str] = frozenset()
        self._placing = False  # what moves now is moved by the program
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(6 * GRID)
        self.sectionClicked.connect(self._clicked)
        self.sectionMoved.connect(self._moved)
        self.sectionResized.connect(self._resized)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def arrangement(self) -> Arrangement:
        """How the person arranged the columns."""
        keys = list(self._numbers)
        order = tuple(keys[self.logicalIndex(place)] for place in range(len(keys)))
        return Arrangement(order, self._hidden, dict(self._widths))

    def arrange(self, arrangement: Arrangement) -> None:
        """Put the columns as they were. Columns that no longer exist are left out; new ones come last."""
        self._placing = True
        for place, key in enumerate(key for key in arrangement.order if key in self._numbers):
            self.moveSection(self.visualIndex(self._numbers[key]), place)
        self._placing = False
        self._hidden = arrangement.hidden & self._numbers.keys()
        self._widths |= {key: width for key, width in arrangement.widths.items() if key in self._numbers}
        self.lay_out()

    def make_way(self, widths: Mapping[str, int], order: Iterable[str], room: int) -> None:
        """Of columns that are so wide, in pixels at size 1, spare those in `order` until the others fit in `room`."""
        wanted = sum(map(self._theme.pixels, widths.values()))
        spared: set[str] = set()
        for key in order:
            if wanted > room:
                spared.add(key)
                wanted -= self._theme.pixels(widths[key])
        self.spare(frozenset(spared))

    def spare(self, keys: frozenset[str]) -> None:
        """Leave these out for want of room; the arrangement stays as it is."""
        if keys != self._spared:
            self._spared = keys
            self.lay_out()

    def show_column(self, key: str, *, shown: bool) -> None:
        """Show or hide a column; the last one stays."""
        hidden = self._hidden - {key} if shown else self._hidden | {key}
        if len(hidden) < len(self._numbers) and hidden != self._hidden:
            self._hidden = hidden
            self.lay_out()
            self.arranged.emit()

    def menu(self) -> QMenu:
        """Sorting and columns by keyboard: what a click on a title, and a drag of it, do."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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
            entry.setChecked(column.key not in self._hidden)
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
        """Give each column that is shown its width; call it when the header has its model."""
        self._placing = True
        gone = self._hidden | self._spared
        for key, number in self._numbers.items():
            if self.isSectionHidden(number) is not (key in gone):
                self.setSectionHidden(number, key in gone)
            if key not in gone:
                self.resizeSection(number, self._theme.pixels(self._widths[key]))
        self._placing = False
        self._stretch()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._stretch()

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
        ranked = place is not None and len(self._sorting) > 1
        arrow = 0 if place is None else _ARROW + (_RANK if ranked else 0)
        text = min(inner.width() - arrow, self._metrics.horizontalAdvance(column.title))
        start = inner.right() + 1 - text - arrow if column.align is Align.END else inner.x()
        words = QRect(start, inner.y(), text + 1, inner.height())
        draw_text(painter, words, column.title, palette.text if arrow else palette.text_muted, self._font)
        if place is not None:
            self._paint_arrow(painter, words.right() + 4, rect.center().y(), self._sorting[place].descending)
            if ranked:
                rank = QRect(words.right() + _ARROW, inner.y(), _RANK, inner.height())
                draw_text(painter, rank, str(place + 1), palette.accent_text, self._font)

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

    def _moved(self) -> None:
        if not self._placing:
            self.arranged.emit()

    def _resized(self, number: int, _before: int, width: int) -> None:
        if self._placing or not width:
            return
        self._widths[self._columns[number].key] = round(width / self._theme.look.scale)
        self._stretch()
        self.arranged.emit()

    def _stretch(self) -> None:
        """Give what room is left to the column that stretches, if it is shown."""
        number = next((number for number, column in enumerate(self._columns) if column.stretch), None)
        if number is None or self.isSectionHidden(number) or not self.count():
            return
        own = self._theme.pixels(self._widths[self._columns[number].key])
        left = self.viewport().width() - (self.length() - self.sectionSize(number))
        self._placing = True
        self.resizeSection(number, max(own, left))
        self._placing = False

    def _restyle(self) -> None:
        self._font = self._theme.font(TextSize.SMALL)
        self.setFont(self._font)
        self._metrics = self.fontMetrics()
        self.setFixedHeight(self._theme.pixels(32))
        if self.count():
            self.lay_out()
        self.viewport().update()
