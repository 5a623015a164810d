"""Whom a verified identity is here: the person of the staff directory, with the role that the hub's mirror has now."""

from __future__ import annotations

from sqlalchemy import Connection, select

from fleetdesk.errors import Refused
from fleetdesk.hub.claims import DIRECTORY, Claims, set_claims
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import ORGANISATION, Access, Actor, normalise_role
from fleetdesk.models.staff import Member, User
from fleetdesk.protocol import Person

__all__ = ["actor_of", "claims_of", "recognise"]

_PERSON = (
    select(User.id, User.first_name, User.last_name, User.email, Member.role)
    .join(Member, Member.user_id == User.id)
    .where(
        User.deleted_at.is_(None),
        User.status == "active",
        Member.organisation == ORGANISATION,
        Member.deleted_at.is_(None),
        Member.status == "active",
    )
)


def recognise(connection: Connection, identity: Identity, access: Access) -> Person:
    """The person, as this transaction sees them.

    Raises Refused (`not_staff`) where there is none, or no more, NotAllowed where the hub does not serve their role.

    Leaves the transaction with the claims of the directory alone: set the person's own next.
    """
    set_claims(connection, DIRECTORY)
    found = connection.execute(_PERSON.where(User.provider_id == identity.subject)).one_or_none()
    if found is None:
        raise Refused(
            "not_staff", "You are not, or no longer, on the platform's staff.", do="Ask a super admin to add you."
        )
    role = normalise_role(found.role)
    access.demand_admitted(role)
    return Person(
        id=found.id,
        name=f"{found.first_name} {found.last_name}".strip() or found.email,
        email=found.email,
        role=role,
        scopes=tuple(sorted(access.scopes(role, found.id))),
    )


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
