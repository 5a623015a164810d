"""This laptop's key at work: each request signed under a number of its own, higher than those before."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from fleetdesk.signatures import DeviceKey

__all__ = ["DeviceSigner"]


class DeviceSigner:
    """A signer (see `exchange`). `key` gives the laptop's key, in a thread, when the first request is sent.

    Numbers begin at the microseconds of this machine's clock, so that those of each start are above those of the last;
    where the clock was set back meanwhile, the hub tells from where on. Safe to ask from many threads and loops.
    """

    def __init__(self, key: Callable[[], DeviceKey], *, now: Callable[[], float] = time.time) -> None:
        self._find = key
        self._key: DeviceKey | None = None
        self._guard = threading.Lock()
        self._next = max(1, int(now() * 1_000_000))

    async def sign(self, method: str, path: str, body: bytes, authorization: str | None) -> dict[str, str]:
        if self._key is None:
            self._key = await asyncio.to_thread(self._find)
        number = self.next_number()
        return self._key.signed(number, method=method, path=path, body=body, authorization=authorization)

    def go_on_from(self, number: int) -> None:
        with self._guard:
            self._next = max(self._next, number)

    def next_number(self) -> int:
        """A number that no request of this process had."""
        with self._guard:
            number = self._next
            self._next += 1
        return number
