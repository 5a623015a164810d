"""`LeadFiles`: what can be done with the list as a whole towards files, as data for menus and palette."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.records.keys import empty_keys
from fleetdesk.queries.leads import LeadQuery
from fleetdesk.views.leads.asking.filters import sort_order
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.leads.importing.behind import Behind
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.workbench import Workbench

__all__ = ["LeadFiles"]

_LEAST = 2  # one lead is always chosen where one is open


class LeadFiles(QObject):
    """Exports what the list shows, or what of it is chosen."""

    def __init__(self, bench: Workbench, table: LeadTable, listing: Listing, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._table = table
        self._listing = listing
        self._window = window
        bench.actions.register(
            Action(
                "leads.export",
                tr("Export leads"),
                self.export,
                shortcut="",
                icon="download-simple",
                enabled_when=self._has_rows,
                group=tr("Leads"),
                scope=SCOPE,
                keywords="csv excel xlsx file save download",
            ),
            Action(
                "leads.imports",
                tr("Past imports"),
                self.show_imports,
                shortcut="",
                icon="clock-counter-clockwise",
                group=tr("Leads"),
                scope=SCOPE,
                keywords="undo revert take back file csv excel",
            ),
            Action(
                "leads.import_back",
                tr("Show the import that goes on"),
                self._show_behind,
                shortcut="",
                icon="upload-simple",
                enabled_when=self._is_behind,
                group=tr("Leads"),
                scope=SCOPE,
                keywords="import progress background report",
            ),
        )

    # Spreadsheets in and out are a fifth of all that there is to load: it waits until somebody wants one.

    def export(self) -> None:
        """Ask what goes into the file."""
        from fleetdesk.views.leads.exporting.dialog import Exportable, ExportDialog

        chosen = self._table.selection.count >= _LEAST
        there = Exportable(
            query=LeadQuery(self._listing.filter, sort_order(self._listing.sorting)),
            matching=self._table.model().rowCount(),
            chosen=self._table.selection.keys() if chosen else empty_keys(),
            columns=tuple(str(shown.key) for shown in self._table.columns),
        )
        ExportDialog(self._bench, there, self._window.window()).open()

    def show_imports(self) -> None:
        """Show the imports that were."""
        from fleetdesk.views.leads.importing.past import PastImports

        PastImports(self._bench, self._window.window()).open()

    def _behind(self) -> Behind | None:
        imports = self._window.window().findChildren(Behind)
        return next((one for one in imports if one.behind), None)

    def _show_behind(self) -> None:
        import_ = self._behind()
        if import_ is not None:
            import_.come_back()

    def _is_behind(self) -> Availability:
        return ENABLED if self._behind() is not None else WhyNot(tr("No import goes on."))

    def _has_rows(self) -> Availability:
        return ENABLED if self._table.model().rowCount() else WhyNot(tr("The list is empty."))
