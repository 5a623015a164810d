"""How long to wait before the next try: exponential with full jitter, so that a hub that comes back is not stormed."""

from __future__ import annotations

import random

__all__ = ["Backoff"]


class Backoff:
    """Delays drawn evenly from 0 up to a bound that doubles with each failure: `first` seconds, at most `longest`."""

    def __init__(self, rng: random.Random, *, first: float = 0.5, longest: float = 60.0) -> None:
        self._rng = rng
        self._first = first
        self._longest = longest
        self._bound = first

    def next_delay(self, told: float = 0.0) -> float:
        """Seconds to wait after one more failure; where the other side told how many, never less.

        Up to half as many more are added then: whoever is told to wait is told so at the same time as many others.
        """
        bound, self._bound = self._bound, min(self._longest, 2 * self._bound)
        return told + self._rng.uniform(0, max(bound, told / 2))

    def reset(self) -> None:
        """Begin anew: something worked, or the person or the network says that it is worth a try."""
        self._bound = self._first
