"""Builds a plain SQLite database of the replica's shape, and the rows that tests put into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from sqlalchemy import Column, Connection, Integer, MetaData, Table, create_engine, insert, text
from sqlalchemy.pool import StaticPool

from fleetdesk.commands.lead_fields import renormalise
from fleetdesk.models.access import ORGANISATION, Role, Scope
from fleetdesk.models.base import Synced
from fleetdesk.models.leads import ActivityKind, Lead, LeadActivity
from fleetdesk.models.schema import platform_schema
from fleetdesk.models.staff import Member, User
from fleetdesk.models.stages import Stage

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


@contextmanager
def small_replica() -> Iterator[Connection]:
    """An empty replica in memory; the full-text index follows its table by trigger."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata = MetaData()
    for record in platform_schema():
        columns = [Column(column.name, column.type) for column in record.table().columns]
        Table(record.__tablename__, metadata, Column("row_key", Integer, primary_key=True), *columns)
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(
            text(
                "CREATE VIRTUAL TABLE sys_demo_lead_fts USING fts5("
                "search_key, content='sys_demo_lead', content_rowid='row_key', prefix='2 3', detail=none, "
                """tokenize="unicode61 remove_diacritics 0 tokenchars '_'")"""
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER lead_fts AFTER INSERT ON sys_demo_lead BEGIN "
                "INSERT INTO sys_demo_lead_fts(rowid, search_key) VALUES (new.row_key, new.search_key); END"
            )
        )
        yield connection
    engine.dispose()


def add_lead(replica: Connection, lead_id: str, **values: object) -> None:
    """Put a lead in, new and otherwise empty, with its keys made as commands make them."""
    empty: dict[str, object] = dict.fromkeys(Lead.table().columns.keys())
    given = {"id": lead_id, "scope": Scope.LEADS, "status": Stage.NEW, "tags": [], "activity_count": 0, **values}
    for name in ("created_at", "updated_at", "stage_changed_at"):
        given.setdefault(name, NOON)
    lead = Lead(**empty | given)
    renormalise(lead, {"email": True})
    _insert(replica, lead)


def add_activity(replica: Connection, activity_id: str, lead_id: str, **values: object) -> None:
    """Put an entry into a lead's timeline."""
    given: dict[str, object] = {
        "kind": ActivityKind.NOTE,
        "body": "",
        "author_id": None,
        "from_status": None,
        "to_status": None,
        "happened_at": NOON,
        "recorded_at": NOON,
    }
    _insert(replica, LeadActivity(id=activity_id, scope=Scope.LEADS, lead_id=lead_id, **given | values))


def add_person(
    replica: Connection,
    person_id: str,
    first: str,
    last: str,
    role: Role,
    *,
    member: Mapping[str, object] = MappingProxyType({}),
    **values: object,
) -> None:
    """Put a person of the staff in; `member` holds values of the membership that differ from the usual."""
    moments = {"created_at": NOON, "updated_at": NOON, "deleted_at": None, "deleted_by": None, "deletion_reason": None}
    email = f"{first.casefold()}@fleetcore.example"
    person = {
        "provider_id": f"user_{person_id}",
        "email": email,
        "email_key": email,
        "first_name": first,
        "last_name": last,
        "image_url": None,
        "status": "active",
        **moments,
    }
    membership: dict[str, object] = {"organisation": ORGANISATION, "role": role, "status": "active", **moments}
    _insert(replica, User(id=person_id, scope=Scope.STAFF, **person | values))
    _insert(replica, Member(id=f"member-{person_id}", scope=Scope.STAFF, user_id=person_id, **{**membership, **member}))


def _insert(replica: Connection, row: Synced) -> None:
    values = {column.name: getattr(row, column.name) for column in row.table().columns}
    replica.execute(insert(row.table()).values(values))
