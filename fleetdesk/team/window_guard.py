"""`WindowGuard`: small windows over an opened vault lock as the large ones do: the keys are in memory there too."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from fleetdesk.locking.lock_keeper import AbsenceWatch, Clocks
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.locking import Why, minutes_from
from fleetdesk.qt.presence import Presence
from fleetdesk.qt.small_window import SmallWindow

__all__ = ["WindowGuard"]


class WindowGuard:
    """Has each window that it attends close when nobody is there or the machine sleeps; `why` says so then.

    `minutes`: after how many idle ones.
    """

    def __init__(self, sleep: SleepWatch, *, clocks: Clocks | None = None) -> None:
        self.minutes = minutes_from(None)
        self.why: Why | None = None
        self._sleep = sleep
        self._clocks = clocks
        self._windows: list[SmallWindow] = []
        self._watch: AbsenceWatch | None = None

    def attend(self, window: SmallWindow) -> None:
        """Look on until this one is finished, which may stand before others."""
        self._windows.append(window)
        window.finished.connect(partial(self._leave, window))
        if self.why is not None:
            QTimer.singleShot(0, window, partial(window.lock, self.why))
        elif self._watch is None:
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            self._watch = AbsenceWatch(Presence(app), lambda: self.minutes, sleep=self._sleep, clocks=self._clocks)
            self._watch.wanted.connect(self._lock)

    def look(self) -> None:
        """Look now."""
        if self._watch is not None:
            self._watch.look()

    def _lock(self, why: Why) -> None:
        self.why = self.why or why
        for window in reversed(self._windows):
            window.lock(why)

    def _leave(self, window: SmallWindow, _result: int) -> None:
        self._windows.remove(window)
        watch = self._watch
        if watch is not None and not self._windows:
            self._watch = None
            watch.stop()
            watch.presence.stop()
            watch.presence.deleteLater()
            watch.deleteLater()
