"""Counts and checksums of the hosted rows held here, to be compared with the hub's (`protocol.TableChecksum`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import cast

from sqlalchemy import Column, Connection

from fleetdesk.models.base import Synced
from fleetdesk.models.schema import Schema
from fleetdesk.models.types import Flag
from fleetdesk.protocol import TableChecksum
from fleetdesk.sync.files.cipher import Raw
from fleetdesk.sync.files.replica_schema import column_names

__all__ = ["hosted_checksums"]


def hosted_checksums(connection: Connection, schema: Schema, shapes: Iterable[TableChecksum]) -> list[TableChecksum]:
    """The same tables and columns over the hosted versions here; those that the schema doesn't know are left out."""
    raw = cast("Raw", connection.connection.driver_connection)
    return [
        _checksum(raw, schema.record(shape.table), shape.columns)
        for shape in shapes
        if shape.table in schema and set(shape.columns) <= set(column_names(schema.record(shape.table)))
    ]


def _checksum(raw: Raw, record: type[Synced], columns: tuple[str, ...]) -> TableChecksum:
    count = total = 0
    for text in _hosted_texts(raw, record, columns):
        count += 1
        total += int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return TableChecksum(table=record.__tablename__, columns=columns, count=count, sum=total % 2**64)


def _hosted_texts(raw: Raw, record: type[Synced], columns: tuple[str, ...]) -> Iterator[str]:
    """Rows that no waiting command changed, then the before-images of those that one did; SQLite joins their values."""
    table = record.__tablename__
    joined = f"concat_ws(char(31), {', '.join(_text(record.table().columns[name]) for name in columns)})"
    stored = ", ".join(f"image ->> '$.{name}' AS {name}" for name in columns)
    for source in (
        f"(SELECT * FROM {table} WHERE id NOT IN (SELECT id FROM local_before WHERE tbl = ?))",
        f"(SELECT {stored} FROM local_before WHERE tbl = ? AND image IS NOT NULL)",
    ):
        for (text,) in raw.execute(f"SELECT {joined} FROM {source}", (table,)):
            yield text


def _text(column: Column[object]) -> str:
    if isinstance(column.type, Flag):
        return f"CASE {column.name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE char(30) END"
    return f"coalesce({column.name}, char(30))"
