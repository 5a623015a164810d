"""Many laptops of the bench in one process: the real client, rhythm and live stream of each, and no files.

What a laptop keeps is left out on purpose: it is the hubs that are measured, on the processors that the crowd shares
with them. It reads one JSON object a line and answers each with one, as `bench.laptop` does.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.record import EditProspect, Prospect, bench_platform
from fleetdesk.commands.core import FieldEdit
from fleetdesk.errors import FleetDeskError
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.protocol import (
    Hello,
    LoadRequest,
    PullEnd,
    PullRequest,
    PushRequest,
    RowsChunk,
    WireCommand,
)
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.engine.backoff import Backoff
from fleetdesk.sync.engine.live import listen
from fleetdesk.sync.engine.pacing import PullRhythm
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.signing import DeviceSigner

Answer = dict[str, Any]
_INTERVAL = 1.0
_POLL = 30.0
_LOOKED_AT = 20
"""Of so many rows, the age of one is looked at."""
_PLATFORM = bench_platform()


@dataclass
class _Record:
    """What happened to the whole crowd since it was last asked: seconds of each pull and push, rows, failures.

    `ages`: of some of the rows that were pulled, the seconds since the command that changed them was made.
    """

    pulls: list[float] = field(default_factory=list)
    pushes: list[float] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    rows: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def plain(self) -> Answer:
        return dataclasses.asdict(self)


class _Laptop:
    """One laptop: pulls when it is told that there is something, and edits its own prospect now and then."""

    def __init__(self, config: Answer, record: Callable[[], _Record]) -> None:
        """`config`: `url`, `token`, `device`, and the `prospect` that it edits, with its present `fleet_size`."""
        key = DeviceKey(bytes.fromhex(config["device"]))
        self._client = HubClient(config["url"], StaticTokens(config["token"]), signer=DeviceSigner(lambda: key))
        self._prospect: str = config["prospect"]
        self._fleet_size: int = config["fleet_size"]
        self._record = record
        self._rng = random.Random()
        self._rhythm = PullRhythm(self._rng, interval=_INTERVAL, poll=_POLL)
        self._id = new_id()
        self._cursor = ""
        self._pushed = 0
        self._listening = asyncio.Event()

    async def run(self, every: float) -> None:
        """Work until cancelled: a command about `every` seconds, a pull when something is heard."""
        async with self._client, asyncio.TaskGroup() as group:
            await self._once(self._meet)
            group.create_task(self._keep(self._listen))
            group.create_task(self._keep(self._pull))
            group.create_task(self._keep(lambda: self._push(every)))

    async def met(self) -> None:
        """Return when the live stream is open."""
        await self._listening.wait()

    async def _meet(self) -> None:
        version = _PLATFORM.schema.version
        await self._client.hello(Hello(laptop_id=self._id, app_version="bench", schema_version=version))
        plan = await self._client.load(LoadRequest(laptop_id=self._id, schema_version=version))
        self._cursor = plan.cursor

    async def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._once(work)

    async def _once(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it, again and again until it succeeds; each failure is recorded."""
        backoff = Backoff(self._rng)
        while True:
            try:
                return await work()
            except FleetDeskError as error:
                self._record().failures[f"{type(error).__name__}: {error}"] += 1
                await asyncio.sleep(backoff.next_delay())

    async def _listen(self) -> None:
        await listen(self._client, connected=self._listening.set, changed=self._rhythm.heard, rights=self._rhythm.hurry)

    async def _pull(self) -> None:
        await self._rhythm.due()
        request = PullRequest(
            laptop_id=self._id,
            cursor=self._cursor,
            confirmed=self._pushed,
            schema_version=_PLATFORM.schema.version,
        )
        began, rows = time.perf_counter(), 0
        async with self._client.pull(request) as pull:
            async for part in pull.parts:
                if isinstance(part, RowsChunk):
                    rows += len(part.rows)
                    self._record().ages.extend(_ages(part))
                elif isinstance(part, PullEnd):
                    self._cursor = part.cursor
        record = self._record()
        record.pulls.append(time.perf_counter() - began)
        record.rows += rows

    async def _push(self, every: float) -> None:
        await asyncio.sleep(self._rng.uniform(0, every) if self._pushed == 0 else every)
        after = self._fleet_size % 400 + 1
        request = PushRequest(
            laptop_id=self._id,
            first_sequence=self._pushed + 1,
            confirmed=self._pushed,
            commands=(self._edit(after),),
        )
        began = time.perf_counter()
        answer = await self._client.push(request)
        record = self._record()
        record.pushes.append(time.perf_counter() - began)
        (receipt,) = answer.receipts
        if not receipt.verdict.settled:
            record.failures[f"a command was {receipt.verdict.kind}: {receipt.verdict.reason}"] += 1
        self._pushed, self._fleet_size = self._pushed + 1, after

    def _edit(self, after: int) -> WireCommand:
        command = EditProspect(
            id=new_id(),
            issued_at=SystemClock().now(),
            prospect_id=self._prospect,
            edits={"fleet_size": FieldEdit(self._fleet_size, after)},
        )
        return _PLATFORM.commands.encode(command)


def _ages(chunk: RowsChunk) -> Iterator[float]:
    """How old some of the changes are, in seconds, by the clock that their authors had as well."""
    if chunk.table == Prospect.__tablename__:
        place = chunk.columns.index(Prospect.updated_at.key)
        for row in chunk.rows[::_LOOKED_AT]:
            yield (SystemClock().now() - dt.datetime.fromisoformat(str(row[place]))).total_seconds()


class _Crowd:
    """All laptops of this process; what is recorded begins anew with each `work`."""

    def __init__(self, config: Answer) -> None:
        self._record = _Record()
        self._laptops = [_Laptop(each, lambda: self._record) for each in config["laptops"]]
        self._every: float = config["every"]

    async def serve(self) -> None:
        """Answer requests until the pipe closes."""
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(laptop.run(self._every)) for laptop in self._laptops]
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(json.dumps(await self._answer(json.loads(line))), flush=True)
            for task in running:
                task.cancel()

    async def _answer(self, request: Answer) -> Answer:
        match request["do"]:
            case "meet":
                await asyncio.gather(*(laptop.met() for laptop in self._laptops))
                return {}
            case "work":
                self._record = _Record()
                await asyncio.sleep(request["seconds"])
                return self._record.plain()
            case other:
                raise ValueError(f"nobody can {other}")


if __name__ == "__main__":
    asyncio.run(_Crowd(json.loads(sys.stdin.readline())).serve())
