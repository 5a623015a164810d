"""A hub's answers made by hand: right ones to be cut or bent, and the transport that gives them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import httpx
import zstandard

from fleetdesk.protocol import (
    Message,
    Person,
    Problem,
    ProblemCode,
    PullEnd,
    PullHead,
    PullRequest,
    RemovedChunk,
    RowsChunk,
)
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens

Body = bytes | Message | httpx.Response | httpx.AsyncByteStream | Exception
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
PERSON = Person(id="p1", name="Lina", email="lina@example.com", role="platform_commercial", scopes=("leads", "staff"))
HEAD = PullHead(person=PERSON, server_time=NOON)
REMOVED = RemovedChunk(table="sys_demo_lead", ids=("a", "b"))
ROWS = RowsChunk(table="sys_demo_lead", columns=("id", "scope"), rows=[["c", "leads"], ["d", "leads"]])
END = PullEnd(cursor="next", settled_through=0)
PULL = PullRequest(laptop_id="l1", cursor="c1", confirmed=0, schema_version=1)


def streamed(*messages: Message) -> bytes:
    """A stream of these messages, as the hub sends it."""
    return packed(b"".join(message.model_dump_json().encode() + b"\n" for message in messages))


def packed(lines: bytes) -> bytes:
    """Lines under zstd."""
    return zstandard.ZstdCompressor(1).compress(lines)


def problem(code: ProblemCode, status: int, **more: object) -> httpx.Response:
    """A Problem as the hub answers it."""
    body = Problem.model_validate({"code": code, "title": "It did not work.", "status": status, **more})
    return stranger(status, body.model_dump_json().encode(), {"Content-Type": "application/problem+json"})


def stranger(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> httpx.Response:
    """An answer of any kind."""
    return httpx.Response(status, headers=headers, stream=Pieces([body]))


class Pieces(httpx.AsyncByteStream):
    """A body that comes in these pieces; an exception among them is raised in its place."""

    def __init__(self, pieces: Iterable[bytes | Exception]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


class Trickle(httpx.AsyncByteStream):
    """A body that never ends and hardly moves."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b" "


@asynccontextmanager
async def client_of(
    answer: Callable[[httpx.Request], httpx.Response], *, silence: float = 5.0
) -> AsyncIterator[HubClient]:
    """A client whose hub is a function."""
    async with HubClient(
        "http://127.0.0.1:1", StaticTokens("secret"), transport=httpx.MockTransport(answer), silence=silence
    ) as client:
        yield client


def answering(body: Body) -> Callable[[httpx.Request], httpx.Response]:
    """A hub that gives the same answer to everything, or breaks off with the same error."""

    def answer(request: httpx.Request) -> httpx.Response:
        match body:
            case Exception():
                raise body
            case httpx.Response():
                return body
            case Message():
                return stranger(200, body.model_dump_json().encode())
            case httpx.AsyncByteStream():
                return httpx.Response(200, stream=body)
            case _:
                return stranger(200, body)

    return answer


def nested(depth: int) -> bytes:
    """JSON of so many arrays within each other."""
    return b"[" * depth + json.dumps(1).encode() + b"]" * depth
