"""`Timeline`: what happened to a record, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from fleetdesk.qt.look.text import Label
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.focus_ring import FocusRing
from fleetdesk.qt.widgets.timeline_entry import ENTRY, UNFOLDED, EntryDelegate, Index, TimelineEntry

__all__ = ["Timeline", "TimelineEntry"]


class Timeline(QListView):
    """A list of entries of different heights; only those in sight are painted.

    Enter or a double click shows all of an entry's text, or a few lines of it again. Where more entries wait than are
    shown, `more_asked` tells that the end comes into sight.
    """

    opened = Signal(object)  # TimelineEntry
    ticked = Signal(object)  # TimelineEntry whose box was clicked
    menu_asked = Signal(object, QPoint)  # TimelineEntry, and where on the screen
    current_changed = Signal()
    more_asked = Signal()

    def __init__(self, theme: Theme, name: str, *, nothing: str, parent: QWidget | None = None) -> None:
        """`nothing` is the sentence shown while there are no entries."""
        super().__init__(parent)
        self._theme = theme
        self._model = _Entries(self)
        self._more = False
        self._nothing = Label(nothing, wrap=True, parent=self)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("tint", "muted")
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        ring = FocusRing(theme, self)
        self.selectionModel().currentChanged.connect(ring.follow)
        self._restyle()
        theme.changed.connect(self._restyle)
        self.activated.connect(self._open)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.selectionModel().currentChanged.connect(lambda *_: self.current_changed.emit())
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._look_for_end())

    @property
    def entries(self) -> tuple[TimelineEntry, ...]:
        """What is shown."""
        return self._model.entries

    @property
    def current(self) -> TimelineEntry | None:
        """The entry that has the keyboard, or had it last."""
        row = self.currentIndex().row()
        return self._model.entries[row] if 0 <= row < len(self._model.entries) else None

    def say_nothing(self, sentence: str) -> None:
        """The sentence shown while there are no entries is another now."""
        self._nothing.setText(sentence)

    def begin(self) -> None:
        """What is shown next is of another record: it begins at the top, with no entry current."""
        self.setCurrentIndex(QModelIndex())
        self.verticalScrollBar().setValue(0)

    def wait(self) -> None:
        """Show neither entries nor that there are none, until it is known."""
        self._model.replace(())
        self._nothing.hide()

    def show_entries(self, entries: Sequence[TimelineEntry], *, more: bool = False) -> None:
        """Show other entries; the current one stays current, and the scroll position is kept."""
        current = self.current
        kept = current.id if current is not None else None
        position = self.verticalScrollBar().value()
        self._more = False
        self._model.replace(tuple(entries))
        self._nothing.setVisible(not entries)
        row = next((row for row, entry in enumerate(entries) if entry.id == kept), -1)
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))
        else:
            self.current_changed.emit()
        self.verticalScrollBar().setValue(position)
        self._more = more
        self._look_for_end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._nothing.setGeometry(self.rect().adjusted(2 * GRID, 0, -2 * GRID, 0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: a click on an entry's box ticks it."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and self._on_box(index, event):
            self.ticked.emit(self._model.entries[index.row()])

    def box(self, row: int) -> QRect:
        """Where on the viewport the box of an entry is, by the entry's place."""
        return self._delegate.box(self.visualRect(self._model.index(row)), self._model.entries[row])

    def _on_box(self, index: QModelIndex, event: QMouseEvent) -> bool:
        has_one = self._model.entries[index.row()].done is not None
        return has_one and self.box(index.row()).contains(event.position().toPoint())

    def _restyle(self) -> None:
        self._delegate = EntryDelegate(self._theme, self)
        self.setItemDelegate(self._delegate)
        self.scheduleDelayedItemsLayout()

    def _open(self, index: QModelIndex) -> None:
        self._model.unfold(index)
        self.scheduleDelayedItemsLayout()
        self.opened.emit(self._model.entries[index.row()])

    def _ask_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_asked.emit(self._model.entries[index.row()], self.viewport().mapToGlobal(at))

    def _look_for_end(self) -> None:
        """A screen before the end, so that the next entries are there when it comes."""
        bar = self.verticalScrollBar()
        if self._more and bar.value() + 2 * self.viewport().height() >= bar.maximum():
            self._more = False
            self.more_asked.emit()


class _Entries(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[TimelineEntry, ...] = ()
        self._unfolded: set[str] = set()

    def replace(self, entries: tuple[TimelineEntry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def unfold(self, index: QModelIndex) -> None:
        self._unfolded ^= {self.entries[index.row()].id}
        self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (an invalid index never changes)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        match role:
            case _ if role == ENTRY:
                return entry
            case _ if role == UNFOLDED:
                return entry.id in self._unfolded
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return entry.said
            case _:
                return None
