"""What the mirror of memberships has to do to be as the identity provider's list: one command a difference."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, text

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.member_mirror import DismissMember, FollowMember, ForgetAccount, JoinMember
from fleetdesk.errors import Invalid
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.models.access import ORGANISATION, Role, Scope
from fleetdesk.models.audit import IntentState
from fleetdesk.models.ids import new_id
from fleetdesk.models.members import MEMBER_CHANGE, ListedMember, MemberChange, MemberField
from fleetdesk.models.normalise import email_key

__all__ = [
    "Former",
    "Known",
    "Step",
    "changed",
    "deleted_here",
    "forgotten",
    "former_holders",
    "joined",
    "known_accounts",
    "known_members",
    "left",
    "without_role",
    "without_standing",
]


@dataclass(frozen=True)
class Known:
    """A member of the mirror as they were before the provider was asked.

    `gone`: the person is deleted. `asked` is the key of the last change of the membership that was asked for;
    `under_way`, the field that it is about to change, if it is.
    """

    user_id: str
    subject: str
    person: Mapping[str, str | None]
    member_id: str
    role: str
    status: str
    gone: bool
    asked: str | None
    under_way: MemberField | None

    @property
    def works(self) -> bool:
        """Whether neither membership nor person is suspended, and the person is not deleted."""
        return self.status == self.person["status"] == "active" and not self.gone

    @property
    def is_super_admin(self) -> bool:
        """Whether they are one, and can work."""
        return self.works and self.role == Role.SUPER_ADMIN


@dataclass(frozen=True)
class Former:
    """Somebody who was a member, and is none now: their account, and their last membership."""

    user_id: str
    subject: str
    member_id: str


@dataclass(frozen=True)
class Step:
    """One command. `ends`: it keeps somebody out who works now; `demotes`: it ends a super admin, so or otherwise."""

    command: JoinMember | FollowMember | DismissMember | ForgetAccount
    ends: bool = False
    demotes: bool = False

    @property
    def turn(self) -> int:
        """Who makes a super admin comes first, who ends one last."""
        return 2 if self.demotes else 0 if self._makes_super_admin else 1

    @property
    def address(self) -> str | None:
        """The email address that it gives to somebody."""
        match self.command:
            case JoinMember(email=email):
                return email
            case FollowMember(person=edits) if "email" in edits:
                return str(edits["email"].new)
            case _:
                return None

    @property
    def _makes_super_admin(self) -> bool:
        match self.command:
            case JoinMember(role=role):
                return role is Role.SUPER_ADMIN
            case FollowMember(membership=edits):
                return "role" in edits and edits["role"].new == Role.SUPER_ADMIN
            case _:
                return False


def known_members(connection: Connection) -> dict[str, Known]:
    """All members of the mirror who did not leave, by their accounts."""
    set_claims(connection, _CLAIMS)
    rows = connection.execute(_KNOWN, {"organisation": ORGANISATION, "kind": MEMBER_CHANGE}).all()
    return {
        row.subject: Known(
            user_id=row.user_id,
            subject=row.subject,
            person={name: getattr(row, name) for name in _OF_PERSON} | {"status": row.person_status},
            member_id=row.member_id,
            role=row.role,
            status=row.status,
            gone=row.gone,
            asked=row.asked,
            under_way=_field(row.payload) if row.state in _OPEN else None,
        )
        for row in rows
    }


def known_accounts(connection: Connection, subjects: Sequence[str]) -> dict[str, str]:
    """The ids of people, members or not, by those of these accounts that are known."""
    set_claims(connection, _CLAIMS)
    return {row.subject: row.id for row in connection.execute(_ACCOUNTS, {"subjects": list(subjects)})}


def former_holders(connection: Connection, addresses: Iterable[str]) -> list[Former]:
    """Those who are no members any more, and have one of these addresses here."""
    set_claims(connection, _CLAIMS)
    asked = {"keys": [email_key(address) for address in addresses], "organisation": ORGANISATION}
    return [Former(row.user_id, row.subject, row.member_id) for row in connection.execute(_FORMER, asked)]


def changed(known: Known, listed: ListedMember, now: dt.datetime) -> list[Step]:
    """What is to be done about a member who still is one: nothing, or one step."""
    if listed.role is None:
        return [left(known, now, no_role=True)]
    told: dict[str, str | None] = {name: getattr(listed, name) for name in _OF_PERSON}
    told["status"] = "active"  # who is kept out, their membership says
    if not listed.email:
        del told["email"]  # the provider knows none: the one that is here is better than nothing
    standing = {MemberField.ROLE: listed.role.value, MemberField.STATUS: listed.status}
    before = {MemberField.ROLE: known.role, MemberField.STATUS: known.status}
    person = {name: FieldEdit(known.person[name], new) for name, new in told.items() if new != known.person[name]}
    membership = {
        field.value: FieldEdit(before[field], new)
        for field, new in standing.items()
        if new is not None and new != before[field] and field is not known.under_way
    }
    if not person and not membership:
        return []
    command = FollowMember(
        id=new_id(),
        issued_at=now,
        user_id=known.user_id,
        member_id=known.member_id,
        person=person,
        membership=membership,
        asked=known.asked,
    )
    ends = known.works and "status" in membership
    return [Step(command, ends=ends, demotes=known.is_super_admin and bool(membership))]


def left(known: Known, now: dt.datetime, *, no_role: bool = False, account_gone: bool = False) -> Step:
    """The step that dismisses somebody."""
    command = DismissMember(
        id=new_id(),
        issued_at=now,
        user_id=known.user_id,
        member_id=known.member_id,
        no_role=no_role,
        account_gone=account_gone,
    )
    return Step(command, ends=known.works, demotes=known.is_super_admin)


def forgotten(former: Former, now: dt.datetime) -> Step:
    """The step that notes that they have no account any more."""
    return Step(ForgetAccount(id=new_id(), issued_at=now, user_id=former.user_id, member_id=former.member_id))


def joined(listed: ListedMember, user_id: str | None, now: dt.datetime) -> list[Step]:
    """The step that takes in somebody who is no member here; none where their role gives no access, or none may.

    `user_id`: who they are, if they are known as a person.
    """
    if listed.role is None or listed.status is None:
        return []
    command = JoinMember(
        id=new_id(),
        issued_at=now,
        user_id=user_id or new_id(),
        member_id=new_id(),
        subject=listed.subject,
        email=listed.email,
        first_name=listed.first_name,
        last_name=listed.last_name,
        image_url=listed.image_url,
        role=listed.role,
        status=listed.status,
    )
    return [Step(command)]


def without_role(listed: Iterable[ListedMember]) -> list[str]:
    """A sentence for each role of the provider's that is none of the staff's."""
    return [
        f"The identity provider gives {count} of its members the role “{key}”, which opens nothing here."
        for key, count in sorted(Counter(member.role_key for member in listed if member.role is None).items())
    ]


def deleted_here(known: Mapping[str, Known], listed: Mapping[str, ListedMember]) -> list[str]:
    """A sentence if there are members who cannot work because they were deleted as people, and here alone."""
    count = sum(person.gone for subject, person in known.items() if subject in listed)
    return [_DELETED_HERE.format(count=count)] if count else []


def without_standing(listed: Iterable[ListedMember]) -> list[str]:
    """A sentence if there are members of whom the provider does not say whether they are kept out."""
    count = sum(member.status is None for member in listed)
    return [_NO_STANDING.format(count=count)] if count else []


def _field(payload: str) -> MemberField | None:
    try:
        return MemberChange.read(orjson.loads(payload)).field
    except Invalid:
        return None


_NO_STANDING = (
    "The identity provider would not say of {count} of its members whether they are suspended. That waits, and so does"
    " taking them in where they are new."
)
_DELETED_HERE = (
    "Members of the identity provider's list who are deleted as people here (adm_users), and so turned away: {count}."
    " Only the owner of the tables can take that back."
)
_OPEN = (IntentState.WAITING, IntentState.RUNNING)
_OF_PERSON = ("first_name", "last_name", "email", "image_url")
_SCOPES = frozenset({Scope.STAFF.value, Scope.MEMBERS.value})
_CLAIMS = Claims(role=Role.SYSTEM, read=_SCOPES)
_KNOWN = text(
    "SELECT person.id AS user_id, person.provider_id AS subject, person.first_name, person.last_name, person.email,"
    " person.image_url, person.status AS person_status, person.deleted_at IS NOT NULL AS gone,"
    " member.id AS member_id, member.role, member.status,"
    " intent.idempotency_key AS asked, intent.state, intent.payload"
    " FROM adm_members AS member JOIN adm_users AS person ON person.id = member.user_id"
    " LEFT JOIN sys_intent AS intent ON intent.subject_id = member.id AND intent.kind = :kind"
    " WHERE member.organisation = :organisation AND member.deleted_at IS NULL"
)
_ACCOUNTS = text("SELECT id, provider_id AS subject FROM adm_users WHERE provider_id = ANY(:subjects)")
_FORMER = text(
    "SELECT DISTINCT ON (person.id) person.id AS user_id, person.provider_id AS subject, member.id AS member_id"
    " FROM adm_users AS person JOIN adm_members AS member ON member.user_id = person.id"
    " WHERE person.email_key = ANY(:keys) AND person.deleted_at IS NULL AND member.organisation = :organisation"
    " AND NOT EXISTS (SELECT 1 FROM adm_members AS other WHERE other.user_id = person.id AND other.deleted_at IS NULL)"
    " ORDER BY person.id, member.created_at DESC"
)
