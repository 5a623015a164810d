"""Places for what holds a connection of the pool for as long as its laptop takes to read: so many at a time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from fleetdesk.errors import Busy

__all__ = ["Places"]

_EACH = 2
"""A laptop needs one, and comes again after a network that broke before the hub has noticed."""


class Places:
    """At most `count` at a time, and of these two for each who asks: a slow reader keeps nobody else out."""

    def __init__(self, count: int, busy: str) -> None:
        """`busy`: what is said where there is none."""
        self._free = max(1, count)
        self._busy = busy
        self._held = Counter[str]()
        self._changed = threading.Condition()

    @contextmanager
    def place(self, who: str, *, patience: float = 0.0) -> Iterator[None]:
        """A place for as long as the block lasts; it is waited for so many seconds. Raises Busy where there is none."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_one(who), patience):
                raise Busy(self._busy, seconds=2.0)
            self._free -= 1
            self._held[who] += 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._held[who] -= 1
                if not self._held[who]:
                    del self._held[who]
                self._changed.notify_all()

    def _has_one(self, who: str) -> bool:
        return self._free > 0 and self._held[who] < _EACH
