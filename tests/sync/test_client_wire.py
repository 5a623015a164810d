"""The client over real sockets: silence, slowness and broken HTTP end a call instead of hanging it."""

from __future__ import annotations

import asyncio
import random

import pytest

from fleetdesk.errors import FleetDeskError, Offline
from tests.sync.answers import PULL
from tests.sync.rawhub import RawHub

pytestmark = pytest.mark.anyio


async def _failure(serve: bytes, *, then_close: bool) -> FleetDeskError:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(serve)
        await writer.drain()
        if not then_close:
            await asyncio.sleep(60)

    async with RawHub(answer) as hub, hub.client() as client:
        with pytest.raises(FleetDeskError) as caught:
            async with client.pull(PULL):
                pass
    return caught.value


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n",
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 100\r\n\r\n{",
    ],
)
@pytest.mark.parametrize("then_close", [True, False], ids=["closed", "silent"])
async def test_an_answer_that_stops_is_offline(sent: bytes, *, then_close: bool) -> None:
    assert type(await _failure(sent, then_close=then_close)) is Offline


@pytest.mark.parametrize(
    "sent",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n",
        random.Random(1).randbytes(5_000),
    ],
    ids=["ssh", "negative length", "endless head", "bad chunk", "noise"],
)
async def test_what_is_no_http_ends_in_an_error_that_is_ours(sent: bytes) -> None:
    assert isinstance(await _failure(sent, then_close=True), FleetDeskError)


async def test_nobody_listening_is_offline() -> None:
    async with RawHub(lambda reader, writer: asyncio.sleep(0)) as hub:
        client = hub.client()
    async with client:
        with pytest.raises(Offline):
            await client.ready()
