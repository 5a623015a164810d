"""`MinuteHand`: tells the screens once a minute that “8 min” is “9 min” now."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

__all__ = ["MinuteHand"]


class MinuteHand(QObject):
    """Moves as long as it lives: give it the window as its parent."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(60_000)
        self._timer.timeout.connect(self.moved)
        self._timer.start()
