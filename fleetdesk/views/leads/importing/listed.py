"""A table over rows that are all at hand, such as the imports that were: few enough to be read at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.columns import Column
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.row_cache import Identified
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.tasks import Cancellation, TaskRunner

__all__ = ["ListedTable"]

RowT = TypeVar("RowT", bound=Identified)
_MOST = 1 << 32


class _Source(Generic[RowT]):
    """Keys are the numbers of the answer and of the row in it, so that no answer's row is taken for another's."""

    def __init__(self) -> None:
        self._rows: tuple[RowT, ...] = ()
        self._answers = 0

    def keys(self, query: tuple[RowT, ...], cancel: Cancellation) -> Iterator[array[int]]:
        self._rows = query
        self._answers += 1
        yield array("q", range(self._answers * _MOST, self._answers * _MOST + len(query)))

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, RowT]:
        rows = self._rows
        return {key: rows[key % _MOST] for key in keys if key % _MOST < len(rows)}

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        wanted = set(ids)
        return {row.id: self._answers * _MOST + place for place, row in enumerate(self._rows) if row.id in wanted}


class ListedTable(RecordTableView[tuple[RowT, ...], RowT]):
    """Shows what it is given, in the order in which it is given."""

    def __init__(self, columns: Sequence[Column[RowT]], theme: Theme, runner: TaskRunner, name: str) -> None:
        source: _Source[RowT] = _Source()
        self._listed_model: RecordTableModel[tuple[RowT, ...], RowT] = RecordTableModel(
            source, columns, table="", runner=runner, changes=ChangeFeed()
        )
        super().__init__(self._listed_model, theme=theme, name=name)
        self._listed_model.setParent(self)

    @property
    def lines(self) -> int:
        """How many rows are shown."""
        return self._listed_model.rowCount()

    def show_rows(self, rows: Sequence[RowT]) -> None:
        """Show these."""
        self._listed_model.set_query(tuple(rows))
