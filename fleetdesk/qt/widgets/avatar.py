"""`Avatar`: a person's initials on a disc."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize

__all__ = ["Avatar", "paint_avatar"]

_SIZE = 32


class Avatar(QWidget):
    """Stands beside a name, which says the same: a screen reader passes it by."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self._theme.pixels(_SIZE), self._theme.pixels(_SIZE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        paint_avatar(painter, self.rect(), self._name, self._theme)
        painter.end()


def paint_avatar(painter: QPainter, disc: QRect, name: str, theme: Theme, *, ground: str = "") -> None:
    """Draw someone's initials on a disc of this place and size; `ground` is its colour where another is needed."""
    initials = "".join(part[0] for part in name.split()[:2]).upper()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ground or theme.palette.selected))
    painter.drawEllipse(disc)
    painter.setFont(theme.font(TextSize.SMALL, strong=True))
    painter.setPen(colour(theme.palette.accent_text))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials)
    painter.restore()
