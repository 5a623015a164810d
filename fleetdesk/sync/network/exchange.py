"""One HTTP request and its answer, watched: every wait ends, whatever the other side does or leaves undone."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import SplitResult, urlsplit

from fleetdesk.errors import BadSettings

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport

    from fleetdesk.sync.network.wire import Answer, Wire

__all__ = ["Link", "StaticTokens", "TokenSource"]


class TokenSource(Protocol):
    """Gives the token that names the person to the hub."""

    async def token(self) -> str:
        """A token that is valid now. Raises SignInNeeded where there is none."""
        ...


class StaticTokens:
    """One token, for as long as it lasts."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token


class Link:
    """The way to one hub. TLS is always verified; plain http is for loopback only (else BadSettings).

    `silence`: seconds without a byte, in either direction, before a request is given up.
    """

    def __init__(self, url: str, tokens: TokenSource, *, transport: AsyncBaseTransport | None, silence: float) -> None:
        self._hub = _checked(url)
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
        headers = {
            "Authorization": f"Bearer {await self._tokens.token()}",
            "Content-Type": media_type,
            "Accept-Encoding": "identity",
        }
        quiet = self._silence if silence is None else silence
        async with self._open().request(method, path, body, headers, silence=quiet, endless=endless) as answer:
            yield answer

    async def close(self) -> None:
        """End all connections."""
        if self._wire is not None:
            await self._wire.close()

    def _open(self) -> Wire:
        if self._wire is None:
            # Late, and in the loop's own thread: a window that begins waits neither for the library nor for the
            # certificates of this machine.
            from fleetdesk.sync.network.wire import Wire

            self._wire = Wire(
                self._hub.geturl(),
                transport=self._transport,
                silence=self._silence,
                proxied=not _is_loopback(self._hub.hostname or ""),
            )
        return self._wire

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _checked(text: str) -> SplitResult:
    advice = "Use the address that your administrator gave you."
    url = _split(text)
    if url is None:
        raise BadSettings(f"“{text}” is no address of a hub.", do=advice)
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        raise BadSettings("A hub on another machine is reached by https:// only.", do=advice)
    return url


def _split(text: str) -> SplitResult | None:
    """The parts of an address of a hub; None where it is none."""
    try:
        url = urlsplit(text)
        named = url.hostname and url.port != 0 and url.username is None
    except ValueError:
        return None
    odd = url.scheme not in ("http", "https") or any(sign.isspace() or not sign.isprintable() for sign in text)
    return url if named and not odd else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
