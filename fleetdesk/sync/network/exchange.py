"""One HTTP request and its answer, watched: every wait ends, whatever the other side does or leaves undone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from fleetdesk.protocol import RUN_HEADER
from fleetdesk.sync.network.addresses import checked_address

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport

    from fleetdesk.sync.network.wire import Answer, Wire

__all__ = ["Door", "Link", "StaticTokens", "TokenSource"]

_HERE = "http://127.0.0.1"


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


class Link:
    """The way to one hub. TLS is always verified; plain http is for loopback only (else BadSettings).

    `hub` is its address. That of this laptop's own hub is another at each start: for it, `hub` tells the door, is asked
    before each request, and raises Offline while there is none. `silence`: seconds without a byte, in either direction,
    before a request is given up. `ca_file`: certificates of authorities that are believed besides the known ones; where
    it holds none, the first request raises BadSettings.
    """

    def __init__(
        self,
        hub: str | Callable[[], Door],
        tokens: TokenSource,
        *,
        transport: AsyncBaseTransport | None,
        silence: float,
        ca_file: Path | None = None,
    ) -> None:
        fixed = Door("", "")
        self._hub = checked_address(hub if isinstance(hub, str) else _HERE, "a hub")
        self._door: Callable[[], Door] = (lambda: fixed) if isinstance(hub, str) else hub
        self._ca_file = ca_file
        self._tokens = tokens
        self._transport = transport
        self._silence = silence
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
    ) -> AsyncIterator[Answer]:
        """Send a request; the answer is read within the `async with`.

        `endless`: an answer that may take for ever, as long as it is never silent. Raises what `error_of` says for any
        status but 200, Offline where there is no answer, SignInNeeded where there is no token.
        """
        door = self._door()
        secret = {RUN_HEADER: door.secret} if door.secret else {}
        token = await self._tokens.token()

        def headers(token: str) -> dict[str, str]:
            about = {"Authorization": f"Bearer {token}", "Content-Type": media_type, "Accept-Encoding": "identity"}
            return about | secret

        async def turned_away() -> dict[str, str] | None:
            another = await self._tokens.after_refusal(token)
            return None if another is None else headers(another)

        quiet = self._silence if silence is None else silence
        async with self._open().request(
            method, door.url + path, body, headers(token), silence=quiet, endless=endless, turned_away=turned_away
        ) as answer:
            yield answer

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
