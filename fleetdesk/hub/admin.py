"""Puts people on the staff for whoever owns the tables: the first super admin, and others where nobody lists them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from fleetdesk.errors import BadSettings, Invalid, Refused
from fleetdesk.hub.audit import Deed, Origin, record
from fleetdesk.hub.bulk import insert_rows, update_rows
from fleetdesk.hub.database import Database
from fleetdesk.hub.release import THIS, hosted_revision
from fleetdesk.models.access import ORGANISATION, Actor, Role, Scope, normalise_role, role_name
from fleetdesk.models.base import UNDELETED
from fleetdesk.models.ids import new_id
from fleetdesk.models.normalise import email_key, looks_like_email
from fleetdesk.models.staff import Member, User
from fleetdesk.protocol import Verdict, VerdictKind

__all__ = ["Candidate", "add_admin", "add_member"]


@dataclass(frozen=True)
class Candidate:
    """Who is to be on the staff. `subject` is their id at the identity provider, needed for somebody unknown here."""

    email: str
    subject: str = ""
    first_name: str = ""
    last_name: str = ""


def add_admin(owner_dsn: str, candidate: Candidate, *, another: bool, now: dt.datetime) -> bool:
    """Make somebody a super admin, and tell the audit log; False if they are one already, and nothing was done.

    Raises Refused (`there_is_one`) where somebody else is one, unless `another` says that this is meant, and
    (`other_person`) where address and subject are of two people; Invalid, BadSettings, Unavailable.
    """
    with _as_owner(owner_dsn, candidate) as connection:
        user = _known(connection, candidate)
        admins = set(connection.execute(_ADMINS, _ABOUT).scalars())
        if user is not None and user["id"] in admins:
            return False
        _demand_first(admins, another=another)
        _put(connection, user, candidate, Role.SUPER_ADMIN, now)
    return True


def add_member(owner_dsn: str, candidate: Candidate, role: Role, *, now: dt.datetime) -> None:
    """Put somebody on the staff, and tell the audit log.

    Raises Refused (`on_the_staff`) where they are there already, and (`other_person`) where address and subject are of
    two people; Invalid, BadSettings, Unavailable.
    """
    with _as_owner(owner_dsn, candidate) as connection:
        user = _known(connection, candidate)
        member = None if user is None else _membership(connection, user["id"])
        if member is not None:
            raise Refused(
                "on_the_staff",
                f"{candidate.email} is on the staff already, as {role_name(normalise_role(member['role']))}.",
                do="A super admin gives them another role in FleetDesk, under Members.",
            )
        _put(connection, user, candidate, role, now)


@contextmanager
def _as_owner(owner_dsn: str, candidate: Candidate) -> Iterator[Connection]:
    """A transaction in which nobody else adds anybody."""
    if not looks_like_email(candidate.email):
        raise Invalid("email", f"“{candidate.email}” is no email address.")
    database = Database(owner_dsn, pool_size=1)
    try:
        with database.writing() as connection:
            _demand_migrated(connection)
            connection.execute(_ALONE, {"key": _ADDING})
            yield connection
    finally:
        database.close()


def _known(connection: Connection, candidate: Candidate) -> Mapping[str, Any] | None:
    """The person of that address, if there is one."""
    user = connection.execute(_USER, {"email_key": email_key(candidate.email)}).mappings().one_or_none()
    if user is not None and candidate.subject and user["provider_id"] != candidate.subject:
        raise Refused(
            "other_person",
            f"{candidate.email} belongs to the account {user['provider_id']} at the identity provider.",
            do="Name that account, or the address of the other one.",
        )
    return dict(user) if user is not None else None


def _membership(connection: Connection, user_id: str) -> Mapping[str, Any] | None:
    found = connection.execute(_MEMBER, _ABOUT | {"user_id": user_id}).mappings().one_or_none()
    return None if found is None else dict(found)


def _demand_first(admins: set[str], *, another: bool) -> None:
    if admins and not another:
        raise Refused(
            "there_is_one",
            "There is a super admin already, who can make others in FleetDesk, under Members.",
            do="If none of them can be reached, say --another.",
        )


def _put(
    connection: Connection, user: Mapping[str, Any] | None, candidate: Candidate, role: Role, now: dt.datetime
) -> None:
    """Give somebody an active membership in that role, the one that they have or a new one."""
    user_id = _user(connection, candidate, now) if user is None else user["id"]
    member = _membership(connection, user_id)
    membership = {"role": role.value, "status": "active", "updated_at": now}
    if user is not None and user["status"] != "active":
        update_rows(connection, User.__tablename__, [{"id": user_id, "status": "active", "updated_at": now}])
    if member is None:
        member_id = new_id()
        new = {"id": member_id, "scope": Scope.STAFF, "user_id": user_id, "organisation": ORGANISATION}
        insert_rows(connection, Member.__tablename__, [new | membership | {"created_at": now}])
    else:
        member_id = member["id"]
        update_rows(connection, Member.__tablename__, [{"id": member_id} | membership])
    _tell(connection, member_id, role, None if member is None else (member["role"], member["status"]), now)


def _user(connection: Connection, candidate: Candidate, now: dt.datetime) -> str:
    """The id of a person whom no address led to: one who was deleted, and is there again, or somebody new."""
    if not candidate.subject:
        raise Refused(
            "unknown",
            f"Nobody here has the address {candidate.email}.",
            do="Say with --subject which account at the identity provider is theirs.",
        )
    known = connection.execute(_SUBJECT, {"subject": candidate.subject}).one_or_none()
    if known is not None and known.deleted_at is None:
        raise Refused(
            "other_person",
            f"The account {candidate.subject} is known here under another address.",
            do="Name that address.",
        )
    user = {
        "id": new_id() if known is None else known.id,
        "email": candidate.email.strip(),
        "email_key": email_key(candidate.email),
        **_names(candidate, known),
        "status": "active",
        "updated_at": now,
    }
    if known is None:
        new = {"scope": Scope.STAFF, "provider_id": candidate.subject, "created_at": now}
        insert_rows(connection, User.__tablename__, [user | new])
    else:
        update_rows(connection, User.__tablename__, [{**user, **UNDELETED}])
    return str(user["id"])


def _names(candidate: Candidate, known: Row[Any] | None) -> dict[str, str]:
    """The names that were given, or are known; else the address stands for one until somebody gives them one."""
    first = candidate.first_name or (known.first_name if known is not None else "")
    last = candidate.last_name or (known.last_name if known is not None else "")
    named = first if first or last else candidate.email.strip().partition("@")[0]
    return {"first_name": named, "last_name": last}


def _tell(connection: Connection, member_id: str, role: Role, before: tuple[str, str] | None, now: dt.datetime) -> None:
    after = {"role": role.value, "status": "active"}
    admin = role is Role.SUPER_ADMIN
    done = "Made somebody a super admin" if admin else "Put somebody on the staff"
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    key = Member.key_of(member_id)
    deed = Deed(
        command_id=new_id(),
        batch_id=None,
        action="hub.admin_add" if admin else "hub.member_add",
        sentence=f"{done}, as the owner of the tables",
        target=key,
        issued_at=now,
        verdict=Verdict(kind=VerdictKind.APPLIED),
        changes={key: (None if before is None else {"role": before[0], "status": before[1]}, {**after})},
        snapshots={},
    )
    record(connection, [deed], Actor(str(owner), Role.SYSTEM), Origin(None, ""), now)


def _demand_migrated(connection: Connection) -> None:
    if hosted_revision(connection) != THIS.newest:
        raise BadSettings("The hosted database is not of this version.", do="Run “fleetdesk hub migrate” first.")


_ADDING = 0x666C65656461646D
_ABOUT: dict[str, object] = {"organisation": ORGANISATION, "role": Role.SUPER_ADMIN.value}
_ALONE = text("SELECT pg_advisory_xact_lock(:key)")
_USER = text("SELECT id, provider_id, status FROM adm_users WHERE email_key = :email_key AND deleted_at IS NULL")
_SUBJECT = text("SELECT id, first_name, last_name, deleted_at FROM adm_users WHERE provider_id = :subject")
_MEMBER = text(
    "SELECT id, role, status FROM adm_members"
    " WHERE user_id = :user_id AND organisation = :organisation AND deleted_at IS NULL"
)
_ADMINS = text(
    "SELECT person.id FROM adm_users AS person JOIN adm_members AS member ON member.user_id = person.id"
    " WHERE member.organisation = :organisation AND member.role = :role AND member.status = 'active'"
    " AND member.deleted_at IS NULL AND person.status = 'active' AND person.deleted_at IS NULL"
)
