"""`TwoPartDelegate`: lines of a list with a second, quieter part at their other side."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter, draw_focus_ring
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius

__all__ = ["PART", "TwoPartDelegate"]

PART = Qt.ItemDataRole.UserRole + 7
"""The role of the second part."""

Index = QModelIndex | QPersistentModelIndex


class TwoPartDelegate(QStyledItemDelegate):
    """The item's text, and what is kept under `PART`."""

    def __init__(self, theme: Theme, parent: QWidget, *, height: int) -> None:
        """`height` is that of a line, before any scaling."""
        super().__init__(parent)
        self._theme = theme
        self._height = height
        self._text = TextPainter(theme.font())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's."""
        return QSize(0, self._theme.pixels(self._height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        palette, text, part = self._theme.palette, str(index.data()), str(index.data(PART) or "")
        rect, state = QRect(option.rect), option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.selected if state & QStyle.StateFlag.State_Selected else palette.hover))
            painter.drawRoundedRect(rect, Radius.CHIP, Radius.CHIP)
        inner = rect.adjusted(GRID, 0, -GRID, 0)
        wide = min(self._text.advance(text), inner.width() * 2 // 3) + 1
        self._text.draw(painter, QRect(inner.topLeft(), QSize(wide, inner.height())), text, colour(palette.text))
        rest = inner.adjusted(wide + 2 * GRID, 0, 0, 0)
        self._text.draw(painter, rest, part, colour(palette.text_muted), Align.END)
        if state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect, palette.focus, Radius.CHIP)
