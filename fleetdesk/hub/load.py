"""The first load: a plan, then per table one ordered stream of rows, in responses that end early and resume by key.

The plan's snapshot is older than every row that is streamed after it, so what changes meanwhile comes again with the
pull from the plan's cursor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from psycopg import sql
from psycopg.abc import Buffer
from sqlalchemy import Column, Connection, text

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import Invalid, NotAllowed
from fleetdesk.hub.claims import set_claims
from fleetdesk.hub.cursor import Cursor, position_of
from fleetdesk.hub.database import Database, driver
from fleetdesk.hub.feed import demand_schema
from fleetdesk.hub.laptops import last_sequence
from fleetdesk.hub.people import claims_of, recognise
from fleetdesk.hub.slots import Slots
from fleetdesk.hub.tokens import Identity
from fleetdesk.hub.wire import copied_rows, json_lines
from fleetdesk.models.base import Synced
from fleetdesk.models.ids import Clock
from fleetdesk.models.schema import wire_columns
from fleetdesk.protocol import (
    LOAD_BYTES,
    LOAD_SECONDS,
    LoadEnd,
    LoadPlan,
    LoadRequest,
    LoadTable,
    LoadTableRequest,
    Person,
)

__all__ = ["Loader"]

_ROWS_AT_ONCE = 500
_BLOCK_BYTES = 2 * 1024 * 1024


class Loader:
    """Answers loads; at most half the pool's connections at a time, so that pushes and pulls go on beside them.

    Once `stopping` is set, an answer ends after the block that is being made.
    """

    def __init__(
        self,
        database: Database,
        platform: Platform,
        clock: Clock,
        *,
        most_bytes: int = LOAD_BYTES,
        most_seconds: float = LOAD_SECONDS,
        stopping: threading.Event | None = None,
    ) -> None:
        self._database = database
        self._platform = platform
        self._clock = clock
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._stopping = stopping or threading.Event()
        self._slots = Slots(database.pool_size // 2, "Many laptops are loading just now.")

    def plan(self, request: LoadRequest, identity: Identity) -> LoadPlan:
        """What to load, and the cursor to pull from afterwards.

        Raises UpgradeNeeded, NotAllowed (a scope that is not the person's), NotStaff, Unavailable.
        """
        demand_schema(self._platform.schema, request.schema_version)
        with self._database.reading() as connection:
            person, scopes = self._admit(connection, identity, request.laptop_id, request.scopes)
            position = position_of(connection)
            now = self._clock.now()
            cursor = Cursor(
                epoch=position.epoch,
                snapshot=position.snapshot,
                scopes=person.scopes,
                schema_version=request.schema_version,
                taken_at=now,
            )
            return LoadPlan(
                cursor=cursor.encode(),
                person=person,
                tables=tuple(_table(connection, record, scopes) for record in self._platform.schema),
                settled_through=last_sequence(connection, request.laptop_id),
                server_time=now,
            )

    def rows(self, table: str, request: LoadTableRequest, identity: Identity) -> Generator[bytes]:
        """The lines of the answer: arrays in key order, then a LoadEnd; large blocks of whole lines.

        Before the first: raises Invalid (`columns`), Busy, NotAllowed, NotStaff, Unavailable.
        """
        record = self._platform.schema.record(table)
        columns = _chosen(record, request.columns)
        with self._slots.slot(identity.counted_as), self._database.reading() as connection:
            _, scopes = self._admit(connection, identity, request.laptop_id, request.scopes)
            connection.execute(_IN_KEY_ORDER)
            with closing(copied_rows(connection, columns, _rest(record, request.after, scopes))) as rows:
                yield from self._stream(rows)

    def _admit(
        self, connection: Connection, identity: Identity, laptop_id: str, wanted: Sequence[str] | None
    ) -> tuple[Person, frozenset[str]]:
        """The person, and the scopes to load, which are now the transaction's claims."""
        person = recognise(connection, identity, self._platform.access)
        scopes = frozenset(person.scopes if wanted is None else wanted)
        if not scopes <= frozenset(person.scopes):
            raise NotAllowed("Your role does not hold these rows.")
        set_claims(connection, claims_of(person, laptop_id, read=scopes))
        return person, scopes

    def _stream(self, rows: Iterator[Buffer]) -> Iterator[bytes]:
        deadline = time.monotonic() + self._most_seconds
        size, more = 0, False
        for block in _blocks(rows, min(_BLOCK_BYTES, self._most_bytes)):
            yield block
            size += len(block)
            more = size >= self._most_bytes or time.monotonic() >= deadline or self._stopping.is_set()
            if more:
                break
        yield LoadEnd(more=more).model_dump_json().encode() + b"\n"


def _blocks(rows: Iterator[Buffer], least: int) -> Iterator[bytes]:
    """The rows joined into blocks of at least so many bytes, so that what is done a block costs nothing a row."""
    parts: list[bytes] = []
    size = 0
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        parts.append(json_lines(some))
        size += len(parts[-1])
        if size >= least:
            yield b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


# A sort of all that is left, for each response anew, would be the planner's choice without it.
_IN_KEY_ORDER = text("SELECT set_config('enable_sort', 'off', true)")


def _rest(record: type[Synced], after: str, scopes: frozenset[str]) -> sql.Composable:
    """What follows FROM: the rows of these scopes that are still wanted, in key order."""
    return sql.SQL("{table} WHERE scope = ANY ({scopes}::text[]) AND id > {after} ORDER BY id").format(
        table=sql.Identifier(record.__tablename__),
        scopes=sql.Literal(sorted(scopes)),
        after=sql.Literal(after),
    )


def _table(connection: Connection, record: type[Synced], scopes: frozenset[str]) -> LoadTable:
    """The table with the planner's guess of its rows, which costs nothing and is good enough for a progress bar."""
    query = sql.SQL("EXPLAIN (FORMAT JSON) SELECT FROM {table} WHERE scope = ANY ({scopes}::text[])").format(
        table=sql.Identifier(record.__tablename__), scopes=sql.Literal(sorted(scopes))
    )
    row = driver(connection).execute(query).fetchone()
    assert row is not None, "EXPLAIN answers with one row"
    plan: Any = row[0]
    return LoadTable(
        name=record.__tablename__,
        columns=tuple(column.name for column in wire_columns(record)),
        rows_about=int(plan[0]["Plan"]["Plan Rows"]),
    )


def _chosen(record: type[Synced], names: Sequence[str]) -> list[Column[object]]:
    """The columns of these names, in this order. Raises Invalid where one is unknown, or the key is not the first."""
    columns = {column.name: column for column in wire_columns(record)}
    unknown = [name for name in names if name not in columns]
    if unknown or names[:1] != ("id",) or len(set(names)) < len(names):
        raise Invalid("columns", f"A load of {record.__tablename__} asks for its id, then for columns that it has.")
    return [columns[name] for name in names]
