"""`SavedViews`: which saved view of the leads is open, and what opening one brings."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from sqlalchemy import Connection

from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.records.record_header import Sorting, SortKey
from fleetdesk.queries.filters.grammar import parse, written
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import LeadSort
from fleetdesk.queries.links import Link
from fleetdesk.queries.saved_views import OpenedView, ViewRow, open_view, saved_view
from fleetdesk.views.leads.actions import SCOPE
from fleetdesk.views.leads.filters import FIRST_SORTING
from fleetdesk.views.leads.listing import Listing
from fleetdesk.views.workbench import Workbench

__all__ = ["SavedViews"]

_KEY = "lead-view"


class SavedViews(QObject):
    """Opens views into the listing; what they say of columns is for whoever hears that one was `opened`."""

    opened = Signal(object)  # OpenedView

    def __init__(self, bench: Workbench, listing: Listing, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._listing = listing
        self._view: ViewRow | None = None

    @property
    def view(self) -> ViewRow | None:
        """The view that is open; None while the list is nobody's view."""
        return self._view

    def open_link(self, link: Link) -> None:
        """Show what a link asks for; say what of it is not there. A link without either leaves the list as it is."""
        view_id, query = link.view_id, link.query
        if view_id is None:
            if query is not None:
                self._view = None
                self._ask(query)
            return

        def read(connection: Connection) -> ViewRow | None:
            return saved_view(connection, view_id)

        def came(view: ViewRow | None) -> None:
            if self._can_open(view) and query is not None:
                self._ask(query)

        self._bench.readings.run(read, on_success=came, owner=self, cancel_key="open")

    def open(self, view: ViewRow) -> None:
        """Show a view; say what it asks for and is not there any more."""
        opened = open_view(view, LEAD_FIELDS, frozenset(LeadSort))
        self._view = view
        self._listing.put(written(opened.filter))
        self._listing.sort(_sorting(opened))
        self.opened.emit(opened)
        if opened.warnings:
            what = tr("Not all of the view “%1” is there any more.").replace("%1", isolated(view.name))
            self._bench.notifier.warning(what, kept=" ".join(opened.warnings), key=_KEY)

    def _can_open(self, view: ViewRow | None) -> bool:
        if view is None or view.screen != SCOPE:
            self._bench.notifier.warning(
                tr("There is no such view here."),
                kept=tr("The list stays as it was."),
                do=tr("It may belong to someone else who does not share it, or be still on its way to this laptop."),
                key=_KEY,
            )
        elif view.deleted:
            what = tr("The view “%1” was deleted.").replace("%1", isolated(view.name))
            self._bench.notifier.warning(what, kept=tr("The list stays as it was."), key=_KEY)
        else:
            self.open(view)
            return True
        return False

    def _ask(self, query: str) -> None:
        parsed = parse(LEAD_FIELDS, query)
        self._listing.put(query)
        if parsed.problems:
            self._bench.notifier.warning(
                tr("Not all that the link asks for is there."),
                kept=" ".join(problem.what for problem in parsed.problems),
                do=tr("The list is shown without it."),
                key=_KEY,
            )


def _sorting(opened: OpenedView) -> Sorting:
    return tuple(SortKey(by.key, by.descending) for by in opened.sort) or FIRST_SORTING
