"""`StatusChip`: a status as a word on a coloured ground."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fleetdesk.qt.look.painting import ChipPainter
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Tone

__all__ = ["StatusChip"]


class StatusChip(QWidget):
    """Shows one word in a tone, as tables do."""

    def __init__(self, theme: Theme, text: str = "", tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = text
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        self._restyle()
        theme.changed.connect(self._restyle)

    def show_status(self, text: str, tone: Tone) -> None:
        """Show another status."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt's: as wide as the word."""
        return QSize(self._chips.width(self._text), self._chips.height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        self._chips.paint(painter, self.rect(), self._text, self._tone)
        painter.end()

    def _restyle(self) -> None:
        self._chips = ChipPainter(self._theme)
        self.updateGeometry()
        self.update()
