"""Lets the mirror of memberships follow the identity provider, which is their source (`docs/decisions/0043`).

Now and then one hub of all reads the list of members and compares it with the mirror as it was *before* the list was
asked for. Each difference becomes a command of the hub's own (`commands.member_mirror`), one transaction at a time, in
which nobody else decides about memberships. What a super admin asked for, and is being carried out, stays as it is.

The list alone dismisses nobody: who is missing in it is asked for by name. And what would leave no super admin, or
keep out more than half of the staff at once, is held back and told of: it is a slip more likely than meant.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from fleetdesk.commands.member_mirror import FollowMember, ForgetAccount, JoinMember
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import Busy, FleetDeskError
from fleetdesk.hub.claims import KEEPER, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.hub.member_steps import (
    Known,
    Step,
    changed,
    deleted_here,
    forgotten,
    former_holders,
    joined,
    known_accounts,
    known_members,
    left,
    without_role,
    without_standing,
)
from fleetdesk.hub.memberships import super_admins
from fleetdesk.hub.own_acts import act
from fleetdesk.models.access import ORGANISATION
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.models.members import ListedMember
from fleetdesk.models.normalise import email_key
from fleetdesk.protocol import VerdictKind

__all__ = ["MemberMirror", "Roll", "ask_for_reading", "standing_trouble"]

_log = logging.getLogger(__name__)


class Roll(Protocol):
    """The identity provider's list of the staff. All methods raise errors that say why it cannot be read just now."""

    def read(self) -> Sequence[ListedMember]:
        """All members, completely or not at all."""
        ...

    def are_members(self, subjects: Sequence[str]) -> frozenset[str]:
        """Those of these accounts that are members, each asked for by name."""
        ...

    def has_account(self, subject: str) -> bool:
        """Whether somebody who is no member still has an account."""
        ...


@dataclass(frozen=True)
class _Left:
    """What was not done of a step, in a sentence. `again`: whoever is in its way may be out of it after the others."""

    why: str
    again: bool = False


