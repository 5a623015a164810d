"""Whom a verified identity is here: the person of the staff directory, with the role that the hub's mirror has now."""

from __future__ import annotations

from sqlalchemy import Connection, and_, bindparam, select
from sqlalchemy.dialects.postgresql import dialect

from fleetdesk.errors import NotStaff
from fleetdesk.hub.claims import DIRECTORY, Claims, ask_as, set_claims
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import ORGANISATION, Access, Actor, normalise_role
from fleetdesk.models.staff import Member, User
from fleetdesk.protocol import Person

__all__ = ["actor_of", "claims_of", "demand_not_dismissed", "recognise"]

_PERSON = str(
    select(User.id, User.first_name, User.last_name, User.email, Member.role)
    .join(Member, Member.user_id == User.id)
    .where(
        User.provider_id == bindparam("subject"),
        User.deleted_at.is_(None),
        User.status == bindparam("active"),
        Member.organisation == bindparam("organisation"),
        Member.deleted_at.is_(None),
        Member.status == bindparam("active"),
    )
    .compile(dialect=dialect())  # type: ignore[no-untyped-call]
)
"""As text: it is asked before nearly every request, and need not be put together each time."""

_STANDING = (
    select(User.status, User.deleted_at, Member.status, Member.deleted_at)
    .outerjoin(Member, and_(Member.user_id == User.id, Member.organisation == ORGANISATION))
    .order_by(Member.deleted_at.desc().nulls_first())
)


def recognise(connection: Connection, identity: Identity, access: Access) -> Person:
    """The person, as this transaction sees them.

    Raises NotStaff where there is none, or no more, NotAllowed where the hub does not serve their role.

    Leaves the transaction with the claims of the directory alone: set the person's own next.
    """
    named = {"subject": identity.subject, "active": "active", "organisation": ORGANISATION}
    found = ask_as(connection, DIRECTORY, _PERSON, named)
    if not found:
        demand_not_dismissed(connection, identity)
        raise NotStaff("You are not on the platform's staff.", do="Ask a super admin to add you.")
    [(person_id, first_name, last_name, email, stored_role)] = found
    role = normalise_role(stored_role)
    access.demand_admitted(role)
    return Person(
        id=person_id,
        name=f"{first_name} {last_name}".strip() or email,
        email=email,
        role=role,
        scopes=tuple(sorted(access.scopes(role, person_id))),
    )


def demand_not_dismissed(connection: Connection, identity: Identity) -> None:
    """Raise NotStaff for somebody of the directory who is not, or no longer, let in. Strangers are none of those."""
    set_claims(connection, DIRECTORY)
    known = connection.execute(_STANDING.where(User.provider_id == identity.subject)).first()
    if known is None:
        return
    user_status, user_gone, member_status, member_gone = known
    gone = user_gone is not None or member_gone is not None or member_status is None
    if not gone and "suspended" in (user_status, member_status):
        raise NotStaff("Your access was suspended.")
    if gone or (user_status, member_status) != ("active", "active"):
        raise NotStaff("You are no longer on the platform's staff.")


def claims_of(person: Person, laptop_id: str = "", *, read: frozenset[str] | None = None) -> Claims:
    """The claims of a transaction that only reads: all the person's scopes, or `read` alone."""
    return Claims(
        person=person.id,
        role=person.role,
        laptop=laptop_id,
        read=frozenset(person.scopes) if read is None else read,
    )


def actor_of(person: Person, laptop_id: str) -> Actor:
    """The person as commands know them."""
    return Actor(person.id, normalise_role(person.role), laptop_id)
