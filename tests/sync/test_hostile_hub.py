"""A hub that was taken over, or is none: the laptop goes on working, keeps its files whole, and recovers by itself."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gzip
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache, partial
from pathlib import Path

import orjson
import pytest
import zstandard

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import (
    Message,
    Person,
    Plain,
    Problem,
    ProblemCode,
    PullEnd,
    PullHead,
    Receipt,
    RemovedChunk,
    RowsChunk,
    Verdict,
    VerdictKind,
)
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.cipher import FileKind, connect
from fleetdesk.sync.files.room import KEPT_FREE
from fleetdesk.sync.store.local_store import LocalStore
from tests.devices import signer_of
from tests.sync.answers import packed, streamed
from tests.sync.hostile import Ask, HostileHub, Lie, body, head_of, in_pieces
from tests.sync.running import KEYS, Haste, RunningLaptop, ShiftedClock
from tests.unit.sync.laptop import hosted_lead
from tests.unit.sync.tiny_hub import NOW, TinyHub

LEAD = "sys_demo_lead"
QUICK = LaptopSettings(pull_interval=0.02, poll_interval=0.1, request_timeout=0.5)
STRANGER = Person(id="person-2", name="Eve", email="eve@example.com", role="platform_commercial", scopes=("leads",))
MOST = 64 * 1024 * 1024
"""More than a laptop's folder of these few leads may ever hold."""


@pytest.fixture
def hub() -> Iterator[HostileHub]:
    """A hub with one lead."""
    honest = TinyHub(fleet_platform())
    hosted_lead(honest, id="lead-1", company="Acme")
    with HostileHub(honest) as hub:
        yield hub


class Disk:
    """How much is free, for tests that fill it."""

    def __init__(self) -> None:
        self.free = KEPT_FREE * 8

    def __call__(self, folder: Path) -> int:
        return self.free


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def laptop(hub: HostileHub, tmp_path: Path, disk: Disk) -> Iterator[RunningLaptop]:
    """A laptop that has loaded the lead, and is in contact."""
    platform = hub.honest.platform
    folder = tmp_path / "laptop"
    store = LocalStore.open(folder, keys=KEYS, platform=platform, clock=_Noon(), free=disk)
    signer = signer_of("user_platform_commercial")
    laptop = RunningLaptop(store, hub.url, "secret", signer, platform.schema.version, _Noon(), QUICK, Haste("one"))
    laptop.start()
    laptop.wait_until(lambda: laptop.company("lead-1") == "Acme", 20)
    yield laptop
    laptop.close()
    assert_whole(folder)


class _Noon(ShiftedClock):
    def now(self) -> dt.datetime:
        return NOW


def assert_whole(folder: Path) -> None:
    """Every page of replica and outbox is as it was written, and every index agrees with its table."""
    files = [(path, KEYS.replica, FileKind.REPLICA) for path in folder.glob("replica-*.db")]
    files.append((folder / "outbox.db", KEYS.outbox, FileKind.OUTBOX))
    assert len(files) > 1
    for path, key, kind in files:
        with contextlib.closing(connect(path, key, kind)) as raw:
            assert raw.execute("PRAGMA cipher_integrity_check").fetchall() == [], path
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)], path


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# -- lies ----------------------------------------------------------------------------------------------------------

Told = Callable[[TinyHub], Lie]


def always(content: bytes, status: int = 200, **headers: str) -> Told:
    return lambda hub: in_pieces(
        body(content, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})
    )


def problem(code: ProblemCode, status: int, **more: object) -> Told:
    told = Problem.model_validate({"code": code, "title": "No.", "status": status, **more})
    return always(told.model_dump_json().encode(), status, Content_Type="application/problem+json")


def pulling(
    *parts: Message, cursor: str | None = None, settled: int = 0, receipts: tuple[Receipt, ...] = (), **head: object
) -> Told:
    """A pull with these parts."""

    def told(hub: TinyHub) -> Lie:
        first = PullHead.model_validate({"person": hub.person, "server_time": NOW, **head})
        end = PullEnd(cursor=hub.cursor() if cursor is None else cursor, settled_through=settled, receipts=receipts)
        return in_pieces(body(streamed(first, *parts, end)))

    return told


@cache
def _good() -> tuple[tuple[str, ...], tuple[Plain, ...]]:
    honest = TinyHub(fleet_platform())
    hosted_lead(honest, id="lead-2", company="Bolt")
    return honest.columns(LEAD), tuple(honest.rows(LEAD)[0])


def row(**values: Plain) -> list[Plain]:
    """A lead's row as a hub sends it, with some of its values."""
    columns, good = _good()
    return [values.get(name, value) for name, value in zip(columns, good, strict=True)]


