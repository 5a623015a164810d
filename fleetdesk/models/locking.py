"""When FleetDesk locks by itself, and why it did."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from fleetdesk.models.passphrases import Word
from fleetdesk.models.types import JsonValue

__all__ = ["CHOICES", "MINUTES", "Safe", "Why", "minutes_from"]

MINUTES = "lock.minutes"
"""The name under which the laptop remembers after how many idle minutes it locks."""
CHOICES = (5, 10, 15, 30, 60)
"""Minutes that can be chosen."""
_USUAL = 15


class Why(StrEnum):
    """What it was that locked FleetDesk."""

    ASKED = "asked"
    IDLE = "idle"
    SLEEP = "sleep"  # the machine, or the lock of its session
    LEASE = "lease"


class Safe(Protocol):
    """What the keys of the local files are in, as far as a person has to do with it."""

    @property
    def word(self) -> Word:
        """What opens it."""
        ...

    def change(self, typed: str, new: str) -> None:
        """Have another PIN or passphrase open it. Takes a while.

        Raises Invalid, Busy, Unavailable: then it is as before.
        """
        ...


def minutes_from(kept: JsonValue) -> int:
    """The minutes that were chosen, if they are ones that can be."""
    return kept if isinstance(kept, int) and kept in CHOICES else _USUAL
