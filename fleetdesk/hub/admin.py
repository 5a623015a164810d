"""The first super admin, made by whoever owns the tables: before there is one, nobody is there to ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, text

from fleetdesk.errors import BadSettings, Invalid, Refused
from fleetdesk.hub.audit import Deed, Origin, record
from fleetdesk.hub.bulk import insert_rows, update_rows
from fleetdesk.hub.database import Database
from fleetdesk.hub.migrate import hosted_revision, newest_revision
from fleetdesk.models.access import ORGANISATION, Actor, Role, Scope
from fleetdesk.models.ids import new_id
from fleetdesk.models.normalise import email_key, looks_like_email
from fleetdesk.models.staff import Member, User
from fleetdesk.protocol import Verdict, VerdictKind

__all__ = ["Candidate", "add_admin"]


@dataclass(frozen=True)
class Candidate:
    """Who is to be super admin. `subject` is their id at the identity provider, needed for somebody unknown here."""

    email: str
    subject: str = ""
    first_name: str = ""
    last_name: str = ""


def add_admin(owner_dsn: str, candidate: Candidate, *, another: bool, now: dt.datetime) -> bool:
    """Make somebody a super admin, and tell the audit log; False if they are one already, and nothing was done.

    Raises Refused (`there_is_one`) where somebody else is one, unless `another` says that this is meant, and
    (`other_person`) where address and subject are of two people; Invalid, BadSettings, Unavailable.
    """
    if not looks_like_email(candidate.email):
        raise Invalid("email", f"“{candidate.email}” is no email address.")
    database = Database(owner_dsn, pool_size=1)
    try:
        with database.writing() as connection:
            _demand_migrated(connection)
            connection.execute(_ALONE, {"key": _ADDING})
            return _add(connection, candidate, another=another, now=now)
    finally:
        database.close()


def _add(connection: Connection, candidate: Candidate, *, another: bool, now: dt.datetime) -> bool:
    user = connection.execute(_USER, {"email_key": email_key(candidate.email)}).mappings().one_or_none()
    admins = set(connection.execute(_ADMINS, _ABOUT).scalars())
    if user is not None and candidate.subject and user["provider_id"] != candidate.subject:
        raise Refused(
            "other_person",
            f"{candidate.email} belongs to the account {user['provider_id']} at the identity provider.",
            do="Name that account, or the address of the other one.",
        )
    if user is not None and user["id"] in admins:
        return False
    if admins and not another:
        raise Refused(
            "there_is_one",
            "There is a super admin already, who can make others in FleetDesk, under Members.",
            do="If none of them can be reached, say --another.",
        )
    user_id = _user(connection, candidate, now) if user is None else user["id"]
    member = connection.execute(_MEMBER, _ABOUT | {"user_id": user_id}).mappings().one_or_none()
    membership = {"role": Role.SUPER_ADMIN.value, "status": "active", "updated_at": now}
    if user is not None and user["status"] != "active":
        update_rows(connection, User.__tablename__, [{"id": user_id, "status": "active", "updated_at": now}])
    if member is None:
        member_id = new_id()
        new = {"id": member_id, "scope": Scope.STAFF, "user_id": user_id, "organisation": ORGANISATION}
        insert_rows(connection, Member.__tablename__, [new | membership | {"created_at": now}])
    else:
        member_id = member["id"]
        update_rows(connection, Member.__tablename__, [{"id": member_id} | membership])
    _tell(connection, member_id, None if member is None else (member["role"], member["status"]), now)
    return True


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
        "first_name": candidate.first_name or ("" if known is None else known.first_name),
        "last_name": candidate.last_name or ("" if known is None else known.last_name),
        "status": "active",
        "updated_at": now,
    }
    if known is None:
        new = {"scope": Scope.STAFF, "provider_id": candidate.subject, "created_at": now}
        insert_rows(connection, User.__tablename__, [user | new])
    else:
        there = dict.fromkeys(("deleted_at", "deleted_by", "deletion_reason"))
        update_rows(connection, User.__tablename__, [user | there])
    return str(user["id"])


def _tell(connection: Connection, member_id: str, before: tuple[str, str] | None, now: dt.datetime) -> None:
    after = {"role": Role.SUPER_ADMIN.value, "status": "active"}
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    key = Member.key_of(member_id)
    deed = Deed(
        command_id=new_id(),
        batch_id=None,
        action="hub.admin_add",
        sentence="Made somebody a super admin, as the owner of the tables",
        target=key,
        issued_at=now,
        verdict=Verdict(kind=VerdictKind.APPLIED),
        changes={key: (None if before is None else {"role": before[0], "status": before[1]}, {**after})},
        snapshots={},
    )
    record(connection, [deed], Actor(str(owner), Role.SYSTEM), Origin(None, ""), now)


def _demand_migrated(connection: Connection) -> None:
    if hosted_revision(connection) != newest_revision():
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
