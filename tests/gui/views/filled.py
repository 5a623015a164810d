"""A laptop's store as a hub would have filled it: real files, real commands, leads and people made up here."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import Unavailable
from fleetdesk.models.access import ACCESS, ORGANISATION, Actor, Role, Scope
from fleetdesk.models.base import Synced
from fleetdesk.models.leads import ActivityKind, Lead, LeadActivity, LeadRevision
from fleetdesk.models.normalise import email_key
from fleetdesk.models.schema import wire_columns
from fleetdesk.models.staff import Member, User
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import Json, canonical_json, instant_text
from fleetdesk.models.values import to_plain
from fleetdesk.protocol import LoadPlan, LoadTable, Person, PullEnd, PullHead, PullRequest, Receipt, RowsChunk, Verdict
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.store.local_store import LocalStore

KEYS = FileKeys(replica=secrets.token_bytes(32), outbox=secrets.token_bytes(32), documents=secrets.token_bytes(32))
NOW = dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC)

ME = "person-layla"
STAFF: Mapping[str, tuple[str, str, Role]] = {
    ME: ("Layla", "Haddad", Role.COMMERCIAL),
    "person-camille": ("Camille", "Laurent", Role.COMMERCIAL),
    "person-omar": ("Omar", "Al Suwaidi", Role.COMMERCIAL),
    "person-nadia": ("Nadia", "Rahman", Role.SUPER_ADMIN),
    "person-victor": ("Victor", "Moreau", Role.SUPPORT),
}
OTHER_STAFF: Mapping[str, tuple[str, str, Role]] = {
    "person-farah": ("Farah", "Nasser", Role.FINANCE),
    "person-paul": ("Paul", "Girard", Role.PRODUCT_MANAGER),
}
"""Who may sit before a window, though no list has them."""


@dataclass
class StillClock:
    """A clock that a test sets."""

    instant: dt.datetime = NOW

    def now(self) -> dt.datetime:
        return self.instant


@dataclass
class Filling:
    """The rows that the hub has."""

    leads: list[Lead] = field(default_factory=list)
    activities: list[LeadActivity] = field(default_factory=list)
    revisions: list[LeadRevision] = field(default_factory=list)

    def lead(self, lead_id: str, **values: object) -> Lead:
        """Add a lead: new and otherwise empty."""
        empty: dict[str, object] = dict.fromkeys(Lead.table().columns.keys())
        given: dict[str, object] = {
            "id": lead_id,
            "scope": Scope.LEADS,
            "status": Stage.NEW,
            "tags": [],
            "activity_count": 0,
            **{name: NOW - dt.timedelta(days=3) for name in ("created_at", "updated_at", "stage_changed_at")},
            **values,
        }
        lead = Lead(**empty | given)
        lead.rekey()
        self.leads.append(lead)
        return lead

    def activity(self, lead: Lead, kind: ActivityKind, body: str, at: dt.datetime, **values: object) -> None:
        """Add an entry to a lead's timeline."""
        self.activities.append(
            LeadActivity(
                id=f"activity-{len(self.activities):05}",
                scope=Scope.LEADS,
                lead_id=lead.id,
                kind=kind,
                body=body,
                **{"author_id": ME, "from_status": None, "to_status": None, "happened_at": at, "recorded_at": at}
                | values,
            )
        )
        lead.activity_count += 1
        lead.last_activity_at = max(filter(None, (lead.last_activity_at, at)))

    def revision(
        self, lead: Lead, at: dt.datetime, *, action: str = "leads.edit", **changes: tuple[object, object]
    ) -> None:
        """Add a revision to a lead's history: each field before and after."""
        lead.revision = (lead.revision or 0) + 1
        self.revisions.append(
            LeadRevision(
                id=f"revision-{len(self.revisions):05}",
                scope=Scope.LEADS,
                row_id=lead.id,
                number=lead.revision,
                action=action,
                changes={name: [to_plain(before), to_plain(after)] for name, (before, after) in changes.items()},
                actor_id="person-omar",
                laptop_id="laptop-of-omar",
                at=at,
            )
        )


class FailingStore(LocalStore):
    """A store whose local copy cannot be read while it `fails`."""

    fails = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        if self.fails:
            raise Unavailable("The local copy cannot be read just now.", do="Try again in a moment.")
        with super().reading() as connection:
            yield connection


def store_person(person_id: str) -> Person:
    """Someone of the staff as the hub knows them."""
    first, last, role = _called(person_id)
    scopes = tuple(sorted(ACCESS.scopes(role, person_id)))
    return Person(id=person_id, name=f"{first} {last}", email=_address(first, last), role=role, scopes=scopes)


