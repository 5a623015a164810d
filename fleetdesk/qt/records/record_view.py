"""`RecordTableView`: shows a `RecordTableModel`, painted row by row, worked by keyboard."""

from __future__ import annotations

from collections import Counter
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from fleetdesk.errors import Defect
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.records.keys import Interest, KeyChange
from fleetdesk.qt.records.record_header import Arrangement, RecordHeader, Sorting
from fleetdesk.qt.records.row_cache import Identified
from fleetdesk.qt.records.row_painter import RowLook, RowPainter, Span
from fleetdesk.qt.records.selection import SelectionById
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.qt.widgets.focus_ring import FocusRing
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay

__all__ = ["RecordTableView"]

RowT = TypeVar("RowT", bound=Identified)
QueryT = TypeVar("QueryT")


class RecordTableView(QTableView, Generic[QueryT, RowT]):
    """A table of rows of one height. Enter or a double click opens a row; a click on a title sorts by it."""

    opened = Signal(object)  # the frozen row
    sorting_changed = Signal(object)  # Sorting, for the query that the caller makes of it
    arranged = Signal()  # the columns were moved, resized, shown or hidden: keep `arrangement`

    def __init__(
        self,
        model: RecordTableModel[QueryT, RowT],
        *,
        theme: Theme,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """`name` says to a screen reader what the table holds."""
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._row_height = self.row_height
        self._hovered = -1
        self._marks_current = True
        self._next_scroll = (0, 0)  # the row that comes to the top, and the pixels past its upper edge
        self.setAccessibleName(name)
        self.setModel(model)
        self._header = RecordHeader(model.columns, theme, self)
        self._header.sorting_changed.connect(self.sorting_changed)
        self._header.arranged.connect(self.arranged)
        self.setHorizontalHeader(self._header)
        self._header.lay_out()
        self._configure()
        self.selection = SelectionById(model, self.selectionModel())
        model.interest = self._interest
        self._restyle()
        theme.changed.connect(self._restyle)
        model.keys_about_to_change.connect(self._drop_anchor)
        model.keys_changed.connect(self._weigh_anchor)
        self.activated.connect(self._open)
        self._empty = Overlay(OverlayKind.EMPTY, tr("Nothing here"))
        self._cover: Overlay | None = None
        self._overlay = StateOverlay(theme, self.viewport())
        self._ring = FocusRing(theme, self, self._shows_marked)
        model.state_changed.connect(self._show_state)
        self.selectionModel().currentChanged.connect(self._ring.follow)
        self.selectionModel().currentChanged.connect(self._repaint_current)
        self.verticalScrollBar().valueChanged.connect(self._ring.follow)
        self._show_state()

    def set_empty(self, overlay: Overlay) -> None:
        """What to show while no row matches: another text without filters than with them."""
        self._empty = overlay
        self._show_state()

    def set_cover(self, overlay: Overlay | None) -> None:
        """Cover the rows whatever they are (offline before the first load, locked), or uncover them."""
        self._cover = overlay
        self._show_state()

    @property
    def overlay(self) -> Overlay | None:
        """What covers the rows now."""
        return self._overlay.overlay

    @property
    def record_header(self) -> RecordHeader:
        """The header, with its sorting and arrangement."""
        return self._header

    @property
    def arrangement(self) -> Arrangement:
        """How the person arranged the columns."""
        return self._header.arrangement

    def arrange(self, arrangement: Arrangement) -> None:
        """Arrange the columns as they were."""
        self._header.arrange(arrangement)

    def open_header_menu(self) -> None:
        """Open the menu of sorting and columns, for those who use no mouse."""
        self._header.menu().popup(self._header.mapToGlobal(self._header.rect().bottomLeft()))

    @property
    def sorting(self) -> Sorting:
        """By which columns the rows are sorted, as the header shows it."""
        return self._header.sorting

    def set_sorting(self, sorting: Sorting) -> None:
        """Show by which columns the rows are sorted; tells nobody."""
        self._header.set_sorting(sorting)

    @property
    def row_height(self) -> int:
        """How high a row shall be, in pixels; a list of something else than lines says it in its own way."""
        return self._theme.row_height

    def rows_in_sight(self) -> range:
        """The rows that are at least partly in sight."""
        return self._rows_between(0, self.viewport().height() - 1)

    def reveal(self, row: int) -> None:
        """Select a row alone and bring it into sight."""
        self.selection.select_only(row)
        self.scrollTo(self._model.index(row, 0))

    def put_on_top(self, row: int) -> None:
        """Scroll so that a row is the first in sight; nothing is selected by that."""
        self._scroll_to(row, 0)
        self._look()

    def mark_current(self, marked: bool) -> None:
        """Whether the current row is seen to be current: not where what is open beside the table is another record."""
        if marked is not self._marks_current:
            self._marks_current = marked
            self.viewport().update()
            self._ring.follow()

    @property
    def marked_row(self) -> int:
        """The row that is seen to be current while the table has the keyboard; -1 if none is."""
        return self.currentIndex().row() if self._marks_current else -1

    # Set-up

    def _configure(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalScrollBar().valueChanged.connect(self._look)

    def _restyle(self) -> None:
        row, past = divmod(self.verticalScrollBar().value(), self._row_height)
        self._row_height = self.row_height
        self._painter = RowPainter(self._theme)
        self.verticalHeader().setDefaultSectionSize(self._row_height)
        self._scroll_to(row, min(past, self._row_height - 1))
        self.viewport().update()
        self._look()

    def _scroll_to(self, row: int, past: int) -> None:
        """Put a row at the top, scrolled by some pixels past its upper edge."""
        self.updateGeometries()
        self.verticalScrollBar().setValue(row * self._row_height + past)

    # What is looked at

    def _look(self) -> None:
        rows = self.rows_in_sight()
        if rows:
            self._model.want(rows.start, rows.stop - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: more or fewer rows are in sight now."""
        super().resizeEvent(event)
        self._look()

    def _interest(self) -> Interest:
        """What is selected or in sight is found again in other keys."""
        rows = self.rows_in_sight()
        keys = self.selection.interest.union(self._model.keys[rows.start : rows.stop])
        return Interest(keys, self._model.ids_of(keys))

    def _drop_anchor(self, change: KeyChange) -> None:
        """Work out where to stand among the new keys: most rows in sight stay where they are, the top stays the top.

        One that goes elsewhere, because of what the person or somebody else did with it, takes nobody along.
        """
        offset, rows = self.verticalScrollBar().value(), self.rows_in_sight()
        self._next_scroll = (0, offset)
        if change.afresh:
            self._next_scroll = (0, 0)
        elif rows.start > 0:
            moved = ((change.row_of(self._model.keys[row], row), row) for row in rows)
            shifts = Counter(new - old for new, old in moved if new is not None)
            shift = shifts.most_common(1)[0][0] if shifts else 0
            self._next_scroll = (rows.start + shift, offset - rows.start * self._row_height)

    def _weigh_anchor(self) -> None:
        self._scroll_to(*self._next_scroll)
        self._look()

    def _show_state(self) -> None:
        overlay = self._cover or self._overlay_for_state()
        if overlay is None:
            self._overlay.clear_overlay()
        else:
            self._overlay.show_overlay(overlay)
        self._ring.follow()

    def _overlay_for_state(self) -> Overlay | None:
        if len(self._model.keys):
            return None  # rows from before stay in sight; the model tells of the failure
        match self._model.state:
            case LoadState.READY:
                return self._empty
            case LoadState.FAILED:
                return self._failure()
            case _:
                return Overlay(OverlayKind.LOADING, tr("Loading"))

    def _failure(self) -> Overlay:
        message = message_for(self._model.error or Defect("There is no error to show."))
        sentence = " ".join(part for part in (message.kept, message.do) if part)
        return Overlay(OverlayKind.ERROR, message.what, sentence, tr("Try again"), self._model.retry)

    def _shows_marked(self) -> bool:
        return self._overlay.overlay is not None or self.marked_row in self.rows_in_sight()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: paint whole rows, since asking a delegate for each cell costs several times as much."""
        painter = QPainter(self.viewport())
        height, offset = self._row_height, self.verticalScrollBar().value()
        spans = self._spans()
        width = max(self.viewport().width(), self._header.length())
        rows = self._rows_between(event.rect().top(), event.rect().bottom())
        selected = self._selected_among(rows)
        current = self.marked_row
        focused = self.hasFocus()
        for row in rows:
            y = row * height - offset
            look = RowLook(row in selected, row == current, row == self._hovered, focused)
            self._painter.paint_ground(painter, QRect(0, y, width, height), look)
            cells = self._model.cells_at(row)
            if cells is None:
                self._painter.paint_waiting(painter, y, height, spans)
            else:
                self._painter.paint_cells(painter, y, height, spans, cells)
        painter.end()

    def _rows_between(self, top: int, bottom: int) -> range:
        height, offset, count = self._row_height, self.verticalScrollBar().value(), len(self._model.keys)
        return range(min((offset + top) // height, count), min((offset + bottom) // height + 1, count))

    def _spans(self) -> list[Span]:
        columns = self._model.columns
        right = self.viewport().width()
        spans = []
        for number, column in enumerate(columns):
            if self._header.isSectionHidden(number):
                continue
            x, width = self._header.text_span(number)
            if x + width > 0 and x < right:
                spans.append(Span(number, x, width, column.align))
        return spans

    def _selected_among(self, rows: range) -> set[int]:
        selected: set[int] = set()
        for part in self.selectionModel().selection().toList():
            selected.update(range(max(part.top(), rows.start), min(part.bottom() + 1, rows.stop)))
        return selected

    # Mouse and keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: the row under the mouse is lit."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's: no row is under the mouse."""
        super().leaveEvent(event)
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Home and End go to the first and last row rather than column."""
        keys = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._model.keys) - 1}
        row = keys.get(Qt.Key(event.key()), -1)
        if row >= 0 and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.reveal(row)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Qt's: looking through every row for typed letters would read a million of them; the search field does it."""

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            before, self._hovered = self._hovered, row
            self._repaint_row(before)
            self._repaint_row(row)

    def _repaint_current(self, current: QModelIndex, before: QModelIndex) -> None:
        """Its upper edge is painted over the line of the row above, which Qt leaves as it was."""
        self._repaint_row(before.row())
        self._repaint_row(current.row())

    def _repaint_row(self, row: int) -> None:
        height = self._row_height
        self.viewport().update(
            0, row * height - self.verticalScrollBar().value() - 1, self.viewport().width(), height + 1
        )

    def _open(self, index: QModelIndex) -> None:
        row = self._model.row_at(index.row())
        if row is not None:
            self.opened.emit(row)
