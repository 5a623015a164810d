"""`RecordTableModel`: a table over millions of rows that never makes the GUI thread wait.

The model holds every row's integer key and reads rows only where somebody looks. It knows neither its view nor SQL:
a `RecordSource` runs the queries, in worker threads.
"""

from __future__ import annotations

import enum
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from fleetdesk.models.changes import Changes
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.text import tooltip_text
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.qt.records.keys import Interest, KeyChange, compare, empty_keys
from fleetdesk.qt.records.row_cache import Identified, Line, RowCache
from fleetdesk.qt.tasks import Cancellation, Task, TaskRunner

__all__ = ["ROW", "LoadState", "RecordSource", "RecordTableModel"]

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
ROW = Qt.ItemDataRole.UserRole  # the role of the frozen row itself

_CACHED = 1500  # rows kept: some ten screens; each is two dozen objects that the collector has to look at
_AROUND = 64  # rows read above and below what is looked at
_CALM = 0.05  # at least so many seconds between a change and reading the keys again
_CALMEST = 3.0  # at most so many

RowT = TypeVar("RowT", bound=Identified)
RowT_co = TypeVar("RowT_co", bound=Identified, covariant=True)
QueryT = TypeVar("QueryT")
QueryT_contra = TypeVar("QueryT_contra", contravariant=True)


class RecordSource(Protocol[QueryT_contra, RowT_co]):
    """Reads keys and rows from the replica. Every method runs in a worker thread, and stops when `cancel` says so."""

    def keys(self, query: QueryT_contra, cancel: Cancellation) -> Iterator[array[int]]:
        """The keys of all rows that match, in order, as pieces of type `array('q')`.

        The first piece is shown before the rest is asked for, with as many rows as are in sight: make it small.
        """
        ...

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, RowT_co]:
        """The rows with these keys; those that are gone are left out."""
        ...

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        """The keys of the records with these ids; those that are gone are left out."""
        ...