def open_store(
    folder: Path, clock: StillClock, person_id: str = ME, *, second_thoughts: dt.timedelta = dt.timedelta()
) -> LocalStore:
    """A store of someone's; in an empty folder, nothing is loaded."""
    return FailingStore.open(
        folder,
        keys=KEYS,
        platform=fleet_platform(),
        clock=clock,
        actor=Actor(person_id, _called(person_id)[2]),
        second_thoughts=second_thoughts,
    )


def load(
    store: LocalStore,
    filling: Filling,
    person_id: str = ME,
    *,
    person: Person | None = None,
    people: Sequence[Synced] | None = None,
) -> None:
    """Load what the hub has for a person into their store; they, and all `people`, may be called otherwise there."""
    person = person or store_person(person_id)
    scopes = person.scopes
    people = people or staff()
    rows: dict[str, list[Synced]] = {table: [] for table in fleet_platform().schema.tables}
    for row in (*people, *filling.leads, *filling.activities, *filling.revisions):
        if row.scope in scopes:
            rows[row.__tablename__].append(row)
    schema = fleet_platform().schema
    plan = LoadPlan(
        cursor="cursor-1",
        person=person,
        tables=tuple(
            LoadTable(
                name=table,
                columns=tuple(column.name for column in wire_columns(schema.record(table))),
                rows_about=len(members),
            )
            for table, members in rows.items()
        ),
        settled_through=0,
        server_time=NOW,
    )
    writer = store.begin_load(plan)
    for table in plan.tables:
        writer.write_rows(table.name, table.columns, _wire(rows[table.name]))
        writer.complete(table.name)
    writer.finish()


def answer(store: LocalStore, *verdicts: Verdict) -> None:
    """Push what waits, and have the hub answer with these verdicts, in order."""
    batch = store.next_batch(500)
    assert batch is not None, "nothing waits"
    assert len(batch.commands) == len(verdicts), "another number of commands waits"
    store.record_receipts(
        [
            Receipt(sequence=batch.first_sequence + place, command_id=command.id, verdict=verdict)
            for place, (command, verdict) in enumerate(zip(batch.commands, verdicts, strict=True))
        ]
    )


def pull(store: LocalStore, *rows: Synced) -> None:
    """Bring hosted rows in; all that was answered so far is settled in them."""
    assert store.person is not None
    request = PullRequest(
        laptop_id=store.laptop_id,
        cursor=store.cursor or "",
        confirmed=store.confirmed,
        schema_version=fleet_platform().schema.version,
    )
    with store.begin_pull(request, PullHead(person=store.person, server_time=NOW)) as writer:
        for row in rows:
            columns = tuple(column.name for column in wire_columns(type(row)))
            writer.rows(RowsChunk(table=row.__tablename__, columns=columns, rows=_wire([row])))
        writer.finish(PullEnd(cursor="cursor-2", settled_through=store.confirmed))


def _called(person_id: str) -> tuple[str, str, Role]:
    return STAFF.get(person_id) or OTHER_STAFF[person_id]


def staff() -> list[Synced]:
    """All of the staff, with their memberships."""
    return [row for id_ in STAFF for row in _staff(id_)]


def _staff(person_id: str) -> Iterable[Synced]:
    first, last, role = STAFF[person_id]
    return staff_rows(person_id, first, last, role)


def staff_rows(
    person_id: str,
    first: str,
    last: str,
    role: Role,
    *,
    status: str = "active",
    since: dt.datetime = NOW,
    email: str = "",
) -> Iterable[Synced]:
    """Somebody of the staff and their membership, `member-…`."""
    email = email or _address(first, last)
    moments = {"created_at": since, "updated_at": NOW, "deleted_at": None, "deleted_by": None, "deletion_reason": None}
    yield User(
        id=person_id,
        scope=Scope.STAFF,
        provider_id=f"user_{person_id}",
        email=email,
        email_key=email_key(email),
        first_name=first,
        last_name=last,
        image_url=None,
        status="active",
        **moments,
    )
    yield Member(
        id=f"member-{person_id}",
        scope=Scope.STAFF,
        user_id=person_id,
        organisation=ORGANISATION,
        role=role,
        status=status,
        **moments,
    )


def _address(first: str, last: str) -> str:
    return f"{first}.{last}@fleetcore.example".casefold().replace(" ", "")


def _wire(rows: Sequence[Synced]) -> list[list[object]]:
    """Rows of one table as they travel."""
    if not rows:
        return []
    columns = [(column.name, isinstance(column.type, Json)) for column in wire_columns(type(rows[0]))]
    return [
        [_wire_value(getattr(row, name), is_json=is_json) for name, is_json in columns]
        for row in sorted(rows, key=lambda row: row.id)
    ]


def _wire_value(value: object, *, is_json: bool) -> object:
    if value is not None and is_json:
        return canonical_json(to_plain(value))
    if isinstance(value, str):
        return str(value)  # of a word of an enumeration, the word
    return instant_text(value) if isinstance(value, dt.datetime) else value
