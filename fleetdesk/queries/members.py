"""The staff as a super admin sees them: role, standing, what was asked for and waits, and what was done about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from fleetdesk.errors import Invalid
from fleetdesk.models.access import ORGANISATION, Role
from fleetdesk.models.audit import AuditEvent, AuditPayload, Intent, IntentState
from fleetdesk.models.members import MEMBER_CHANGE, MemberChange, MemberField
from fleetdesk.models.normalise import search_key
from fleetdesk.models.staff import Member, User
from fleetdesk.models.types import JsonValue
from fleetdesk.queries.replica import row_key
from fleetdesk.queries.staff import full_name, staff_directory

__all__ = [
    "AskedChange",
    "MemberEvent",
    "MemberQuery",
    "MemberRow",
    "MemberSort",
    "Standing",
    "locate_members",
    "matching_members",
    "member_history",
    "members",
]


class Standing(StrEnum):
    """Whether somebody can work: who left stays in the list because of what they did."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class MemberSort(StrEnum):
    """What the list can be sorted by."""

    NAME = "name"
    ROLE = "role"
    STANDING = "standing"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class AskedChange:
    """The change that was asked for last: by whom, when, and how far it has come; `outcome` is why it was not done."""

    change: MemberChange
    state: IntentState
    outcome: str
    by: str | None
    at: dt.datetime

    @property
    def waits(self) -> bool:
        """Whether it is still to be carried out."""
        return self.state in (IntentState.WAITING, IntentState.RUNNING)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person of the staff. `id` is the membership's."""

    id: str
    key: int
    user_id: str
    name: str
    email: str
    role: Role
    standing: Standing
    since: dt.datetime
    asked: AskedChange | None

    @property
    def waiting(self) -> AskedChange | None:
        """The change that waits to be carried out, if one does."""
        return self.asked if self.asked is not None and self.asked.waits else None


