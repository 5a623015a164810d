"""Makes a table, or adopts one that the platform has already: what is missing is added, what is there stays.

A column of another type is never converted: the migration stops and names it, and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from fleetdesk.errors import BadSettings

__all__ = ["HostedColumn", "add_constraint", "adopt_table", "optional", "required"]


@dataclass(frozen=True)
class HostedColumn:
    """A column as PostgreSQL shall have it; `fill` is what rows that are there already get in it."""

    name: str
    type: str
    fill: str | None = None


def optional(name: str, type: str) -> HostedColumn:
    """A column that may be null."""
    return HostedColumn(name, type)


def required(name: str, type: str, *, fill: str) -> HostedColumn:
    """A column that is never null; `fill` is an SQL expression over the row."""
    return HostedColumn(name, type, fill)


def adopt_table(
    connection: Connection,
    table: str,
    columns: Iterable[HostedColumn],
    *,
    key: tuple[str, ...] = ("id",),
) -> None:
    """The table with at least these columns and this primary key. Raises BadSettings where one has another type."""
    columns = tuple(columns)
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {table} ()"))
    additions = ", ".join(f"ADD COLUMN IF NOT EXISTS {column.name} {column.type}" for column in columns)
    connection.execute(text(f"ALTER TABLE {table} {additions}"))
    _demand_types(connection, table, columns)
    never_null = [column for column in columns if column.fill is not None]
    for column in never_null:
        connection.execute(text(f"UPDATE {table} SET {column.name} = {column.fill} WHERE {column.name} IS NULL"))
    settings = ", ".join(f"ALTER COLUMN {column.name} SET NOT NULL" for column in never_null)
    connection.execute(text(f"ALTER TABLE {table} {settings}"))
    if not _has_primary_key(connection, table):
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({', '.join(key)})"))


def add_constraint(connection: Connection, table: str, name: str, definition: str) -> None:
    """The constraint, unless the table has one of that name."""
    query = text("SELECT FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND conname = :name")
    if connection.execute(query, {"table": table, "name": name}).first() is None:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))


def _demand_types(connection: Connection, table: str, columns: Iterable[HostedColumn]) -> None:
    query = text(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped"
    )
    found = {row.attname: row.format_type for row in connection.execute(query, {"table": table})}
    strange = [
        f"{column.name} is {found[column.name]} and has to be {column.type}"
        for column in columns
        if found[column.name] != column.type
    ]
    if strange:
        raise BadSettings(
            f"The table {table} exists already, and {'; '.join(strange)}.",
            kept="Nothing was changed.",
            do="Convert it, or give FleetDesk a database of its own.",
        )


def _has_primary_key(connection: Connection, table: str) -> bool:
    query = text("SELECT FROM pg_index WHERE indrelid = CAST(:table AS regclass) AND indisprimary")
    return connection.execute(query, {"table": table}).first() is not None
