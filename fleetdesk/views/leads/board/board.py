"""`Board`: the leads of the listing as cards, in a column for each stage that the filter leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.queries.lead_board import column_filter, stages_asked
from fleetdesk.queries.leads import LeadQuery, LeadRow
from fleetdesk.views.leads.board.card_model import CardModel
from fleetdesk.views.leads.board.carrying import Carrying
from fleetdesk.views.leads.board.column import BoardColumn
from fleetdesk.views.leads.board.lane import Lane
from fleetdesk.views.leads.board.lift import Lift
from fleetdesk.views.leads.board.memory import BoardMemory
from fleetdesk.views.leads.lead_view import LeadView
from fleetdesk.views.leads.moves import MoveOption
from fleetdesk.views.workbench import Workbench

__all__ = ["Board"]

_SETTLES = 800  # milliseconds within which a card that was put down has gone elsewhere, or stays


class Board(LeadView):
    """Shows the leads of a query; says which of them is to be opened or moved, and does neither itself."""

    move_asked = Signal(str, object)  # a lead's id, Stage

    def __init__(self, bench: Workbench, waits: Callable[[str], bool], may_move: Callable[[], bool]) -> None:
        """`waits` says of a lead whether a change of it waits to be sent.

        `may_move` says whether the person may move leads at all, and tells them why not.
        """
        super().__init__()
        self._bench = bench
        self._waits = waits
        self._query: LeadQuery | None = None
        self._counts: Mapping[Stage, int] = {}
        self._opened = ""
        self._here: Stage | None = None  # the column that has, or had last, the keyboard
        self._follows: tuple[str, Stage] | None = None  # a card that was put down, and where it will come up
        self.setProperty("ground", "surface")
        self.setAccessibleName(tr("Board of leads"))
        self.lift = Lift(bench.actor, bench.platform.access, self)
        self.lane = Lane(self._make_column)
        self.setLayout(column(self.lane, gap=0))
        self.carrying = Carrying(self.lane, self.lift, bench.theme, bench.clock, may_carry=may_move, board=self)
        self.memory = BoardMemory(bench, self.lane, self)
        self._overlay = StateOverlay(bench.theme, self)
        self._empty: Overlay | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLES)
        self._settling.timeout.connect(self._settle)
        self.lane.made.connect(self._column_made)
        self.carrying.put_down.connect(self._move)
        self.carrying.refused.connect(lambda option: bench.notifier.info(option.why_not, key="move-refused"))
        bench.minute.moved.connect(self._reword)
        bench.outbox.changed.connect(self._repaint)

    # What is shown

    def show_query(self, query: LeadQuery) -> None:
        """Show the leads of a query: a column for each stage in which there may be any."""
        self._query = query
        stages = stages_asked(query.filter)
        self.lane.show_stages(stages)
        self.memory.fold(by_choice=not query.filter.of("status"))
        for one in self.lane.columns:
            self._ask(one)
        self._show_empty()

    def show_counts(self, counts: Mapping[Stage, int]) -> None:
        """Say how many leads stand in each stage."""
        self._counts = counts
        for one in self.lane.columns:
            one.show_count(counts.get(one.stage, 0))

    def set_empty(self, overlay: Overlay) -> None:
        """What to show where no lead is on the board."""
        self._empty = overlay
        self._show_empty()

    def show_opened(self, lead_id: str) -> None:
        """Mark the card of the lead that is open beside the board; empty for none."""
        self._opened = lead_id
        for one in self.lane.columns:
            one.cards.show_opened(lead_id)

    @property
    def marked(self) -> LeadRow | None:
        """The lead of the card that has, or had last, the keyboard."""
        here = None if self._here is None else self.lane.column(self._here)
        return None if here is None else here.cards.current_lead

    @property
    def marked_id(self) -> str:
        """The same by its id; empty for none."""
        return "" if self.marked is None else self.marked.id

    @property
    def overlay(self) -> Overlay | None:
        """What covers the board."""
        return self._overlay.overlay

    # By keyboard

    def take_keyboard(self) -> None:
        """Give the keyboard to the card that had it last, or to the first one there is."""
        here = self._current_column()
        if here is not None:
            self._go(here, max(0, here.cards.currentIndex().row()))
        else:
            self.lane.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """Open the next lead in the board's order: down a column, then on at the top of the one beside it."""
        here = self._current_column()
        if here is None:
            return
        row = here.cards.currentIndex().row() + (by if self._stands_open(here) else 0)
        if not 0 <= row < len(here.model.keys):
            beside = self._beside(here, by)
            if beside is None:
                return
            here, row = beside, 0 if by > 0 else len(beside.model.keys) - 1
        self._go(here, max(0, row))
        if here.cards.current_lead is not None:
            self.opened.emit(here.cards.current_lead.id)

    def carry_sideways(self, by: int) -> None:
        """Take the marked card up, if it is not yet, and hold it over the column beside."""
        here = self._current_column()
        lead = self.marked
        if self.lift.lead is not None:
            self.carrying.aim_sideways(by)
        elif here is not None and lead is not None and self.carrying.take_up(lead, here):
            here.cards.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.carrying.aim_sideways(by)

    def take_up(self) -> None:
        """Take the marked card up."""
        here, lead = self._current_column(), self.marked
        if here is not None and lead is not None and self.carrying.take_up(lead, here):
            here.cards.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fold_here(self) -> None:
        """Fold the column that has the keyboard; the one beside it takes that."""
        here = self._current_column()
        if here is not None:
            self.memory.turn(here)
            self.take_keyboard()

    def reveal(self, lead_id: str) -> None:
        """Go to the card of a lead, if it is among those that were read."""
        for one in self.lane.columns:
            one.model.find(lead_id, partial(self._found, one))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.carrying.guide.place()

    # Columns

    def _make_column(self, stage: Stage, parent: QWidget) -> BoardColumn:
        model = CardModel(self._bench, self._waits, self)
        return BoardColumn(self._bench, stage, model, self.lift, parent)

    def _column_made(self, made: BoardColumn) -> None:
        cards = made.cards
        cards.chosen.connect(lambda lead: self.opened.emit(lead.id))
        cards.focused.connect(partial(self._focused, made))
        cards.sideways.connect(partial(self._go_sideways, made))
        made.fold_asked.connect(lambda: self.memory.turn(made))
        made.model.keys_changed.connect(lambda _change: self._keys_changed(made))
        made.model.state_changed.connect(self._show_empty)
        made.model.failed.connect(lambda error: self._tell_failure(made, error))
        if self._counts:
            made.show_count(self._counts.get(made.stage, 0))
        cards.show_opened(self._opened)
        self.carrying.follow(made)
        self.memory.follow(made)
        if self._query is not None and made in self.lane.columns:
            self.memory.fold(by_choice=not self._query.filter.of("status"))
            self._ask(made)

    def _ask(self, one: BoardColumn) -> None:
        assert self._query is not None
        query = LeadQuery(column_filter(self._query.filter, one.stage), self._query.sort)
        one.model.show_leads(query, at_least=self.memory.cards_for(one))

    def _show_empty(self) -> None:
        """Where there is no card at all, say why, once for all columns."""
        columns = self.lane.columns
        cards = any(len(one.model.keys) for one in columns)
        failed = next((one.model.error for one in columns if one.model.error is not None), None)
        if not self.lane.complete or cards:
            self._overlay.clear_overlay()
        elif failed is not None:
            message = message_for(failed)
            sentence = " ".join(part for part in (message.kept, message.do) if part)
            self._overlay.show_overlay(Overlay(OverlayKind.ERROR, message.what, sentence, tr("Try again"), self._retry))
        elif self._empty is not None and all(one.model.ready for one in columns):
            self._overlay.show_overlay(self._empty)
        else:
            self._overlay.clear_overlay()

    def _retry(self) -> None:
        for one in self.lane.columns:
            one.model.retry()

    def _tell_failure(self, one: BoardColumn, error: Exception) -> None:
        """Cards from before stay in sight; a column without any says itself what went wrong. Said once for all."""
        if len(one.model.keys):
            self._bench.notifier.say(replace(message_for(error), key="board-failed"))

    def _reword(self) -> None:
        for one in self.lane.columns:
            one.model.reword()

    def _repaint(self) -> None:
        for one in self.lane.columns:
            one.cards.viewport().update()

    # Where the keyboard is

    def _current_column(self) -> BoardColumn | None:
        """The column that had the keyboard last; else the first that has cards."""
        here = None if self._here is None else self.lane.column(self._here)
        if here is not None and not here.folded and len(here.model.keys):
            return here
        return next((one for one in self._open_columns() if len(one.model.keys)), here)

    def _open_columns(self) -> list[BoardColumn]:
        return [one for one in self.lane.columns if not one.folded]

    def _beside(self, here: BoardColumn, by: int) -> BoardColumn | None:
        """The next column with cards on that side."""
        columns = self._open_columns()
        place = columns.index(here) if here in columns else 0
        beside = columns[place + 1 :] if by > 0 else columns[:place][::-1]
        return next((one for one in beside if len(one.model.keys)), None)

    def _go_sideways(self, here: BoardColumn, by: int) -> None:
        beside = self._beside(here, by)
        if beside is not None:
            y = here.cards.place_of(max(0, here.cards.currentIndex().row())).y()
            self._go(beside, beside.cards.row_beside(y))

    def _go(self, there: BoardColumn, row: int) -> None:
        self._here = there.stage
        there.cards.go_to(row)
        self.lane.reveal(there)

    def _focused(self, there: BoardColumn) -> None:
        self._here = there.stage
        self.marked_changed.emit()

    def _stands_open(self, here: BoardColumn) -> bool:
        """Whether the marked card is that of the open lead; where it went elsewhere, the next has taken its place."""
        lead = here.cards.current_lead
        return lead is not None and lead.id == self._opened

    def _found(self, there: BoardColumn, row: int | None) -> None:
        if row is not None and not there.folded:
            self._go(there, row)

    # Cards that were put down

    def _move(self, lead: LeadRow, option: MoveOption) -> None:
        self._follows = (lead.id, option.target)
        self._show_leaving(lead.id)
        self._settling.start()
        self.move_asked.emit(lead.id, option.target)

    def _settle(self) -> None:
        self._show_leaving("")

    def _show_leaving(self, lead_id: str) -> None:
        for one in self.lane.columns:
            one.cards.show_leaving(lead_id)

    def _keys_changed(self, there: BoardColumn) -> None:
        """A card that the person moved takes the keyboard along, unless they have gone on meanwhile."""
        self._show_empty()
        if self.lane.hasFocus():
            self.take_keyboard()
        if self._follows is not None and self._follows[1] is there.stage:
            there.model.find(self._follows[0], partial(self._followed, there, self._follows))

    def _followed(self, there: BoardColumn, followed: tuple[str, Stage], row: int | None) -> None:
        if row is None or followed != self._follows:
            return
        self._follows = None
        self._settle()
        if self._has_keyboard() and not there.folded:
            self._go(there, row)

    def _has_keyboard(self) -> bool:
        """Also while a dialog stands over the window, and will give it back."""
        return self.isAncestorOf(self.window().focusWidget())