@dataclass(frozen=True, slots=True)
class MemberQuery:
    """Those whose name or address has the words; of one role; of one standing, or all who did not leave."""

    text: str = ""
    role: Role | None = None
    standing: Standing | None = None
    sort: MemberSort = MemberSort.NAME
    descending: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves anybody out who is on the staff."""
        return bool(self.text.strip()) or self.role is not None or self.standing is not None


@dataclass(frozen=True, slots=True)
class MemberEvent:
    """What somebody did, or tried to do, about a membership. `field` changed, or was asked to, from `base` to `new`."""

    id: str
    action: str
    sentence: str
    outcome: str
    actor_id: str
    actor_name: str | None
    role: str
    at: dt.datetime
    field: MemberField | None
    base: str
    new: str


def members(connection: Connection, keys: Collection[int] | None = None) -> list[MemberRow]:
    """Everybody who is or was on the staff, or those of them with these keys, in no particular order."""
    statement = (
        select(
            row_key(Member),
            Member.__table__,
            *(getattr(User, name).label(f"user_{name}") for name in _OF_USER),
            *(getattr(Intent, name).label(f"intent_{name}") for name in _OF_INTENT),
        )
        .join(User, User.id == Member.user_id)
        .outerjoin(Intent, and_(Intent.subject_id == Member.id, Intent.kind == MEMBER_CHANGE))
        .where(Member.organisation == ORGANISATION)
    )
    if keys is not None:
        statement = statement.where(row_key(Member).element.in_(sorted(keys)))
    rows = connection.execute(statement).all()
    names = {person.id: person.name for person in staff_directory(connection)}
    return [_member(row, names) for row in rows]


def matching_members(connection: Connection, query: MemberQuery) -> list[MemberRow]:
    """Those whom a query asks for, in its order; people of one role stand in the order of their names."""
    words = search_key(query.text).split()
    found = [row for row in members(connection) if _matches(row, query, words)]
    found.sort(key=lambda row: (row.name.casefold(), row.id))
    if query.sort is not MemberSort.NAME or query.descending:
        found.sort(key=lambda row: _order(row, query.sort), reverse=query.descending)
    return found


def locate_members(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    """The keys of these memberships; those that are not there are left out."""
    statement = select(Member.id, row_key(Member)).where(Member.id.in_(ids), Member.organisation == ORGANISATION)
    return {row.id: row.row_key for row in connection.execute(statement)}


def member_history(connection: Connection, member_id: str, most: int) -> tuple[MemberEvent, ...]:
    """What the audit log tells about a membership, as far as it is here: the latest first, at most so many events."""
    statement = (
        select(AuditEvent.__table__, AuditPayload.body, User.first_name, User.last_name)
        .outerjoin(AuditPayload, AuditPayload.id == AuditEvent.id)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.target_id == member_id, AuditEvent.target_table == Member.__tablename__)
        .order_by(AuditEvent.recorded_at.desc(), AuditEvent.id.desc())
        .limit(most)
    )
    return tuple(_event(row) for row in connection.execute(statement))


_OF_USER = ("first_name", "last_name", "email", "status", "deleted_at")
_OF_INTENT = ("payload", "state", "outcome", "updated_at")


def _matches(row: MemberRow, query: MemberQuery, words: Sequence[str]) -> bool:
    if query.role not in (None, row.role):
        return False
    if query.standing is None and row.standing is Standing.LEFT and not words:
        return False
    if query.standing not in (None, row.standing):
        return False
    known = search_key(row.name, row.email).split()
    return all(any(one.startswith(word) for one in known) for word in words)


def _order(row: MemberRow, sort: MemberSort) -> tuple[Any, ...]:
    match sort:
        case MemberSort.NAME:
            return (row.name.casefold(),)
        case MemberSort.ROLE:
            return (_ROLES.index(row.role),)
        case MemberSort.STANDING:
            return (tuple(Standing).index(row.standing),)
        case MemberSort.SINCE:
            return (row.since,)


_ROLES = (Role.SUPER_ADMIN, Role.COMMERCIAL, Role.SUPPORT, Role.FINANCE, Role.PRODUCT_MANAGER)


def _member(row: Row[Any], names: Mapping[str, str]) -> MemberRow:
    gone = row.deleted_at is not None or row.user_deleted_at is not None
    active = row.status == row.user_status == "active"
    return MemberRow(
        id=row.id,
        key=row.row_key,
        user_id=row.user_id,
        name=full_name(row.user_first_name, row.user_last_name) or row.user_email,
        email=row.user_email,
        role=Role(row.role),
        standing=Standing.LEFT if gone else Standing.ACTIVE if active else Standing.SUSPENDED,
        since=row.created_at,
        asked=None if row.intent_payload is None else _asked(row, names),
    )


def _asked(row: Row[Any], names: Mapping[str, str]) -> AskedChange | None:
    try:
        change = MemberChange.read(row.intent_payload)
    except Invalid:
        return None
    by = names.get(change.asked_by)
    return AskedChange(change, IntentState(row.intent_state), row.intent_outcome or "", by, row.intent_updated_at)


def _event(row: Row[Any]) -> MemberEvent:
    field, base, new = _told(row.body or {})
    return MemberEvent(
        id=row.id,
        action=row.action,
        sentence=row.sentence,
        outcome=row.outcome,
        actor_id=row.actor_id,
        actor_name=full_name(row.first_name, row.last_name) or None,
        role=row.role,
        at=row.issued_at,
        field=field,
        base=base,
        new=new,
    )


def _told(body: Mapping[str, JsonValue]) -> tuple[MemberField | None, str, str]:
    """What an event's payload tells of a member: the field that changed, or else the one that was asked to."""
    changes = body.get("changes")
    asked: tuple[MemberField | None, str, str] = (None, "", "")
    for table, before, after in _changes(changes if isinstance(changes, list) else ()):
        if table == Member.__tablename__:
            for field in MemberField:
                if field in after:
                    return field, str(before.get(field) or ""), str(after[field])
        elif isinstance(payload := after.get("payload"), dict):
            try:
                change = MemberChange.read(payload)
            except Invalid:
                continue
            asked = (change.field, change.base, change.new)
    return asked


def _changes(
    changes: Iterable[JsonValue],
) -> Iterable[tuple[JsonValue, Mapping[str, JsonValue], Mapping[str, JsonValue]]]:
    for change in changes:
        if isinstance(change, dict) and isinstance(after := change.get("after"), dict):
            before = change.get("before")
            yield change.get("table"), before if isinstance(before, dict) else {}, after
