"""`SavedViews`: the saved views of the leads, which of them is open, and whether the list still shows what it keeps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Connection

from fleetdesk.models.changes import Changes
from fleetdesk.models.saved_views import SavedView, ViewKind
from fleetdesk.models.staff import User
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.queries.filters.grammar import parse, written
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.links import Link
from fleetdesk.queries.saved_views import ViewRow, saved_view, saved_views
from fleetdesk.views.leads.arranging import LeadArranging
from fleetdesk.views.leads.asking.filters import FIRST_SORTING
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.leads.modes import Mode, ModeChoice
from fleetdesk.views.leads.saved.view_state import ViewState, opened, state_of
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.workbench import Workbench

__all__ = ["SavedViews"]

_KEY = "lead-view"


class SavedViews(QObject):
    """Opens views into the listing, and follows both: `changed` is told whenever anything of this may be another."""

    changed = Signal()

    def __init__(
        self, bench: Workbench, listing: Listing, arranging: LeadArranging, mode: ModeChoice, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._listing = listing
        self._arranging = arranging
        self._mode = mode
        self._views: tuple[ViewRow, ...] = ()
        self._view: ViewRow | None = None
        self._awaited = ""  # a view that was just saved, to be open once it can be read
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.changed)
        for signal in (listing.changed, listing.sorted, arranging.changed, mode.changed):
            signal.connect(self._soon.start)
        bench.changes.changed.connect(self._follow)
        self._read()

    @property
    def views(self) -> tuple[ViewRow, ...]:
        """All that the person has, their own and shared ones, by name."""
        return self._views

    @property
    def view(self) -> ViewRow | None:
        """The view that is open; None while the list is nobody's view."""
        return self._view

    @property
    def state(self) -> ViewState:
        """What the list shows, as a view would keep it."""
        listing = self._listing
        return ViewState(listing.filter, listing.sorting, self._arranging.columns, ViewKind(self._mode.mode))

    @property
    def differs(self) -> bool:
        """Whether the list shows something else than the open view keeps."""
        return self._view is not None and self.state.differs(state_of(self._view))

    def open(self, view: ViewRow) -> None:
        """Show a view; say what it asks for and is not there any more."""
        found = opened(view)
        self.take_up(view)
        self._arranging.show_view(found.columns)
        self._mode.choose(Mode(view.kind))
        self._listing.sort(state_of(view).sorting)
        self._listing.put(written(found.filter))
        if found.warnings:
            what = tr("Not all of the view “%1” is there any more.").replace("%1", isolated(view.name))
            self._bench.notifier.warning(what, kept=" ".join(found.warnings), key=_KEY)

    def take_up(self, view: ViewRow) -> None:
        """Take a view as the open one, with the list left as it is."""
        self._view = view
        self._arranging.belong_to_view()
        self._soon.start()

    def open_soon(self, view_id: str) -> None:
        """Take a view that was just saved as the open one, as soon as it can be read."""
        self._awaited = view_id
        self._read()

    def close(self) -> None:
        """Show all leads again, with the person's own columns, laid out as they are."""
        self._view = None
        self._arranging.show_own()
        self._listing.sort(FIRST_SORTING)
        self._listing.put("")
        self._soon.start()

    def reopen(self) -> None:
        """Show the open view as it is kept."""
        if self._view is not None:
            self.open(self._view)

    def open_link(self, link: Link) -> None:
        """Show what a link asks for; say what of it is not there. A link without either leaves the list as it is."""
        query = link.query
        if link.view_id is None:
            if query is not None:
                self.close()
                self._ask(query)
            return

        def came(view: ViewRow | None) -> None:
            if self._can_open(view) and query is not None:
                self._ask(query)

        self.find(link.view_id, came)

    def find(self, view_id: str, on_found: Callable[[ViewRow | None], None]) -> None:
        """Read a view by its id."""

        def read(connection: Connection) -> ViewRow | None:
            return saved_view(connection, view_id)

        self._bench.readings.run(read, on_success=on_found, owner=self, cancel_key="open")

    # What changes meanwhile

    def _follow(self, changes: Changes) -> None:
        if any(changes.touches(record.__tablename__) for record in (SavedView, User)):
            self._read()

    def _read(self) -> None:
        def read(connection: Connection) -> tuple[ViewRow, ...]:
            return saved_views(connection, SCOPE)

        self._bench.readings.run(read, on_success=self._came, owner=self, cancel_key="views")

    def _came(self, views: tuple[ViewRow, ...]) -> None:
        self._views = views
        by_id = {view.id: view for view in views}
        if self._awaited in by_id:
            self.take_up(by_id[self._awaited])
            self._awaited = ""
        elif self._view is not None:
            self._renew(by_id.get(self._view.id))
        self._soon.start()

    def _renew(self, now: ViewRow | None) -> None:
        """The open view was edited, here or elsewhere: the list follows where it still showed the view."""
        before = self._view
        assert before is not None, "no view is open"
        follows = now is not None and not self.differs and state_of(now) != state_of(before)
        self._view = now
        if now is None:
            self._arranging.show_own()
        elif follows:
            self.open(now)

    # What links ask for

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
