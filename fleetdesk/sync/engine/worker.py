"""A thread for the store's blocking calls, so that the loop which speaks to the hub never waits for a disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["Worker"]

_T = TypeVar("_T")


class Worker:
    """One thread, so that what a series of calls opens stays with it.

    A call that began is waited for, also by a task that is cancelled meanwhile: nobody may close the files under it.
    `interrupt` is called with the thread's id to cut such a call short.
    """

    def __init__(self, name: str, *, interrupt: Callable[[int], None] | None = None) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"fleetdesk-{name}")
        self._interrupt = interrupt
        self._thread_id: int | None = None

    async def call(self, work: Callable[[], _T]) -> _T:
        """Run the work in the thread, after what was given before; its result, or what it raises."""
        return await self.begin(work)

    def begin(self, work: Callable[[], _T]) -> asyncio.Task[_T]:
        """Like `call`, for a caller that goes on and awaits the result later."""
        return asyncio.ensure_future(self._run(work))

    def close(self) -> None:
        """End the thread; its last call has ended by now."""
        self._executor.shutdown()

    async def _run(self, work: Callable[[], _T]) -> _T:
        job = self._executor.submit(self._noted, work)
        running = asyncio.wrap_future(job)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if not job.cancel() and self._interrupt is not None and self._thread_id is not None:
                self._interrupt(self._thread_id)
            await asyncio.wait([running])
            raise

    def _noted(self, work: Callable[[], _T]) -> _T:
        self._thread_id = threading.get_ident()
        return work()
