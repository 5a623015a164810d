"""What `fleetdesk doctor` finds: versions, the way to the hub, the clock, the local files, whether both sides agree.

Works offline too, and says what it could not check. Nothing here mends anything; the one thing it changes is that the
local copy is brought up to date, because only then can it be compared with the hub's in the same snapshot.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import importlib.metadata
import platform as machine
from collections import Counter

import orjson

from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import CursorGone, FleetDeskError, Offline, Refused
from fleetdesk.models.access import normalise_role, role_name
from fleetdesk.models.diagnosis import Check, Comparison, Diagnosis, Finding
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.models.types import parse_instant
from fleetdesk.protocol import PROTOCOL_VERSION, TableChecksum, Welcome
from fleetdesk.sync.engine.clocks import TOLERANCE, ClockWatch, spoken
from fleetdesk.sync.engine.pulling import pull_once
from fleetdesk.sync.engine.session import app_version, greet
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.files.cipher import DRIVER
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["diagnose", "to_json"]

_LIBRARIES = (
    "PySide6-Essentials",
    "SQLAlchemy",
    "cryptography",
    "httpx",
    "orjson",
    "psycopg",
    "pydantic",
    "sqlcipher3",
    "zstandard",
)


async def diagnose(
    store: LocalStore | FleetDeskError, client: HubClient | FleetDeskError, *, schema_version: int, clock: Clock
) -> Diagnosis:
    """Look at everything. In place of a store or client that could not be had stands the error that says why."""
    worker = Worker("doctor")
    try:
        examination = _Examination(worker, ClockWatch(clock), schema_version)
        await examination.run(store, client)
    finally:
        worker.close()
    return Diagnosis(clock.now(), _versions(schema_version), tuple(examination.checks), tuple(examination.comparisons))


def to_json(report: Diagnosis) -> str:
    """The report for machines, with `exit_status`."""
    return orjson.dumps(
        {
            "made_at": report.made_at,
            "exit_status": report.exit_status,
            "versions": dict(report.versions),
            "checks": report.checks,
            "tables": report.tables,
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z,
    ).decode()


class _Examination:
    """Collects findings, from the hub towards the rows."""

    def __init__(self, worker: Worker, clocks: ClockWatch, schema_version: int) -> None:
        self.checks: list[Check] = []
        self.comparisons: list[Comparison] = []
        self._worker = worker
        self._clocks = clocks
        self._schema_version = schema_version

    async def run(self, store: LocalStore | FleetDeskError, client: HubClient | FleetDeskError) -> None:
        laptop_id = new_id() if isinstance(store, FleetDeskError) else await self._worker.call(lambda: store.laptop_id)
        reached = await self._look_at_connection(client)
        welcome = None if reached is None else await self._look_at_session(reached, laptop_id)
        self._look_at_clock()
        if isinstance(store, FleetDeskError):
            self._add("local files", Finding.UNKNOWN, str(store))
            return
        await self._look_at_files(store, welcome)
        await self._look_at_waiting(store)
        await self._compare(store, reached if welcome else None)

    async def _look_at_connection(self, client: HubClient | FleetDeskError) -> HubClient | None:
        """The client, if the hub answers."""
        if isinstance(client, FleetDeskError):
            self._add("connection", Finding.UNKNOWN, str(client))
            return None
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await client.ready()
        except FleetDeskError as error:
            self._add("connection", _of(error), str(error))
            return None
        self._add(
            "connection", Finding.WELL, f"The hub is ready; it answered in {(loop.time() - began) * 1000:.0f} ms."
        )
        return client

    async def _look_at_session(self, client: HubClient, laptop_id: str) -> Welcome | None:
        try:
            welcome = await greet(client, laptop_id, self._schema_version, self._clocks)
        except FleetDeskError as error:
            self._add("session", _of(error), str(error))
            return None
        person = welcome.person
        self._add(
            "session",
            Finding.WELL,
            f"The hub ({welcome.hub_version}) knows you as {person.name} ({_role(person.role)}); "
            f"you hold rows of: {', '.join(person.scopes) or 'nothing'}.",
        )
        return welcome

    def _look_at_clock(self) -> None:
        skew = self._clocks.skew
        if skew is None:
            self._add("clock", Finding.UNKNOWN, "The hub did not tell its time.")
        elif abs(skew) > TOLERANCE:
            self._add("clock", Finding.WRONG, self._clocks.warning)
        else:
            self._add("clock", Finding.WELL, f"Within {spoken(TOLERANCE)} of the hub's ({_milliseconds(skew)}).")

    async def _look_at_files(self, store: LocalStore, welcome: Welcome | None) -> None:
        notices, epoch, needs_load, scopes, cursor, person = await self._worker.call(
            lambda: (store.notices, store.epoch, store.needs_load, store.scopes_to_load, store.cursor, store.person)
        )
        for notice in notices:
            self._add("local files", Finding.NOTE, str(notice))
        if not notices:
            self._add("local files", Finding.WELL, "The local copy and the outbox can be read.")
        self._look_at_epoch(epoch, welcome)
        if person is not None and person.shut_out:
            self._add("cursor", Finding.NOTE, "The hub did not let you in, so that no row is here until it does.")
            return
        if needs_load or cursor is None:
            self._add("cursor", Finding.NOTE, "Nothing is loaded yet, or all must be loaded again: start FleetDesk.")
            return
        self._add("cursor", Finding.WELL, _described(cursor, self._clocks.hub_now()))
        if scopes:
            self._add("cursor", Finding.NOTE, f"Rows of {', '.join(scopes)} are still to be loaded: start FleetDesk.")

    def _look_at_epoch(self, epoch: str, welcome: Welcome | None) -> None:
        if not epoch:
            self._add("epoch", Finding.NOTE, "This laptop has not met a hosted database yet.")
        elif welcome is None:
            self._add("epoch", Finding.UNKNOWN, f"Last seen here: {epoch}.")
        elif epoch != welcome.epoch:
            self._add("epoch", Finding.NOTE, "The hosted database was restored: the next contact loads all again.")
        else:
            self._add("epoch", Finding.WELL, f"The same on both sides: {epoch}.")

    async def _look_at_waiting(self, store: LocalStore) -> None:
        pending = await self._worker.call(store.pending)
        states = Counter(change.state for change in pending)
        outgoing = states[PendingState.WAITING] + states[PendingState.SENT]
        if outgoing:
            self._add("outbox", Finding.NOTE, f"{_counted(outgoing, 'change')} without the hub's verdict yet.")
        else:
            self._add("outbox", Finding.WELL, "Nothing waits to be sent.")
        undecided = states[PendingState.INBOX] + states[PendingState.HELD]
        if undecided:
            self._add("inbox", Finding.NOTE, f"{_counted(undecided, 'change')} for you to decide.")
        else:
            self._add("inbox", Finding.WELL, "Nothing waits for you to decide.")

    async def _compare(self, store: LocalStore, client: HubClient | None) -> None:
        needs_load = await self._worker.call(lambda: store.needs_load or bool(store.scopes_to_load))
        if client is None or needs_load:
            why = "nothing is loaded completely" if needs_load else "the hub could not be asked"
            self._add("tables", Finding.UNKNOWN, f"Not compared: {why}.")
            return
        try:
            end = await pull_once(
                client, store, self._worker, self._clocks, schema_version=self._schema_version, checksums=True
            )
        except CursorGone as error:
            self._add("tables", Finding.NOTE, f"Not compared. {error} Start FleetDesk.")
            return
        except FleetDeskError as error:
            self._add("tables", _of(error), f"Not compared. {error}")
            return
        here = await self._worker.call(lambda: store.hosted_checksums(end.checksums))
        self._judge({checksum.table: checksum for checksum in here}, end.checksums)

    def _judge(self, here: dict[str, TableChecksum], there: tuple[TableChecksum, ...]) -> None:
        for theirs in there:
            ours = here.get(theirs.table)
            if ours is None:
                self._add("tables", Finding.NOTE, f"{theirs.table} is of a newer version and not kept here.")
            else:
                self.comparisons.append(_comparison(ours, theirs))
        wrong = [comparison.table for comparison in self.comparisons if not comparison.equal]
        if wrong:
            self._add(
                "tables",
                Finding.WRONG,
                f"Not the same here as at the hub: {', '.join(wrong)}. "
                "Your own changes are kept apart and safe; tell your administrator.",
            )
        else:
            self._add("tables", Finding.WELL, "Every table is the same here as at the hub, row for row.")

    def _add(self, name: str, finding: Finding, detail: str) -> None:
        self.checks.append(Check(name, finding, detail))


def _comparison(ours: TableChecksum, theirs: TableChecksum) -> Comparison:
    return Comparison(ours.table, ours.count, theirs.count, f"{ours.sum:016x}", f"{theirs.sum:016x}")


def _of(error: FleetDeskError) -> Finding:
    return Finding.UNKNOWN if isinstance(error, Offline) else Finding.WRONG


def _role(key: str) -> str:
    """A role as people call it; the hub may be newer and know one more."""
    try:
        return role_name(normalise_role(key))
    except Refused:
        return key


def _described(cursor: str, now: dt.datetime) -> str:
    """What a cursor says. It is the hub's own note: what cannot be read is no fault."""
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor))
        age = now - parse_instant(told["taken_at"])
        return (
            f"{spoken(max(age, dt.timedelta()))} old; snapshot {told['snapshot']}, schema {told['schema_version']}, "
            f"scopes {', '.join(told['scopes'])}."
        )
    except (ValueError, KeyError, TypeError):
        return f"Kept for the hub, {len(cursor)} characters."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _milliseconds(span: dt.timedelta) -> str:
    return f"{span.total_seconds() * 1000:+.0f} ms"


def _versions(schema_version: int) -> tuple[tuple[str, str], ...]:
    """Ours, then the machine's, then those of the libraries that are here."""
    return (
        ("FleetDesk", app_version()),
        ("protocol", str(PROTOCOL_VERSION)),
        ("schema", str(schema_version)),
        ("Python", machine.python_version()),
        ("system", machine.platform()),
        ("SQLCipher", _cipher_version()),
        *((name, found) for name in _LIBRARIES if (found := _installed(name)) is not None),
    )


def _cipher_version() -> str:
    connection = DRIVER.connect(":memory:")
    try:
        return str(connection.execute("PRAGMA cipher_version").fetchone()[0])
    finally:
        connection.close()


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
