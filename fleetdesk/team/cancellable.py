"""`run_cancellable`: a coroutine in a loop of its own, which is cancelled when nobody waits for it any more.

It ends at once where it awaits its loop alone. A thread that it waits for (`asyncio.to_thread`) is waited for even so:
what goes on there must be short, as a file written is.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fleetdesk.qt.tasks import Cancellation, Cancelled

__all__ = ["run_cancellable"]

T = TypeVar("T")


def run_cancellable(make: Callable[[], Coroutine[Any, Any, T]], cancellation: Cancellation) -> T:
    """What the coroutine gives that `make` makes. Raises what it raises, and Cancelled."""
    return asyncio.run(_cancellable(make, cancellation))


async def _cancellable(make: Callable[[], Coroutine[Any, Any, T]], cancellation: Cancellation) -> T:
    loop = asyncio.get_running_loop()
    work = asyncio.create_task(make())

    def give_up() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(work.cancel)

    with cancellation.on_cancel(give_up):
        try:
            return await work
        except asyncio.CancelledError as error:
            raise Cancelled from error
