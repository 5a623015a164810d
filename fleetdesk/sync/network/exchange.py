"""One HTTP request and its answer, watched: every wait ends, whatever the other side does or leaves undone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from fleetdesk.errors import OutOfTurn
from fleetdesk.protocol import RUN_HEADER
from fleetdesk.sync.network.addresses import checked_address

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport

    from fleetdesk.sync.network.wire import Answer, Wire

__all__ = ["Door", "Link", "Signer", "StaticTokens", "TokenSource"]

_HERE = "http://127.0.0.1"
_TURNS = 4
"""Tries of a request whose number was used: another process of this laptop's may be counting at the same time."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where this laptop's own hub listens just now, and the secret that it asks for besides the token."""

    url: str
    secret: str = field(repr=False)


class TokenSource(Protocol):
    """Gives the token that names the person to the hub."""

    async def token(self) -> str:
        """A token that is valid now. Raises SignInNeeded where there is none, Offline where none can be had now."""
        ...

    async def after_refusal(self, token: str) -> str | None:
        """The hub refused this token before its time: another one to try with once, or None. Raises as `token` does."""
        ...

    async def close(self) -> None:
        """Nobody asks any more: return when nothing is under way that must not be cut off."""
        ...


class StaticTokens:
    """One token, for as long as it lasts."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token

    async def after_refusal(self, token: str) -> str | None:
        return None

    async def close(self) -> None:
        pass


class Signer(Protocol):
    """Signs this laptop's requests by its key (`signatures`)."""

    async def sign(self, method: str, path: str, body: bytes, authorization: str | None) -> dict[str, str]:
        """The headers that sign this request: of another number each time. Raises Unavailable."""
        ...

    def go_on_from(self, number: int) -> None:
        """The hub refused a number: this one is free, and none below it."""
        ...


class Link:
    """The way to one hub. TLS is always verified; plain http is for loopback only (else BadSettings).

    `hub` is its address. That of this laptop's own hub is another at each start: for it, `hub` tells the door, is asked
    before each request, and raises Offline while there is none. `silence`: seconds without a byte, in either direction,
    before a request is given up. `ca_file`: certificates of authorities that are believed besides the known ones; where
    it holds none, the first request raises BadSettings. `signer` signs all requests; without one, no hub answers more
    than whether it is ready.
    """

    def __init__(
        self,
        hub: str | Callable[[], Door],
        tokens: TokenSource,
        *,
        transport: AsyncBaseTransport | None,
        silence: float,
        ca_file: Path | None = None,
        signer: Signer | None = None,
    ) -> None:
        fixed = Door("", "")
        self._hub = checked_address(hub if isinstance(hub, str) else _HERE, "a hub")
        self._door: Callable[[], Door] = (lambda: fixed) if isinstance(hub, str) else hub
        self._ca_file = ca_file
        self._tokens = tokens
        self._transport = transport
        self._silence = silence
        self._signer = signer
        self._wire: Wire | None = None

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        media_type: str = "application/json",
        silence: float | None = None,
        endless: bool = False,
        as_device: bool = False,
    ) -> AsyncIterator[Answer]:
        """Send a request; the answer is read within the `async with`.

        `endless`: an answer that may take for ever, as long as it is never silent. `as_device`: by the laptop's
        signature alone, without a token. Raises what `error_of` says for any
        status but 200, Offline where there is no answer, SignInNeeded where there is no token.
        """
        door = self._door()
        quiet = self._silence if silence is None else silence

        async def headers(token: str | None) -> dict[str, str]:
            bearer = None if token is None else f"Bearer {token}"
            about = {"Content-Type": media_type, "Accept-Encoding": "identity"}
            about |= {} if bearer is None else {"Authorization": bearer}
            about |= {} if self._signer is None else await self._signer.sign(method, path, body, bearer)
            return about | ({RUN_HEADER: door.secret} if door.secret else {})

        async def begun() -> AbstractAsyncContextManager[Answer]:
            token = None if as_device else await self._tokens.token()

            async def turned_away() -> dict[str, str] | None:
                another = None if token is None else await self._tokens.after_refusal(token)
                return None if another is None else await headers(another)

            return self._open().request(
                method,
                door.url + path,
                body,
                await headers(token),
                silence=quiet,
                endless=endless,
                turned_away=turned_away,
            )

        async with AsyncExitStack() as stack:
            yield await self._in_turn(begun, stack)

    async def _in_turn(
        self, begun: Callable[[], Awaitable[AbstractAsyncContextManager[Answer]]], stack: AsyncExitStack
    ) -> Answer:
        """The answer, once more under a number that is free, should the hub have seen this one."""
        for _ in range(_TURNS - 1):
            try:
                return await stack.enter_async_context(await begun())
            except OutOfTurn as error:
                if self._signer is None:
                    raise
                self._signer.go_on_from(error.next_number)
        return await stack.enter_async_context(await begun())

    async def close(self) -> None:
        """End all connections."""
        if self._wire is not None:
            await self._wire.close()
        await self._tokens.close()

    def _open(self) -> Wire:
        if self._wire is None:
            # Late, and in the loop's own thread: a window that begins waits neither for the library nor for the
            # certificates of this machine.
            from fleetdesk.sync.network.wire import Wire

            self._wire = Wire(
                self._hub.geturl(),
                transport=self._transport,
                silence=self._silence,
                ca_file=self._ca_file,
            )
        return self._wire

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