class MemberMirror:
    """Any number of hubs may have one: of all of them, one reads within `interval` seconds."""

    def __init__(self, database: Database, platform: Platform, roll: Roll, clock: Clock, *, interval: float) -> None:
        self._database = database
        self._platform = platform
        self._roll = roll
        self._clock = clock
        self._interval = dt.timedelta(seconds=interval)
        self._started = False

    def take_turn(self) -> None:
        """Follow if the last reading of any hub is long enough ago; the first time, in any case."""
        now = self._clock.now()
        before = now - self._interval if self._started else now
        with self._database.writing() as connection:
            set_claims(connection, KEEPER)
            # Of a clock that is ahead, or was, no more is believed than one interval.
            mine = connection.execute(_BEGIN, {"now": now, "before": before, "after": now + self._interval}).rowcount
        self._started = True
        if mine:
            self.follow()

    def follow(self, *, although_many: bool = False) -> tuple[str, ...]:
        """Let the mirror follow; what was not done, in sentences. `although_many`: even if it keeps out most of them.

        Raises what the provider's client raises, Busy, Unavailable; what was followed by then stays.
        """
        try:
            trouble = self._follow(although_many=although_many)
        except FleetDeskError as error:
            self._keep(f"The identity provider's list of members is not followed: {error.what}")
            raise
        if trouble:
            _log.error("members not followed", extra={"trouble": trouble})
        self._keep(" ".join(trouble))
        return trouble

    def _follow(self, *, although_many: bool) -> tuple[str, ...]:
        known = self._database.work(lambda session: known_members(session.connection()))
        listed = {member.subject: member for member in self._roll.read()}
        kept, gone = self._kept(known, listed), self._gone(known, listed)
        trouble = [*without_role(listed.values()), *without_standing(listed.values()), *deleted_here(known, listed)]
        ending = sum(step.ends for step in kept) + sum(person.works for person in gone)
        if not although_many and 2 * ending > sum(person.works for person in known.values()):
            kept = [step for step in kept if not step.ends]
            gone = [person for person in gone if not person.works]
            trouble.append(_MANY.format(ending=ending))
        dismissals, unknown = self._dismissals(gone)
        trouble += unknown
        steps = [*kept, *dismissals, *self._new(known, listed)]
        steps += self._freeing(steps, listed)
        return tuple(dict.fromkeys([*trouble, *self._carry_out(steps)]))

    def _kept(self, known: dict[str, Known], listed: dict[str, ListedMember]) -> list[Step]:
        now = self._clock.now()
        return [
            step for subject in known if subject in listed for step in changed(known[subject], listed[subject], now)
        ]

    def _gone(self, known: dict[str, Known], listed: dict[str, ListedMember]) -> list[Known]:
        missing = [subject for subject in known if subject not in listed]
        still_there = self._roll.are_members(missing) if missing else frozenset()
        return [known[subject] for subject in missing if subject not in still_there]

    def _dismissals(self, gone: Iterable[Known]) -> tuple[list[Step], list[str]]:
        """The steps; and why it is not known of some whether they still have an account, in sentences."""
        now, steps, unknown = self._clock.now(), [], []
        for person in gone:
            account_gone = False
            try:
                account_gone = not self._roll.has_account(person.subject)
            except FleetDeskError as error:  # that they left is certain, and more than that nobody's access waits for
                unknown.append(f"Whether somebody who left still has an account is not known: {error.what}")
            steps.append(left(person, now, account_gone=account_gone))
        return steps, unknown

    def _new(self, known: dict[str, Known], listed: dict[str, ListedMember]) -> list[Step]:
        unknown = [subject for subject in listed if subject not in known]
        if not unknown:
            return []
        accounts = self._database.work(lambda session: known_accounts(session.connection(), unknown))
        now = self._clock.now()
        return [step for subject in unknown for step in joined(listed[subject], accounts.get(subject), now)]

    def _freeing(self, steps: Iterable[Step], listed: dict[str, ListedMember]) -> list[Step]:
        """The steps by which people who left before, and have no account any more, let go of addresses that are given.

        Where that cannot be asked, the address is told of as one of two people.
        """
        given = [step.address for step in steps if step.address]
        if not given:
            return []
        holders = self._database.work(lambda session: former_holders(session.connection(), given))
        now = self._clock.now()
        return [
            forgotten(holder, now)
            for holder in holders
            if holder.subject not in listed and not self._may_have_account(holder.subject)
        ]

    def _may_have_account(self, subject: str) -> bool:
        try:
            return self._roll.has_account(subject)
        except FleetDeskError as error:
            _log.warning("account not looked up", extra={"reason": error.what})
            return True

    def _carry_out(self, steps: Iterable[Step]) -> list[str]:
        """Each in a transaction of its own; why some were not done, in sentences."""
        first = [(step, self._try(step)) for step in sorted(steps, key=attrgetter("turn"))]
        # Whoever had the address may have left, or changed theirs, by now.
        final = [self._try(step) if rest is not None and rest.again else rest for step, rest in first]
        return [rest.why for rest in final if rest is not None]

    def _try(self, step: Step) -> _Left | None:
        """As `_take`; where somebody else holds a row, nothing else waits for it, and the list is read again soon."""
        try:
            return self._database.work(partial(self._take, step=step))
        except Busy:
            with self._database.writing() as connection:
                ask_for_reading(connection)
            return _Left(_HELD)

    def _take(self, session: Session, *, step: Step) -> _Left | None:
        """Do it while nobody else decides about memberships; or say what was not done of it."""
        connection, command = session.connection(), step.command
        ruling, staying = super_admins(connection)
        if step.demotes and command.user_id in ruling and not staying - {command.user_id}:
            return _Left(_LAST)
        if isinstance(command, JoinMember):
            if not command.email:
                return _Left(_NO_ADDRESS)
            asked = {"subject": command.subject, "organisation": ORGANISATION}
            if connection.execute(_IS_MEMBER, asked).first() is not None:
                return None  # another hub was first
        if isinstance(command, ForgetAccount) and connection.execute(_CAME_BACK, {"id": command.user_id}).first():
            return None
        taken = _taken(connection, step)
        if taken and isinstance(command, JoinMember):
            return taken
        if taken and isinstance(command, FollowMember):
            # The address alone waits: roles and bans do not.
            person = {name: edit for name, edit in command.person.items() if name != "email"}
            command = replace(command, id=new_id(), person=person)
        verdict = act(session, self._platform, command, self._clock)
        if verdict.kind is VerdictKind.REJECTED:
            return _Left(f"A membership is not followed: {verdict.reason}")
        return taken

    def _keep(self, trouble: str) -> None:
        """Keep what was not done, for whoever asks any hub whether it is well."""
        with self._database.writing() as connection:
            set_claims(connection, KEEPER)
            connection.execute(_TROUBLE, {"trouble": trouble or None})


