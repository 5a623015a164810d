"""`Pace`: reads something again after changes, without spending all of the time on it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

__all__ = ["Pace"]

_LEAST = 0.4  # seconds between a change and reading again
_REST = 4  # times as long as the last reading took


class Pace(QObject):
    """At most one reading at a time; the next one begins after a pause of several times its length.

    While nobody looks (`rest`), nothing is read; what changed meanwhile is read at `wake`.
    """

    def __init__(self, begin: Callable[[], None], parent: QObject) -> None:
        """`begin` starts the reading; `ended` tells when it has come, or failed."""
        super().__init__(parent)
        self._begin = begin
        self._began = 0.0
        self._pause = _LEAST
        self._reading = self._outdated = self._awake = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go)

    def now(self) -> None:
        """Read at once: the person asked for something else. A reading under way is of no use any more."""
        self._reading = False
        self._outdated = True
        if self._awake:
            self._go()

    def soon(self) -> None:
        """Read again: something changed."""
        self._outdated = True
        if self._awake and not self._reading and not self._timer.isActive():
            self._timer.start(round(1000 * self._pause))

    def ended(self) -> None:
        """The reading has come, or failed."""
        self._reading = False
        self._pause = max(_LEAST, _REST * (time.monotonic() - self._began))
        if self._outdated:
            self.soon()

    def wake(self) -> None:
        """Somebody looks."""
        self._awake = True
        if self._outdated and not self._reading:
            self._go()

    def rest(self) -> None:
        """Nobody looks any more."""
        self._awake = False
        self._timer.stop()

    def _go(self) -> None:
        self._timer.stop()
        self._reading, self._outdated = True, False
        self._began = time.monotonic()
        self._begin()
