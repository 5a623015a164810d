"""Digests of whole tables, summed in SQL over the same texts that travel, so that a laptop can compare its own."""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Column, Connection

from fleetdesk.hub.database import driver
from fleetdesk.hub.wire import wire_value
from fleetdesk.models.base import Synced
from fleetdesk.models.schema import wire_columns
from fleetdesk.protocol import TableChecksum

__all__ = ["checksum"]

_MODULUS = 1 << 64


def checksum(connection: Connection, record: type[Synced]) -> TableChecksum:
    """The checksum over the rows of a table that the transaction's claims show (`protocol.TableChecksum`)."""
    columns = wire_columns(record)
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(('x' || encode(substr(sha256(convert_to(concat_ws(E'\\x1f', {values}), 'UTF8')),"
        " 1, 8), 'hex'))::bit(64)::bigint), 0) FROM {table}"
    ).format(
        values=sql.SQL(", ").join([_digested(column) for column in columns]),
        table=sql.Identifier(record.__tablename__),
    )
    row = driver(connection).execute(query).fetchone()
    assert row is not None, "an aggregate has one row"
    count, total = row
    assert isinstance(count, int)
    return TableChecksum(
        table=record.__tablename__,
        columns=tuple(column.name for column in columns),
        count=count,
        # PostgreSQL's 64 bits are signed; modulo 2^64 the sums agree.
        sum=int(str(total)) % _MODULUS,
    )


def _digested(column: Column[object]) -> sql.Composable:
    return sql.SQL("coalesce(({})::text, E'\\x1e')").format(wire_value(column))
