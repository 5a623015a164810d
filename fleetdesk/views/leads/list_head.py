"""`ListHead`: what stands above the list of leads: search, filters, and how many there are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget

from fleetdesk.models.stages import Stage
from fleetdesk.models.status import SyncStatus
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.sync_status import sync_text
from fleetdesk.qt.widgets.buttons import Kind
from fleetdesk.qt.widgets.problem_note import ProblemNote
from fleetdesk.qt.widgets.query_field import QueryField
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.filters.grammar import Problem, parse
from fleetdesk.queries.filters.values import AnyOf, Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.views.leads.asking.filtering import LeadFiltering
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.leads.asking.stage_filter import StageFilter
from fleetdesk.views.leads.doing.bulk import BulkBar
from fleetdesk.views.leads.modes import ModeChoice, ModeSwitch
from fleetdesk.views.leads.saved.saved_views import SavedViews
from fleetdesk.views.leads.saved.view_actions import ViewActions
from fleetdesk.views.leads.saved.view_button import ChangedView, SaveAsView, ViewButton
from fleetdesk.views.workbench import Workbench

__all__ = ["ListHead", "empty_list"]

_LEAST_QUERY, _MOST_QUERY = 176, 640
_NARROW, _NARROWER = 900, 700  # pixels: less, and what can be done is shown by icons, at last all of it


class ListHead(QFrame):
    """Title and count, the query, what can be done with the list, the stages, and a chip for each filter."""

    down = Signal()  # the keyboard wants to go on to the rows

    def __init__(self, bench: Workbench, listing: Listing, mode: ModeChoice, views: SavedViews) -> None:
        super().__init__()
        self._listing = listing
        self._views = views
        self._theme = bench.theme
        self.setProperty("ground", "surface")
        self._count = Label(tint=Tint.MUTED)
        self.filtering = LeadFiltering(bench, listing, self)
        self.search = QueryField(
            bench.theme,
            tr("Search, or ask: status:open owner:me"),
            judge=lambda text: parse(LEAD_FIELDS, text).problems,
            complete=self.filtering.vocabulary.complete,
        )
        self.search.setMinimumWidth(bench.theme.pixels(_LEAST_QUERY))
        self.search.setMaximumWidth(bench.theme.pixels(_MOST_QUERY))
        self.stages = StageFilter(bench.theme)
        self._note = ProblemNote(bench.theme)
        self._lay_out(bench, mode)
        self._connect()

    def show_count(self, count: int | None) -> None:
        """Say how many leads are listed; nothing while that is not known."""
        self._count.setText("" if count is None else plural(count, tr("%n lead"), tr("%n leads")))

    def make_way(self, *, way: bool) -> None:
        """Leave room for a lead that stands in the place of the list: its stages are not counted then."""
        self._second.setHidden(way)

    def take_in(self, bulk: BulkBar) -> None:
        """What can be done with several chosen leads stands in the place of the stages while they are chosen."""
        self._second.addWidget(bulk)
        bulk.wanted.connect(lambda wanted: self._second.setCurrentIndex(1 if wanted else 0))

    def clear(self) -> None:
        """Ask for everything again."""
        self._listing.put("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, show icons without words, and what is changed in place of the count."""
        narrow = self.width() < self._theme.pixels(_NARROW)
        style = Qt.ToolButtonStyle
        for button, room in ((self._filter, _NARROW), (self._import, _NARROW), (self._new, _NARROWER)):
            without = self.width() < self._theme.pixels(room)
            button.setToolButtonStyle(style.ToolButtonIconOnly if without else style.ToolButtonTextBesideIcon)
        self._title.stand_close(close=narrow)
        self._count.setVisible(not (narrow and self._views.differs))

    def _lay_out(self, bench: Workbench, mode: ModeChoice) -> None:
        acts = ViewActions(bench, self._views, self)
        self._title = ViewButton(bench, self._views, acts)
        self._filter = bench.actions.button("leads.filter", with_text=True)
        self._import = bench.actions.button("leads.import", with_text=True)
        self._export = bench.actions.button("leads.export")
        self._new = bench.actions.button("leads.new", with_text=True, kind=Kind.PRIMARY)
        self.filtering.open_below(lambda: self._filter)
        self.filtering.bar.add_after(SaveAsView(bench, self._views))
        head = row(
            self._title,
            self._count,
            ChangedView(bench, self._views),
            ModeSwitch(bench, mode),
            STRETCH,
            self.search,
            self._filter,
            self._import,
            self._export,
            self._new,
            gap=GRID,
        )
        head.setStretchFactor(self.search, 4)
        second = row(self.stages, bench.actions.button("leads.columns"), gap=GRID)
        second.setStretchFactor(self.stages, 1)
        self._second = QStackedWidget()
        self._second.addWidget(panel(second))
        self._second.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        lines = column(head, self._note, self._second, self.filtering.bar, gap=GRID)
        lines.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)
        self.setLayout(lines)

    def _connect(self) -> None:
        listing, search = self._listing, self.search
        search.searched.connect(listing.type)
        search.left_down.connect(self.down)
        search.entered.connect(self.filtering.vocabulary.refresh)
        search.wrong.connect(self._note.show_problems)
        self.filtering.vocabulary.changed.connect(search.offer_again)
        self._note.chosen.connect(self._mend)
        self.stages.changed.connect(self._choose_stages)
        listing.rewriting.connect(search.tell_now)
        listing.retyped.connect(search.set_text_quietly)
        listing.changed.connect(self._show)
        self._views.changed.connect(self._fit)

    def _mend(self, problem: Problem, text: str) -> None:
        self.search.replace(problem.start, problem.end, text)

    def _choose_stages(self, stages: frozenset[Stage]) -> None:
        condition = AnyOf(tuple(stage.value for stage in Stage if stage in stages)) if stages else None
        self._listing.change(lambda asked: asked.asking("status", condition))

    def _show(self, asked: Filter) -> None:
        self.stages.choose(_stages(asked))


def _stages(asked: Filter) -> frozenset[Stage]:
    """The stages that a filter asks for; none where it asks for them in another way than by name."""
    terms = asked.of("status")
    field = LEAD_FIELDS.get("status")
    if len(terms) != 1 or terms[0].negated or not isinstance(terms[0].condition, AnyOf) or field is None:
        return frozenset()
    words = [str(value) for value in terms[0].condition.values]
    return frozenset(Stage(stage) for word in words for stage in field.groups.get(word, (word,)))


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
    if status.rows_come:
        return Overlay(OverlayKind.LOADING, sync_text(status), tr("Leads appear here as they come."))
    if status.never_reached:
        return Overlay(
            OverlayKind.OFFLINE,
            tr("Nothing was loaded yet"),
            tr("Leads come as soon as the hub can be reached. You can already write down new ones."),
            tr("New lead"),
            new,
        )
    sentence = tr("Write one down, or import a list.")
    return Overlay(OverlayKind.EMPTY, tr("No leads yet"), sentence, tr("New lead"), new, icon="users-three")
