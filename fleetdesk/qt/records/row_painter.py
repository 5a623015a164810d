"""Draws the rows of a table: fast enough to paint a whole screen of them between two frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, ChipPainter, TextPainter
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius
from fleetdesk.qt.records.columns import Cell

__all__ = ["RowLook", "RowPainter", "Span"]

_BAR = 3  # the accent at the start of the current row


@dataclass(frozen=True, slots=True)
class Span:
    """Where a column's text stands in the viewport, in pixels, and how it is aligned."""

    column: int
    x: int
    width: int
    align: Align


@dataclass(frozen=True, slots=True)
class RowLook:
    """The states that change how a row looks."""

    selected: bool = False
    current: bool = False
    hovered: bool = False
    focused: bool = False


class RowPainter:
    """Made anew for each theme: it holds the fonts and what was measured with them."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._chips = ChipPainter(theme)
        self._texts = {
            (strong, tabular): TextPainter(_font(theme, strong=strong, tabular=tabular), fast=not tabular)
            for strong in (False, True)
            for tabular in (False, True)
        }
        self._icon = theme.pixels(16)
        palette = theme.palette
        self._text, self._muted = colour(palette.text), colour(palette.text_muted)

    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook) -> None:
        """The row's ground, its line below, and the bar of the current row."""
        palette = self._theme.palette
        if look.selected:
            painter.fillRect(rect, colour(palette.selected))
        elif look.hovered:
            painter.fillRect(rect, colour(palette.hover))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colour(palette.line))
        if look.current and look.focused:
            painter.fillRect(rect.x(), rect.y(), _BAR, rect.height() - 1, colour(palette.focus))
            painter.fillRect(rect.x(), max(0, rect.y() - 1), rect.width(), 1, colour(palette.focus))
            painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colour(palette.focus))

    def paint_cells(
        self, painter: QPainter, y: int, height: int, spans: Sequence[Span], cells: tuple[Cell, ...]
    ) -> None:
        """The cells of one row."""
        for span in spans:
            cell = cells[span.column]
            rect = QRect(span.x, y, span.width, height - 1)
            if rect.width() <= 0 or not (cell.text or cell.icon):
                continue
            if cell.tone is not None:
                self._chips.paint(painter, rect, cell.text, cell.tone)
            else:
                self._paint_text(painter, rect, cell, span.align)

    def paint_waiting(self, painter: QPainter, y: int, height: int, spans: Sequence[Span]) -> None:
        """A quiet bar in place of each cell of a row that is on its way."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.line))
        for span in spans:
            width = span.width * 5 // 9
            x = span.x + span.width - width if span.align is Align.END else span.x
            painter.drawRoundedRect(x, y + height // 2 - 4, width, 7, Radius.CHIP, Radius.CHIP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_text(self, painter: QPainter, rect: QRect, cell: Cell, align: Align) -> None:
        if cell.icon:
            square = QRect(rect.x(), rect.y() + (rect.height() - self._icon) // 2, self._icon, self._icon)
            self._theme.icons.paint(painter, square, cell.icon, self._theme.palette.text_muted)
            rect = rect.adjusted(self._icon + GRID // 2, 0, 0, 0)
        value = self._muted if cell.muted else self._text
        self._texts[cell.strong, align is Align.END].draw(painter, rect, cell.text, value, align)


def _font(theme: Theme, *, strong: bool, tabular: bool) -> QFont:
    """Strong cells are medium, not bold: a column of them should not shout."""
    font = theme.font(tabular=tabular)
    if strong:
        font.setWeight(QFont.Weight.Medium)
    return font
