"""Streams of bytes that a thread makes: JSON lines under zstd, to a client that may be slow, or gone."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["LineStream"]

_PATIENCE_SECONDS = 60.0
"""How long a client may take over one piece: its transaction must not stay open for ever."""


_AT_ONCE = 64 * 1024
"""Bytes that are made before any is sent. Most answers are smaller: they are whole then, and need no other thread."""


class LineStream(Response):
    """An answer in pieces; whatever happens, `pieces` is closed at the end, and its transaction with it.

    The beginning is made at once, so that what goes wrong before it is still answered with a status.
    """

    media_type = "application/x-ndjson"

    def __init__(self, pieces: Generator[bytes]) -> None:
        super().__init__(headers={"Content-Encoding": "zstd", "Cache-Control": "no-store"})
        self._first, self._whole = _beginning(pieces)
        self._rest = pieces
        if self._whole:
            self.headers["content-length"] = str(len(self._first))
        else:
            del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._whole:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self._first})
        else:
            await self._stream(receive, send)

    async def _stream(self, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            piece: bytes | None = self._first
            while piece is not None and not gone.done():
                piece = await self._sent(piece, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            await run_in_threadpool(self._rest.close)

    async def _sent(self, piece: bytes, send: Send) -> bytes | None:
        """Send a piece while the next one is made; the next one, None after the last."""
        following = asyncio.create_task(run_in_threadpool(next, self._rest, None))
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            # Nobody can close what is still being made.
            await asyncio.wait({following})
        return following.result()


def _beginning(pieces: Generator[bytes]) -> tuple[bytes, bool]:
    """The first pieces, joined, and whether they are all."""
    beginning = bytearray()
    for piece in pieces:
        beginning += piece
        if len(beginning) >= _AT_ONCE:
            return bytes(beginning), False
    return bytes(beginning), True


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
