"""Hears at once that there is something to pull: reads the hub's server-sent events, which carry no data.

The form is WHATWG's (HTML, 9.2): lines, a blank one after each event, comments that begin with a colon.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from fleetdesk.errors import Offline, ProtocolError
from fleetdesk.sync.network.client import HubClient

__all__ = ["EventParser", "listen"]

_SILENCE = 40.0
"""Seconds; the hub says something every 15, so this is two of its words missed and a slow network."""
_LONGEST_LINE = 8 * 1024
_A_SECOND = 16 * 1024
"""Bytes; an event has a few dozen, and thousands of them mean no more than one."""
_AT_ONCE = 64 * _A_SECOND
"""Bytes that may come in a burst."""


async def listen(
    client: HubClient,
    *,
    connected: Callable[[], None],
    changed: Callable[[], None],
    rights: Callable[[], None],
    silence: float = _SILENCE,
) -> None:
    """Call `connected` once the stream is open, and then `changed` or, where the person's rights did, `rights`.

    Never returns: raises Offline when the connection ends or is silent, ProtocolError for a stream that says far too
    much, and what `HubClient` raises besides.
    """
    async with client.events(silence=silence) as pieces:
        connected()
        parser = EventParser()
        allowance = _Allowance()
        async for piece in pieces:
            allowance.spend(len(piece))
            events = parser.feed(piece)
            if "rights" in events:
                rights()
            elif "changed" in events:
                changed()
    raise Offline("The hub ended the stream of events.")


class _Allowance:
    """How much a stream may say: reading more would be work for nothing, and for the window's thread to wait for."""

    def __init__(self) -> None:
        self._left = float(_AT_ONCE)
        self._at = asyncio.get_running_loop().time()

    def spend(self, size: int) -> None:
        """So many bytes came. Raises ProtocolError for more than `_A_SECOND` bytes a second, on and on."""
        now = asyncio.get_running_loop().time()
        self._left = min(_AT_ONCE, self._left + (now - self._at) * _A_SECOND) - size
        self._at = now
        if self._left < 0:
            raise ProtocolError("The hub's stream of events says far too much.")


class EventParser:
    """Cuts the stream into events, however it was cut into pieces, and gives their names."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""

    def feed(self, piece: bytes) -> list[str]:
        """The names of the events that this piece completes. Raises ProtocolError for a line without an end."""
        *lines, self._rest = _unified(self._rest + piece).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            raise ProtocolError("The hub's stream of events is not one.")
        return list(self._events(lines))

    def _events(self, lines: Iterable[bytes]) -> Iterable[str]:
        for line in lines:
            if not line:
                if self._name:
                    yield self._name
                self._name = ""
                continue
            field, _, value = line.partition(b":")
            if field == b"event":
                self._name = value.removeprefix(b" ").decode(errors="replace")


def _unified(text: bytes) -> bytes:
    """All three line ends as one; a carriage return at the very end may be half of one, and waits as it is."""
    whole, waits = (text[:-1], b"\r") if text.endswith(b"\r") else (text, b"")
    return whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n") + waits
