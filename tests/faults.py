"""A network that misbehaves on demand: a proxy between a laptop and its hub that plays faults, one a request.

    with FaultProxy(hub_address) as proxy:
        proxy.drop_answers(1)
        ...  # whoever speaks to proxy.url next is heard, and never learns it

Every request gets a connection of its own to the hub, so that a fault ends nothing but what it is meant to.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from fleetdesk.demo.proxy import CuttableProxy

__all__ = [
    "CutAnswer",
    "CutRequest",
    "Delay",
    "DropAnswer",
    "Duplicate",
    "Fault",
    "FaultProxy",
    "Refuse",
    "Seen",
    "Stall",
]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Reset before the hub sees anything: lost before it commits."""


@dataclass(frozen=True, slots=True)
class CutRequest:
    """The hub gets the first `after` bytes of the body, then a reset."""

    after: int


@dataclass(frozen=True, slots=True)
class DropAnswer:
    """The hub answers in full, the laptop gets a reset: lost after it commits."""


@dataclass(frozen=True, slots=True)
class CutAnswer:
    """The laptop gets the first `after` bytes of the answer (status line and headers count), then its end."""

    after: int


@dataclass(frozen=True, slots=True)
class Delay:
    """The request reaches the hub `seconds` late, perhaps after those that were sent later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The hub gets the request twice, the second time `later` seconds after it answered; that answer goes nowhere.

    With `drop` the laptop does not get the first answer either.
    """

    later: float = 0.0
    drop: bool = False


@dataclass(frozen=True, slots=True)
class Stall:
    """The hub answers, and the laptop gets the first `after` bytes and then nothing, until the proxy is cut."""

    after: int = 0


Fault = Refuse | CutRequest | DropAnswer | CutAnswer | Delay | Duplicate | Stall


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as the proxy saw it."""

    method: str
    path: str
    body: bytes = field(repr=False)


class FaultProxy(CuttableProxy):
    """Forwards HTTP from `url` to the hub at `hub` (host and port).

    Faults are queued with `play`, or by the methods that name them, and befall the next requests: those for the path
    that was given with them, or else any but the endless stream of events. `heal` restores the wire and forgets them.
    """

    def __init__(self, hub: tuple[str, int]) -> None:
        super().__init__(*hub)
        self._guard = threading.Lock()
        self._queue: list[tuple[Fault, str | None]] = []
        self._seen: list[Seen] = []
        self._late: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where the laptop finds the hub."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def seen(self) -> tuple[Seen, ...]:
        """Every request that came, in order."""
        with self._guard:
            return tuple(self._seen)

    @property
    def waiting(self) -> int:
        """How many faults have not befallen a request yet."""
        with self._guard:
            return len(self._queue)

    @property
    def copies(self) -> int:
        """How many second copies of requests are still on their way."""
        return len(self._late)

    def play(self, *faults: Fault, path: str | None = None) -> None:
        """Let these befall the next requests, one each; a `path` that ends in / means all below it."""
        with self._guard:
            self._queue += [(fault, path) for fault in faults]

    def heal(self) -> None:
        """Let everything through again, and forget the faults that wait."""
        with self._guard:
            self._queue.clear()
        self.restore()

    def drop_requests(self, count: int) -> None:
        """Lose the next requests before the hub hears them."""
        self.play(*[Refuse()] * count)

    def drop_answers(self, count: int) -> None:
        """Lose the next answers after the hub gave them."""
        self.play(*[DropAnswer()] * count)

    def truncate_answers(self, count: int, *, after: int) -> None:
        """Cut the next answers after so many bytes."""
        self.play(*[CutAnswer(after)] * count)

    def double_requests(self, count: int, *, later: float = 0.0) -> None:
        """Let the hub hear the next requests twice."""
        self.play(*[Duplicate(later)] * count)

    def delay(self, count: int, *, seconds: float) -> None:
        """Hold the next requests back."""
        self.play(*[Delay(seconds)] * count)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, and the fault that befalls it. What is raised here resets the laptop's connection."""
        if self.is_cut:
            raise ConnectionResetError
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_content_length(head))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError from error
        method, path, _ = head.decode("latin-1").split(" ", 2)
        await self._befall(_closing(head), body, self._note(Seen(method, path, body)), writer)
        writer.close()
        await writer.wait_closed()

    async def _close(self) -> None:
        for copy in self._late:
            copy.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        await super()._close()

    async def _befall(self, head: bytes, body: bytes, fault: Fault | None, writer: asyncio.StreamWriter) -> None:
        request = head + body
        match fault:
            case None:
                await self._forward(request, writer)
            case Refuse():
                raise ConnectionResetError
            case CutRequest(after):
                await self._send_part(head + body[:after])
                raise ConnectionResetError
            case DropAnswer():
                await self._forward(request, None)
                raise ConnectionResetError
            case CutAnswer(after):
                await self._forward(request, writer, most=after)
            case Delay(seconds):
                await asyncio.sleep(seconds)
                await self._forward(request, writer)
            case Duplicate(later, drop):
                await self._forward(request, None if drop else writer)
                self._send_again(request, later)
                if drop:
                    raise ConnectionResetError
            case Stall(after):
                await self._forward(request, writer, most=after)
                await asyncio.Event().wait()

    def _note(self, seen: Seen) -> Fault | None:
        with self._guard:
            self._seen.append(seen)
            for index, (fault, path) in enumerate(self._queue):
                below = path is not None and path.endswith("/") and seen.path.startswith(path)
                if seen.path == path or below or (path is None and seen.path != "/v1/events"):
                    del self._queue[index]
                    return fault
        return None

    async def _forward(self, request: bytes, writer: asyncio.StreamWriter | None, *, most: int | None = None) -> None:
        """Have the hub answer; `writer` gets the answer as it comes, or its first `most` bytes and no more."""
        reader, hub = await asyncio.open_connection(*self._target)
        left = most
        try:
            hub.write(request)
            while piece := await reader.read(64 * 1024):
                shown = piece[:left]
                if left is not None:
                    left -= len(shown)
                if writer is not None and shown:
                    writer.write(shown)
                    await writer.drain()
        finally:
            hub.transport.abort()

    def _send_again(self, request: bytes, later: float) -> None:
        """The second copy travels on its own: cutting the wire does not catch what has left it already."""
        task = asyncio.ensure_future(self._copy(request, later))
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _copy(self, request: bytes, later: float) -> None:
        await asyncio.sleep(later)
        try:
            await self._forward(request, None)
        except OSError:
            # The hub is gone by now: the copy is lost, as copies may be.
            return

    async def _send_part(self, part: bytes) -> None:
        _, hub = await asyncio.open_connection(*self._target)
        hub.write(part)
        await hub.drain()
        hub.transport.abort()


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _closing(head: bytes) -> bytes:
    """The head with `Connection: close`, so that the end of the answer is the end of the connection."""
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])
