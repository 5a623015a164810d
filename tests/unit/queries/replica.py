"""Builds a replica as a laptop has it, and the rows that tests put into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection, create_engine, insert
from sqlalchemy.pool import StaticPool

from fleetdesk.models.access import ORGANISATION, Role, Scope
from fleetdesk.models.base import Synced
from fleetdesk.models.leads import ActivityKind, Lead, LeadActivity, LeadRevision
from fleetdesk.models.schema import platform_schema
from fleetdesk.models.staff import Member, User
from fleetdesk.models.stages import Stage
from fleetdesk.sync.files.cipher import DRIVER, FileKind, connect
from fleetdesk.sync.files.fts import TextSearch
from fleetdesk.sync.files.replica_schema import create_indexes, create_tables

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


@contextmanager
def small_replica() -> Iterator[Connection]:
    """An empty replica in memory."""
    raw = connect(Path(":memory:"), bytes(32), FileKind.REPLICA)
    schema = platform_schema()
    create_tables(raw, schema)
    create_indexes(raw, schema)
    search = TextSearch(raw, schema)
    search.create()
    search.watch()
    engine = create_engine("sqlite://", module=DRIVER, creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        connection.info["search"] = search
        yield connection
    engine.dispose()


def add_lead(replica: Connection, lead_id: str, **values: object) -> None:
    """Put a lead in, new and otherwise empty, with its keys made as commands make them."""
    empty: dict[str, object] = dict.fromkeys(Lead.table().columns.keys())
    given = {"id": lead_id, "scope": Scope.LEADS, "status": Stage.NEW, "tags": [], "activity_count": 0, **values}
    for name in ("created_at", "updated_at", "stage_changed_at"):
        given.setdefault(name, NOON)
    lead = Lead(**empty | given)
    lead.rekey()
    add_row(replica, lead)


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
    add_row(replica, LeadActivity(id=activity_id, scope=Scope.LEADS, lead_id=lead_id, **given | values))


def add_revision(replica: Connection, revision_id: str, lead_id: str, number: int, **values: object) -> None:
    """Put a revision of a lead in."""
    given: dict[str, object] = {
        "action": "leads.edit",
        "changes": {"company": [None, revision_id]},
        "actor_id": "mona",
        "laptop_id": "laptop-1",
        "at": NOON,
    }
    add_row(replica, LeadRevision(id=revision_id, scope=Scope.LEADS, row_id=lead_id, number=number, **given | values))


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
    add_row(replica, User(id=person_id, scope=Scope.STAFF, **person | values))
    add_row(replica, Member(id=f"member-{person_id}", scope=Scope.STAFF, user_id=person_id, **{**membership, **member}))


def add_row(replica: Connection, row: Synced) -> None:
    """Put a row in as it is."""
    values = {column.name: getattr(row, column.name) for column in row.table().columns}
    replica.execute(insert(row.table()).values(values))
    replica.info["search"].catch_up()
