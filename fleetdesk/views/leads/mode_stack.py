"""`ModeStack`: the table and what stands in its place, one of them in sight."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from fleetdesk.models.access import Permission
from fleetdesk.models.stages import Stage
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.widgets.state_overlay import Overlay
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.leads import LeadQuery
from fleetdesk.views.leads.board.board import Board
from fleetdesk.views.leads.calendar.calendar_view import CalendarView
from fleetdesk.views.leads.doing.actions import LeadActions
from fleetdesk.views.leads.lead_view import ROOM_FOR_BOTH, LeadView
from fleetdesk.views.leads.modes import Mode, ModeChoice
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.leads.waiting import WaitingLeads
from fleetdesk.views.workbench import Workbench

__all__ = ["ModeStack"]


class ModeStack(QStackedWidget):
    """Board and calendar are made when they are first shown; each then follows the query while it is in sight."""

    opened = Signal(str)  # a lead's id, to be shown beside
    marked_changed = Signal()
    room_changed = Signal()
    list_asked = Signal(object)  # Filter: these leads are to be seen in the table

    def __init__(self, bench: Workbench, table: LeadTable, choice: ModeChoice, doing: LeadActions) -> None:
        super().__init__()
        self._bench = bench
        self._choice = choice
        self._doing = doing
        self._query: LeadQuery | None = None
        self._counts: Mapping[Stage, int] = {}
        self._empty: Overlay | None = None
        self._opened = ""
        self._views: dict[Mode, LeadView] = {}
        self._waiting = WaitingLeads(bench.outbox, self)
        self.addWidget(table)
        bench.actions.register(*self._board_actions(), *self._calendar_actions())
        choice.changed.connect(self._show)
        self._show(choice.mode)

    @property
    def view(self) -> LeadView | None:
        """What is in sight in place of the table; None for the table itself."""
        return self._views.get(self._choice.mode)

    @property
    def room(self) -> int:
        """Pixels of the page from which on an open lead stands beside what is shown."""
        return ROOM_FOR_BOTH if self.view is None else self.view.room

    @property
    def calendar(self) -> CalendarView | None:
        """The calendar, if it is in sight."""
        view = self.view
        return view if isinstance(view, CalendarView) else None

    @property
    def board(self) -> Board | None:
        """The board, if it is in sight."""
        view = self.view
        return view if isinstance(view, Board) else None

    def show_query(self, query: LeadQuery) -> None:
        """Show the leads of a query."""
        self._query = query
        if self.view is not None:
            self.view.show_query(query)

    def show_counts(self, counts: Mapping[Stage, int]) -> None:
        """Say how many leads stand in each stage."""
        self._counts = counts
        for view in self._views.values():
            view.show_counts(counts)

    def set_empty(self, overlay: Overlay) -> None:
        """What to show where no lead is."""
        self._empty = overlay
        for view in self._views.values():
            view.set_empty(overlay)

    def show_opened(self, lead_id: str) -> None:
        """Mark the lead that is open beside; empty for none."""
        self._opened = lead_id
        for view in self._views.values():
            view.show_opened(lead_id)

    def _show(self, mode: Mode) -> None:
        if mode is Mode.TABLE:
            self.setCurrentIndex(0)
            return
        if mode not in self._views:
            self._make(mode)
        view = self._views[mode]
        self.setCurrentWidget(view)
        if self._query is not None:
            view.show_query(self._query)

    def _make(self, mode: Mode) -> None:
        view = self._make_board() if mode is Mode.BOARD else self._make_calendar()
        self._views[mode] = view
        self.addWidget(view)
        view.opened.connect(self.opened)
        view.marked_changed.connect(self.marked_changed)
        view.room_changed.connect(self.room_changed)
        view.show_counts(self._counts)
        view.show_opened(self._opened)
        if self._empty is not None:
            view.set_empty(self._empty)

    def _make_board(self) -> Board:
        board = Board(self._bench, self._waiting.waits, self._may_move)
        board.move_asked.connect(self._doing.move_to)
        return board

    def _make_calendar(self) -> CalendarView:
        calendar = CalendarView(self._bench, self._may_move)
        calendar.list_asked.connect(self._show_list)
        return calendar

    def _show_list(self, asked: Filter) -> None:
        self._choice.choose(Mode.TABLE)
        self.list_asked.emit(asked)

    def _may_move(self) -> bool:
        if self._bench.allows(Permission.LEADS_EDIT):
            return True
        self._bench.notifier.info(tr("Your role may read leads, not change them."), key="may-not-move")
        return False

    # The board's actions

    def _board_actions(self) -> tuple[Action, ...]:
        action = partial(Action, group=tr("Board"), scope=SCOPE, enabled_when=self._has_card)
        return (
            action("leads.card_up", tr("Take the card up (Space)"), self._take_up, icon="hand-grabbing"),
            action("leads.card_right", tr("Carry the card to the right"), partial(self._carry, 1), "Ctrl+Right"),
            action("leads.card_left", tr("Carry the card to the left"), partial(self._carry, -1), "Ctrl+Left"),
            action("leads.fold", tr("Fold the column"), self._fold, icon="arrows-in-line-horizontal"),
            action("leads.unfold", tr("Unfold all columns"), self._unfold, enabled_when=self._has_board),
        )

    def _has_board(self) -> Availability:
        return WhyNot(tr("Show the leads as a board first.")) if self.board is None else ENABLED

    def _has_card(self) -> Availability:
        if self.board is None:
            return WhyNot(tr("Show the leads as a board first."))
        return ENABLED if self.board.marked_id else WhyNot(tr("Choose a card first."))

    def _fold(self) -> None:
        assert self.board is not None
        self.board.fold_here()

    def _unfold(self) -> None:
        assert self.board is not None
        self.board.memory.unfold()

    def _take_up(self) -> None:
        assert self.board is not None
        self.board.take_up()

    def _carry(self, by: int) -> None:
        assert self.board is not None
        self.board.carry_sideways(by)

    # The calendar's actions

    def _calendar_actions(self) -> tuple[Action, ...]:
        action = partial(Action, group=tr("Calendar"), scope=SCOPE)
        shown = self._has_calendar
        return (
            action("leads.month", tr("Show a month of next steps"), self._show_month, "V, M", "calendar-blank"),
            action("leads.week", tr("Show a week of next steps"), self._show_week, "V, W", "columns"),
            action("leads.today", tr("Go to today"), self._go_today, "Alt+Home", "calendar-check", shown),
            action("leads.earlier", tr("Go to earlier days"), partial(self._turn, -1), "Alt+PgUp", "caret-left", shown),
            action("leads.later", tr("Go to later days"), partial(self._turn, 1), "Alt+PgDown", "caret-right", shown),
            action(
                "leads.plan_here", tr("Plan a step on this day"), self._plan_here, "Shift+S", "calendar-plus", shown
            ),
        )

    def _has_calendar(self) -> Availability:
        return WhyNot(tr("Show the calendar first.")) if self.calendar is None else ENABLED

    def _on_calendar(self) -> CalendarView:
        self._choice.choose(Mode.CALENDAR)
        assert self.calendar is not None
        return self.calendar

    def _show_month(self) -> None:
        self._on_calendar().show_month()

    def _show_week(self) -> None:
        self._on_calendar().show_week()

    def _go_today(self) -> None:
        self._on_calendar().go_today()

    def _turn(self, by: int) -> None:
        self._on_calendar().turn(by)

    def _plan_here(self) -> None:
        self._on_calendar().plan_here()
