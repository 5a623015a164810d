"""`Banner`: one line above content that is still there: read-only, offline, could not be refreshed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.painting import draw_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Tone
from fleetdesk.qt.widgets.buttons import Button, Kind

__all__ = ["Banner"]

_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.INFO: "info",
    Tone.ACTIVE: "info",
    Tone.NOTABLE: "info",
    Tone.WARNING: "warning",
    Tone.SUCCESS: "check-circle",
    Tone.DANGER: "warning-circle",
}


class Banner(QFrame):
    """A sentence on a coloured ground, with at most one action. Hidden until `tell`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._tone = Tone.INFO
        self._run: Callable[[], None] | None = None
        self._button = Button("", self._act, kind=Kind.QUIET)
        self.setLayout(row(STRETCH, self._button, margins=(GRID, 2, GRID, 2)))
        self.setMinimumHeight(theme.pixels(4 * GRID))
        theme.changed.connect(self.update)
        self.hide()

    def tell(self, text: str, tone: Tone, action: str = "", run: Callable[[], None] | None = None) -> None:
        """Show a sentence."""
        self._text, self._tone, self._run = text, tone, run
        self._button.set_text(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        colours = self._theme.tone(self._tone)
        size = self._theme.pixels(16)
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(colours.ground))
        icon = QRect(2 * GRID, (self.height() - size) // 2, size, size)
        self._theme.icons.paint(painter, icon, _ICONS[self._tone], colours.text)
        end = self._button.x() if self._button.isVisible() else self.width() - GRID
        words = QRect(icon.right() + GRID, 0, end - icon.right() - 2 * GRID, self.height())
        draw_text(painter, words, self._text, colours.text, self._theme.font())
        painter.end()

    def _act(self) -> None:
        if self._run is not None:
            self._run()
