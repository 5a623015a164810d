"""A clock that no person sets: the time since the machine started."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Uptime", "uptime"]

Uptime = Callable[[], float]
"""Seconds since the machine started."""


def uptime() -> float:
    """Seconds since the machine started, those asleep included where the system counts them."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
