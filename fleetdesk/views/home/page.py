"""`HomePage`: the first screen of the day: what is to be done, the pipeline drawn, six figures."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QScrollArea, QWidget
from sqlalchemy import Connection

from fleetdesk.errors import FleetDeskError
from fleetdesk.models.access import Permission
from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import Lead, LeadActivity
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.look.layout import column, panel, row, rule
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import GRID, Tone
from fleetdesk.qt.pace import Pace
from fleetdesk.qt.sync_status import sync_text
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.queries.filters.grammar import written
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_figures import lead_figures, work_figures
from fleetdesk.queries.lead_funnel import Week, lead_funnel, lead_trend
from fleetdesk.queries.lead_tally import ROTTING_DAYS, Work, work_filter
from fleetdesk.queries.links import Link
from fleetdesk.views.home.actions import ROW_MENU, SCOPE, HomeActions
from fleetdesk.views.home.charts import Charts
from fleetdesk.views.home.figures import FigureRow
from fleetdesk.views.home.head import HomeHead
from fleetdesk.views.home.reading import Overview, overview, whose
from fleetdesk.views.home.table import WorkTable
from fleetdesk.views.home.trend import WEEKS
from fleetdesk.views.home.worklist import DAYS, WorkList
from fleetdesk.views.workbench import Page, Workbench

__all__ = ["HomePage"]

_ROOM_FOR_CHARTS = 800  # pixels: less, and they stand below the work
_LEAST_WORK = 264  # pixels of height

_MINE, _WORK, _DAYS = "home.mine", "home.work", "home.rotting_days"


class HomePage(Page):
    """Reads what it shows while it is in sight, and again, calmly, after changes."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._mine = bench.place.get(_MINE) is not False
        self._work = next((work for work in Work if work == bench.place.get(_WORK)), Work.OVERDUE)
        self._days = next((days for days in DAYS if days == bench.remembered.get(_DAYS)), ROTTING_DAYS)
        self._seen: Overview | None = None
        self.table = WorkTable(bench)
        self.doing = HomeActions(bench, self, current=lambda: self.table.current, place=self._row_place)
        self.doing.register_work(self._go_to_work)
        self._register()
        self.head = HomeHead(bench)
        self.banner = Banner(bench.theme)
        self.figures = FigureRow(bench.theme)
        self.worklist = WorkList(bench, self.table)
        self.charts = Charts(bench.theme)
        self._body = self._lay_out()
        self.overlay = StateOverlay(bench.theme, self._body)
        self._overview = Pace(self._read_overview, self)
        self._trend = Pace(self._read_trend, self)
        self._connect()
        self.head.show_whose(mine=self._mine)
        self._tell_time()
        self._say_read_only()
        self._show_leads()

    # Set-up

    def _register(self) -> None:
        turn = Action(
            "home.whose",
            tr("Show mine or everyone's"),
            lambda: self._choose_whose(not self._mine),
            shortcut="W",
            icon="users-three",
            group=tr("Work"),
            scope=SCOPE,
            keywords="owner team all switch",
        )
        self._bench.actions.register(turn)

    def _lay_out(self) -> QWidget:
        self._lower = row(self.worklist, self.charts, gap=GRID)
        self._lower.setStretch(0, 3)
        self._lower.setStretch(1, 2)
        self.worklist.setMinimumHeight(self._bench.theme.pixels(_LEAST_WORK))
        body = panel(column(self.figures, self._lower, gap=GRID, margins=2 * GRID), ground="window")
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        lines = column(self.head, rule(), self.banner, scroll, gap=0)
        lines.setStretchFactor(scroll, 1)
        self.setLayout(lines)
        self.begins_with = self.table
        return scroll

    def _connect(self) -> None:
        bench = self._bench
        self.head.whose_chosen.connect(self._choose_whose)
        self.figures.opened.connect(self._open)
        self.charts.opened.connect(self._open)
        self.worklist.chosen.connect(self._choose_work)
        self.worklist.rotting_chosen.connect(self._choose_days)
        self.worklist.opened.connect(lambda lead: bench.navigator.open_record(Lead.key_of(lead.id)))
        self.worklist.all_asked.connect(lambda: self._open(self._asked()))
        bench.changes.changed.connect(self._changed)
        bench.minute.moved.connect(self._tell_time)
        bench.status.changed.connect(self._show_cover)

    # What is asked for

    def _choose_whose(self, mine: bool) -> None:
        self._mine = mine
        self._bench.place.keep(_MINE, mine)
        self.head.show_whose(mine=mine)
        self._show_leads()

    def _choose_days(self, days: int) -> None:
        self._days = days
        self._bench.remembered.keep(_DAYS, days)
        self._show_leads()

    def _choose_work(self, work: Work) -> None:
        self._work = work
        self._bench.place.keep(_WORK, work.value)
        self._list()
        self._show_work()

    def _go_to_work(self, work: Work) -> None:
        self._choose_work(work)
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _asked(self) -> Filter:
        return work_filter(whose(mine=self._mine), self._work, self._days)

    def _open(self, asked: Filter) -> None:
        """Show the rows behind something, in the list of leads."""
        self._bench.navigator.open_link(Link("leads", query=written(asked)))

    # Reading

    def _show_leads(self) -> None:
        """Others are asked for: nothing that was counted holds."""
        self._seen = None
        self.figures.show_figures(None)
        self._show_work()
        self._list()
        self._overview.now()
        self._trend.now()

    def _list(self) -> None:
        self.worklist.show_work(self._work, self._asked(), self._days, owners=not self._mine)
        self._bench.actions.refresh()

    def _viewpoint(self) -> Viewpoint:
        return Viewpoint(self._bench.person.id, self._bench.clock.now())

    def _read_overview(self) -> None:
        viewpoint, within, days = self._viewpoint(), whose(mine=self._mine), self._days

        def read(connection: Connection) -> Overview:
            return overview(connection, viewpoint, within, days)

        self._bench.readings.run(
            read, on_success=self._overview_came, on_failure=self._failed, owner=self, cancel_key="overview"
        )

    def _overview_came(self, seen: Overview) -> None:
        self._overview.ended()
        self._seen = seen
        self.figures.show_figures(lead_figures(seen.tally))
        self.charts.show_steps(lead_funnel(seen.tally))
        self._show_work()
        self._say_read_only()
        self._show_cover()

    def _read_trend(self) -> None:
        viewpoint, within = self._viewpoint(), whose(mine=self._mine)

        def read(connection: Connection) -> tuple[Week, ...]:
            return lead_trend(connection, viewpoint, within, weeks=WEEKS)

        # What keeps the trend from being read keeps the figures, which say so.
        self._bench.readings.run(
            read,
            on_success=self._trend_came,
            on_failure=lambda _error: self._trend.ended(),
            owner=self,
            cancel_key="trend",
        )

    def _trend_came(self, weeks: tuple[Week, ...]) -> None:
        self._trend.ended()
        self.charts.show_weeks(weeks)

    def _failed(self, error: Exception) -> None:
        self._overview.ended()
        why = str(error) if isinstance(error, FleetDeskError) else tr("What you did is kept.")
        what = tr("The figures cannot be counted")
        if self._seen is None:
            self.overlay.show_overlay(Overlay(OverlayKind.ERROR, what, why, tr("Try again"), self._retry))
        else:
            self.banner.tell(f"{what}: {why}", Tone.DANGER, tr("Try again"), self._retry)

    def _retry(self) -> None:
        self.overlay.clear_overlay()
        self._show_leads()

    def _changed(self, changes: Changes) -> None:
        if changes.touches(Lead.__tablename__):
            self._overview.soon()
        if changes.touches(Lead.__tablename__) or changes.touches(LeadActivity.__tablename__):
            self._trend.soon()

    def _tell_time(self) -> None:
        """A minute has passed: what was ahead may be overdue."""
        self.head.show_time(self._bench.clock.now())
        self.table.leads.reword()
        if self.isVisible():
            self.table.leads.refresh()
        self._overview.soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where there is little room, the charts stand below the work, and the figures in two rows."""
        super().resizeEvent(event)
        narrow = self.width() < self._bench.theme.pixels(_ROOM_FOR_CHARTS)
        self._lower.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self.figures.stack(narrow=narrow)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        self._overview.wake()
        self._trend.wake()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's."""
        super().hideEvent(event)
        self._overview.rest()
        self._trend.rest()

    def begin(self, record_id: str, action: str) -> None:
        """Go on writing what was left about a lead."""
        self.doing.begin(record_id, action)

    # Showing

    def _show_work(self) -> None:
        self.worklist.show_figures(None if self._seen is None else work_figures(self._seen.tally), self._work)

    def _say_read_only(self) -> None:
        if self._bench.allows(Permission.LEADS_EDIT):
            self.banner.hide()
        else:
            self.banner.tell(tr("Your role may read leads, not change them."), Tone.INFO)

    def _show_cover(self) -> None:
        cover = self._cover()
        if cover is not None:
            self.overlay.show_overlay(cover)
        elif self._seen is not None:
            self.overlay.clear_overlay()

    def _cover(self) -> Overlay | None:
        """What stands in place of everything where there is no lead to show."""
        if self._seen is None or self._seen.tally.leads:
            return None
        status = self._bench.status.status
        if self._seen.others:
            sentence = tr("Assign yourself some, or look at everyone's.")
            show = partial(self._choose_whose, False)
            return Overlay(
                OverlayKind.EMPTY, tr("No lead is yours yet"), sentence, tr("Show everyone's"), show, icon="user"
            )
        if status.rows_come:
            return Overlay(
                OverlayKind.LOADING, sync_text(status), tr("Your day appears here once the leads are there.")
            )
        new, load = partial(self._among_leads, "leads.new"), partial(self._among_leads, "leads.import")
        if status.never_reached:
            sentence = tr("Your leads come as soon as the hub can be reached. You can already write down new ones.")
            return Overlay(OverlayKind.OFFLINE, tr("Nothing was loaded yet"), sentence, tr("New lead"), new)
        sentence = tr("Write down your first lead, or bring a list that you have. Then your day begins here.")
        return Overlay(
            OverlayKind.EMPTY,
            tr("Welcome"),
            sentence,
            tr("New lead"),
            new,
            icon="users-three",
            other=(tr("Import a list"), load),
        )

    def _among_leads(self, action: str) -> None:
        """Do something that belongs to the leads' own screen."""
        self._bench.navigator.show_screen("leads")
        self._bench.actions.trigger(action)

    def _row_place(self) -> QPoint:
        table = self.table
        return table.viewport().mapToGlobal(table.visualRect(table.currentIndex()).bottomLeft() + QPoint(4 * GRID, 0))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's: what can be done with the lead that was clicked."""
        table = self.table
        if table.current is None or not table.rect().contains(table.mapFromGlobal(event.globalPos())):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench.actions.fill(menu, ROW_MENU)
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        menu.popup(event.globalPos() if by_mouse else self._row_place())
