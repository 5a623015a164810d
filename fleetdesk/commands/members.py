"""What a super admin does with memberships: another role, suspending, taking that back; and what becomes of it.

The identity provider's membership is the source: a command only asks, by an intent, and a job of the hub carries it
out and tells so by a command of its own (`SettleChange`). Until then the mirror, and whoever reads it, stays as it was.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command, conflicting
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Refused
from fleetdesk.models.access import ORGANISATION, Actor, Permission, Role, Scope, normalise_role, role_name
from fleetdesk.models.audit import Intent, IntentState
from fleetdesk.models.base import Key
from fleetdesk.models.members import MEMBER_CHANGE, MemberChange, MemberField, NotDone, intent_id, intent_key
from fleetdesk.models.staff import Member
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = ["ChangeRole", "ReinstateMember", "SettleChange", "SuspendMember", "WithdrawChange"]

_OPEN = (IntentState.WAITING, IntentState.RUNNING)


@dataclass(frozen=True, kw_only=True)
class _MemberCommand(Command):
    """A command about one membership and the change of it that was asked for."""

    permission: ClassVar[Permission] = Permission.MEMBERS_MANAGE
    writes: ClassVar[frozenset[str]] = frozenset({Scope.MEMBERS})

    member_id: str

    def target(self) -> Key:
        return Member.key_of(self.member_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target(), intent_key(self.member_id)})

    def _member(self, db: Workspace, actor: Actor) -> Member:
        """The membership, refused if it is over, or the actor's own."""
        member = db.get(Member, self.member_id)
        if member.user_id == actor.person_id:
            raise Refused("own_membership", "Nobody changes their own role.", do="Ask another super admin.")
        if member.deleted_at is not None or member.organisation != ORGANISATION:
            raise Refused("left", "This person is not on the staff any more.", do="Discard the change.")
        return member

    def _intent(self, db: Workspace) -> Intent | None:
        return db.find(Intent, intent_id(self.member_id))

    def _ask(self, db: Workspace, member: Member, change: MemberChange) -> Verdict:
        """Have the change carried out, unless it is so already, or something else waits."""
        intent, current = self._intent(db), getattr(member, change.field)
        if intent is not None and intent.state in _OPEN:
            waiting = MemberChange.read(intent.payload)
            if (waiting.field, waiting.new) == (change.field, change.new):
                return MERGED
            raise Refused(
                "change_waits", "Another change of this person waits to be carried out.", do="Withdraw that one first."
            )
        if current == change.new:
            return MERGED
        if current != change.base:
            theirs = FieldConflict(
                table=Member.__tablename__,
                row_id=member.id,
                field=change.field,
                base=change.base,
                mine=change.new,
                theirs=current,
            )
            return conflicting((theirs,))
        asked = {
            "payload": change.plain(),
            "idempotency_key": f"{MEMBER_CHANGE}:{change.command}",
            "state": IntentState.WAITING,
            "attempts": 0,
            "outcome": None,
            "created_at": self.issued_at,
            "updated_at": self.issued_at,
        }
        if intent is None:
            id_ = intent_id(member.id)
            db.add(Intent(id=id_, scope=Scope.MEMBERS, kind=MEMBER_CHANGE, subject_id=member.id, **asked))
            return APPLIED
        for name, value in asked.items():
            setattr(intent, name, value)
        return APPLIED


@dataclass(frozen=True, kw_only=True)
class _Ask(_MemberCommand):
    """Asks for a change of one field, based on the value that the person saw."""

    @abstractmethod
    def asked(self) -> tuple[MemberField, str, str]:
        """The field, the value it was based on, and the one that is wanted."""

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        field, base, new = self.asked()
        change = MemberChange(field, base, new, asked_by=actor.person_id, command=self.id)
        return self._ask(db, self._member(db, actor), change)

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        field, base, new = self.asked()
        return WithdrawChange(
            id=new_id(),
            issued_at=issued_at,
            member_id=self.member_id,
            asked=self.id,
            field=field,
            base=base,
            new=new,
        )


@dataclass(frozen=True, kw_only=True)
class ChangeRole(_Ask):
    """Asks for another role."""

    name: ClassVar[str] = "members.change_role"

    base: Role
    role: Role

    def asked(self) -> tuple[MemberField, str, str]:
        return MemberField.ROLE, self.base.value, self.role.value

    def sentence(self) -> str:
        return f"Asked to change a role from {role_name(self.base)} to {role_name(self.role)}"

    def insisting(self, conflicts: tuple[FieldConflict, ...], *, id: str, issued_at: dt.datetime) -> Command | None:
        for conflict in conflicts:
            base = normalise_role(str(conflict.theirs))
            return ChangeRole(id=id, issued_at=issued_at, member_id=self.member_id, base=base, role=self.role)
        return None