def rows(*given: list[Plain]) -> RowsChunk:
    """A chunk of leads."""
    return RowsChunk(table=LEAD, columns=_good()[0], rows=list(given))


def pulling_bytes(make: Callable[[bytes], bytes]) -> Told:
    """A pull whose lines, between head and end, are made from a chunk's line."""

    def told(hub: TinyHub) -> Lie:
        head = PullHead(person=hub.person, server_time=NOW).model_dump_json().encode()
        end = PullEnd(cursor=hub.cursor(), settled_through=0).model_dump_json().encode()
        chunk = rows(row()).model_dump_json().encode()
        return in_pieces(body(packed(b"\n".join([head, make(chunk), end, b""]))))

    return told


def slowly(hub: TinyHub) -> Lie:
    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        yield head_of(200)
        while True:
            await asyncio.sleep(0.05)
            yield b"\x28"

    return lie


def never(hub: TinyHub) -> Lie:
    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        await asyncio.sleep(3_600)
        yield b""

    return lie


def noise(hub: TinyHub) -> Lie:
    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        yield random.Random(len(ask.path)).randbytes(50_000)

    return lie


def bomb(hub: TinyHub) -> Lie:
    """Petabytes of nothing."""

    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        yield head_of(200)
        packer = zstandard.ZstdCompressor(19).compressobj()
        nothing = bytes(8 * 1024 * 1024)
        while True:
            yield packer.compress(nothing) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    return lie


def endless_rows(hub: TinyHub) -> Lie:
    """A pull of rows that never come to an end."""

    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        yield head_of(200)
        packer = zstandard.ZstdCompressor(1).compressobj()
        line = PullHead(person=hub.person, server_time=NOW).model_dump_json().encode()
        for number in range(10**9):
            yield packer.compress(line + b"\n") + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
            many = [row(id=f"lead-{number}-{index}", message="x" * 20_000) for index in range(20)]
            line = rows(*many).model_dump_json().encode()

    return lie


def endless_load(hub: TinyHub) -> Lie:
    """A load that always has more."""

    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        after = json.loads(ask.content)["after"] or "0"
        many = [row(id=f"{int(after) + index:020}", message="x" * 20_000) for index in range(1, 200)]
        lines = [orjson.dumps(each) for each in many] + [b'{"type":"end","more":true}', b""]
        yield body(packed(b"\n".join(lines)))

    return lie


def loading(make: Callable[[list[Plain]], list[list[Plain]]]) -> Told:
    """A load of leads with rows made from a good one."""

    def told(hub: TinyHub) -> Lie:
        lines = [orjson.dumps(each) for each in make(row())] + [b'{"type":"end","more":false}', b""]
        return in_pieces(body(packed(b"\n".join(lines))))

    return told


def in_load(lines: bytes) -> Told:
    """A load of these lines."""
    return lambda hub: in_pieces(body(packed(lines)))


def another_epoch(hub: TinyHub) -> Lie:
    epochs = iter(range(10**9))

    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        welcome = json.loads(ask.honest.partition(b"\r\n\r\n")[2])
        yield body(json.dumps(welcome | {"epoch": f"epoch-of-eve-{next(epochs)}"}).encode())

    return lie


def changed_answer(**values: object) -> Told:
    """The honest answer with other values."""

    def told(hub: TinyHub) -> Lie:
        async def lie(ask: Ask) -> AsyncIterator[bytes]:
            honest = json.loads(ask.honest.partition(b"\r\n\r\n")[2])
            yield body(json.dumps(honest | values).encode())

        return lie

    return told


def event_storm(hub: TinyHub) -> Lie:
    async def lie(ask: Ask) -> AsyncIterator[bytes]:
        yield head_of(200, {"Content-Type": "text/event-stream"})
        while True:
            yield b"event: changed\ndata: \n\n" * 1_000

    return lie


