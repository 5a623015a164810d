"""`CarriedCard`: the card that is up, under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Radius
from fleetdesk.views.leads.board.card_painter import CardLook, CardPainter, card_height
from fleetdesk.views.leads.board.cards import Card

__all__ = ["CarriedCard"]

_SHADOW = 6  # pixels around the card


class CarriedCard(QWidget):
    """Follows the mouse over everything in the window, and lets it through."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._card: Card | None = None
        self._grip = QPoint()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def take_up(self, card: Card, width: int, grip: QPoint) -> None:
        """Show a card of this width, held at this point of it."""
        self._card, self._grip = card, grip
        self.setAccessibleName(card.title)
        self.resize(width + 2 * _SHADOW, card_height(self._theme) + 2 * _SHADOW)
        self.raise_()
        self.show()

    def carry(self, to: QPoint) -> None:
        """The mouse is at this point of the screen."""
        self.move(self._over.mapFromGlobal(to) - self._grip - QPoint(_SHADOW, _SHADOW))

    def put_down(self) -> None:
        """Nothing is carried any more."""
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: the card over its shadow."""
        if self._card is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        shadow = colour("#000000")
        for ring in range(_SHADOW):
            painter.setOpacity(0.02)
            painter.setBrush(shadow)
            around = self.rect().adjusted(ring, ring + 1, -ring, -ring + 1)
            painter.drawRoundedRect(around, Radius.PANEL + _SHADOW - ring, Radius.PANEL + _SHADOW - ring)
        painter.setOpacity(1.0)
        place = QRect(self.rect().adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW))
        CardPainter(self._theme).paint(painter, place, self._card, CardLook(opened=True))
        painter.end()