@dataclass(frozen=True, kw_only=True)
class SuspendMember(_Ask):
    """Asks that somebody be kept out until further notice; what they did stays."""

    name: ClassVar[str] = "members.suspend"

    def asked(self) -> tuple[MemberField, str, str]:
        return MemberField.STATUS, "active", "suspended"

    def sentence(self) -> str:
        return "Asked to suspend a member"


@dataclass(frozen=True, kw_only=True)
class ReinstateMember(_Ask):
    """Asks that somebody who was suspended be let in again, in the role that they had."""

    name: ClassVar[str] = "members.reinstate"

    def asked(self) -> tuple[MemberField, str, str]:
        return MemberField.STATUS, "suspended", "active"

    def sentence(self) -> str:
        return "Asked to take a member back"


@dataclass(frozen=True, kw_only=True)
class WithdrawChange(_MemberCommand):
    """Takes back what the command `asked` asked for: while it waits it is not carried out; else the way back is asked.

    `field`, `base` and `new` are those of that change.
    """

    name: ClassVar[str] = "members.withdraw"

    asked: str
    field: MemberField
    base: str
    new: str

    def sentence(self) -> str:
        return "Withdrew a change of a membership"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        member, intent = self._member(db, actor), self._intent(db)
        waits = intent is not None and intent.state in _OPEN
        if intent is None or not waits or MemberChange.read(intent.payload).command != self.asked:
            return self._ask(db, member, MemberChange(self.field, self.new, self.base, actor.person_id, self.id))
        if intent.state == IntentState.RUNNING:
            raise Refused(
                "under_way",
                "The identity provider has not answered yet whether this change is done.",
                do="It is asked again every minute. Withdraw the change when it has answered.",
            )
        intent.state, intent.outcome, intent.updated_at = IntentState.FAILED, NotDone.WITHDRAWN, self.issued_at
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        before, _ = changes[intent_key(self.member_id)]
        if before is not None and "payload" in before:  # the way back was asked for
            return WithdrawChange(
                id=new_id(),
                issued_at=issued_at,
                member_id=self.member_id,
                asked=self.id,
                field=self.field,
                base=self.new,
                new=self.base,
            )
        return _asking(
            MemberChange(self.field, self.base, self.new, "", ""), self.member_id, id=new_id(), issued_at=issued_at
        )


def _asking(change: MemberChange, member_id: str, *, id: str, issued_at: dt.datetime) -> Command:
    """The command that asks for this."""
    if change.field is MemberField.STATUS:
        kind = ReinstateMember if change.new == "active" else SuspendMember
        return kind(id=id, issued_at=issued_at, member_id=member_id)
    base, role = normalise_role(change.base), normalise_role(change.new)
    return ChangeRole(id=id, issued_at=issued_at, member_id=member_id, base=base, role=role)


@dataclass(frozen=True, kw_only=True)
class SettleChange(_MemberCommand):
    """The hub's own: tells what became of the change that the command `asked` asked for, and brings the mirror along.

    `refused` says why it was not carried out, if it was not.
    """

    name: ClassVar[str] = "members.settle"
    permission: ClassVar[Permission] = Permission.MEMBERS_SETTLE
    writes: ClassVar[frozenset[str]] = frozenset({Scope.MEMBERS, Scope.STAFF})

    asked: str
    refused: NotDone | None = None

    def sentence(self) -> str:
        if self.refused is None:
            return "Carried out a change of a membership"
        return _REFUSALS[self.refused]

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        member, intent = db.get(Member, self.member_id), db.get(Intent, intent_id(self.member_id))
        change = MemberChange.read(intent.payload)
        if change.command != self.asked or intent.state not in _OPEN:
            return MERGED
        refused, current = self.refused, getattr(member, change.field)
        if refused is None and current not in (change.base, change.new):
            refused = NotDone.OVERTAKEN
        if refused is None and current != change.new:
            setattr(member, change.field, change.new)
            member.updated_at = max(member.updated_at, self.issued_at)
        intent.state = IntentState.DONE if refused is None else IntentState.FAILED
        intent.outcome, intent.updated_at = refused, self.issued_at
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        raise Refused("for_good", "What the hub did is not undone here.", do="Ask for the change back.")


_REFUSALS: Mapping[NotDone, str] = {
    NotDone.WITHDRAWN: "Did not carry out a change of a membership that was withdrawn",
    NotDone.LAST_SUPER_ADMIN: "Turned down a change that would leave no super admin",
    NotDone.NO_LONGER_ALLOWED: "Turned down a change asked for by somebody who is no super admin any more",
    NotDone.OVERTAKEN: "Turned down a change of a membership that had changed meanwhile",
    NotDone.PROVIDER: "Told that the identity provider refused a change of a membership",
}
