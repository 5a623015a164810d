"""Writes the data set into the hosted tables, as their owner: all of it or nothing, and once."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

import psycopg
from psycopg import sql
from sqlalchemy import Column

from fleetdesk.demo.dataset.leads import pipeline
from fleetdesk.demo.dataset.staff import PERSONAS, staff_rows
from fleetdesk.models.base import Synced
from fleetdesk.models.leads import Lead, LeadActivity, LeadRevision
from fleetdesk.models.schema import wire_columns
from fleetdesk.models.staff import Member, User
from fleetdesk.models.types import Json, canonical_json

__all__ = ["load_dataset"]


def load_dataset(owner_dsn: str, *, now: dt.datetime, seed: int) -> None:
    """Load staff and leads as they stand at `now` into a migrated database; nothing where they are loaded already.

    `owner_dsn` is a login that owns the tables. The same instant and seed give the same rows.
    """
    with psycopg.connect(owner_dsn) as connection:
        # Whoever loads at the same time waits here, and then finds it done.
        connection.execute("LOCK TABLE adm_users IN SHARE ROW EXCLUSIVE MODE")
        if _loaded(connection):
            return
        made = pipeline(random.Random(seed), now)
        users, members = staff_rows()
        for record, rows in (
            (User, users),
            (Member, members),
            (Lead, made.leads),
            (LeadActivity, made.activities),
            (LeadRevision, made.revisions),
        ):
            _copy(connection, record, rows)
        connection.execute(
            "ANALYZE adm_users, adm_members, sys_demo_lead, sys_demo_lead_activity, sys_demo_lead_revision"
        )


def _loaded(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT FROM adm_users WHERE provider_id = %s", [PERSONAS[0].provider_id])
    return found.fetchone() is not None


def _copy(connection: psycopg.Connection, record: type[Synced], rows: Sequence[object]) -> None:
    """Write rows that have the record's columns as attributes."""
    columns = wire_columns(record)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(record.__tablename__), sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_cell(row, column) for column in columns])


def _cell(row: object, column: Column[object]) -> object:
    """A mapped value as COPY takes it: JSON as its text, the words of enums as plain text."""
    value = getattr(row, column.name)
    if isinstance(column.type, Json) and value is not None:
        return canonical_json(value)
    return str(value) if isinstance(value, str) else value
