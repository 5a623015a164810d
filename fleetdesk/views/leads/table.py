"""`LeadTable`: the list itself, with the columns that the person chose; where there is no room, some make way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent

from fleetdesk.models.saved_views import ViewColumn
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.columns import Column
from fleetdesk.qt.records.record_header import Arrangement
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.queries.leads import LeadQuery, LeadRow
from fleetdesk.views.leads.columns import FIRST_COLUMNS, SPARE_COLUMNS

__all__ = ["LeadTable"]

_KEPT = 2  # columns that are there however narrow the list is


class LeadTable(RecordTableView[LeadQuery, LeadRow]):
    """The first columns make way in an order of their own wherever there is no room for all.

    Those that the person chose otherwise are all there, to be scrolled to; only beside an open lead do the last ones
    make way.
    """

    def __init__(self, model: RecordTableModel[LeadQuery, LeadRow], theme: Theme) -> None:
        self._beside = False
        self._choosing: LeadQuery | None = None  # of which all leads are to be chosen, once they are there
        super().__init__(model, theme=theme, name=tr("Leads"))
        self._columns_there_are = model.columns
        self._widths = {column.key: column.width for column in model.columns}
        self.show_columns(())
        self.arranged.connect(self._fit)
        model.state_changed.connect(self._choose_awaited)

    @property
    def columns(self) -> tuple[ViewColumn, ...]:
        """The columns that the person chose, in their order."""
        arrangement = self.arrangement
        keys = (key for key in arrangement.order if key not in arrangement.hidden)
        return tuple(ViewColumn(str(key), arrangement.widths[key]) for key in keys)

    def show_columns(self, columns: tuple[ViewColumn, ...]) -> None:
        """Show these; without any, the first ones. Tells nobody."""
        wanted = {column.key: column.width for column in columns if column.key in self._widths}
        self.rearrange(self._arrangement_of(wanted) if wanted else self.first_arrangement)

    @property
    def columns_there_are(self) -> tuple[Column[LeadRow], ...]:
        """All columns, shown or not."""
        return self._columns_there_are

    @property
    def first_arrangement(self) -> Arrangement:
        """How the columns are before the person arranges them."""
        return self._arrangement_of({key: self._widths[key] for key in FIRST_COLUMNS})

    def rearrange(self, arrangement: Arrangement) -> None:
        """Arrange the columns otherwise. Tells nobody."""
        self.arrange(arrangement)
        self._fit()

    def choose_all(self) -> None:
        """Choose all leads that match, also those that are still on their way."""
        self._choosing = self._model.query
        self._choose_awaited()

    def stand_beside(self, *, lead: bool) -> None:
        """Say whether an open lead stands beside the list."""
        self._beside = lead
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _choose_awaited(self) -> None:
        if self._choosing is not None and self._model.state is LoadState.READY:
            if self._choosing == self._model.query:
                self.selectAll()
            self._choosing = None

    def _arrangement_of(self, shown: dict[str, int]) -> Arrangement:
        hidden = [key for key in self._widths if key not in shown]
        return Arrangement((*shown, *hidden), frozenset(hidden), {**self._widths, **shown})

    def _fit(self) -> None:
        """Spare columns in their order until the others fit; show those again that do."""
        widths = {column.key: column.width for column in self.columns}
        self.record_header.make_way(widths, self._spare(tuple(widths)), self.viewport().width())

    def _spare(self, keys: tuple[str, ...]) -> Sequence[str]:
        """The columns that make way, in the order in which they go."""
        if keys == FIRST_COLUMNS:
            return SPARE_COLUMNS
        return keys[: _KEPT - 1 : -1] if self._beside else ()
