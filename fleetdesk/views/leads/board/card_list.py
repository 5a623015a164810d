"""`CardList`: the cards of one column, one below the other; a card is taken up with the mouse or with Space."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import Index, LoadState
from fleetdesk.qt.widgets.state_overlay import Overlay
from fleetdesk.queries.leads import LeadQuery, LeadRow
from fleetdesk.views.leads.board.card_model import CardModel
from fleetdesk.views.leads.board.card_painter import CARD_GAP, CardLook, CardPainter, card_height
from fleetdesk.views.leads.board.cards import card_of
from fleetdesk.views.leads.board.lift import Lift

__all__ = ["CardList"]

_SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SKELETONS = 3


class CardList(RecordTableView[LeadQuery, LeadRow]):
    """Says what the person wants with its cards; what becomes of them is the board's affair.

    While a card is up, all keys are about that card, so that no letter does something else with it meanwhile.
    """

    chosen = Signal(object)  # LeadRow: open this lead
    focused = Signal()  # a card has the keyboard, or another one has
    sideways = Signal(int)  # to the column beside
    taken_up = Signal(object, object)  # LeadRow, and QPoint in the window where the mouse did it
    carried = Signal(QPoint)  # the mouse moved with the card, to this point of the screen
    aimed_sideways = Signal(int)
    put_down = Signal()
    given_up = Signal()

    def __init__(self, model: CardModel, lift: Lift, theme: Theme, now: Callable[[], dt.datetime], name: str) -> None:
        self._cards = model
        self._lift = lift
        self._now = now
        self._pressed: QPoint | None = None
        self._leaving = ""
        self.opened_lead = ""
        super().__init__(model, theme=theme, name=name)
        self.horizontalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self.row_height // 4)
        self.setProperty("ground", "clear")
        self.opened.connect(self.chosen)

    @property
    def row_height(self) -> int:
        """A card and the gap below it."""
        return card_height(self._theme) + CARD_GAP

    @property
    def current_lead(self) -> LeadRow | None:
        """The lead of the card that has, or had last, the keyboard."""
        row = self.currentIndex().row()
        return self._cards.row_at(row) if 0 <= row < len(self._cards.keys) else None

    def place_of(self, row: int) -> QRect:
        """Where a card is in the viewport."""
        y = row * self._row_height - self.verticalScrollBar().value()
        return QRect(GRID, y, self.viewport().width() - GRID, self._row_height - CARD_GAP)

    def go_to(self, row: int) -> None:
        """Give a card the keyboard, and bring it into sight."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if len(self._cards.keys):
            index = self._cards.index(max(0, min(row, len(self._cards.keys) - 1)), 0)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def row_beside(self, y: int) -> int:
        """The row of the card at this height, which a card of another column has."""
        return (y + self.verticalScrollBar().value() + self._row_height // 2) // self._row_height

    def show_opened(self, lead_id: str) -> None:
        """Mark the card of the lead that stands open beside the board."""
        self.opened_lead = lead_id
        self.viewport().update()

    def show_leaving(self, lead_id: str) -> None:
        """The card is on its way elsewhere: what is left of it fades. Empty for none."""
        self._leaving = lead_id
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self.viewport())
        cards = self._painter_of_cards
        now = self._now()
        for row in self._rows_between(event.rect().top(), event.rect().bottom()):
            lead = self._cards.row_at(row)
            if lead is None:
                cards.paint_waiting(painter, self.place_of(row))
            else:
                cards.paint(painter, self.place_of(row), card_of(lead, now), self._look_of(row, lead))
        if not len(self._cards.keys):
            self._paint_nothing(painter)
        painter.end()

    def _look_of(self, row: int, lead: LeadRow) -> CardLook:
        up = self._lift.lead is not None and self._lift.lead.id == lead.id
        return CardLook(
            current=row == self.currentIndex().row() and self.hasFocus(),
            hovered=row == self._hovered and self._lift.lead is None,
            opened=lead.id == self.opened_lead,
            ghost=up or lead.id == self._leaving,
            waiting=self._cards.waits(lead.id),
        )

    def _paint_nothing(self, painter: QPainter) -> None:
        if self._cards.state is LoadState.LOADING:
            for row in range(_SKELETONS):
                self._painter_of_cards.paint_waiting(painter, self.place_of(row))
        elif self._cards.state is LoadState.READY:
            place = QRect(GRID, GRID, self.viewport().width() - 2 * GRID, self._theme.pixels(40))
            font = self._theme.font(TextSize.SMALL)
            TextPainter(font).draw(painter, place, tr("No leads"), colour(self._theme.palette.text_faint), Align.CENTRE)
            if self.hasFocus():
                painter.fillRect(QRect(GRID, place.bottom(), place.width(), 2), colour(self._theme.palette.focus))

    def _restyle(self) -> None:
        self._painter_of_cards = CardPainter(self._theme)
        super()._restyle()

    def _overlay_for_state(self) -> Overlay | None:
        """Only a failure covers the cards: an empty stage, or one on its way, is quiet."""
        failed = self._cards.state is LoadState.FAILED and not len(self._cards.keys)
        return super()._overlay_for_state() if failed else None

    def _look(self) -> None:
        super()._look()
        self._cards.reach(self.rows_in_sight().stop - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.setColumnWidth(0, self.viewport().width())

    # Keyboard

    def event(self, event: QEvent) -> bool:
        """Qt's: while a card is up, no key is a shortcut of something else."""
        if event.type() is QEvent.Type.ShortcutOverride and self._lift.lead is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        key = Qt.Key(event.key())
        if self._lift.lead is not None:
            self._steer(key)
        elif key == Qt.Key.Key_Space:
            self._take_up_current()
        elif key in _SIDEWAYS and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.sideways.emit(_SIDEWAYS[key])
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Qt's."""
        super().currentChanged(current, previous)
        self.viewport().update()
        if self.hasFocus():
            self.focused.emit()

    def _steer(self, key: Qt.Key) -> None:
        if key in _SIDEWAYS:
            self.aimed_sideways.emit(_SIDEWAYS[key])
        elif key in _ENTER or key == Qt.Key.Key_Space:
            self.put_down.emit()
        elif key == Qt.Key.Key_Escape:
            self._pressed = None
            self.given_up.emit()

    def _take_up_current(self) -> None:
        if self.current_lead is not None:
            self.taken_up.emit(self.current_lead, None)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: a press may become a click or the taking up of a card; which one shows later."""
        row = self.rowAt(event.position().toPoint().y())
        if event.button() is Qt.MouseButton.LeftButton and row >= 0:
            self._pressed = event.position().toPoint()
            self.setCurrentIndex(self._cards.index(row, 0))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        here = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
        elif self._lift.lead is not None:
            self.carried.emit(event.globalPosition().toPoint())
        elif (here - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            lead = self._cards.row_at(self.rowAt(self._pressed.y()))
            if lead is not None:
                self.taken_up.emit(lead, self._pressed - self.place_of(self.rowAt(self._pressed.y())).topLeft())
                self.carried.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        pressed, self._pressed = self._pressed, None
        if pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._lift.lead is not None:
            self.put_down.emit()
        elif self.rowAt(event.position().toPoint().y()) == self.rowAt(pressed.y()) and self.current_lead is not None:
            self.chosen.emit(self.current_lead)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's: the first click has opened it."""
        event.accept()
