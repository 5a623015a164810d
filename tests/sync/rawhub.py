"""A hub that is a function over a socket: for what no HTTP library would ever send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RawHub:
    """Listens on a free port of 127.0.0.1; each request's head is read, then `serve` does as it likes."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def client(self, *, silence: float = 0.3) -> HubClient:
        """A client that speaks to this hub."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return HubClient(f"http://127.0.0.1:{port}", StaticTokens("secret"), silence=silence)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The client hung up, or the test is over.
            pass
        finally:
            writer.close()
