"""`Carrying`: a card is taken up, carried over the columns and put down, with the mouse or by keys alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.leads.board.cards import card_of
from fleetdesk.views.leads.board.carried import CarriedCard
from fleetdesk.views.leads.board.column import BoardColumn
from fleetdesk.views.leads.board.lane import Lane
from fleetdesk.views.leads.board.lift import Lift
from fleetdesk.views.leads.guide import Guide
from fleetdesk.views.leads.moves import MoveOption

__all__ = ["Carrying"]

_FRAME = 16  # milliseconds between two steps of scrolling


class Carrying(QObject):
    """What may be carried and where it may be put down is the rules' affair; what becomes of it, the board's."""

    put_down = Signal(object, object)  # LeadRow, MoveOption: possible
    refused = Signal(object)  # MoveOption: not possible

    def __init__(
        self, lane: Lane, lift: Lift, theme: Theme, clock: Clock, *, may_carry: Callable[[], bool], board: QWidget
    ) -> None:
        """`may_carry` says whether the person may move leads at all, and tells them why not."""
        super().__init__(board)
        self._lane = lane
        self._lift = lift
        self._clock = clock
        self._may_carry = may_carry
        self._board = board
        self._mouse: QPoint | None = None
        self._card = CarriedCard(theme, board)
        self.guide = Guide(theme, tr("← → choose the stage · Enter puts it down · Esc leaves it"), board)
        self._scrolling = QTimer(self)
        self._scrolling.setInterval(_FRAME)
        self._scrolling.timeout.connect(self._scroll)
        lift.changed.connect(self._say)

    def follow(self, column: BoardColumn) -> None:
        """Hear what the person does with the cards of a column."""
        cards = column.cards
        cards.taken_up.connect(lambda lead, grip: self.take_up(lead, column, grip))
        cards.carried.connect(self.carry)
        cards.aimed_sideways.connect(self.aim_sideways)
        cards.put_down.connect(self.let_go)
        cards.given_up.connect(self.give_up)

    def take_up(self, lead: LeadRow, column: BoardColumn, grip: QPoint | None = None) -> bool:
        """Take a card up; the mouse holds it at a point of it. False where the person may not."""
        if self._lift.lead is not None or not self._may_carry():
            return False
        if grip is not None:
            self._card.take_up(card_of(lead, self._clock.now()), column.cards.place_of(0).width(), grip)
        self._lift.take_up(lead, [one.stage for one in self._lane.columns])
        return True

    def carry(self, point: QPoint) -> None:
        """The mouse has carried it to this point of the screen."""
        if self._lift.lead is None:
            return
        self._mouse = point
        self._card.carry(point)
        over = self._lane.at(point)
        self._lift.aim(None if over is None else over.stage)
        self._scrolling.start()

    def aim_sideways(self, by: int) -> None:
        """Hold it over the column beside, which comes into sight."""
        target = self._lift.target
        beside = None if target is None else self._lane.beside(target, by)
        if beside is not None:
            self._lift.aim(beside.stage)
            self._lane.reveal(beside)

    def let_go(self) -> None:
        """Put it down where it is."""
        lead = self._lift.lead
        option = self._end()
        if lead is None or option is None:
            return
        if option.possible:
            self.put_down.emit(lead, option)
        else:
            self.refused.emit(option)

    def give_up(self) -> None:
        """Leave it where it was."""
        self._end()

    def _end(self) -> MoveOption | None:
        self._scrolling.stop()
        self._mouse = None
        self._card.put_down()
        return self._lift.put_down()

    def _scroll(self) -> None:
        if self._mouse is None or not self._lane.scroll_at_edge(self._mouse):
            self._scrolling.stop()
        else:
            over = self._lane.at(self._mouse)
            self._lift.aim(None if over is None else over.stage)

    def _say(self) -> None:
        """The same for eyes and ears: where the card is, and what would become of it there."""
        words = self._lift.words()
        self.guide.say(words)
        if words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._board, words))