REPLICA_LIES: dict[str, tuple[str, Told]] = {
    "a captive portal": ("/", always(b"<html>Sign in to the hotel's network</html>", Content_Type="text/html")),
    "a redirect": ("/", always(b"", 302, Location="http://127.0.0.1:1/v1/pull")),
    "an answer under gzip": ("/", always(gzip.compress(b"{}"), Content_Encoding="gzip")),
    "an empty answer": ("/", always(b"")),
    "noise": ("/", noise),
    "a bomb": ("/v1/pull", bomb),
    "silence": ("/", never),
    "a byte now and then": ("/", slowly),
    "wait for years": ("/", always(b"", 503, Retry_After="99999999999")),
    "a stranger at hello": ("/v1/hello", changed_answer(person=STRANGER.model_dump())),
    "another epoch each time": ("/v1/hello", another_epoch),
    "the year 9999": ("/v1/hello", changed_answer(server_time="9999-12-31T23:59:59.999999Z")),
    "the year 1": ("/v1/hello", changed_answer(server_time="0001-01-01T00:00:00Z")),
    "a version of letters": ("/v1/hello", changed_answer(schema_versions="all")),
    "a pull of somebody else": ("/v1/pull", pulling(person=STRANGER)),
    "rows of somebody else": ("/v1/pull", pulling(rows(row(scope="person:person-2")))),
    "a row without an id": ("/v1/pull", pulling(rows(row(id=None)))),
    "a row with a list for a text": ("/v1/pull", pulling(rows(row(company=["Bolt"])))),
    "a row with an object for a text": ("/v1/pull", pulling(rows(row(company={"a": 1})))),
    "a row with a number of 70 bits": ("/v1/pull", pulling(rows(row(fleet_size=2**64 - 1)))),
    "a row with a text for a number": ("/v1/pull", pulling(rows(row(fleet_size="many")))),
    "a row with a day that is none": ("/v1/pull", pulling(rows(row(created_at="2026-02-30T00:00:00Z")))),
    "a row with a time without a zone": ("/v1/pull", pulling(rows(row(created_at="2026-02-03T00:00:00")))),
    "a row with a stage that is none": ("/v1/pull", pulling(rows(row(status="stolen")))),
    "a row with tags that are none": ("/v1/pull", pulling(rows(row(tags="{")))),
    "a row with tags of another shape": ("/v1/pull", pulling(rows(row(tags="{}")))),
    "a row with NUL": ("/v1/pull", pulling(rows(row(company="a\x00b")))),
    "a column twice": (
        "/v1/pull",
        pulling(RowsChunk(table=LEAD, columns=("id", "scope", "id"), rows=[["x", "leads", "y"]])),
    ),
    "a table's rows without their scope": (
        "/v1/pull",
        pulling(RowsChunk(table=LEAD, columns=("id", "company"), rows=[["lead-1", "Eve's"]])),
    ),
    "a million columns": (
        "/v1/pull",
        pulling_bytes(lambda chunk: b'{"type":"rows","table":"t","columns":["a"],"rows":[[' + b"1," * 10**6 + b"1]]}"),
    ),
    "a line of 100 MB": ("/v1/pull", pulling_bytes(lambda chunk: b'{"type":"' + b"x" * 100_000_000 + b'"}')),
    "a deep line": ("/v1/pull", pulling_bytes(lambda chunk: b"[" * 100_000 + b"]" * 100_000)),
    "a problem of no kind": ("/", always(b'{"code":"eaten"}', 500, Content_Type="application/problem+json")),
    "out of order for ever": ("/v1/push", problem(ProblemCode.OUT_OF_ORDER, 409, next_sequence=2**62)),
    "out of order beyond numbers": ("/v1/push", problem(ProblemCode.OUT_OF_ORDER, 409, next_sequence=2**80)),
    "another payload for ever": ("/v1/push", problem(ProblemCode.PAYLOAD_CHANGED, 409)),
    "receipts of nothing": ("/v1/push", changed_answer(receipts=[])),
    "the cursor gone for ever": ("/v1/pull", problem(ProblemCode.CURSOR_GONE, 410)),
    "events by the thousand": ("/v1/events", event_storm),
}
"""What each lie is told at. The laptop must refuse them: its rows stay as the honest hub has them."""


LOAD_LIES: dict[str, tuple[str, Told]] = {
    "a plan of somebody else": ("/v1/load", changed_answer(person=STRANGER.model_dump())),
    "a plan of nothing known": ("/v1/load", changed_answer(tables="all")),
    "a load of somebody else's rows": (f"/v1/load/{LEAD}", loading(lambda good: [row(scope="person:person-2")])),
    "a load with a list for a text": (f"/v1/load/{LEAD}", loading(lambda good: [row(company=["x"])])),
    "a load with a number of 70 bits": (f"/v1/load/{LEAD}", loading(lambda good: [row(fleet_size=2**64 - 1)])),
    "a load with another width": (f"/v1/load/{LEAD}", loading(lambda good: [good[:-1]])),
    "a load with a row twice": (f"/v1/load/{LEAD}", loading(lambda good: [row(), row()])),
    "a load that says more and sends nothing": (f"/v1/load/{LEAD}", in_load(b'{"type":"end","more":true}\n')),
    "a load that goes on behind its end": (f"/v1/load/{LEAD}", in_load(b'{"type":"end","more":false}\n[1]\n')),
}
"""Told while everything is loaded again. Nobody may see what came so far."""


