"""What is seen of a card that is up: the card itself under the mouse, and the guide that says where it is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.views.leads.board.card_painter import CardLook, CardPainter, card_height
from fleetdesk.views.leads.board.cards import Card

__all__ = ["CarriedCard", "Guide"]

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


class Guide(QFrame):
    """Says where the card is and which keys move it, at the lower edge of its parent, over what is there."""

    def __init__(self, theme: Theme, keys: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self.setProperty("ground", "raised")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words = Label(strong=True, wrap=True)
        self._keys = Label(keys, tint=Tint.MUTED, size=TextSize.SMALL)
        self.setLayout(column(self._words, self._keys, gap=GRID // 2, margins=(2 * GRID, GRID, 2 * GRID, GRID)))
        self.hide()

    @property
    def words(self) -> str:
        """What it says; nothing while it is not there."""
        return "" if self.isHidden() else self._words.text()

    def say(self, words: str) -> None:
        """Say where the card is; nothing to go."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        if words:
            self.place()
            self.raise_()

    def place(self) -> None:
        """Stand in the middle of the lower edge."""
        width = min(self._over.width() - 4 * GRID, self._theme.pixels(60 * GRID))
        layout = self.layout()
        assert layout is not None
        height = layout.heightForWidth(width)
        self.setGeometry((self._over.width() - width) // 2, self._over.height() - height - 2 * GRID, width, height)
