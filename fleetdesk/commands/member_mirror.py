"""How the hub's mirror of memberships follows the identity provider: somebody joins, changes, or is a member no more.

These are the hub's own commands; no role of people may give them. Each is based on what the mirror was before the
provider was asked, so that a reading that came late, or a change that the hub carries out meanwhile, is not undone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command, FieldEdit, conflicting, set_fields
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Refused
from fleetdesk.models.access import ORGANISATION, Actor, Permission, Role, Scope
from fleetdesk.models.audit import Intent
from fleetdesk.models.base import UNDELETED, Key
from fleetdesk.models.members import intent_id, intent_key
from fleetdesk.models.normalise import email_key
from fleetdesk.models.staff import Member, User
from fleetdesk.protocol import Verdict, VerdictKind

__all__ = ["DismissMember", "FollowMember", "ForgetAccount", "JoinMember"]


@dataclass(frozen=True, kw_only=True)
class _MirrorCommand(Command):
    """A command about one person and their membership, by both ids."""

    permission: ClassVar[Permission] = Permission.MEMBERS_SETTLE
    writes: ClassVar[frozenset[str]] = frozenset({Scope.STAFF, Scope.MEMBERS})

    user_id: str
    member_id: str

    def target(self) -> Key:
        return Member.key_of(self.member_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({User.key_of(self.user_id), self.target()})

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        raise Refused("for_good", "What the hub did is not undone here.", do="Change it at the identity provider.")

    def _remove(self, row: User | Member, actor: Actor) -> None:
        row.deleted_at, row.deleted_by = self.issued_at, actor.person_id
        row.deletion_reason = self.sentence()
        row.updated_at = max(row.updated_at, self.issued_at)


@dataclass(frozen=True, kw_only=True)
class JoinMember(_MirrorCommand):
    """Somebody is a member now: one who was never known here, or was, with the account `subject`."""

    name: ClassVar[str] = "members.join"

    subject: str
    email: str
    first_name: str
    last_name: str
    image_url: str | None
    role: Role
    status: str

    def creates(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def sentence(self) -> str:
        return "Took in a member whom the identity provider has"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        user = db.find(User, self.user_id)
        if user is None:
            db.add(User(id=self.user_id, scope=Scope.STAFF, created_at=self.issued_at, **self._person()))
        elif user.provider_id != self.subject:
            raise Refused("other_person", "This is somebody else's account.")
        else:
            for name, value in self._person().items():
                setattr(user, name, value)
        db.add(
            Member(
                id=self.member_id,
                scope=Scope.STAFF,
                user_id=self.user_id,
                organisation=ORGANISATION,
                role=self.role.value,
                status=self.status,
                created_at=self.issued_at,
                updated_at=self.issued_at,
                **UNDELETED,
            )
        )
        return APPLIED

    def _person(self) -> dict[str, object]:
        return {
            "provider_id": self.subject,
            "email": self.email,
            "email_key": email_key(self.email) or "",
            "first_name": self.first_name,
            "last_name": self.last_name,
            "image_url": self.image_url,
            "status": "active",
            "updated_at": self.issued_at,
            **UNDELETED,
        }


@dataclass(frozen=True, kw_only=True)
class FollowMember(_MirrorCommand):
    """The provider has something else of a member: of the `person` (name, address, picture, standing) or `membership`.

    Both are edits by field. `asked` is the key of the last change that was asked for in FleetDesk when the mirror was
    looked at: if another one was asked for since, the membership stays as that one leaves it, but for a suspension.
    """

    name: ClassVar[str] = "members.follow"

    person: Mapping[str, FieldEdit] = field(default_factory=dict)
    membership: Mapping[str, FieldEdit] = field(default_factory=dict)
    asked: str | None = None

    def reads(self) -> frozenset[Key]:
        return frozenset({intent_key(self.member_id)})

    def sentence(self) -> str:
        return "Followed a change at the identity provider"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        user, member = db.get(User, self.user_id), db.get(Member, self.member_id)
        if member.deleted_at is not None or member.user_id != user.id:
            raise Refused("left", "This person is not on the staff any more.")
        if not (self.person.keys() <= _OF_PERSON and self.membership.keys() <= _OF_MEMBERSHIP):
            raise Refused("not_followed", "This is nothing that follows the identity provider.")
        intent = db.find(Intent, intent_id(self.member_id))
        overtaken = (None if intent is None else intent.idempotency_key) != self.asked
        of_person = set_fields(user, self.person)
        of_membership = set_fields(member, self._suspension() if overtaken else self.membership)
        user.email_key = email_key(user.email) or ""
        if of_person.kind is VerdictKind.APPLIED:
            user.updated_at = max(user.updated_at, self.issued_at)
        if of_membership.kind is VerdictKind.APPLIED:
            member.updated_at = max(member.updated_at, self.issued_at)
        conflicts = of_person.conflicts + of_membership.conflicts
        if conflicts:
            return conflicting(conflicts)
        return APPLIED if VerdictKind.APPLIED in (of_person.kind, of_membership.kind) else MERGED

    def _suspension(self) -> Mapping[str, FieldEdit]:
        """What keeps them out, if anything does: that waits for nothing."""
        return {name: edit for name, edit in self.membership.items() if (name, edit.new) == ("status", "suspended")}


@dataclass(frozen=True, kw_only=True)
class DismissMember(_MirrorCommand):
    """Somebody is a member no more, or in no role of the staff's; with `account_gone`, they have no account either."""

    name: ClassVar[str] = "members.dismiss"

    no_role: bool = False
    account_gone: bool = False

    def sentence(self) -> str:
        if self.no_role:
            return "Ended a membership whose role at the identity provider is none of the staff's"
        return "Ended a membership that the identity provider has no more"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        user, member = db.get(User, self.user_id), db.get(Member, self.member_id)
        if member.deleted_at is not None:
            return MERGED
        self._remove(member, actor)
        if self.account_gone and user.deleted_at is None:
            self._remove(user, actor)
        return APPLIED


@dataclass(frozen=True, kw_only=True)
class ForgetAccount(_MirrorCommand):
    """Somebody whose membership `member_id` ended before has no account any more: others may have their address."""

    name: ClassVar[str] = "members.forget_account"

    def sentence(self) -> str:
        return "Noted that somebody who had left has no account at the identity provider any more"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        user, member = db.get(User, self.user_id), db.get(Member, self.member_id)
        if member.deleted_at is None or member.user_id != user.id:
            raise Refused("member", "This person is on the staff.")
        if user.deleted_at is not None:
            return MERGED
        self._remove(user, actor)
        return APPLIED


_OF_PERSON = frozenset({"first_name", "last_name", "email", "image_url", "status"})
_OF_MEMBERSHIP = frozenset({"role", "status"})
