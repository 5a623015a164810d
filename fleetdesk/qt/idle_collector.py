"""`IdleCollector`: Python's great search for cycles, which stops every thread, waits until nobody is at the window."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from fleetdesk.qt.presence import Presence

__all__ = ["IdleCollector"]

_LOOKS = 5_000  # milliseconds between two looks whether anybody is there
_STILL = 20.0  # seconds without a key or a movement of the mouse, after which nobody is
_YOUNG = 5  # searches among the youngest objects, after which those that stayed are searched once more
_AT_THE_LATEST = 1_000  # searches among the young objects, after which it is made all the same: millions came to stay
_TURN = 0.0005  # seconds after which a thread at work lets the window have its turn: ten times sooner than usual


class IdleCollector(QObject):
    """Holds for the whole process, from its making until `stop`: make one, where the application begins.

    It also has the threads take shorter turns: the window may have to wait for one at each call into Qt.
    """

    def __init__(
        self,
        presence: Presence,
        *,
        busy: Callable[[], bool],
        collect: Callable[[], object] = gc.collect,
    ) -> None:
        """`busy`: whether anything goes on that the person waits for."""
        super().__init__(presence)
        self._busy = busy
        self._presence = presence
        self._collect = collect
        self._before = gc.get_threshold(), sys.getswitchinterval()
        gc.set_threshold(self._before[0][0], _YOUNG, _AT_THE_LATEST)
        sys.setswitchinterval(_TURN)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOKS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def stop(self) -> None:
        """Have everything as it was before."""
        self._timer.stop()
        thresholds, turn = self._before
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(turn)

    def look(self) -> None:
        """Search now, if there is anything to search among and nobody would notice."""
        still = self._presence.still >= _STILL
        if still and gc.get_count()[2] and not self._busy():
            self._collect()
