"""`Saver`: writes small things down in a thread of its own, so that the GUI thread never waits for a disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Qt, Signal

__all__ = ["Saver"]

_AGAIN = 5.0  # seconds until what could not be written is tried again


class Saver(QObject):
    """Keeps the order in which it was asked; what was asked before `close` is written before `close` returns.

    What cannot be written is told once, and tried again until it can be, or something newer takes its place.
    """

    failed = Signal(object)  # the exception; emitted in the GUI thread
    _raised = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Hashable, tuple[float, Callable[[], None]]] = {}  # when it is due, and the writing
        self._failing: set[Hashable] = set()
        self._asked = threading.Condition()
        self._closed = False
        self._raised.connect(self.failed, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._serve, name="fleetdesk-saver", daemon=True)
        self._thread.start()

    def save(self, what: Hashable, write: Callable[[], None], *, within: float = 0.0) -> None:
        """Have `write` called soon, in place of an older one of the same thing that still waits.

        What is said anew with every key may be written `within` so many seconds of the first one.
        """
        with self._asked:
            due = time.monotonic() + within
            older = self._waiting.pop(what, None)
            self._waiting[what] = (due if older is None else min(due, older[0]), write)
            self._asked.notify()

    def close(self, timeout: float = 5.0) -> bool:
        """Write what waits and end the thread; False if it is still busy after `timeout` seconds."""
        with self._asked:
            self._closed = True
            self._asked.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        while (waiting := self._next()) is not None:
            what, write = waiting
            try:
                write()
            except Exception as error:  # noqa: BLE001  (whatever it is, it is told in the GUI thread)
                self._try_again(what, write, error)
            else:
                self._failing.discard(what)

    def _try_again(self, what: Hashable, write: Callable[[], None], error: Exception) -> None:
        with self._asked:
            if not self._closed:
                self._waiting.setdefault(what, (time.monotonic() + _AGAIN, write))
        if what not in self._failing:
            self._failing.add(what)
            self._raised.emit(error)

    def _next(self) -> tuple[Hashable, Callable[[], None]] | None:
        with self._asked:
            while self._waiting or not self._closed:
                what = min(self._waiting, key=lambda waiting: self._waiting[waiting][0], default=None)
                pause = None if what is None else self._waiting[what][0] - time.monotonic()
                if what is not None and pause is not None and (pause <= 0 or self._closed):
                    return what, self._waiting.pop(what)[1]
                self._asked.wait(pause)
            return None
