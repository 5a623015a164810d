"""Where the browser comes back to: a listener on loopback that takes one answer (RFC 8252, 7.3).

It listens on 127.0.0.1 alone, on the first registered port that is free, and answers nothing but that one address. Any
site may have the browser load it: what does not name the attempt that is waited for is turned away, and the wait goes
on.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hmac
import html
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from fleetdesk.errors import Unavailable
from fleetdesk.sync.signin.registration import CALLBACK

__all__ = ["PATIENCE", "Listener", "listening"]

_HOST = "127.0.0.1"
_LONGEST_HEAD = 32 * 1024
PATIENCE = 10.0
"""Seconds that a connection has to send its request: browsers open some in advance, and never use them."""
_TAKEN = "FleetDesk goes on from here. You can close this page."


@dataclass(frozen=True, slots=True)
class _Page:
    status: str
    title: str
    text: str

    def render(self) -> bytes:
        body = (
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<title>FleetDesk</title><style>{_STYLE}</style>"
            f"<main><h1>{html.escape(self.title)}</h1><p>{html.escape(self.text)}</p></main>"
        ).encode()
        head = (
            f"HTTP/1.1 {self.status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;display:grid;place-items:center;min-height:80vh}"
    "main{max-width:32rem;padding:1rem}h1{font-size:20px;font-weight:600}"
)
_DONE = _Page("200 OK", "Back to FleetDesk", _TAKEN)
_DECLINED = _Page("200 OK", "You were not signed in", "FleetDesk tells you why, and lets you try again.")
_ELSEWHERE = _Page("404 Not Found", "Nothing here", "Go back to FleetDesk.")
_OLDER = _Page(
    "400 Bad Request",
    "This page belongs to another sign-in",
    "FleetDesk waits for the page that it opened last. Close this one, and finish that one; or try again in FleetDesk.",
)
_GARBLED = _Page("400 Bad Request", "That was no answer to a sign-in", "Go back to FleetDesk.")


class Listener:
    """Takes the first answer to this attempt, by its `state`. `uri` is what the provider sends the browser to."""

    def __init__(self, state: str) -> None:
        self._state = state.encode()
        self._answer: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
        self._port = 0
        self._serving: set[asyncio.Task[None]] = set()
        self._silent: set[asyncio.StreamWriter] = set()

    @property
    def uri(self) -> str:
        return f"http://{_HOST}:{self._port}{CALLBACK}"

    async def answer(self, seconds: float) -> Mapping[str, str]:
        """The parameters that the browser brought. Raises Unavailable after so many seconds without any."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._answer)
        except TimeoutError as error:
            raise Unavailable(
                "Nobody finished signing in in the browser.", kept="Nothing was changed.", do="Try again."
            ) from error

    async def listen(self, ports: Sequence[int]) -> asyncio.Server:
        """Begin to listen on the first port that is free. Raises Unavailable where all are taken."""
        for port in ports:
            try:
                server = await asyncio.start_server(self._serve, _HOST, port, limit=_LONGEST_HEAD)
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
                continue
            self._port = server.sockets[0].getsockname()[1]
            return server
        taken = ", ".join(map(str, ports))
        raise Unavailable(
            f"The browser could not come back: other programs use all of FleetDesk's ports ({taken}).",
            do="End another sign-in that is under way on this machine, then try again.",
        )

    async def finish(self) -> None:
        """Drop who never asked for anything; whoever did gets their page first."""
        for silent in self._silent:
            silent.transport.abort()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        self._silent.add(writer)
        with contextlib.suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                self._silent.discard(writer)
                writer.write(self._take(head.decode("latin-1")).render())
                await writer.drain()
        self._silent.discard(writer)
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()

    def _take(self, head: str) -> _Page:
        request, *lines = head.split("\r\n")
        match request.split(" "):
            case ["GET", target, version] if version.startswith("HTTP/1."):
                url = urlsplit(target)
            case _:
                return _GARBLED
        hosts = [value.strip() for name, _, value in (line.partition(":") for line in lines) if name.lower() == "host"]
        if url.path != CALLBACK or hosts != [f"{_HOST}:{self._port}"]:
            return _ELSEWHERE
        pairs = parse_qsl(url.query, keep_blank_values=True)
        values = dict(pairs)
        if len(values) != len(pairs) or not {"code", "error"} & values.keys():
            return _GARBLED
        if not hmac.compare_digest(values.get("state", "").encode(), self._state):
            return _OLDER
        if not self._answer.done():
            self._answer.set_result(values)
        return _DECLINED if "error" in values else _DONE


@asynccontextmanager
async def listening(ports: Sequence[int], state: str) -> AsyncIterator[Listener]:
    """A listener for as long as the `async with` lasts. Raises Unavailable where no port is free."""
    listener = Listener(state)
    server = await listener.listen(ports)
    try:
        yield listener
    finally:
        server.close()
        await listener.finish()
        await server.wait_closed()
