"""A GUI thread under observation: it works as ever, and each stretch in which it could not be asked is noted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from bench.figures import NotMeasured

__all__ = ["Watch", "rest"]

_BREATH = 0.001
"""Seconds of sleep between two turns, in which other threads may run as they do while Qt waits for events."""
_LONGEST_WAIT = 600.0


@dataclass
class Watch:
    """The longest time from one turn of the event loop to the next, in seconds: on the wall, and of its processor."""

    longest: float = 0.0
    longest_own: float = 0.0

    def until(self, condition: Callable[[], bool], what: str, *, patience: float = _LONGEST_WAIT) -> float:
        """Let the event loop turn until the condition holds; at which time it did. Raises NotMeasured."""
        deadline = time.perf_counter() + patience
        before, own = time.perf_counter(), time.thread_time()
        while not condition():
            QCoreApplication.processEvents()
            time.sleep(_BREATH)
            now, spent = time.perf_counter(), time.thread_time()
            self.longest, self.longest_own = max(self.longest, now - before), max(self.longest_own, spent - own)
            before, own = now, spent
            if now > deadline:
                raise NotMeasured(f"no {what} after {patience:.0f} s")
        return time.perf_counter()


def rest(seconds: float) -> None:
    """Let the event loop turn for a while."""
    ended = time.perf_counter() + seconds
    Watch().until(lambda: time.perf_counter() >= ended, "end of a rest")