def standing_trouble(connection: Connection) -> str:
    """What the last reading did not do, and why; nothing where all was followed. Leaves the keeper's claims."""
    set_claims(connection, KEEPER)
    return connection.execute(_STANDING).scalar() or ""


def ask_for_reading(connection: Connection) -> None:
    """Have whichever hub looks next read the list, however short ago that was. Leaves the keeper's claims."""
    set_claims(connection, KEEPER)
    connection.execute(_SOON)


def _taken(connection: Connection, step: Step) -> _Left | None:
    """What is left of the step if it gives an address that somebody else has: a sentence that names both accounts.

    Needs claims to read the directory.
    """
    if step.address is None:
        return None
    command = step.command
    holder = connection.execute(_HOLDER, {"key": email_key(step.address), "id": command.user_id}).scalar()
    if holder is None:
        return None
    if isinstance(command, JoinMember):
        subject: str | None = command.subject
    else:
        subject = connection.execute(_ACCOUNT, {"id": command.user_id}).scalar()
    return _Left(_ADDRESS_TAKEN.format(subject=subject, holder=holder), again=True)


_LAST = "The last super admin is none any more at the identity provider, and stays one here: make another one first."
_HELD = "A member is being changed by somebody else just now. The list of members is read again at once."
# Accounts are named, addresses are not: sentences go into the log.
_ADDRESS_TAKEN = (
    "An email address belongs to two people: at the identity provider to {subject}, here to {holder}. Give one of them"
    " another address there for a minute, if they exchanged theirs."
)
_NO_ADDRESS = "A new member has no email address at the identity provider, and is not taken in."
_MANY = (
    "{ending} memberships would end at once, which is more than half of the staff. If that is meant, run"
    " “fleetdesk hub follow-members --although-many”."
)
_BEGIN = text(
    "UPDATE sys_provider_reading SET begun_at = :now"
    " WHERE id = 'members' AND (begun_at <= :before OR begun_at > :after)"
)
_SOON = text("UPDATE sys_provider_reading SET begun_at = 'epoch' WHERE id = 'members'")
_TROUBLE = text(
    "UPDATE sys_provider_reading SET trouble = :trouble WHERE id = 'members' AND trouble IS DISTINCT FROM :trouble"
)
_STANDING = text("SELECT trouble FROM sys_provider_reading WHERE id = 'members'")
_IS_MEMBER = text(
    "SELECT 1 FROM adm_members AS member JOIN adm_users AS person ON person.id = member.user_id"
    " WHERE person.provider_id = :subject AND member.organisation = :organisation AND member.deleted_at IS NULL"
)
_CAME_BACK = text("SELECT 1 FROM adm_members WHERE user_id = :id AND deleted_at IS NULL")
_ACCOUNT = text("SELECT provider_id FROM adm_users WHERE id = :id")
_HOLDER = text("SELECT provider_id FROM adm_users WHERE email_key = :key AND id <> :id AND deleted_at IS NULL")
