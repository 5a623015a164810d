"""Memberships that have their source at Clerk: changes carried out there, and the list of who is a member.

A role is the membership's, with `org:` before it. A suspension is a ban of the account: it ends all its sessions at
once, it leaves membership and role as they are, for the way back, and the list of members tells of it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from unicodedata import category

from fleetdesk.errors import BadSettings, ProtocolError, Refused
from fleetdesk.models.access import ORGANISATION, Role, normalise_role
from fleetdesk.models.members import ListedMember, MemberChange, MemberField, NotDone
from fleetdesk.models.normalise import looks_like_email
from fleetdesk.providers.clerk import Clerk, Membership, User

__all__ = ["ClerkMemberships"]


_log = logging.getLogger(__name__)


class ClerkMemberships:
    """The members of the staff's organisation. Raises what `Clerk` raises."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    def close(self) -> None:
        """End the connections."""
        self._clerk.close()

    def demand_usable(self) -> None:
        """Return if the key opens the staff's organisation. Raises BadSettings where it does not, Unavailable."""
        try:
            found = self._clerk.organisation()
        except Refused as error:
            raise BadSettings(
                f"Clerk knows no such organisation: {error.what}",
                do=f"Set FLEETDESK_ORGANISATION_ID to the id of the organisation {ORGANISATION} at Clerk.",
            ) from error
        if found.slug != ORGANISATION:
            raise BadSettings(
                f"The organisation at Clerk is not {ORGANISATION}.",
                do="Set FLEETDESK_ORGANISATION_ID to the staff organisation's id, or leave it out.",
            )

    def carry_out(self, subject: str, change: MemberChange, key: str) -> None:
        """Bring the change about at Clerk. What was asked before, and may have been done, is looked for first.

        Raises Refused (`overtaken`) where somebody changed the same at Clerk meanwhile, and (`not_member`).
        """
        membership = self._membership(subject)
        if change.field is MemberField.ROLE:
            self._change_role(subject, membership, change)
        elif change.new == "suspended":
            self._suspend(subject)
        else:
            self._reinstate(subject, membership)

    def is_done(self, subject: str, change: MemberChange) -> bool:
        """Whether Clerk has it so."""
        found = self._clerk.memberships_of([subject])
        if not found:
            return False
        if change.field is MemberField.ROLE:
            return _role(found[0].role) == change.new
        return _kept_out(found[0], self._clerk.user(subject)) == (change.new == "suspended")

    def read(self) -> Sequence[ListedMember]:
        """All members, completely or not at all."""
        memberships = self._clerk.memberships()
        accounts = self._accounts([found.public_user_data.user_id for found in memberships if _is_in_doubt(found)])
        return [_listed(membership, accounts.get(membership.public_user_data.user_id)) for membership in memberships]

    def are_members(self, subjects: Sequence[str]) -> frozenset[str]:
        """Those of these people who are members, each asked for by their id."""
        return frozenset(found.public_user_data.user_id for found in self._clerk.memberships_of(subjects))

    def has_account(self, subject: str) -> bool:
        """Whether somebody who is no member still has an account."""
        try:
            self._clerk.user(subject)
        except Refused as error:
            if error.code == "resource_not_found":
                return False
            raise
        return True

    def _membership(self, subject: str) -> Membership:
        found = self._clerk.memberships_of([subject])
        if not found:
            raise Refused("not_member", "This person is no member of the organisation at Clerk.")
        return found[0]

    def _change_role(self, subject: str, membership: Membership, change: MemberChange) -> None:
        current = _role(membership.role)
        if current == change.new:
            return
        if current != change.base:
            raise Refused(NotDone.OVERTAKEN, "The role was changed at Clerk meanwhile.")
        changed = self._clerk.change_role(subject, f"org:{change.new}")
        if _role(changed.role) != change.new:
            raise ProtocolError("Clerk says that it changed a role, and gives another one.")

    def _suspend(self, subject: str) -> None:
        if not self._clerk.user(subject).banned and not self._clerk.ban(subject).banned:
            raise ProtocolError("Clerk says that it banned somebody, and that they are not banned.")

    def _reinstate(self, subject: str, membership: Membership) -> None:
        user = self._clerk.user(subject)
        if user.banned:
            user = self._clerk.unban(subject)
        if user.banned:
            raise ProtocolError("Clerk says that it lifted a ban, and that it is there.")
        if _kept_out(membership, user):
            raise Refused("deprovisioned", "The company's own directory keeps this person out at Clerk.")

    def _accounts(self, subjects: Sequence[str]) -> dict[str, User]:
        """The accounts of members by their ids, without those that Clerk won't show: the others don't wait for that."""
        try:
            found = self._clerk.users_of(subjects)
        except (Refused, ProtocolError) as error:  # for the sake of one of them, perhaps
            _log.warning("accounts of members not shown together", extra={"reason": error.what})
            found = tuple(user for subject in subjects if (user := self._account(subject)) is not None)
        return {user.id: user for user in found}

    def _account(self, subject: str) -> User | None:
        try:
            return self._clerk.user(subject)
        except (Refused, ProtocolError) as error:
            _log.warning("account of a member not shown", extra={"reason": error.what})
            return None


def _is_in_doubt(membership: Membership) -> bool:
    """Whether the list leaves out of a member what their account tells."""
    person = membership.public_user_data
    return person.banned is None or not looks_like_email(person.identifier or "")


def _listed(membership: Membership, user: User | None) -> ListedMember:
    """A member as the list has them and, where that leaves doubts and Clerk shows it, their account."""
    person = membership.public_user_data
    email = person.identifier or "" if user is None else user.email
    return ListedMember(
        subject=person.user_id,
        email=email.strip() if looks_like_email(email) else "",
        first_name=_words(person.first_name),
        last_name=_words(person.last_name),
        image_url=_words(person.image_url) or None,
        role_key=_words(membership.role),
        role=_role(membership.role),
        suspended=_kept_out(membership, user),
    )


def _kept_out(membership: Membership, user: User | None) -> bool | None:
    """Whether a ban keeps them out, or the company's own directory; None where neither list nor account tells."""
    person = membership.public_user_data
    if person.deprovisioned or (user is not None and user.deprovisioned):
        return True
    return person.banned if user is None else user.banned


def _role(key: str) -> Role | None:
    """The staff's role of that key, with `org:` or without; None for any other."""
    try:
        return normalise_role(key)
    except Refused:
        return None


def _words(text: str | None) -> str:
    """The words of it, without what no database keeps or no line shows."""
    return " ".join("".join(" " if category(letter) == "Cc" else letter for letter in text or "").split())
