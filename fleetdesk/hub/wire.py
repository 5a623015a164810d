"""Rows as they travel, made by PostgreSQL itself: no value passes through Python on its way to a laptop."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing

import zstandard
from psycopg import sql
from psycopg.abc import Buffer
from sqlalchemy import Column, Connection

from fleetdesk.hub.database import driver
from fleetdesk.models.types import WireType

__all__ = ["compressed", "copied", "row_json", "settled", "undone", "wire_value"]


def wire_value(column: Column[object]) -> sql.Composable:
    """The SQL expression of one value in its wire form."""
    kind = column.type
    assert isinstance(kind, WireType), "every synced column has a wire form"
    # The expressions are our own types' constants; they may hold braces and percent signs, but no value.
    return sql.SQL(kind.wire_sql(f'"{column.name}"'))


def row_json(columns: Iterable[Column[object]]) -> sql.Composable:
    """The SQL expression of one row as a JSON array of its values in their wire form."""
    return sql.SQL("json_build_array({})").format(sql.SQL(", ").join([wire_value(column) for column in columns]))


def settled(part: sql.Composable) -> sql.SQL:
    """A part of a query that never changes, composed once for all."""
    return sql.SQL(part.as_string())


def copied(connection: Connection, query: sql.Composable) -> Generator[Buffer]:
    """The query's rows as COPY writes them, one line each: JSON needs only its backslashes undone (`undo`).

    Whoever stops reading has the query cancelled.
    """
    raw = driver(connection)
    with raw.cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as rows:
        yield from rows


def undone(lines: bytes) -> bytes:
    """COPY's lines as the JSON that they were: of all that COPY escapes, JSON text holds backslashes alone."""
    return lines.replace(b"\\\\", b"\\")


def compressed(blocks: Generator[bytes]) -> Generator[bytes]:
    """The blocks as one zstd frame, in pieces as they become ready."""
    frame = zstandard.ZstdCompressor(level=1).compressobj()
    with closing(blocks):
        for block in blocks:
            piece = frame.compress(block)
            if piece:
                yield piece
    yield frame.flush()
