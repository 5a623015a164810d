"""A hub over a socket that is honest until told to lie: what it then says is bytes of the test's own choice."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import orjson

from fleetdesk.protocol import LoadEnd, Message, Problem, ProblemCode, PushAnswer, PushRequest, Welcome
from tests.sync.answers import packed, streamed
from tests.unit.sync.tiny_hub import NOW, TinyHub

__all__ = ["Ask", "HostileHub", "Lie", "body", "head_of", "in_pieces"]


class Ask:
    """What a laptop asked: path, headers in lower case, body; and what an honest hub answers."""

    def __init__(self, path: str, headers: dict[str, str], content: bytes, honest: bytes) -> None:
        self.path = path
        self.headers = headers
        self.content = content
        self.honest = honest


Lie = Callable[[Ask], AsyncIterator[bytes]]


class HostileHub:
    """Listens on a free port of 127.0.0.1, in a thread of its own. `lying(path, lie)` answers such requests so."""

    def __init__(self, honest: TinyHub) -> None:
        self.honest = honest
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.lied = 0
        self._path = ""
        self._lie: Lie | None = None
        self._telling = set[asyncio.Task[Any]]()
        self._guard = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hostile hub")

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**20), self._loop
        ).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @contextmanager
    def lying(self, path: str, lie: Lie) -> Iterator[None]:
        """Answer requests whose path begins so with the lie; in the end, those that are being told are cut."""
        self._path, self._lie, self.lied = path, lie, 0
        try:
            yield
        finally:
            self._lie = None
            asyncio.run_coroutine_threadsafe(self._cut_lies(), self._loop).result()

    async def _cut_lies(self) -> None:
        lies = list(self._telling)
        for task in lies:
            task.cancel()
        await asyncio.gather(*lies, return_exceptions=True)

    async def _end(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            ask = await self._read(reader)
            lie = self._lie if ask.path.startswith(self._path) else None
            if lie is None:
                writer.write(ask.honest)
                if ask.path == "/v1/events":
                    await reader.read()
            else:
                self.lied += 1
                await self._tell(lie(ask), writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the laptop hung up, or the test is over
        finally:
            writer.close()

    async def _tell(self, lie: AsyncIterator[bytes], writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._telling.add(task)
        try:
            async for piece in lie:
                writer.write(piece)
                await writer.drain()
        finally:
            self._telling.discard(task)

    async def _read(self, reader: asyncio.StreamReader) -> Ask:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        path = first.split(" ")[1]
        self.asked.append((path, headers))
        with self._guard:
            return Ask(path, headers, content, self._honestly(path, content))

    def _honestly(self, path: str, content: bytes) -> bytes:
        asked: dict[str, Any] = json.loads(content) if content[:1] == b"{" else {}
        hub = self.honest
        if path == "/v1/hello":
            return body(
                Welcome(
                    hub_version="1",
                    protocol=1,
                    schema_versions=(hub.platform.schema.version,),
                    epoch=hub.epoch,
                    person=hub.person,
                    server_time=NOW,
                    next_sequence=1,
                )
            )
        if path == "/v1/push":
            request = PushRequest.model_validate(asked)
            receipts = hub.push(request.laptop_id, request.first_sequence, request.commands)
            return body(PushAnswer(receipts=receipts, next_sequence=1, server_time=NOW))
        if path == "/v1/pull" and not asked["cursor"].partition("|")[0].isdecimal():
            gone = Problem(code=ProblemCode.CURSOR_GONE, title="That cursor is none.", status=410)
            return body(gone, status=410, headers={"Content-Type": "application/problem+json"})
        if path == "/v1/pull":
            pull = hub.pull(asked["laptop_id"], asked["cursor"], asked["confirmed"])
            return body(streamed(pull.head, *pull.removed, *pull.rows, pull.end))
        if path == "/v1/load":
            return body(hub.plan(asked["laptop_id"]))
        if path.startswith("/v1/load/"):
            rows = hub.rows_to_load(path.rpartition("/")[2], asked["after"], asked["scopes"])
            lines = [orjson.dumps(row) for row in rows] + [LoadEnd(more=False).model_dump_json().encode()]
            return body(packed(b"".join(line + b"\n" for line in lines)))
        if path == "/v1/events":
            return head_of(200, {"Content-Type": "text/event-stream"})
        return head_of(404)


def head_of(status: int, headers: dict[str, str] | None = None) -> bytes:
    """The head of an answer that ends with its connection."""
    told = {"Connection": "close", **(headers or {})}
    return (f"HTTP/1.1 {status} So\r\n" + "".join(f"{k}: {v}\r\n" for k, v in told.items()) + "\r\n").encode()


def body(content: bytes | Message, *, status: int = 200, headers: dict[str, str] | None = None) -> bytes:
    """A whole answer."""
    text = content if isinstance(content, bytes) else content.model_dump_json().encode()
    return head_of(status, headers) + text


def in_pieces(*pieces: bytes) -> Lie:
    """A lie that says the same to everybody."""

    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return lie
