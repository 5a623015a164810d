"""What a request is on the wire: sent with httpx, its answer read as it comes, and both watched."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from fleetdesk.errors import Offline, ProtocolError
from fleetdesk.sync.network.problems import error_of
from fleetdesk.sync.network.ways import certificate_trouble, open_way

__all__ = ["Answer", "Wire"]

_SLOWEST = 512
"""Bytes a second; an answer that comes slower than this on and on is given up."""
_IDLE = 3.0
"""Seconds after which an idle connection is not used again: servers close theirs after five, and to write into one that
is just being closed would look like a lost network."""
_LARGEST_PROBLEM = 256 * 1024
_KEPT = "What waits to be sent is kept."
_T = TypeVar("_T")


class Wire:
    """Connections to one address. Its certificate is always verified.

    `silence`: seconds without a byte before a request is given up. `ca_file`: see `open_way`.
    """

    def __init__(
        self, address: str, *, transport: httpx.AsyncBaseTransport | None, silence: float, ca_file: Path | None
    ) -> None:
        self._http = open_way(address, transport=transport, patience=silence, idle=_IDLE, ca_file=ca_file)

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        silence: float,
        endless: bool,
        turned_away: Callable[[], Awaitable[Mapping[str, str] | None]],
    ) -> AsyncIterator[Answer]:
        """Send a request; the answer is read within the `async with`. Raises as `Link.request` does.

        Where the other side does not know who asks, `turned_away` may give other headers to ask with once more.
        """

        async def send(headers: Mapping[str, str]) -> tuple[httpx.Response, _Watch]:
            request = self._http.build_request(method, path, content=body, headers=headers, timeout=silence)
            watch = _Watch(math.inf if endless else 2 * silence, head_start=len(body) / _SLOWEST)
            return await watch.wait_for(self._http.send(request, stream=True)), watch

        response, watch = await send(headers)
        try:
            if response.status_code == httpx.codes.UNAUTHORIZED:
                others = await turned_away()
                if others is not None:
                    await response.aclose()
                    response, watch = await send(others)
            answer = Answer(response, watch)
            await answer.demand_success()
            yield answer
        finally:
            await response.aclose()

    async def close(self) -> None:
        """End all connections."""
        await self._http.aclose()


class Answer:
    """A successful answer as it arrives, still as the bytes on the wire."""

    def __init__(self, response: httpx.Response, watch: _Watch) -> None:
        self._response = response
        self._watch = watch

    @property
    def media_type(self) -> str:
        """The media type without its parameters."""
        header: str = self._response.headers.get("Content-Type", "")
        return header.partition(";")[0].strip().lower()

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body, piece by piece. Raises Offline where it breaks off, ProtocolError where it is too slow."""
        # The wire's own bytes: a decoder of httpx's choice would expand them without a bound.
        source = self._response.aiter_raw()
        while (piece := await self._watch.wait_for(anext(source, None))) is not None:
            self._watch.received(len(piece))
            yield piece

    async def read(self, most: int) -> bytes:
        """The whole body. Raises ProtocolError for more than `most` bytes."""
        body = bytearray()
        async for piece in self.pieces():
            body += piece
            if len(body) > most:
                raise ProtocolError("The hub's answer is larger than any should be.", kept=_KEPT)
        return bytes(body)

    async def demand_success(self) -> None:
        """Raise the error that the status and the body tell of, unless the status is 200."""
        if self._response.status_code != httpx.codes.OK:
            body = await self.read(_LARGEST_PROBLEM)
            retry_after = self._response.headers.get("Retry-After", "")
            raise error_of(self._response.status_code, self.media_type, body, retry_after)


class _Watch:
    """The patience for one answer: `grace` seconds of waiting, refilled by what arrives; our own work does not count.

    The silence between two bytes is httpx's to watch; this one ends what comes forever but hardly moves.
    """

    def __init__(self, grace: float, *, head_start: float) -> None:
        self._grace = grace
        self._left = grace + head_start

    async def wait_for(self, wanted: Awaitable[_T]) -> _T:
        """The result. Raises Offline for a failure of the network, ProtocolError where patience ends."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(None if math.isinf(self._left) else self._left):
                return await wanted
        except httpx.TransportError as error:
            raise _offline(error) from error
        except TimeoutError as error:
            raise ProtocolError("The hub answers too slowly to be of use.", kept=_KEPT) from error
        finally:
            self._left -= loop.time() - began

    def received(self, size: int) -> None:
        """Bytes came: patience grows again, up to what it was."""
        self._left = min(self._grace, self._left + size / _SLOWEST)


def _offline(error: httpx.TransportError) -> Offline:
    if trouble := certificate_trouble(error):
        return Offline(
            f"The hub's certificate was not accepted: {trouble}.",
            kept=_KEPT,
            do="Check this machine's clock and the hub's address; if both are right, tell your administrator.",
        )
    what = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "cannot be reached"
    return Offline(f"The hub {what}.", kept=_KEPT)
