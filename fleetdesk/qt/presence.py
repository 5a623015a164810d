"""`Presence`: whether anybody is at the windows: when a key, the mouse or a finger last did something there."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QWindow

__all__ = ["Presence"]

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchUpdate,
    }
)


class Presence(QObject):
    """Looks on from its making until `stop`."""

    def __init__(self, app: QGuiApplication, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds, from whenever."""
        super().__init__(app)
        self._app = app
        self._clock = clock
        self._touched = clock()
        app.focusWindowChanged.connect(self._attend)
        self._attend(app.focusWindow())

    @property
    def still(self) -> float:
        """Seconds since somebody was there."""
        return self._clock() - self._touched

    def stop(self) -> None:
        """Look on no longer."""
        self._app.focusWindowChanged.disconnect(self._attend)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt's: somebody is there."""
        if event.type() in _INPUT:
            self._touched = self._clock()
        return False

    def _attend(self, window: QWindow | None) -> None:
        self._touched = self._clock()
        if window is not None:
            window.installEventFilter(self)
