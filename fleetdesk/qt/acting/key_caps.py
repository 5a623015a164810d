"""A shortcut drawn as the keys of a keyboard: as a widget, and for lists."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.text import Label, shortcut_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize

__all__ = ["CapPainter", "KeyCaps", "caps"]

_SIDE = 5  # pixels between a key's edge and its sign
_GAP = 2


class KeyCaps(QWidget):
    """A shortcut as keys on a keyboard."""

    def __init__(self, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(shortcut_text(shortcut))
        line = row(gap=_GAP)
        for cap in caps(shortcut):
            label = Label(cap)
            label.setProperty("role", "key")
            line.addWidget(label)
        self.setLayout(line)


class CapPainter:
    """Draws a shortcut's keys at the end of a line. Made anew for each theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._font = theme.font(TextSize.SMALL)
        self._metrics = QFontMetrics(self._font)

    def width(self, shortcut: str) -> int:
        """How wide the keys are, side by side."""
        found = caps(shortcut)
        return sum(map(self._cap_width, found)) + _GAP * max(0, len(found) - 1)

    def paint(self, painter: QPainter, rect: QRect, shortcut: str) -> None:
        """Draw the keys at the end of a rectangle, in its vertical middle."""
        palette = self._theme.palette
        height = self._metrics.height() + GRID // 2
        x = rect.right() + 1 - self.width(shortcut)
        painter.save()
        painter.setFont(self._font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for cap in caps(shortcut):
            place = QRect(x, rect.y() + (rect.height() - height) // 2, self._cap_width(cap), height)
            painter.setPen(QPen(colour(palette.line_strong), 1))
            painter.setBrush(colour(palette.sunken))
            painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), Radius.CHIP, Radius.CHIP)
            painter.setPen(colour(palette.text_muted))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, cap)
            x += place.width() + _GAP
        painter.restore()

    def _cap_width(self, cap: str) -> int:
        return max(self._metrics.height() + GRID // 2, self._metrics.horizontalAdvance(cap) + 2 * _SIDE)


def caps(shortcut: str) -> list[str]:
    """The keys of a shortcut in the order in which they are pressed: "Ctrl++" is Ctrl and +."""
    text = shortcut_text(shortcut)
    return [cap for stroke in text.split(", ") for cap in _pressed_together(stroke)] if text else []


def _pressed_together(stroke: str) -> list[str]:
    if stroke.endswith("+"):
        return [*filter(None, stroke[:-1].split("+")), "+"]
    return stroke.split("+")
