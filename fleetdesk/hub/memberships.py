"""Carries changes of memberships out: at their source first, then on the mirror, one after the other.

A super admin only asks (`commands.members`). Whether it may be done is decided here, where no two are decided at once:
the last super admin stays one, and who asked must still be one. What became of it is a command by the hub itself, under
an id that follows from that of the person's command, with its event in the audit log.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from fleetdesk.commands.members import SettleChange
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import Invalid, Refused
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.hub.own_acts import act
from fleetdesk.models.access import ORGANISATION, Actor, Permission, Role, Scope, normalise_role
from fleetdesk.models.audit import IntentState
from fleetdesk.models.ids import Clock
from fleetdesk.models.members import MEMBER_CHANGE, MemberChange, NotDone

__all__ = ["MembershipJob", "Memberships", "OwnMemberships", "super_admins"]

_log = logging.getLogger(__name__)
_LEASE = dt.timedelta(seconds=60)
"""After which another hub takes up what one had begun to carry out: it ended, or the source could not be reached."""
_DECIDING = 0x666C65656D656D62


class Memberships(Protocol):
    """Where memberships have their source: what has to know of a change before the mirror shows it."""

    def carry_out(self, subject: str, change: MemberChange, key: str) -> None:
        """Bring the change about, of the person with that account; the same key may come again, and then does no more.

        Raises Refused where the source says no (`overtaken` where it changed meanwhile), Unavailable where it cannot be
        asked just now, and whatever else leaves open whether it was done.
        """
        ...

    def is_done(self, subject: str, change: MemberChange) -> bool:
        """Whether it is so at the source, after all. Changes nothing; raises what says why it cannot be asked."""
        ...


class OwnMemberships:
    """No provider: the hub's own table is the source, and there is nothing to do beyond it."""

    def carry_out(self, subject: str, change: MemberChange, key: str) -> None:
        """Nothing."""

    def is_done(self, subject: str, change: MemberChange) -> bool:
        """Never: what was begun is done with the mirror."""
        return False


@dataclass(frozen=True)
class _Begun:
    """A change that is this hub's to carry out for now; with `unless_done`, not to, but to look whether it is done.

    That is where it may not be carried out any more, and may have been before: the source's answer was lost.
    """

    member_id: str
    user_id: str
    subject: str
    change: MemberChange
    key: str
    unless_done: NotDone | None = None


class MembershipJob:
    """Any number of hubs may run it at once."""

    def __init__(self, database: Database, platform: Platform, source: Memberships, clock: Clock) -> None:
        self._database = database
        self._platform = platform
        self._source = source
        self._clock = clock

    def carry_out(self) -> None:
        """Carry out all that waits. Raises Busy, Unavailable; what is left waits for the next turn."""
        while True:
            begun = self._database.work(self._begin)
            if begun is None:
                return
            if isinstance(begun, _Begun):
                self._finish(begun)

    def _finish(self, begun: _Begun) -> None:
        refused = self._bring_about(begun)
        self._database.work(lambda session: self._settle(session, begun, refused))

    def _bring_about(self, begun: _Begun) -> NotDone | None:
        """Do it at the source, or look whether it is done there; why it is not. Raises what leaves that open."""
        if begun.unless_done is not None:
            return None if self._source.is_done(begun.subject, begun.change) else begun.unless_done
        try:
            self._source.carry_out(begun.subject, begun.change, begun.key)
        except Refused as refusal:
            _log.warning("membership not changed", extra={"code": refusal.code, "member": begun.member_id})
            return NotDone.OVERTAKEN if refusal.code == NotDone.OVERTAKEN else NotDone.PROVIDER
        return None

    def _begin(self, session: Session) -> _Begun | NotDone | None:
        """Take the change that waits longest: mark it as begun, or turn it down. None where there is none."""
        connection, now = session.connection(), self._clock.now()
        connection.execute(_PATIENCE)
        if not connection.execute(_ALONE, {"key": _DECIDING}).scalar_one():
            return None
        set_claims(connection, _CLAIMS)
        found = connection.execute(_NEXT, {**_STAFF, "left": now - _LEASE}).one_or_none()
        if found is None:
            return None
        change = _read(found.payload)
        if change is None:  # no command wrote this: it must not hold up what waits behind it
            connection.execute(_UNREADABLE, _as_read(found) | {"outcome": NotDone.OVERTAKEN, "now": now})
            return NotDone.OVERTAKEN
        begun = _Begun(found.member_id, found.user_id, found.subject, change, found.idempotency_key)
        refused = self._refusal(begun, connection.execute(_ACTIVE, _STAFF).all())
        if refused is NotDone.NO_LONGER_ALLOWED and found.state == IntentState.RUNNING:
            begun = replace(begun, unless_done=refused)
        elif refused is not None:
            self._settle(session, begun, refused)
            return refused
        if connection.execute(_MARK, _as_read(found) | {"now": now}).rowcount == 0:
            return NotDone.OVERTAKEN  # withdrawn, and perhaps asked for anew, since it was read
        return begun

    def _refusal(self, begun: _Begun, active: Sequence[Row[Any]]) -> NotDone | None:
        """Why it may not be carried out, given the memberships that are active and what is under way of each."""
        staying = {person.user_id: normalise_role(person.role) for person in active if not _ends(person.running)}
        others = {user_id: role for user_id, role in staying.items() if user_id != begun.user_id}
        is_one = any(person.user_id == begun.user_id and person.role == Role.SUPER_ADMIN for person in active)
        if is_one and begun.change.ends_super_admin and Role.SUPER_ADMIN not in others.values():
            return NotDone.LAST_SUPER_ADMIN
        asker = begun.change.asked_by
        if asker not in others or not self._allows(asker, others[asker]):
            return NotDone.NO_LONGER_ALLOWED
        return None

    def _allows(self, person_id: str, role: Role) -> bool:
        return self._platform.access.allows(Actor(person_id, role), Permission.MEMBERS_MANAGE)

    def _settle(self, session: Session, begun: _Begun, refused: NotDone | None) -> None:
        """Tell what became of it, as a command, to rows and audit log."""
        command = SettleChange(
            id=f"{begun.key}:settled",
            issued_at=self._clock.now(),
            member_id=begun.member_id,
            asked=begun.change.command,
            refused=refused,
        )
        act(session, self._platform, command, self._clock)


