"""`WorkTable`: the first leads that ask for some work, in few columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.lead_tally import Work
from fleetdesk.queries.leads import LeadQuery, LeadRow, LeadSort
from fleetdesk.views.home.columns import SHOWN, SPARE, STEP, work_columns
from fleetdesk.views.leads.source import LeadSource
from fleetdesk.views.workbench import Workbench

__all__ = ["FirstLeads", "WorkTable"]


class FirstLeads(LeadSource):
    """The first leads of a list alone: however many there are, they are there at once, after each change too."""

    def keys(self, query: LeadQuery, cancel: Cancellation) -> Iterator[array[int]]:
        """The keys of the first few hundred."""
        yield from islice(super().keys(query, cancel), 1)


class WorkTable(RecordTableView[LeadQuery, LeadRow]):
    """The row that has the keyboard is the lead that is worked on."""

    def __init__(self, bench: Workbench) -> None:
        self._wanted: frozenset[str] = frozenset()
        self.leads: RecordTableModel[LeadQuery, LeadRow] = RecordTableModel(
            FirstLeads(bench.readings, bench.person.id, bench.clock),
            work_columns(bench.clock),
            table=Lead.__tablename__,
            related=(User.__tablename__,),
            runner=bench.runner,
            changes=bench.changes,
        )
        super().__init__(self.leads, theme=bench.theme, name=tr("Leads to work on"))
        self.leads.setParent(self)
        self._widths = {column.key: bench.theme.pixels(column.width) for column in self.leads.columns}
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.leads.keys_changed.connect(self._begin)

    @property
    def current(self) -> LeadRow | None:
        """The lead that is worked on."""
        return self.selection.current_row if self.leads.rowCount() else None

    def show_work(self, work: Work, *, owners: bool) -> None:
        """Show the columns that matter for some work."""
        self._wanted = SHOWN[work] | ({LeadSort.OWNER} if owners else frozenset())
        self._fit(self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit(self.viewport().width())

    def _begin(self) -> None:
        """The first lead is the one to begin with."""
        if self.leads.rowCount() and not self.currentIndex().isValid():
            self.reveal(0)

    def _fit(self, room: int) -> None:
        shown = set(self._wanted)
        for spare in SPARE:
            if sum(self._widths[key] for key in shown) > room:
                shown.discard(spare)
        for number, key in enumerate(self._widths):
            self.setColumnHidden(number, key not in shown)
        left = max(0, room - sum(self._widths[key] for key in shown))
        self.setColumnWidth(list(self._widths).index(STEP), self._widths[STEP] + left // 2)
