"""Makes a table, or adopts one that the platform has already: what is missing is added, what is there stays.

A column of another type is never converted: the migration stops and names it, and nothing has changed. Whoever wrote
to an adopted table goes on doing so with the columns that they know: the others have defaults.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError

from fleetdesk.errors import BadSettings

__all__ = ["HostedColumn", "add_constraint", "adopt_table", "optional", "required"]


@dataclass(frozen=True)
class HostedColumn:
    """A column as PostgreSQL shall have it.

    `fill` is what rows that are there already get in it; `default`, what rows get whose writer does not know it.
    """

    name: str
    type: str
    fill: str | None = None
    default: str | None = None


def optional(name: str, type: str) -> HostedColumn:
    """A column that may be null."""
    return HostedColumn(name, type)


def required(name: str, type: str, *, fill: str, default: str | None = None) -> HostedColumn:
    """A column that is never null; `fill` is an SQL expression. One over the row needs a `default` that is not."""
    return HostedColumn(name, type, fill, default or fill)


def adopt_table(connection: Connection, table: str, columns: Iterable[HostedColumn]) -> None:
    """The table with at least these columns, and a unique `id`. Raises BadSettings where that cannot be had."""
    columns = tuple(columns)
    adopted = connection.execute(text("SELECT to_regclass(:table) IS NOT NULL"), {"table": table}).scalar_one()
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {table} ()"))
    additions = ", ".join(f"ADD COLUMN IF NOT EXISTS {column.name} {column.type}" for column in columns)
    connection.execute(text(f"ALTER TABLE {table} {additions}"))
    _demand_types(connection, table, columns)
    never_null = [column for column in columns if column.fill is not None]
    for column in never_null:
        connection.execute(text(f"UPDATE {table} SET {column.name} = {column.fill} WHERE {column.name} IS NULL"))
    settings = [f"ALTER COLUMN {column.name} SET NOT NULL" for column in never_null]
    if adopted:
        given = _with_default(connection, table)
        settings += [
            f"ALTER COLUMN {column.name} SET DEFAULT {column.default}"
            for column in never_null
            if column.name not in given
        ]
    connection.execute(text(f"ALTER TABLE {table} {', '.join(settings)}"))
    _make_id_unique(connection, table)


def add_constraint(connection: Connection, table: str, name: str, definition: str) -> None:
    """The constraint, unless the table has one of that name. Raises BadSettings where a row does not fit it."""
    query = text("SELECT FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND conname = :name")
    if connection.execute(query, {"table": table, "name": name}).first() is None:
        try:
            connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
        except (IntegrityError, DataError) as error:
            raise BadSettings(
                f"The table {table} exists already, and a row of it does not fit “{definition}”: {error.orig}",
                kept="Nothing was changed.",
                do="Mend such rows, then migrate again.",
            ) from error


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


def _with_default(connection: Connection, table: str) -> set[str]:
    """The columns for which the table has a default (or computes, or counts) already."""
    query = text(
        "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
        " AND NOT attisdropped AND (atthasdef OR attidentity <> '')"
    )
    return set(connection.execute(query, {"table": table}).scalars())


def _make_id_unique(connection: Connection, table: str) -> None:
    """A primary key where there is none, else an index: references and the removal log know rows by `id` alone."""
    if connection.execute(_UNIQUE_ID, {"table": table}).first() is not None:
        return
    if connection.execute(text(f"SELECT FROM {table} GROUP BY id HAVING count(*) > 1 LIMIT 1")).first() is not None:
        raise BadSettings(
            f"The table {table} exists already, and several of its rows have the same id.",
            kept="Nothing was changed.",
            do="Give each row an id of its own, or give FleetDesk a database of its own.",
        )
    if _has_primary_key(connection, table):
        connection.execute(text(f"CREATE UNIQUE INDEX uq_{table}_id ON {table} (id)"))
    else:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY (id)"))


# Only an index over all rows, that is checked at once, can be referred to.
_UNIQUE_ID = text(
    "SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]"
    " WHERE indrelid = CAST(:table AS regclass) AND attname = 'id' AND indnkeyatts = 1"
    " AND indisunique AND indimmediate AND indpred IS NULL"
)


def _has_primary_key(connection: Connection, table: str) -> bool:
    query = text("SELECT FROM pg_index WHERE indrelid = CAST(:table AS regclass) AND indisprimary")
    return connection.execute(query, {"table": table}).first() is not None
