"""One laptop of the bench, a process of its own: the real store and the real engine, told what to do on standard input.

It reads one JSON object a line and answers each with one; the first is its configuration. Instants are those of the
machine's monotonic clock, which all processes share.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row, text

from bench.record import AddProspect, EditProspect, Prospect, bench_platform
from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.settings import LaptopSettings
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.engine.engine import SyncEngine
from fleetdesk.sync.files.fts import search_table
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.store.local_store import FileKeys, LocalStore

Answer = dict[str, Any]
_TABLE = Prospect.__tablename__
_LONGEST_WAIT = 600.0
_QUIET = 3.0
"""Seconds after which the engine has done what a new contact asks for."""


class _Connection:
    """The engine in its thread, from going online to going offline."""

    def __init__(
        self, store: LocalStore, url: str, token: str, device: str, report: Callable[[SyncStatus], None]
    ) -> None:
        self._store = store
        self._url = url
        self._token = token
        key = DeviceKey(bytes.fromhex(device))
        self._signer = DeviceSigner(lambda: key)
        self._report = report
        self._engine: SyncEngine | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="engine")
        self._thread.start()

    def close(self) -> None:
        self._ready.wait()
        assert self._engine is not None
        self._engine.stop()
        self._thread.join()

    def pause(self) -> None:
        """Send nothing from now on."""
        self._ready.wait()
        assert self._engine is not None
        self._engine.pause()

    def resume(self) -> None:
        """Send again: a pause outlasts the connection."""
        self._ready.wait()
        assert self._engine is not None
        self._engine.resume()

    async def _run(self) -> None:
        async with HubClient(self._url, StaticTokens(self._token), signer=self._signer) as client:
            self._engine = SyncEngine(
                self._store,
                client,
                settings=LaptopSettings(),
                schema_version=bench_platform().schema.version,
                clock=SystemClock(),
                rng=random.Random(),
                report=self._report,
            )
            self._ready.set()
            await self._engine.run()


class Laptop:
    """Answers the bench's requests."""

    def __init__(self, config: dict[str, str]) -> None:
        self._url, self._token, self._device = config["url"], config["token"], config["device"]
        self._store = LocalStore.open(
            Path(config["folder"]),
            keys=FileKeys(
                replica=bytes.fromhex(config["replica_key"]),
                outbox=bytes.fromhex(config["outbox_key"]),
                documents=bytes(32),
            ),
            platform=bench_platform(),
            clock=SystemClock(),
        )
        self._news = threading.Condition()
        self._statuses: list[tuple[float, SyncStatus]] = []
        self._expected = ""
        self._arrived = self._known = 0.0
        self._role, self._rows = "", 0
        self._store.subscribe(self._changed)
        self._connection: _Connection | None = None
        self._handlers: dict[str, Callable[..., Answer]] = {
            "load": self.load,
            "memory": self.memory,
            "online": self.online,
            "offline": self.offline,
            "pause": self.pause,
            "expect": self.expect,
            "arrived": self.arrived,
            "expect_role": self.expect_role,
            "role_arrived": self.role_arrived,
            "count": self.count,
            "value": self.value,
            "perform": self.perform,
            "perform_until_pulled": self.perform_until_pulled,
            "settle": self.settle,
        }

    def answer(self, request: dict[str, Any]) -> Answer:
        """Do what is asked."""
        return self._handlers[request.pop("do")](**request)

    def close(self) -> None:
        """Stop the engine, close the files."""
        self.offline()
        self._store.close()

    # -- requests --------------------------------------------------------------------------------------------------

    def load(self) -> Answer:
        """Load everything: seconds from the first contact until all rows are in, and until search answers."""
        began = time.monotonic()
        self._connect()
        self._wait(lambda: not self._store.needs_load and self._is_live(), "the first load")
        loading = [(at, status) for at, status in self._statuses if status.state is SyncState.LOADING]
        rows = max(status.progress.rows for _, status in loading if status.progress)
        rows_in = next(at for at, status in loading if status.progress and status.progress.rows == rows)
        ready = next(at for at, status in self._statuses if at > rows_in and status.state is not SyncState.LOADING)
        found = self._search("dubai")
        time.sleep(_QUIET)
        return {"rows": rows, "rows_in": rows_in - began, "search_ready": ready - began, "found": found}

    def memory(self) -> Answer:
        """Megabytes of this process in memory now, and at most so far (as Linux tells them)."""
        lines = Path("/proc/self/status").read_text().splitlines()
        told = {name: value for name, _, value in (line.partition(":") for line in lines)}
        return {"now": _megabytes(told["VmRSS"]), "peak": _megabytes(told["VmHWM"])}

    def online(self) -> Answer:
        """Connect, and wait until nothing moves any more."""
        self._connect()
        self._wait(self._is_live, "contact")
        time.sleep(_QUIET)
        return {}

    def offline(self) -> Answer:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return {}

    def pause(self) -> Answer:
        """Send nothing from now on, and wait until nothing moves any more."""
        assert self._connection is not None
        self._connection.pause()
        time.sleep(_QUIET)
        return {}

    def expect(self, id: str) -> Answer:
        """Look out for a change of this row."""
        with self._news:
            self._expected, self._arrived = id, 0.0
        return {}

    def arrived(self) -> Answer:
        """When the expected change was committed here."""
        self._wait(lambda: bool(self._arrived), "the expected row")
        return {"at": self._arrived}

    def expect_role(self, role: str, rows: int) -> Answer:
        """Look out for the person's being of this role, and then for so many rows."""
        with self._news:
            self._role, self._rows, self._known = role, rows, 0.0
        return {}

    def role_arrived(self) -> Answer:
        """When the store knew the role, and when it held just the rows."""
        self._wait(lambda: bool(self._known), "the expected role")
        self._wait(self._has_rows, "the expected rows")
        return {"known": self._known, "rows": time.monotonic()}

    def count(self) -> Answer:
        """How many rows are here."""
        with self._store.reading() as connection:
            return {"rows": connection.scalar(text(f"SELECT count(*) FROM {_TABLE}"))}

    def value(self, id: str, column: str) -> Answer:
        """What stands in one column of a row now."""
        with self._store.reading() as connection:
            return {"value": connection.scalar(text(f"SELECT {column} FROM {_TABLE} WHERE id = :id"), {"id": id})}

    def perform(self, count: int, kinds: list[str], seed: int) -> Answer:
        """Carry out so many commands, of these kinds in turn, on rows all over the table: the seconds of each."""
        return {"seconds": [self._timed(command) for command in itertools.islice(self._commands(kinds, seed), count)]}

    def perform_until_pulled(self, kinds: list[str], seed: int) -> Answer:
        """Carry out commands, one after another, until the next pull is in: the seconds of each."""
        cursor, commands, seconds = self._store.cursor, self._commands(kinds, seed), []
        while self._store.cursor == cursor:
            seconds.append(self._timed(next(commands)))
        return {"seconds": seconds}

    def settle(self) -> Answer:
        """Go online with what waits: seconds until all has verdicts, and until nothing local rests on it any more."""
        began = time.monotonic()
        self._connect()
        self._wait(lambda: self._store.counts().waiting == 0, "verdicts")
        verdicts = time.monotonic() - began
        self._wait(self._is_rebased, "the rebase")
        rebased = time.monotonic() - began
        self._wait(self._is_live, "quiet")
        return {"verdicts": verdicts, "rebased": rebased, "inbox": self._store.counts().inbox}

    # -- how -------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._statuses = []
        self._connection = _Connection(self._store, self._url, self._token, self._device, self._note)
        if self._store.paused:
            self._connection.resume()

    def _timed(self, command: Command) -> float:
        began = time.perf_counter()
        (verdict,) = self._store.perform(command)
        seconds = time.perf_counter() - began
        if not verdict.settled:
            raise RuntimeError(f"{command} was not accepted: {verdict}")
        return seconds

    def _commands(self, kinds: list[str], seed: int) -> Iterator[Command]:
        """Commands on rows chosen by chance, each based on what stands there: `field`, `text` (searched) or `add`."""
        rng = random.Random(seed)
        with self._store.reading() as connection:
            rows: int = connection.scalar(text(f"SELECT max(row_key) FROM {_TABLE}")) or 0
        for number, kind in enumerate(itertools.cycle(kinds)):
            new: dict[str, Any] = {"id": new_id(), "issued_at": SystemClock().now()}
            if kind == "add":
                yield AddProspect(**new, prospect_id=new_id(), who="Nadia Aziz", company=f"Aziz Transport {number}")
                continue
            row = self._row(rng.randint(1, rows))
            edit = (
                {"fleet_size": FieldEdit(row.fleet_size, rng.randint(1, 1_000_000))}
                if kind == "field"
                else {"company": FieldEdit(row.company, f"{rng.choice(('Haddad', 'Moreau'))} Transport {number}")}
            )
            yield EditProspect(**new, prospect_id=row.id, edits=edit)

    def _row(self, row_key: int) -> Row[Any]:
        with self._store.reading() as connection:
            query = text(f"SELECT id, fleet_size, company FROM {_TABLE} WHERE row_key >= :key ORDER BY row_key LIMIT 1")
            return connection.execute(query, {"key": row_key}).one()

    def _search(self, word: str) -> int:
        index = search_table(Prospect)
        with self._store.reading() as connection:
            found = connection.scalar(text(f"SELECT count(*) FROM {index} WHERE {index} MATCH :word"), {"word": word})
        return found or 0

    def _is_live(self) -> bool:
        return bool(self._statuses) and self._statuses[-1][1].state is SyncState.LIVE

    def _has_rows(self) -> bool:
        return bool(self.count()["rows"] == self._rows) and (not self._rows or not self._store.scopes_to_load)

    def _is_rebased(self) -> bool:
        with self._store.reading() as connection:
            return not connection.scalar(text("SELECT EXISTS (SELECT 1 FROM local_before)"))

    def _changed(self, changes: Changes) -> None:
        at = time.monotonic()
        with self._news:
            if self._expected in changes.ids(_TABLE):
                self._arrived = at
            person = self._store.person
            if not self._known and person is not None and person.role == self._role:
                self._known = at
            self._news.notify_all()

    def _note(self, status: SyncStatus) -> None:
        with self._news:
            self._statuses.append((time.monotonic(), status))
            self._news.notify_all()

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for news that make it true; raises TimeoutError after ten minutes."""
        deadline = time.monotonic() + _LONGEST_WAIT
        while not condition():
            with self._news:
                self._news.wait(0.05)
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {what} after {_LONGEST_WAIT:.0f} s: {self._statuses[-1:]}")


def _megabytes(kilobytes: str) -> float:
    return int(kilobytes.removesuffix("kB")) / 1024


def main() -> None:
    """Serve the bench until its pipe closes."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    laptop = Laptop(json.loads(sys.stdin.readline()))
    try:
        for line in sys.stdin:
            print(json.dumps(laptop.answer(json.loads(line))), flush=True)
    finally:
        laptop.close()


if __name__ == "__main__":
    main()
