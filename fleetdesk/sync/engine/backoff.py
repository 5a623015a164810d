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

    def next_delay(self) -> float:
        """Seconds to wait after one more failure."""
        bound, self._bound = self._bound, min(self._longest, 2 * self._bound)
        return self._rng.uniform(0, bound)

    def reset(self) -> None:
        """Begin anew: something worked, or the person or the network says that it is worth a try."""
        self._bound = self._first
