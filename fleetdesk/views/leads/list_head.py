"""`ListHead`: what stands above the list of leads: search, filters, and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from fleetdesk.models.stages import Stage
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.sync_status import sync_text
from fleetdesk.qt.widgets.buttons import Kind
from fleetdesk.qt.widgets.filter_bar import Choices, Facet, FilterBar, Option
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.filters.fields import ME, ONLY_DELETED
from fleetdesk.queries.filters.values import AnyOf, Filter, Value
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.leads.listing import Listing
from fleetdesk.views.leads.stage_filter import StageFilter
from fleetdesk.views.workbench import Workbench

__all__ = ["ListHead", "empty_list"]

_OWNER, _STATE = "owner", "state"
_DELETED = "deleted"
_NOBODY = "nobody"  # stands among the owners for leads without one; no person's id looks like it


class ListHead(QFrame):
    """Title and count, search, what can be done with the list, and the filters."""

    down = Signal()  # the keyboard wants to go on to the rows

    def __init__(self, bench: Workbench, listing: Listing) -> None:
        super().__init__()
        self._me = bench.person.id
        self._listing = listing
        self.setProperty("ground", "surface")
        self._count = Label(tint=Tint.MUTED)
        self.search = SearchField(bench.theme, tr("Search name, company, email, phone…"))
        self.search.setFixedWidth(bench.theme.pixels(360))
        self.stages = StageFilter(bench.theme)
        self.facets = FilterBar(_facets(), bench.theme, tr("Filters"))
        head = row(
            Label(tr("Leads"), size=TextSize.HEADING),
            self._count,
            STRETCH,
            self.search,
            bench.actions.button("leads.import", with_text=True),
            bench.actions.button("leads.new", with_text=True, kind=Kind.PRIMARY),
            gap=GRID + 4,
        )
        filters = row(self.stages, self.facets, gap=2 * GRID)
        filters.setStretchFactor(self.stages, 1)
        self.setLayout(column(head, filters, gap=GRID + 4, margins=(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)))
        self.search.searched.connect(listing.type)
        self.search.left_down.connect(self.down)
        self.stages.changed.connect(lambda stages: listing.ask(listing.filter.asking("status", _any_of(stages))))
        self.facets.changed.connect(self._facets_changed)
        listing.retyped.connect(self.search.set_text_quietly)
        listing.changed.connect(self._show)

    def show_count(self, count: int | None) -> None:
        """Say how many leads are listed; nothing while that is not known."""
        self._count.setText("" if count is None else plural(count, tr("%n lead"), tr("%n leads")))

    def clear(self) -> None:
        """Ask for everything again."""
        self._listing.put("")

    def offer_owners(self, people: Sequence[StaffPerson], me: str) -> None:
        """Offer these people, the one who asks first."""
        mine = [Option(me, tr("Me"))] if any(person.id == me for person in people) else []
        others = [Option(person.id, person.name) for person in people if person.id != me]
        self.facets.set_options(_OWNER, [*mine, Option(_NOBODY, tr("Nobody")), *others])

    def _facets_changed(self, choices: Choices) -> None:
        owners = _any_of(None if owner == _NOBODY else owner for owner in choices.get(_OWNER, ()))
        deleted = AnyOf((ONLY_DELETED,)) if _DELETED in choices.get(_STATE, ()) else None
        self._listing.ask(self._listing.filter.asking("owner", owners).asking("deleted", deleted))

    def _show(self, asked: Filter) -> None:
        stages = set(_values(asked, "status"))
        self.stages.choose(frozenset(stage for stage in Stage if stage in stages))
        owners = {self._me if owner == ME else owner or _NOBODY for owner in _values(asked, "owner")}
        deleted = {_DELETED} if ONLY_DELETED in _values(asked, "deleted") else ()
        self.facets.set_choices({_OWNER: frozenset(map(str, owners)), _STATE: frozenset(deleted)})


def _values(asked: Filter, field: str) -> tuple[Value | None, ...]:
    """The values of which a filter asks for any."""
    terms = [term.condition for term in asked.of(field) if not term.negated]
    return terms[0].values if len(terms) == 1 and isinstance(terms[0], AnyOf) else ()


def _any_of(chosen: Iterable[str | None]) -> AnyOf | None:
    values = tuple(sorted(chosen, key=str))
    return AnyOf(values) if values else None


def empty_list(asked: Filter, status: SyncStatus, clear: Callable[[], None], new: Callable[[], None]) -> Overlay:
    """What to say where no lead is listed: nothing matches, nothing has come yet, or there is none."""
    if asked.narrows:
        return Overlay(
            OverlayKind.EMPTY,
            tr("No lead matches"),
            tr("Try fewer words, or fewer filters."),
            tr("Clear search and filters"),
            clear,
            icon="magnifying-glass",
        )
    if status.state in (SyncState.STARTING, SyncState.LOADING):
        return Overlay(OverlayKind.LOADING, sync_text(status), tr("Leads appear here as they come."))
    if status.state is SyncState.OFFLINE and status.last_contact is None:
        return Overlay(
            OverlayKind.OFFLINE,
            tr("Nothing was loaded yet"),
            tr("Leads come as soon as the hub can be reached. You can already write down new ones."),
            tr("New lead"),
            new,
        )
    sentence = tr("Write one down, or import a list.")
    return Overlay(OverlayKind.EMPTY, tr("No leads yet"), sentence, tr("New lead"), new, icon="users-three")


def _facets() -> tuple[Facet, ...]:
    return (
        Facet(_OWNER, tr("Owner"), ()),
        Facet(_STATE, tr("Show"), (Option(_DELETED, tr("Deleted")),), exclusive=True),
    )
