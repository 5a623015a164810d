"""Draws the cards of the board: quick enough to paint a whole board of them between two frames."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, ChipPainter, TextPainter, draw_focus_ring
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.widgets.avatar import paint_avatar
from fleetdesk.views.leads.board.cards import Card

__all__ = ["CARD_GAP", "CardLook", "CardPainter", "card_height"]

CARD_GAP = GRID
"""Pixels between two cards."""
_SIDE = GRID + 4  # from a card's edge to its words
_GHOST = 0.35  # how much of a card is left in the place from which it was taken up


@dataclass(frozen=True, slots=True)
class CardLook:
    """The states that change how a card looks. `opened`: its lead stands beside the board."""

    current: bool = False
    hovered: bool = False
    opened: bool = False
    ghost: bool = False
    waiting: bool = False


def card_height(theme: Theme) -> int:
    """How high a card is, by density and text size."""
    return theme.pixels(66) + 2 * _inset(theme)


class CardPainter:
    """Made anew for each theme: it holds the fonts and what was measured with them."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        title = theme.font()
        title.setWeight(QFont.Weight.Medium)
        self._title = TextPainter(title, fast=True)
        self._about = TextPainter(theme.font(TextSize.SMALL), fast=True)
        self._figures = TextPainter(theme.font(TextSize.SMALL, tabular=True))
        self._chips = ChipPainter(theme)
        self._inset = _inset(theme)
        self._icon = theme.pixels(14)
        self._disc = theme.pixels(24)

    def paint(self, painter: QPainter, place: QRect, card: Card, look: CardLook) -> None:
        """Draw a card in its place."""
        painter.save()
        if look.ghost:
            painter.setOpacity(_GHOST)
        self.paint_ground(painter, place, look)
        inner = place.adjusted(_SIDE, self._inset, -_SIDE, -self._inset)
        line = self._theme.pixels(20)
        self._paint_title(painter, QRect(inner.x(), inner.y(), inner.width(), line), card, look)
        self._paint_about(painter, QRect(inner.x(), inner.y() + line, inner.width(), self._theme.pixels(18)), card)
        foot = QRect(inner.x(), inner.bottom() - self._disc + 1, inner.width(), self._disc)
        self._paint_foot(painter, foot, card, look)
        painter.restore()

    def paint_ground(self, painter: QPainter, place: QRect, look: CardLook) -> None:
        """The card without its words."""
        palette = self._theme.palette
        rested = palette.raised if palette.dark else palette.surface
        ground = palette.selected if look.opened else palette.hover if look.hovered else rested
        edge = palette.accent if look.opened else palette.line_strong if look.hovered else palette.line
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(edge), 1))
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), Radius.PANEL, Radius.PANEL)
        if look.current:
            faded = painter.opacity()
            painter.setOpacity(1.0)  # where the keyboard is, is seen around what is left of a card too
            draw_focus_ring(painter, place, palette.focus, Radius.PANEL)
            painter.setOpacity(faded)

    def paint_waiting(self, painter: QPainter, place: QRect) -> None:
        """A quiet card in place of one that is on its way."""
        self.paint_ground(painter, place, CardLook())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.line))
        x, y, width = place.x() + _SIDE, place.y() + self._inset + GRID // 2, place.width() - 2 * _SIDE
        for number, share in enumerate((5, 7, 3)):
            bar = QRect(x, y + number * self._theme.pixels(22), width * share // 9, GRID)
            painter.drawRoundedRect(bar, Radius.CHIP, Radius.CHIP)

    def _paint_title(self, painter: QPainter, line: QRect, card: Card, look: CardLook) -> None:
        palette = self._theme.palette
        self._figures.draw(painter, line, card.age, colour(palette.text_faint), Align.END)
        line = line.adjusted(0, 0, -self._figures.advance(card.age) - GRID, 0)
        for icon, shown in (("cloud-arrow-up", look.waiting), ("trash", card.faded)):
            if shown:
                line = self._paint_icon_at_end(painter, line, icon)
        value = palette.text_muted if card.faded else palette.text
        self._title.draw(painter, line, card.title, colour(value))

    def _paint_about(self, painter: QPainter, line: QRect, card: Card) -> None:
        muted = colour(self._theme.palette.text_muted)
        if card.fleet:
            wide = self._figures.advance(card.fleet)
            self._figures.draw(painter, line, card.fleet, muted, Align.END)
            line = line.adjusted(0, 0, -wide - GRID // 2, 0)
            line = self._paint_icon_at_end(painter, line, "car")
        self._about.draw(painter, line, card.about, muted)

    def _paint_foot(self, painter: QPainter, line: QRect, card: Card, look: CardLook) -> None:
        if card.owner:
            disc = QRect(line.right() - self._disc + 1, line.y(), self._disc, self._disc)
            ground = self._theme.palette.surface if look.opened else self._theme.palette.selected
            paint_avatar(painter, disc, card.owner, self._theme, ground=ground)
            line = line.adjusted(0, 0, -self._disc - GRID, 0)
        if card.tone is None:
            self._about.draw(painter, line, card.step, colour(self._theme.palette.text_faint))
        else:
            self._chips.paint(painter, line, card.step, card.tone)

    def _paint_icon_at_end(self, painter: QPainter, line: QRect, icon: str) -> QRect:
        """Draw an icon at the end of a line; gives what is left of the line."""
        y = line.y() + (line.height() - self._icon) // 2
        square = QRect(line.right() - self._icon + 1, y, self._icon, self._icon)
        self._theme.icons.paint(painter, square, icon, self._theme.palette.text_faint)
        return line.adjusted(0, 0, -self._icon - GRID // 2, 0)


def _inset(theme: Theme) -> int:
    return theme.row_height * 5 // 16