def super_admins(connection: Connection) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the people who are super admins, and of those who stay it after what is being carried out.

    Raises Busy where somebody else decides about memberships just now, and goes on; until this transaction's end
    nobody does. Leaves it with the claims to read memberships.
    """
    connection.execute(_PATIENCE)
    connection.execute(_ALONE_AT_LAST, {"key": _DECIDING})
    set_claims(connection, _CLAIMS)
    found = connection.execute(_SUPER_ADMINS, {**_STAFF, "role": Role.SUPER_ADMIN.value}).all()
    return (
        frozenset(person.user_id for person in found),
        frozenset(person.user_id for person in found if not _ends(person.running)),
    )


def _read(payload: str) -> MemberChange | None:
    try:
        return MemberChange.read(orjson.loads(payload))
    except Invalid:
        return None


def _as_read(found: Row[Any]) -> dict[str, object]:
    return {"id": found.id, "key": found.idempotency_key, "state": found.state}


def _ends(running: str | None) -> bool:
    """Whether what is under way takes from a super admin what makes one, or might."""
    if running is None:
        return False
    change = _read(running)
    return change is None or change.ends_super_admin


_SCOPES = frozenset({Scope.STAFF.value, Scope.MEMBERS.value})
_CLAIMS = Claims(role=Role.SYSTEM, read=_SCOPES, write=_SCOPES)
_STAFF = {"kind": MEMBER_CHANGE, "organisation": ORGANISATION}
# Whoever holds a row for long is waited for at the next turn: this one gives its connection back.
_PATIENCE = text("SELECT set_config('lock_timeout', '2s', true)")
_ALONE = text("SELECT pg_try_advisory_xact_lock(:key)")
_ALONE_AT_LAST = text("SELECT pg_advisory_xact_lock(:key)")
# From the members on: they are few, and intents of other kinds are many.
_NEXT = text(
    "SELECT intent.id, intent.payload, intent.idempotency_key, intent.state, member.id AS member_id, member.user_id,"
    " person.provider_id AS subject FROM adm_members AS member JOIN adm_users AS person ON person.id = member.user_id"
    " JOIN sys_intent AS intent ON intent.subject_id = member.id AND intent.kind = :kind"
    " WHERE member.organisation = :organisation"
    " AND (intent.state = 'waiting' OR intent.state = 'running' AND intent.updated_at < :left)"
    " ORDER BY intent.created_at, intent.id LIMIT 1"
)
# In one statement: what another hub settles meanwhile is seen as a whole, or not at all.
_ACTIVE_SQL = (
    "SELECT member.user_id, member.role, intent.payload AS running FROM adm_members AS member"
    " JOIN adm_users AS person ON person.id = member.user_id"
    " LEFT JOIN sys_intent AS intent"
    " ON intent.subject_id = member.id AND intent.kind = :kind AND intent.state = 'running'"
    " WHERE member.organisation = :organisation AND member.status = 'active' AND member.deleted_at IS NULL"
    " AND person.status = 'active' AND person.deleted_at IS NULL"
)
_ACTIVE = text(_ACTIVE_SQL)
_SUPER_ADMINS = text(f"{_ACTIVE_SQL} AND member.role = :role")
# The intent as it was read, and no other: a push may hold it just now, to withdraw it.
_AS_READ = "WHERE id = :id AND idempotency_key = :key AND state = :state"
_MARK = text(f"UPDATE sys_intent SET state = 'running', attempts = attempts + 1, updated_at = :now {_AS_READ}")
_UNREADABLE = text(f"UPDATE sys_intent SET state = 'failed', outcome = :outcome, updated_at = :now {_AS_READ}")
