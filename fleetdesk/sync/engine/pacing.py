"""When to act: a bell that wakes a waiting task, and the rhythm of pulls."""

from __future__ import annotations

import asyncio
import random

__all__ = ["Bell", "PullRhythm"]

_LEAD = 0.02
"""Seconds."""


class Bell:
    """Wakes the one task that waits for it. Rung while nobody waits, it is heard at the next wait; often is once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the task."""
        self._rung.set()

    def silence(self) -> None:
        """Forget that it was rung."""
        self._rung.clear()

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait until rung, at most that long. Whether it was rung."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self.silence()
        return True


class PullRhythm:
    """Decides when the next pull is due.

    The first word after a quiet second is followed at once (within `_LEAD` seconds, so that a hundred laptops do not
    ask in the same instant); those after it are gathered until `interval` is over, and half of what was left by chance.
    """

    def __init__(self, rng: random.Random, *, interval: float, poll: float) -> None:
        self._rng = rng
        self._interval = interval
        self._poll = poll
        self._word = Bell()
        self._urgent = Bell()
        self._next = 0.0

    def heard(self) -> None:
        """There is something to pull."""
        self._word.ring()

    def hurry(self) -> None:
        """Someone waits for the next pull: it is due now."""
        self._word.ring()
        self._urgent.ring()

    async def due(self) -> bool:
        """Return when the next pull should begin. Whether anything was heard; if not, it is due after `poll`."""
        told = await self._word.wait(self._poll * self._rng.uniform(0.9, 1.1))
        wait = max(0.0, self._next - asyncio.get_running_loop().time())
        await self._urgent.wait(wait + self._rng.uniform(0, _LEAD + wait / 2))
        # What was said until now, this pull brings.
        self._word.silence()
        self._urgent.silence()
        self._next = asyncio.get_running_loop().time() + self._interval
        return told
