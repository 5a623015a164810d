"""Who writes next: one at a time, and people before synchronisation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Turns"]


class Turns:
    """A lock that a person's act takes before any synchronisation that waits for it too. Not reentrant."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._people = 0

    @property
    def people_waiting(self) -> int:
        """How many people wait for their turn."""
        return self._people

    @contextmanager
    def person(self) -> Iterator[None]:
        """The turn of what a person waits for."""
        with self._changed:
            self._people += 1
            try:
                self._changed.wait_for(lambda: not self._taken)
            finally:
                self._people -= 1
            self._taken = True
        try:
            yield
        finally:
            self._give_up()

    @contextmanager
    def sync(self) -> Iterator[None]:
        """The turn of synchronisation: take it for a fraction of a second at a time."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken and not self._people)
            self._taken = True
        try:
            yield
        finally:
            self._give_up()

    def _give_up(self) -> None:
        with self._changed:
            self._taken = False
            self._changed.notify_all()