@pytest.mark.timeout(90)
@pytest.mark.parametrize("lie", [*REPLICA_LIES, *LOAD_LIES])
def test_a_lie_neither_hangs_nor_harms_what_is_here_and_the_truth_mends_it(
    laptop: RunningLaptop, hub: HostileHub, tmp_path: Path, lie: str
) -> None:
    path, told = {**REPLICA_LIES, **LOAD_LIES}[lie]
    with hub.lying(path, told(hub.honest)):
        if lie in LOAD_LIES:
            laptop.store.forget_cursor()
        laptop.engine.network_changed()
        for number in range(3):
            wait_for_a_lie = partial(laptop.wait_until, partial(_lied_more, hub, hub.lied), 25)
            laptop.create(f"Company {number}")
            laptop.engine.sync_now()
            wait_for_a_lie()
        assert laptop.company("lead-1") == "Acme"
        assert laptop.company("lead-2") is None
    assert size_of(tmp_path / "laptop") < MOST

    laptop.engine.sync_now()
    laptop.wait_until(lambda: not laptop.store.counts().waiting and laptop.status.state is SyncState.LIVE)
    assert companies(laptop, hub) == ["Acme", "Company 0", "Company 1", "Company 2"]
    assert laptop.store.counts().inbox == 0
    assert not any("made a mistake" in status.detail for status in laptop.statuses)


def _lied_more(hub: HostileHub, before: int) -> bool:
    return hub.lied > before


def companies(laptop: RunningLaptop, hub: HostileHub) -> list[str]:
    """The companies here, once they are those of the hub."""
    at = hub.honest.columns(LEAD).index("company")
    wanted = sorted(str(each[at]) for each in hub.honest.rows(LEAD))
    laptop.wait_until(lambda: sorted(name for (name,) in laptop.rows(f"SELECT company FROM {LEAD}")) == wanted)
    return wanted


def test_the_token_follows_no_redirect(laptop: RunningLaptop, hub: HostileHub) -> None:
    with HostileHub(hub.honest) as elsewhere:
        for status in (301, 302, 303, 307, 308):
            told = always(b"", status, Location=f"{elsewhere.url}/v1/pull")
            with hub.lying("/v1/pull", told(hub.honest)):
                laptop.engine.sync_now()
                laptop.wait_until(lambda: hub.lied > 0)
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "flood", [("/v1/pull", endless_rows), (f"/v1/load/{LEAD}", endless_load)], ids=["pull", "load"]
)
@pytest.mark.timeout(120)
def test_a_flood_stops_before_the_disk_is_full_and_the_person_works_on(
    laptop: RunningLaptop, hub: HostileHub, disk: Disk, tmp_path: Path, flood: tuple[str, Told]
) -> None:
    path, told = flood
    with hub.lying(path, told(hub.honest)):
        if "load" in path:
            laptop.store.forget_cursor()
        laptop.engine.network_changed()
        laptop.wait_until(lambda: size_of(tmp_path / "laptop") > 4_000_000)
        disk.free = KEPT_FREE
        laptop.wait_until(lambda: "nearly full" in laptop.status.detail)
        laptop.create("Typed meanwhile")
    disk.free = KEPT_FREE * 8
    laptop.store.forget_cursor()  # what came of a load goes on with the next one: the hub says when to begin anew
    laptop.engine.sync_now()
    laptop.wait_until(lambda: not laptop.store.counts().waiting)
    assert companies(laptop, hub) == ["Acme", "Typed meanwhile"]


def test_what_a_hub_may_say_and_should_not_costs_no_waiting_change(laptop: RunningLaptop, hub: HostileHub) -> None:
    """All removed, settled what was never sent, receipts of others, a table of nobody: in the form of the protocol."""
    laptop.engine.pause()
    laptop.create("Waits")
    laptop.rename("lead-1", "Acme", "Acme & Sons")
    others = (Receipt(sequence=1, command_id="eve", verdict=Verdict(kind=VerdictKind.APPLIED)),)
    parts = (
        RemovedChunk(table=LEAD, ids=("lead-1", "lead-1", "nobody", "")),
        RemovedChunk(table="nothing", ids=("x",)),
        RowsChunk(table="nothing", columns=("a", "a"), rows=[[1, 2]]),
    )
    told = pulling(*parts, settled=2**62, receipts=others, gained_scopes=(), cursor="not a cursor")
    with hub.lying("/v1/pull", told(hub.honest)):
        laptop.engine.sync_now()
        laptop.wait_until(lambda: laptop.company("lead-1") is None)
        assert [change.sentence for change in laptop.pending] != []
        assert laptop.store.counts().waiting + laptop.store.counts().inbox == 2
    laptop.store.forget_cursor()
    laptop.engine.resume()
    laptop.engine.sync_now()
    laptop.wait_until(lambda: len(hub.honest.rows(LEAD)) == 2 and not laptop.store.counts().waiting)
    assert companies(laptop, hub) == ["Acme & Sons", "Waits"]
