"""The pull: what changed since a laptop's cursor, in one snapshot, under the person's claims.

Rows whose transaction the cursor's snapshot had not seen, and the removal log for rows that are gone or left the
scopes that the laptop holds. Rows of scopes that were just gained are loaded, those of lost ones dropped as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass

import orjson
from psycopg import sql
from sqlalchemy import Connection

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import UpgradeNeeded
from fleetdesk.hub.checksums import checksum
from fleetdesk.hub.claims import ask_as
from fleetdesk.hub.cursor import POSITION, Cursor, Position
from fleetdesk.hub.database import Database
from fleetdesk.hub.laptops import last_sequence
from fleetdesk.hub.people import claims_of, recognise
from fleetdesk.hub.receipts import Receipts
from fleetdesk.hub.slots import Slots
from fleetdesk.hub.tokens import Identity
from fleetdesk.hub.unseen import UNSEEN_TABLES, Unseen
from fleetdesk.hub.wire import copied, row_json, settled, undone
from fleetdesk.models.base import Synced
from fleetdesk.models.ids import Clock
from fleetdesk.models.schema import Schema, wire_columns
from fleetdesk.protocol import PULL_CHUNK, Message, Person, PullEnd, PullHead, PullRequest, RemovedChunk

__all__ = ["Feed", "demand_schema", "served_versions"]

_CHUNK_BYTES = 4 * 1024 * 1024
_PATIENCE_SECONDS = 2.0
"""How long a pull waits for others to end: one change has many laptops pull at once, for a moment each."""


@dataclass(frozen=True)
class _Pull:
    """One pull while it is answered: who asks, from where, and the scopes that they held then and hold now."""

    request: PullRequest
    person: Person
    cursor: Cursor
    position: Position


class Feed:
    """Answers pulls. `removal_days` is how long removals are remembered.

    A pull takes as long as its laptop takes to read it: at most half the pool's connections but one are given to pulls
    at a time, so that beside the loads, which have half of them too, one is left for pushes. `pulled` hears how many
    rows a pull brought.
    """

    def __init__(
        self,
        database: Database,
        platform: Platform,
        receipts: Receipts,
        unseen: Unseen,
        clock: Clock,
        *,
        removal_days: int,
        pulled: Callable[[int], None] = lambda rows: None,
    ) -> None:
        self._database = database
        self._platform = platform
        self._receipts = receipts
        self._unseen = unseen
        self._clock = clock
        self._removal_days = dt.timedelta(days=removal_days)
        self._slots = Slots(database.pool_size // 2 - 1, "Many laptops are pulling just now.")
        self._pulled = pulled
        self._sources = [_source(number, record) for number, record in enumerate(platform.schema)]

    def pull(self, request: PullRequest, identity: Identity) -> Generator[bytes]:
        """The lines of the answer (`protocol`), some at a time.

        Before the first: raises Busy, CursorGone, UpgradeNeeded, NotStaff, Unavailable.
        """
        demand_schema(self._platform.schema, request.schema_version)
        cursor = Cursor.decode(request.cursor)
        slot = self._slots.slot(identity.counted_as, patience=_PATIENCE_SECONDS)
        with slot, self._database.reading() as connection:
            person = recognise(connection, identity, self._platform.access)
            held = frozenset(cursor.scopes) & frozenset(person.scopes)
            claims = claims_of(person, request.laptop_id, read=held)
            [(*standing, unseen)] = ask_as(connection, claims, _POSITION_AND_UNSEEN, {"seen": cursor.snapshot})
            position, now = Position(*standing), self._clock.now()
            cursor.demand_current(position, schema_version=request.schema_version, earliest=now - self._removal_days)
            pull = _Pull(request, person, cursor, position)
            yield _head(pull, now)
            yield from self._removals(connection, cursor, unseen)
            yield from self._rows(connection, cursor, unseen)
            yield self._end(connection, pull, now)

    def _removals(self, connection: Connection, cursor: Cursor, unseen: Collection[str]) -> Iterator[bytes]:
        if "sys_removal" not in unseen:
            return
        query = sql.SQL("SELECT json_build_array(table_name, row_id) FROM sys_removal WHERE {}").format(
            self._unseen.removals(cursor)
        )
        removed: dict[str, list[str]] = defaultdict(list)
        for line in copied(connection, query):
            table, row_id = orjson.loads(undone(bytes(line)))
            removed[table].append(row_id)
            if len(removed[table]) == PULL_CHUNK:
                yield _line(RemovedChunk(table=table, ids=tuple(removed.pop(table))))
        for table, ids in removed.items():
            yield _line(RemovedChunk(table=table, ids=tuple(ids)))

    def _rows(self, connection: Connection, cursor: Cursor, unseen: Collection[str]) -> Iterator[bytes]:
        """All tables that have any by one query, each line led by the number of its table."""
        selects = [
            source.select + self._unseen.rows(record, cursor)
            for record, source in zip(self._platform.schema, self._sources, strict=True)
            if record.__tablename__ in unseen
        ]
        if not selects:
            return
        query = sql.SQL(" UNION ALL ").join(selects)
        chunks = [_Chunk(source.head) for source in self._sources]
        count = 0
        for count, line in enumerate(copied(connection, query), start=1):  # noqa: B007 - the last one is asked for
            number, _, row = bytes(line).rstrip().partition(b"\t")
            chunk = chunks[int(number)]
            chunk.add(row)
            if chunk.full:
                yield chunk.take()
        yield from (chunk.take() for chunk in chunks if chunk)
        self._pulled(count)

    def _end(self, connection: Connection, pull: _Pull, now: dt.datetime) -> bytes:
        laptop_id, confirmed = pull.request.laptop_id, pull.request.confirmed
        settled = last_sequence(connection, laptop_id)
        cursor = Cursor(
            epoch=pull.position.epoch,
            snapshot=pull.position.snapshot,
            scopes=pull.person.scopes,
            schema_version=pull.request.schema_version,
            taken_at=now,
        )
        records = self._platform.schema if pull.request.checksums else ()
        return _line(
            PullEnd(
                cursor=cursor.encode(),
                settled_through=settled,
                receipts=self._receipts.after(connection, laptop_id, confirmed) if confirmed < settled else (),
                checksums=tuple(checksum(connection, record) for record in records),
            )
        )


_POSITION_AND_UNSEEN = f"SELECT {POSITION}, {UNSEEN_TABLES} FROM sys_epoch"


def served_versions(schema: Schema) -> tuple[int, ...]:
    """The schema versions of laptops that this hub serves: its own and the previous."""
    return tuple(version for version in (schema.version - 1, schema.version) if version >= 1)


def demand_schema(schema: Schema, version: int) -> None:
    """Raise UpgradeNeeded for a laptop of a schema that is not served."""
    if version not in served_versions(schema):
        newer = version > schema.version
        raise UpgradeNeeded(
            f"The hub does not know version {version} of the data.",
            do="Ask your administrator to update the hub." if newer else "Update FleetDesk.",
        )


@dataclass(frozen=True)
class _Source:
    """One table as a pull reads it, made once: the query up to its condition, and how a line of its rows begins."""

    select: sql.Composable
    head: bytes


def _source(number: int, record: type[Synced]) -> _Source:
    columns = wire_columns(record)
    select = sql.SQL("SELECT {number}, {row} FROM {table} WHERE ").format(
        number=sql.Literal(number), row=row_json(columns), table=sql.Identifier(record.__tablename__)
    )
    head = {"type": "rows", "table": record.__tablename__, "columns": [column.name for column in columns]}
    return _Source(settled(select), orjson.dumps(head)[:-1] + b',"rows":[')


class _Chunk:
    """Rows of one table on their way into a line, already as JSON but for the backslashes that COPY doubles."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._rows: list[bytes] = []
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def full(self) -> bool:
        return len(self._rows) == PULL_CHUNK or self._size >= _CHUNK_BYTES

    def add(self, row: bytes) -> None:
        self._rows.append(row)
        self._size += len(row)

    def take(self) -> bytes:
        """The line (a RowsChunk) with all rows so far; the chunk is empty again."""
        rows = undone(b",".join(self._rows))
        self._rows, self._size = [], 0
        return b"%b%b]}\n" % (self._head, rows)


def _head(pull: _Pull, now: dt.datetime) -> bytes:
    then, today = frozenset(pull.cursor.scopes), frozenset(pull.person.scopes)
    return _line(
        PullHead(
            person=pull.person,
            lost_scopes=tuple(sorted(then - today)),
            gained_scopes=tuple(sorted(today - then)),
            server_time=now,
        )
    )


def _line(message: Message) -> bytes:
    return message.model_dump_json().encode() + b"\n"
