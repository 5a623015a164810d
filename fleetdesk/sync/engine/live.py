"""Hears at once that there is something to pull: reads the hub's server-sent events, which carry no data.

The form is WHATWG's (HTML, 9.2): lines, a blank one after each event, comments that begin with a colon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fleetdesk.errors import Offline, ProtocolError
from fleetdesk.sync.network.client import HubClient

__all__ = ["EventParser", "listen"]

_SILENCE = 40.0
"""Seconds; the hub says something every 15, so this is two of its words missed and a slow network."""
_LONGEST_LINE = 8 * 1024


async def listen(
    client: HubClient,
    *,
    connected: Callable[[], None],
    changed: Callable[[], None],
    rights: Callable[[], None],
    silence: float = _SILENCE,
) -> None:
    """Call `connected` once the stream is open, and then `changed` or, where the person's rights did, `rights`.

    Never returns: raises Offline when the connection ends or is silent, and what `HubClient` raises besides.
    """
    async with client.events(silence=silence) as pieces:
        connected()
        parser = EventParser()
        async for piece in pieces:
            events = parser.feed(piece)
            if "rights" in events:
                rights()
            elif "changed" in events:
                changed()
    raise Offline("The hub ended the stream of events.")


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
