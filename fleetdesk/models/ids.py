"""Ids and the clock: made where the row is made, by a person's act, and never inside a command's `apply`."""

from __future__ import annotations

import datetime as dt
import os
import struct
import time
from threading import Lock
from typing import Protocol

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
    return _ids.new()


class _Ids:
    """Makes ids, each later than the one before. One draw of chance serves many: each draw lets other threads in."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._last = 0
        self._chances = iter(tuple[int]())

    def new(self) -> str:
        with self._turn:
            chance = next(self._chances, None)
            if chance is None:
                self._chances = iter(struct.unpack("512Q", os.urandom(8 * 512)))
                chance = next(self._chances)
            # Milliseconds, and 4096ths of one where other versions have chance (RFC 9562, 6.2, method 3).
            milliseconds, rest = divmod(time.time_ns(), 1_000_000)
            self._last = moment = max(milliseconds << 12 | (rest << 12) // 1_000_000, self._last + 1)
        time_text = f"{moment >> 12:012x}"
        end = f"{0x8000 | chance >> 48 & 0x3FFF:04x}-{chance & 0xFFFF_FFFF_FFFF:012x}"
        return f"{time_text[:8]}-{time_text[8:]}-7{moment & 0xFFF:03x}-{end}"


_ids = _Ids()
