"""`LeadArranging`: which columns the list of leads has and how it is sorted, kept for the person over restarts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.errors import Invalid
from fleetdesk.models.saved_views import ViewColumn, plain_columns, read_columns
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.records.arrange_dialog import ArrangeDialog
from fleetdesk.qt.records.record_header import Arrangement, Sorting
from fleetdesk.views.leads.asking.filters import FIRST_SORTING
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.workbench import Workbench

__all__ = ["LeadArranging"]

_COLUMNS = "leads.columns"


class LeadArranging(QObject):
    """Keeps what the person arranges wherever they work; what a saved view brings is shown and not kept."""

    changed = Signal()  # the columns are others now

    def __init__(self, bench: Workbench, table: LeadTable, listing: Listing, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench
        self._table = table
        self._listing = listing
        self._window = parent
        self._own = True
        table.show_columns(self._kept())
        table.set_sorting(listing.sorting)
        table.sorting_changed.connect(listing.sort)
        listing.sorted.connect(table.set_sorting)
        table.arranged.connect(self._arranged)
        bench.actions.register(
            Action(
                "leads.columns",
                tr("Columns and order"),
                self._open,
                shortcut="O",
                icon="sliders-horizontal",
                group=tr("Leads"),
                scope=SCOPE,
                keywords="sort widths arrange table",
            )
        )

    @property
    def columns(self) -> tuple[ViewColumn, ...]:
        """The columns that are shown, with their widths."""
        return self._table.columns

    def show_view(self, columns: tuple[ViewColumn, ...]) -> None:
        """Show the columns of a saved view; one without any leaves those that are shown."""
        self.belong_to_view()
        if columns:
            self._table.show_columns(columns)
            self.changed.emit()

    def belong_to_view(self) -> None:
        """What is arranged from now on belongs to a saved view: the person's own columns stay as they are."""
        self._own = False

    def show_own(self) -> None:
        """Show the person's own columns again."""
        if not self._own:
            self._own = True
            self._table.show_columns(self._kept())
            self.changed.emit()

    def _arranged(self) -> None:
        if self._own:
            self._bench.remembered.keep(_COLUMNS, plain_columns(self._table.columns))
        self.changed.emit()

    def _kept(self) -> tuple[ViewColumn, ...]:
        return readable_columns(self._bench.remembered.get(_COLUMNS))

    def _open(self) -> None:
        dialog = ArrangeDialog(
            self._bench.theme,
            self._table.columns_there_are,
            self._table.arrangement,
            self._listing.sorting,
            usual=(self._table.first_arrangement, FIRST_SORTING),
            parent=self._window.window(),
        )
        dialog.arranged.connect(self._rearrange)
        dialog.open()

    def _rearrange(self, arrangement: Arrangement, sorting: Sorting) -> None:
        if arrangement != self._table.arrangement:
            self._table.rearrange(arrangement)
            self._arranged()
        self._listing.sort(sorting)


def readable_columns(kept: JsonValue) -> tuple[ViewColumn, ...]:
    """The columns that were kept; none where there are none, or what is kept cannot be read."""
    try:
        return () if kept is None else read_columns(kept)
    except Invalid:
        return ()
