"""`CardModel`: the cards of one column."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt

from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.records.table_model import Index, LoadState, RecordTableModel
from fleetdesk.queries.leads import LeadQuery, LeadRow
from fleetdesk.views.leads.board.cards import card_columns
from fleetdesk.views.leads.board.source import FIRST_CARDS, ColumnSource
from fleetdesk.views.workbench import Workbench

__all__ = ["CardModel"]


class CardModel(RecordTableModel[LeadQuery, LeadRow]):
    """Reads the first cards of its query, and more when asked. `waits` says of a lead whether a change of it waits."""

    def __init__(self, bench: Workbench, waits: Callable[[str], bool], parent: QObject) -> None:
        self._cards = ColumnSource(bench.readings, bench.person.id, bench.clock)
        self.waits = waits
        super().__init__(
            self._cards,
            card_columns(bench.clock),
            table=Lead.__tablename__,
            related=(User.__tablename__,),
            runner=bench.runner,
            changes=bench.changes,
            parent=parent,
        )

    @property
    def whole(self) -> bool:
        """Whether these are all that match."""
        return len(self.keys) < self._cards.most

    @property
    def ready(self) -> bool:
        """Whether there is an answer."""
        return self.state is LoadState.READY

    def show_leads(self, query: LeadQuery, *, at_least: int = FIRST_CARDS) -> None:
        """Show other leads from the top: so many at first."""
        self._cards.most = at_least
        self.set_query(query)

    def reach(self, row: int) -> None:
        """Somebody looks at this row: read on where not many are left below it."""
        if not self.whole and row >= len(self.keys) - FIRST_CARDS // 4:
            self._cards.most = len(self.keys) + FIRST_CARDS
            self.refresh()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's: what is read out says also whether a change waits to be sent."""
        words = super().data(index, role)
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(words, str):
            row = self.row_at(index.row())
            if row is not None and self.waits(row.id):
                return f"{words}. {tr('A change waits to be sent')}"
        return words
