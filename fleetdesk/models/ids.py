"""Ids and the clock: made where the row is made, by a person's act, and never inside a command's `apply`."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from uuid6 import uuid7

__all__ = ["Clock", "SystemClock", "new_id"]


class Clock(Protocol):
    """Tells the time; tests and simulations give their own."""

    def now(self) -> dt.datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """A fresh UUIDv7 (RFC 9562) in lower-case text: ordered by time, so a large encrypted load stays sequential."""
    return str(uuid7())
