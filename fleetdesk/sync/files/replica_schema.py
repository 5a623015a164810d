"""The tables of a replica file: one for each synced record, and the replica's own, whose names begin with `local_`.

The records' tables carry an integer `row_key` (search, id arrays) and plain indexes; uniqueness and checks are the
hub's to judge. A column that a newer schema adds is added in place; nothing is rebuilt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column

from fleetdesk.errors import ProtocolError
from fleetdesk.models.base import Synced
from fleetdesk.models.schema import Schema, wire_columns
from fleetdesk.models.types import Flag, Instant, Json, LocalDate, Whole, canonical_json, instant_text
from fleetdesk.protocol import Plain
from fleetdesk.sync.files.cipher import Raw

__all__ = [
    "FORMAT",
    "capture",
    "column_names",
    "create_indexes",
    "create_tables",
    "known_columns",
    "stored_values",
    "watch_rows",
]

FORMAT = 1
"""The form of the `local_` tables; a file of another form is made again."""

_LOCAL_TABLES = (
    """CREATE TABLE IF NOT EXISTS local_mark (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        cursor TEXT, scopes_to_load TEXT NOT NULL DEFAULT '[]',
        outbox_id TEXT NOT NULL DEFAULT '', position INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0,
        laptop_id TEXT NOT NULL DEFAULT '', settled_through INTEGER NOT NULL DEFAULT 0
    )""",
    "INSERT INTO local_mark (one) VALUES (1) ON CONFLICT DO NOTHING",
    """CREATE TABLE IF NOT EXISTS local_before (
        tbl TEXT NOT NULL, id TEXT NOT NULL, image TEXT, PRIMARY KEY (tbl, id)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS local_load (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        plan TEXT NOT NULL, scopes TEXT, epoch TEXT NOT NULL, laptop_id TEXT NOT NULL,
        schema_version INTEGER NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS local_loaded (
        tbl TEXT PRIMARY KEY, last_id TEXT NOT NULL, rows INTEGER NOT NULL, complete INTEGER NOT NULL
    ) WITHOUT ROWID""",
)


@cache
def column_names(record: type[Synced]) -> tuple[str, ...]:
    """The record's columns in travel order."""
    return tuple(column.name for column in wire_columns(record))


def stored_values(row: Synced) -> list[Plain]:
    """A mapped row's values as the file holds them, in the order of `column_names`."""
    held = row.__dict__
    values = [held.get(name) for name in column_names(type(row))]
    for place, stored in _stored_otherwise(type(row)):
        if values[place] is not None:
            values[place] = stored(values[place])
    return values


@cache
def _stored_otherwise(record: type[Synced]) -> tuple[tuple[int, Callable[[Any], Plain]], ...]:
    """The places of the columns whose mapped values the file holds in another form, and what makes it."""
    found: list[tuple[int, Callable[[Any], Plain]]] = []
    for place, column in enumerate(wire_columns(record)):
        match column.type:
            case Instant():
                found.append((place, instant_text))
            case LocalDate():
                found.append((place, dt.date.isoformat))
            case Json():
                found.append((place, canonical_json))
            case Flag():
                found.append((place, int))
    return tuple(found)


def known_columns(
    record: type[Synced], columns: Sequence[str], rows: list[list[Plain]]
) -> tuple[tuple[str, ...], list[list[Plain]]]:
    """Columns and values without those that this schema doesn't know. Raises ProtocolError where the id is missing."""
    if "id" not in columns:
        raise ProtocolError(f"The hub sent rows of {record.__tablename__} without their ids.")
    ours = frozenset(column_names(record))
    if ours.issuperset(columns):
        return tuple(columns), rows
    wanted = [index for index, name in enumerate(columns) if name in ours]
    return tuple(columns[index] for index in wanted), [[row[index] for index in wanted] for row in rows]


def create_tables(raw: Raw, schema: Schema) -> None:
    """Make what is missing: tables without indexes, and columns that the schema gained. Cheap where nothing is."""
    for statement in _LOCAL_TABLES:
        raw.execute(statement)
    for record in schema:
        table = record.__tablename__
        present = {row[1] for row in raw.execute(f"PRAGMA table_info({table})")}
        if not present:
            columns = ", ".join(_declared(column) for column in wire_columns(record))
            raw.execute(f"CREATE TABLE {table} (row_key INTEGER PRIMARY KEY, {columns})")
            continue
        for column in wire_columns(record):
            if column.name not in present:
                raw.execute(f"ALTER TABLE {table} ADD COLUMN {_declared(column)}")
    raw.execute(f"PRAGMA user_version = {FORMAT}")


def create_indexes(raw: Raw, schema: Schema) -> None:
    """Make the indexes that are missing, the ids' and the records' without their uniqueness; drop all others."""
    for record in schema:
        table = record.__tablename__
        wanted = {f"local_{table}_id": f"CREATE UNIQUE INDEX local_{table}_id ON {table} (id)"}
        for index in record.table().indexes:
            columns = ", ".join(column.name for column in index.columns)
            wanted[str(index.name)] = f"CREATE INDEX {index.name} ON {table} ({columns})"
        for own in record.replica_indexes:
            wanted[own.name(table)] = own.declaration(table)
        present = {row[1] for row in raw.execute(f"PRAGMA index_list({table})").fetchall()}
        for name in sorted(present - wanted.keys()):
            raw.execute(f"DROP INDEX {name}")
        for name in sorted(wanted.keys() - present):
            raw.execute(wanted[name])


def watch_rows(raw: Raw, schema: Schema) -> None:
    """Keep before-images: what a row was (null: not there) before the first change while `capture` holds.

    The triggers are this connection's alone, so that they follow the schema without a trace in the file. They say
    NOT EXISTS rather than OR IGNORE, because an upsert overrides a trigger's conflict clause.
    """
    # A table, as a function of ours would have each written row wait until Python has its turn.
    raw.execute("CREATE TEMP TABLE capturing (one INTEGER PRIMARY KEY)")
    for record in schema:
        table = record.__tablename__
        image = ", ".join(f"'{name}', OLD.{name}" for name in column_names(record))
        for event, row, before in (
            ("INSERT", "NEW", "NULL"),
            ("UPDATE", "OLD", f"json_object({image})"),
            ("DELETE", "OLD", f"json_object({image})"),
        ):
            raw.execute(
                f"CREATE TEMP TRIGGER before_{event.lower()}_{table} AFTER {event} ON main.{table} "
                "WHEN EXISTS (SELECT 1 FROM capturing) "
                f"BEGIN INSERT INTO local_before (tbl, id, image) SELECT '{table}', {row}.id, {before} "
                f"WHERE NOT EXISTS (SELECT 1 FROM local_before WHERE tbl = '{table}' AND id = {row}.id); END"
            )


def capture(raw: Raw, *, on: bool) -> None:
    """Begin, or end, to keep before-images; a transaction that is undone takes this back with it."""
    raw.execute("INSERT INTO capturing VALUES (1)" if on else "DELETE FROM capturing")


def _declared(column: Column[object]) -> str:
    kind = "INTEGER" if isinstance(column.type, Flag | Whole) else "TEXT"
    return f"{column.name} {kind}"
