"""Counts and checksums of the hosted rows held here, to be compared with the hub's (`protocol.TableChecksum`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import orjson
from sqlalchemy import Connection

from fleetdesk.models.base import Synced
from fleetdesk.models.schema import Schema
from fleetdesk.models.types import Flag
from fleetdesk.protocol import Plain, TableChecksum
from fleetdesk.sync.cipher import Raw
from fleetdesk.sync.replica_schema import column_names

__all__ = ["hosted_checksums"]

_SEPARATOR, _NULL = "\x1f", "\x1e"


def hosted_checksums(connection: Connection, schema: Schema, shapes: Iterable[TableChecksum]) -> list[TableChecksum]:
    """The same tables and columns over the hosted versions here; those that the schema doesn't know are left out."""
    raw = cast("Raw", connection.connection.driver_connection)
    return [
        _checksum(raw, schema.record(shape.table), shape.columns)
        for shape in shapes
        if shape.table in schema and set(shape.columns) <= set(column_names(schema.record(shape.table)))
    ]


def _checksum(raw: Raw, record: type[Synced], columns: tuple[str, ...]) -> TableChecksum:
    flags = frozenset(
        index for index, name in enumerate(columns) if isinstance(record.table().columns[name].type, Flag)
    )
    count = total = 0
    for row in _hosted_rows(raw, record, columns):
        count += 1
        total += _digest(row, flags)
    return TableChecksum(table=record.__tablename__, columns=columns, count=count, sum=total % 2**64)


def _hosted_rows(raw: Raw, record: type[Synced], columns: tuple[str, ...]) -> Iterator[Sequence[Plain]]:
    """Rows that no waiting command changed, then the before-images of those that one did."""
    table = record.__tablename__
    yield from raw.execute(
        f"SELECT {', '.join(columns)} FROM {table} WHERE id NOT IN (SELECT id FROM local_before WHERE tbl = ?)",
        (table,),
    )
    for (image,) in raw.execute("SELECT image FROM local_before WHERE tbl = ? AND image IS NOT NULL", (table,)):
        values = orjson.loads(image)
        yield [values.get(name) for name in columns]


def _digest(row: Sequence[Plain], flags: frozenset[int]) -> int:
    text = _SEPARATOR.join(
        _NULL if value is None else _FLAG_TEXTS[value] if index in flags else str(value)
        for index, value in enumerate(row)
    )
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


_FLAG_TEXTS = {0: "false", 1: "true"}