class LoadState(enum.Enum):
    """What the model holds: nothing asked yet, an answer on its way, the answer, or the reason why there is none."""

    IDLE = "idle"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class RecordTableModel(QAbstractTableModel, Generic[QueryT, RowT]):
    """The rows of one query. `set_query` shows another; changes told by the feed are read again where they show.

    Whoever looks at it says where with `want`. `interest` is asked, before keys are read, which rows must be found
    again; `keys_about_to_change` and `keys_changed` let selection and scroll position follow them.
    """

    state_changed = Signal()
    failed = Signal(object)  # the exception; what was shown before stays
    keys_about_to_change = Signal(object)  # KeyChange
    keys_changed = Signal(object)  # KeyChange

    def __init__(
        self,
        source: RecordSource[QueryT, RowT],
        columns: Sequence[Column[RowT]],
        *,
        table: str,
        runner: TaskRunner,
        changes: ChangeFeed,
        related: Iterable[str] = (),
        parent: QObject | None = None,
    ) -> None:
        """`table` is the rows' own; a change in a `related` one may change any row's cells."""
        super().__init__(parent)
        self.interest: Callable[[], Interest] = Interest
        self._source = source
        self._columns = tuple(columns)
        self._table = table
        self._related = frozenset(related)
        self._runner = runner
        self._query: QueryT | None = None
        self._keys = empty_keys()
        self._cache: RowCache[RowT] = RowCache(_CACHED)
        self._looked_at = slice(0, 0)
        self._rows_task: Task | None = None
        self._asked: frozenset[int] = frozenset()
        self._changed_meanwhile = False  # since the rows on their way were asked for
        self._keys_task: Task | None = None
        self._outdated = False  # since the keys on their way were asked for
        self._numbering = self._numbering_shown = 0
        self._complete = True  # whether the keys are more than the first piece of an answer
        self._wording = 0  # how often time has passed: cells say how long ago something was
        self._state = LoadState.IDLE
        self._error: Exception | None = None
        self._took = 0.0
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.timeout.connect(self.refresh)
        changes.changed.connect(self._changed)

    # What is shown

    @property
    def state(self) -> LoadState:
        """Whether there is an answer."""
        return self._state

    @property
    def error(self) -> Exception | None:
        """Why the last query could not be read, in state FAILED."""
        return self._error

    @property
    def query(self) -> QueryT | None:
        """What is shown, or on its way."""
        return self._query

    @property
    def columns(self) -> tuple[Column[RowT], ...]:
        """The columns in the model's order."""
        return self._columns

    @property
    def keys(self) -> array[int]:
        """The keys of all rows in order. Never changed in place: another answer is another array."""
        return self._keys

    def set_query(self, query: QueryT) -> None:
        """Show another query; what is shown stays until the first rows of the new one have come."""
        self._query = query
        self._set_state(LoadState.LOADING)
        self._read_keys(afresh=True)

    def refresh(self) -> None:
        """Read the keys again, with what is shown staying in its place."""
        if self._keys_task is not None:
            self._outdated = True
        elif self._query is not None:
            self._read_keys(afresh=False)

    def outdate(self) -> None:
        """Rows may be others now, whichever records changed: read those again that somebody looks at."""
        self._changed_meanwhile = True
        self._cache.outdate()
        self._read_rows()

    def retry(self) -> None:
        """Try again after a failure."""
        if self._query is not None:
            self.set_query(self._query)

    def want(self, first: int, last: int) -> None:
        """Say which rows are looked at, both ends included; rows asked for elsewhere are no longer read."""
        self._looked_at = slice(max(0, first), max(0, last + 1))
        self._read_rows()

    def reword(self) -> None:
        """Time has passed: make the cells again where somebody looks, from the rows that were read."""
        self._wording += 1
        self._repaint(frozenset(self._keys[self._looked_at]))

    def row_at(self, row: int) -> RowT | None:
        """The row at a position, or None while it is on its way."""
        line = self._cache.get(self._keys[row])
        return None if line is None else line.row

    def cells_at(self, row: int) -> tuple[Cell, ...] | None:
        """The cells at a position, in the columns' order, or None while they are on their way."""
        line = self._line(row)
        return None if line is None else line.cells

    def id_of(self, key: int) -> str | None:
        """The id of the record with a key, if it was read lately."""
        line = self._cache.get(key)
        return None if line is None else line.row.id

    def ids_of(self, keys: frozenset[int]) -> dict[int, str]:
        """The ids of those of the records that were read lately."""
        return self._cache.ids(keys)

    def find(self, id_: str, on_found: Callable[[int | None], None]) -> None:
        """Tell at which position the record with an id stands; None if it is not among the rows."""

        def locate(cancel: Cancellation) -> int | None:
            return self._source.locate([id_], cancel).get(id_)

        def found(key: int | None) -> None:
            on_found(None if key is None else self.position(key))

        self._runner.run(locate, on_success=found, owner=self, cancel_key="find")

    def position(self, key: int) -> int | None:
        """The position of a key, or None. Reads along the keys: 15 ms at the end of a million."""
        try:
            return self._keys.index(key)
        except ValueError:
            return None

    # Qt's side

    def rowCount(self, parent: Index = ROOT) -> int:
        """Qt's: how many rows match."""
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Qt's: how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: from the cache alone, None while the row is on its way."""
        line = self._line(index.row()) if index.isValid() else None
        if line is None:
            return None
        if role == ROW:
            return line.row
        cell = line.cells[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole and cell.tooltip:
            return tooltip_text(cell.tooltip)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: the columns' titles, the rows' numbers."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._columns[section].title if orientation is Qt.Orientation.Horizontal else section + 1

    def _line(self, row: int) -> Line[RowT] | None:
        """A row's line in the words of now."""
        key = self._keys[row]
        line = self._cache.get(key)
        if line is not None and line.wording != self._wording:
            line = _worded(line.row, self._columns, self._wording)
            self._cache.reword(key, line)
        return line

    # Keys

    def _read_keys(self, *, afresh: bool) -> None:
        assert self._query is not None
        self._calm.stop()
        self._outdated = False
        reading = _KeyReading(
            self._source,
            self._query,
            shown=self._keys,
            interest=self.interest(),
            renumbered=self._numbering != self._numbering_shown,
            render=partial(_rendered, self._columns, self._wording),
            in_sight=self._looked_at.stop - self._looked_at.start,
            relay=self._relay_first if afresh else None,
        )
        self._keys_task = self._runner.run(
            reading,
            on_success=partial(self._keys_came, self._numbering),
            on_failure=self._keys_failed,
            owner=self,
            cancel_key="keys",
        )

    def _relay_first(self, cancel: Cancellation) -> Callable[[_FirstRows[RowT]], None]:
        return self._runner.relay(partial(self._first_came, self._numbering), owner=self, cancel=cancel)

    def _first_came(self, numbering: int, first: _FirstRows[RowT]) -> None:
        """Show the first rows; they were read together with their keys, and need not be asked for."""
        self._renumber(numbering)
        self._cache.put(first.lines, first.lines, stale=numbering != self._numbering)
        self._take(numbering, first.change)

    def _keys_came(self, numbering: int, answer: _KeyAnswer) -> None:
        self._keys_task = None
        self._took = answer.seconds
        self._error = None
        self._take(numbering, answer.change)
        self._set_state(LoadState.READY)
        if self._outdated:
            self._refresh_soon()

    def _keys_failed(self, error: Exception) -> None:
        self._keys_task = None
        self._failed(error)

    def _renumber(self, numbering: int) -> None:
        if numbering != self._numbering_shown:
            self._numbering_shown = numbering
            self._cache.clear()

    def _take(self, numbering: int, change: KeyChange) -> None:
        self._renumber(numbering)
        self._cache.reconsider()
        if not change.same or change.afresh or not self._complete:
            self._complete = change.complete
            self._apply(change)
        self._read_rows()

    def _apply(self, change: KeyChange) -> None:
        """Take the new keys. Qt hears of rows that come or go at the end, and of others standing in those above.

        To say where they really came or went makes its header move a million sections, and its selection follow row
        by row; `SelectionById` and the view find their records by key.
        """
        self.keys_about_to_change.emit(change)
        before, after = len(self._keys), len(change.new)
        if after < before:
            self.beginRemoveRows(ROOT, after, before - 1)
            self._keys = change.new
            self.endRemoveRows()
        elif after > before:
            self.beginInsertRows(ROOT, before, after - 1)
            self._keys = change.new
            self.endInsertRows()
        self._keys = change.new
        last = min(before, after) - 1
        if change.prefix <= last:
            self.dataChanged.emit(self.index(change.prefix, 0), self.index(last, len(self._columns) - 1))
        self.keys_changed.emit(change)

    # Rows

    def _read_rows(self) -> None:
        if self._numbering != self._numbering_shown:
            return  # the keys at hand may name other rows now
        looked_at = self._keys[self._looked_at]
        self._cache.touch(looked_at)
        missing = self._cache.missing(looked_at)
        if not missing:
            return
        if self._rows_task is not None:
            if not self._asked.isdisjoint(missing):
                return  # some of it is on its way; the rest is asked for when that has come
            self._rows_task.cancel()
        above = slice(max(0, self._looked_at.start - _AROUND), self._looked_at.start)
        below = slice(self._looked_at.stop, self._looked_at.stop + _AROUND)
        self._ask_for(missing + self._cache.missing(self._keys[above] + self._keys[below]))

    def _ask_for(self, keys: list[int]) -> None:
        source, columns, wording = self._source, self._columns, self._wording

        def read(cancel: Cancellation) -> dict[int, Line[RowT]]:
            return _rendered(columns, wording, source.page(keys, cancel))

        self._asked = frozenset(keys)
        self._changed_meanwhile = False
        self._rows_task = self._runner.run(
            read, on_success=self._rows_came, on_failure=self._rows_failed, owner=self, cancel_key="rows"
        )

    def _rows_came(self, lines: dict[int, Line[RowT]]) -> None:
        asked, self._asked, self._rows_task = self._asked, frozenset(), None
        self._cache.put(asked, lines, stale=self._changed_meanwhile)
        self._repaint(asked)
        self._read_rows()

    def _rows_failed(self, error: Exception) -> None:
        self._cache.give_up(self._asked)
        self._asked, self._rows_task = frozenset(), None
        self._failed(error)

    def _repaint(self, keys: frozenset[int]) -> None:
        start = self._looked_at.start
        rows = [start + offset for offset, key in enumerate(self._keys[self._looked_at]) if key in keys]
        if rows:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], len(self._columns) - 1))

    # Changes

    def _changed(self, changes: Changes) -> None:
        if not any(changes.touches(table) for table in (self._table, *self._related)):
            return
        self._changed_meanwhile = True
        if self._table in changes.tables:
            self._numbering += 1
            self._drop_rows_on_their_way()
        elif any(changes.touches(table) for table in self._related):
            self._cache.outdate()
        else:
            self._cache.outdate(changes.ids(self._table))
        self._read_rows()
        self._refresh_soon()

    def _drop_rows_on_their_way(self) -> None:
        if self._rows_task is not None:
            self._rows_task.cancel()
            self._asked, self._rows_task = frozenset(), None

    def _refresh_soon(self) -> None:
        """Read the keys again, spending at most a third of the time on it while changes keep coming."""
        if self._keys_task is not None:
            self._outdated = True
        elif self._query is not None and not self._calm.isActive():
            self._calm.start(round(1000 * min(_CALMEST, max(_CALM, 2 * self._took))))

    def _failed(self, error: Exception) -> None:
        self._error = error
        self._set_state(LoadState.FAILED)
        self.failed.emit(error)

    def _set_state(self, state: LoadState) -> None:
        self._state = state
        self.state_changed.emit()


