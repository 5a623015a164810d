"""`SelectionById`: which records are selected, kept while their rows move, appear and disappear."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QObject, Signal

from fleetdesk.qt.records.keys import KeyChange, empty_keys
from fleetdesk.qt.records.row_cache import Identified
from fleetdesk.qt.records.table_model import RecordTableModel

__all__ = ["SelectionById"]

_FOUND_AGAIN = 20_000  # a larger selection is kept where its rows did not move, and not looked for elsewhere

RowT = TypeVar("RowT", bound=Identified)
QueryT = TypeVar("QueryT")

_Flag = QItemSelectionModel.SelectionFlag


class SelectionById(QObject, Generic[QueryT, RowT]):
    """Follows a view's selection model: when the keys change, the same records are selected as before.

    Records that are no longer shown leave the selection; where the current one did, the row that took its place is
    current, unselected. What is new is not selected, even if everything was.
    """

    changed = Signal()

    def __init__(self, model: RecordTableModel[QueryT, RowT], selection: QItemSelectionModel) -> None:
        super().__init__(selection)
        self._model = model
        self._selection = selection
        self._missed: set[int] = set()  # selected, and perhaps in the part of the answer that has not come yet
        self._missed_current: int | None = None
        self._next: list[range] = []
        self._next_current: int | None = None
        self._moving = False
        model.keys_about_to_change.connect(self._let_go)
        model.keys_changed.connect(self._take_up)
        selection.selectionChanged.connect(self._selection_changed)
        selection.currentRowChanged.connect(self._selection_changed)

    @property
    def count(self) -> int:
        """How many records are selected."""
        return sum(len(rows) for rows in self._ranges())

    @property
    def ranges(self) -> tuple[range, ...]:
        """The rows that are selected, in as few ranges as possible."""
        return tuple(joined(self._ranges()))

    def keys(self) -> array[int]:
        """The keys of the selected records, in the order of the rows."""
        keys = empty_keys()
        for rows in sorted(self._ranges(), key=lambda rows: rows.start):
            keys.extend(self._model.keys[rows.start : rows.stop])
        return keys

    @property
    def current_key(self) -> int | None:
        """The key of the current row, if there is one."""
        row = self._selection.currentIndex().row()
        return self._model.keys[row] if row >= 0 else None

    @property
    def current_row(self) -> RowT | None:
        """The current row itself; None also while it is on its way."""
        row = self._selection.currentIndex().row()
        return self._model.row_at(row) if row >= 0 else None

    @property
    def chosen_row(self) -> RowT | None:
        """The current row, if it is selected: another one has only taken the place of one that left."""
        current = self._selection.currentIndex()
        if not current.isValid() or not self._selection.isRowSelected(current.row()):
            return None
        return self._model.row_at(current.row())

    @property
    def interest(self) -> frozenset[int]:
        """The keys that must be found again in another list for the selection to follow them."""
        keys = set(self._missed)
        if self.count <= _FOUND_AGAIN:
            keys.update(self.keys())
        keys.update(key for key in (self.current_key, self._missed_current) if key is not None)
        return frozenset(keys)

    def select_only(self, row: int) -> None:
        """Make one row current and select it alone."""
        index = self._model.index(row, 0)
        self._selection.setCurrentIndex(index, _Flag.ClearAndSelect | _Flag.Rows)

    def select_rows(self, rows: Iterable[int]) -> None:
        """Select these rows alone; the first of them is current."""
        last = self._model.columnCount() - 1
        selection = QItemSelection()
        for part in runs(rows):
            top, bottom = self._model.index(part.start, 0), self._model.index(part.stop - 1, last)
            selection.append(QItemSelectionRange(top, bottom))
        if not selection.isEmpty():
            self._selection.setCurrentIndex(selection.first().topLeft(), _Flag.NoUpdate)
        self._selection.select(selection, _Flag.ClearAndSelect)

    def clear(self) -> None:
        """Select nothing; the current row stays."""
        self._selection.clearSelection()

    def _ranges(self) -> list[range]:
        return [range(part.top(), part.bottom() + 1) for part in self._selection.selection().toList()]

    def _let_go(self, change: KeyChange) -> None:
        """Work out what will be selected, then clear: Qt itself would move a large selection row by row."""
        ranges = self._ranges()
        self._next = [moved for rows in ranges for moved in change.moved(rows)]
        among = {key for rows in ranges for key in self._changed_keys(change, rows)} | self._missed
        self._next += runs(change.located[key] for key in among & change.located.keys())
        self._missed = set() if change.complete else among - change.located.keys()
        self._next_current = self._current_in(change)
        self._moving = True
        self._selection.clear()

    def _current_in(self, change: KeyChange) -> int | None:
        """Which row will be current; where that may be in a part of the answer that is to come, it is remembered."""
        key, row = self.current_key, self._selection.currentIndex().row()
        if key is not None:
            self._missed_current, found = key, change.row_of(key, row)
        else:
            found = None if self._missed_current is None else change.located.get(self._missed_current)
        if change.complete or found is not None:
            self._missed_current = None
        if found is None and key is not None and not change.afresh and len(change.new):
            return min(row, len(change.new) - 1)
        return found

    def _changed_keys(self, change: KeyChange, rows: range) -> array[int]:
        start, stop = max(rows.start, change.changed.start), min(rows.stop, change.changed.stop)
        return self._model.keys[start:stop] if 0 < stop - start <= _FOUND_AGAIN else empty_keys()

    def _take_up(self, _change: KeyChange) -> None:
        last = self._model.columnCount() - 1
        selection = QItemSelection()
        for rows in joined(self._next):
            top, bottom = self._model.index(rows.start, 0), self._model.index(rows.stop - 1, last)
            selection.append(QItemSelectionRange(top, bottom))
        self._selection.select(selection, _Flag.Select)
        if self._next_current is not None:
            self._selection.setCurrentIndex(self._model.index(self._next_current, 0), _Flag.NoUpdate)
        self._moving = False
        self.changed.emit()

    def _selection_changed(self) -> None:
        if not self._moving:
            self._missed.clear()
            self._missed_current = None
            self.changed.emit()


def runs(rows: Iterable[int]) -> list[range]:
    """Rows one by one, in any order, as ranges."""
    parts: list[range] = []
    start = stop = -1
    for row in sorted(rows):
        if row > stop:
            if stop > start:
                parts.append(range(start, stop))
            start = row
        stop = row + 1
    if stop > start:
        parts.append(range(start, stop))
    return parts


def joined(ranges: Iterable[range]) -> list[range]:
    """The same rows in as few ranges as possible, in order."""
    parts: list[range] = []
    for rows in sorted(ranges, key=lambda rows: rows.start):
        if parts and rows.start <= parts[-1].stop:
            parts[-1] = range(parts[-1].start, max(parts[-1].stop, rows.stop))
        else:
            parts.append(rows)
    return parts
