"""The stream of events is heard however it comes in pieces, and its silence and its end are noticed."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from fleetdesk.errors import FleetDeskError, Offline, ProtocolError
from fleetdesk.sync.engine.live import EventParser, listen
from tests.sync.answers import Pieces, client_of
from tests.sync.rawhub import RawHub

pytestmark = pytest.mark.anyio

_RIGHTS = b"event: changed\n\nevent: rights\n\n"
_EVENTS = b": welcome\n\nevent: changed\n\n: still here\n\nevent:changed\n\nevent: other\n\n"


def _stream(body: httpx.AsyncByteStream, media_type: str = "text/event-stream; charset=utf-8") -> httpx.Response:
    return httpx.Response(200, headers={"Content-Type": media_type}, stream=body)


def _nothing() -> None:
    pass


async def _heard(body: httpx.AsyncByteStream) -> tuple[list[str], FleetDeskError]:
    heard: list[str] = []
    async with client_of(lambda request: _stream(body)) as client:
        with pytest.raises(FleetDeskError) as caught:
            await listen(
                client,
                connected=lambda: heard.append("connected"),
                changed=lambda: heard.append("changed"),
                rights=lambda: heard.append("rights"),
            )
    return heard, caught.value


async def test_each_change_is_heard_after_the_connection() -> None:
    heard, _ = await _heard(Pieces([_EVENTS]))
    # Those of one piece are one word: the pull that follows brings them all.
    assert heard == ["connected", "changed"]


async def test_a_change_of_rights_is_heard_as_such() -> None:
    heard, _ = await _heard(Pieces([_RIGHTS]))
    assert heard == ["connected", "rights"]


async def test_a_stream_that_ends_is_offline() -> None:
    _, error = await _heard(Pieces([_EVENTS]))
    assert type(error) is Offline


async def test_a_line_without_an_end_is_a_protocol_error() -> None:
    _, error = await _heard(Pieces([b"event: " + b"x" * 10_000]))
    assert type(error) is ProtocolError


async def test_what_is_no_stream_of_events_is_a_protocol_error() -> None:
    async with client_of(lambda request: _stream(Pieces([b"<html>"]), "text/html")) as client:
        with pytest.raises(ProtocolError):
            await listen(client, connected=_nothing, changed=_nothing, rights=_nothing)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_events_are_found_whatever_ends_their_lines_and_wherever_they_are_cut(end: bytes, size: int) -> None:
    stream = _EVENTS.replace(b"\n", end) + b":"
    parser = EventParser()
    names = [name for at in range(0, len(stream), size) for name in parser.feed(stream[at : at + size])]
    assert names == ["changed", "changed", "other"]


async def test_silence_is_noticed() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: welcome\n\n")
        await asyncio.sleep(60)

    async with RawHub(silent) as hub, hub.client() as client:
        with pytest.raises(Offline):
            await listen(client, connected=_nothing, changed=_nothing, rights=_nothing, silence=0.2)