def _rendered(columns: Sequence[Column[RowT]], wording: int, rows: Mapping[int, RowT]) -> dict[int, Line[RowT]]:
    return {key: _worded(row, columns, wording) for key, row in rows.items()}


def _worded(row: RowT, columns: Sequence[Column[RowT]], wording: int) -> Line[RowT]:
    return Line(row, tuple(column.render(row) for column in columns), wording)


@dataclass(frozen=True, slots=True)
class _KeyAnswer:
    change: KeyChange
    seconds: float


@dataclass(frozen=True, slots=True)
class _FirstRows(Generic[RowT]):
    change: KeyChange
    lines: dict[int, Line[RowT]]


class _KeyReading(Generic[QueryT, RowT]):
    """Reads a query's keys in a worker thread, and compares them there with those shown."""

    def __init__(
        self,
        source: RecordSource[QueryT, RowT],
        query: QueryT,
        *,
        shown: array[int],
        interest: Interest,
        renumbered: bool,
        render: Callable[[Mapping[int, RowT]], dict[int, Line[RowT]]],
        in_sight: int,
        relay: Callable[[Cancellation], Callable[[_FirstRows[RowT]], None]] | None,
    ) -> None:
        self._source = source
        self._query = query
        self._shown = shown
        self._interest = interest
        self._renumbered = renumbered
        self._render = render
        self._in_sight = in_sight
        self._relay = relay
        self._afresh = relay is not None

    def __call__(self, cancel: Cancellation) -> _KeyAnswer:
        began = time.perf_counter()
        keys = empty_keys()
        names = self._names(cancel)
        for number, piece in enumerate(self._source.keys(self._query, cancel)):
            cancel.raise_if_cancelled()
            if number == 0 and self._relay is not None:
                self._show_first(piece, names, cancel)
            keys.extend(piece)
        change = compare(self._shown, keys, names, afresh=self._afresh)
        return _KeyAnswer(change, time.perf_counter() - began)

    def _show_first(self, keys: array[int], names: Mapping[int, int], cancel: Cancellation) -> None:
        assert self._relay is not None
        seen = keys[: self._in_sight]
        lines = self._render(self._source.page(seen, cancel)) if seen else {}
        self._relay(cancel)(_FirstRows(compare(self._shown, keys, names, afresh=True, complete=False), lines))
        self._shown = keys
        self._afresh = False

    def _names(self, cancel: Cancellation) -> dict[int, int]:
        """The old key for each new key of interest: the same, unless the rows were numbered anew."""
        if not self._renumbered:
            return {key: key for key in self._interest.keys}
        now = self._source.locate(list(self._interest.ids.values()), cancel)
        return {now[id_]: key for key, id_ in self._interest.ids.items() if id_ in now}
