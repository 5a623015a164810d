"""Slots for what holds a connection of the pool for as long as its laptop takes to read: so many at a time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from fleetdesk.errors import Busy

__all__ = ["Slots"]

_EACH = 2
"""A laptop needs one, and comes again after a network that broke before the hub has noticed."""


class Slots:
    """At most `count` at a time, and of these two for each who asks: a slow reader keeps nobody else out."""

    def __init__(self, count: int, busy: str) -> None:
        """`busy`: what is said where all are taken."""
        self._free = max(1, count)
        self._busy = busy
        self._asked = Counter[str]()
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, who: str, *, patience: float = 0.0) -> Iterator[None]:
        """A slot for as long as the block lasts; one that others have is waited for, so many seconds.

        Raises Busy where there is none, and at once for who has two: each that waits takes a thread of the hub.
        """
        with self._changed:
            if self._asked[who] >= _EACH:
                raise Busy("This laptop is being answered already.", seconds=2.0)
            self._asked[who] += 1
            if not self._changed.wait_for(lambda: self._free > 0, patience):
                self._leave(who)
                raise Busy(self._busy, seconds=2.0)
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._leave(who)
                self._changed.notify()

    def _leave(self, who: str) -> None:
        self._asked[who] -= 1
        if not self._asked[who]:
            del self._asked[who]
