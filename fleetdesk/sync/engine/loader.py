"""Loads whole tables: what a new laptop begins with, what a gained scope adds, what a lost cursor makes necessary.

One ordered stream a table. The loop receives while a thread decodes and writes; a response that ended or was cut is
resumed after the last key that was committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from functools import partial

import orjson

from fleetdesk.errors import Offline, ProtocolError
from fleetdesk.models.changes import Changes
from fleetdesk.models.status import LoadProgress
from fleetdesk.process.collecting import no_collection
from fleetdesk.protocol import LoadEnd, LoadTable, LoadTableRequest, Plain
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LoadWriter

__all__ = ["Load"]

_BATCH_BYTES = 2 * 1024 * 1024
"""Bytes of JSON that are decoded and written at once: more would be out of the processor's caches before it is written,
less would cost too many commits."""


class Load:
    """One sitting of a load. What an error or a cancellation cuts short, the next sitting takes up where it ended.

    `writer` belongs to the caller, who closes it; `progress` is called after each batch.
    """

    def __init__(
        self,
        client: HubClient,
        worker: Worker,
        writer: LoadWriter,
        *,
        laptop_id: str,
        scopes: tuple[str, ...] | None,
        progress: Callable[[LoadProgress], None],
    ) -> None:
        self._client = client
        self._worker = worker
        self._writer = writer
        self._laptop_id = laptop_id
        self._scopes = scopes
        self._progress = progress
        self._total = 0

    async def run(self) -> Changes:
        """Bring in every table of the writer's plan, then finish. Raises NotAllowed if the role holds less by now."""
        plan = await self._worker.call(lambda: self._writer.plan)
        # The plan's cursor stands for these scopes in every table: not for what the role holds when its turn comes.
        self._scopes = self._scopes or plan.person.scopes
        self._total = sum(table.rows_about for table in plan.tables)
        for table in plan.tables:
            await self._load_table(table)
        return await self._worker.call(self._writer.finish)

    async def _load_table(self, table: LoadTable) -> None:
        """Ask again and again until the hub says that there is no more."""
        last: str | None = None
        while (after := await self._worker.call(lambda: self._writer.resume_after(table.name))) is not None:
            if after == last:
                raise ProtocolError("The hub says that there is more to load, and sends nothing.")
            last = after
            if not await self._ask(table, after):
                await self._worker.call(lambda: self._writer.complete(table.name))

    async def _ask(self, table: LoadTable, after: str) -> bool:
        """Write one response; whether more waits behind it."""
        request = LoadTableRequest(laptop_id=self._laptop_id, columns=table.columns, after=after, scopes=self._scopes)
        async with self._client.load_table(table.name, request) as blocks, aclosing(_gathered(blocks)) as batches:
            return await self._take(table, batches)

    async def _take(self, table: LoadTable, batches: AsyncIterator[bytes | LoadEnd]) -> bool:
        """Decode and write each batch while the next one comes in."""
        writing: asyncio.Task[int] | None = None
        more = False
        try:
            async for batch in batches:
                if isinstance(batch, LoadEnd):
                    more = batch.more
                    continue
                if writing is not None:
                    self._tell(table, await writing)
                writing = self._worker.begin(partial(self._write, table, batch))
        finally:
            if writing is not None:
                self._tell(table, await writing)
        return more

    def _write(self, table: LoadTable, batch: bytes) -> int:
        """In the thread: decode, check the shape, write; gives the rows written so far."""
        with no_collection():
            self._writer.write_rows(table.name, table.columns, _decoded(batch, len(table.columns)))
        return self._writer.rows_written

    def _tell(self, table: LoadTable, rows: int) -> None:
        self._progress(LoadProgress(rows, max(self._total, rows), table.name))


async def _gathered(blocks: AsyncIterator[bytes | LoadEnd]) -> AsyncGenerator[bytes | LoadEnd]:
    """Blocks joined to batches. Where the stream is cut, what came before still comes out first."""
    held: list[bytes] = []
    size = 0
    try:
        async for block in blocks:
            if isinstance(block, LoadEnd):
                if held:
                    yield b"".join(held)
                yield block
                return
            held.append(block)
            size += len(block)
            if size >= _BATCH_BYTES:
                yield b"".join(held)
                held, size = [], 0
    except Offline:
        if held:
            yield b"".join(held)
        raise


def _decoded(batch: bytes, width: int) -> list[list[Plain]]:
    """The rows of whole JSON lines. Joined to one array they decode in one call, a tenth quicker than line by line."""
    try:
        rows: list[list[Plain]] = orjson.loads(b"[" + batch[:-1].replace(b"\n", b",") + b"]")
    except orjson.JSONDecodeError as error:
        raise ProtocolError("The hub sent a line of a load that is no row.") from error
    if set(map(type, rows)) != {list} or set(map(len, rows)) != {width}:
        raise ProtocolError("The hub sent a row of a load that has not the columns asked for.")
    return rows
