"""The staff of the demo: fourteen people over the five roles, and those of them that one can try the demo as."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from functools import cached_property

from fleetdesk.demo.dataset.chance import seeded_id
from fleetdesk.models import normalise
from fleetdesk.models.access import ORGANISATION, Role, Scope
from fleetdesk.models.staff import Member, User

__all__ = ["PERSONAS", "REVIEWERS", "SALES", "STAFF", "Persona", "StaffMember", "staff_rows"]

_DOMAIN = "fleetcore.example"


@dataclass(frozen=True)
class StaffMember:
    """Someone of the staff. Ids are the same in every data set, so that a persona can be named before it is loaded."""

    first_name: str
    last_name: str
    role: Role
    joined: dt.datetime
    market: str | None = None

    @property
    def handle(self) -> str:
        """First and last name as addresses and provider ids have them."""
        return normalise.search_key(self.first_name, self.last_name).replace(" ", ".")

    @cached_property
    def person_id(self) -> str:
        """Their id in the staff directory."""
        return seeded_id(random.Random(self.handle), self.joined)

    @property
    def provider_id(self) -> str:
        """Their id at the demo's identity provider."""
        return f"user_demo_{self.handle.replace('.', '_')}"

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.handle}@{_DOMAIN}"


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone to try the demo as; `sentence` says what this person does."""

    person_id: str
    provider_id: str
    name: str
    email: str
    role: Role
    sentence: str


def _member(first_name: str, last_name: str, role: Role, joined: str, market: str | None = None) -> StaffMember:
    return StaffMember(first_name, last_name, role, dt.datetime.fromisoformat(f"{joined}T05:30:00+00:00"), market)


_LAYLA = _member("Layla", "Haddad", Role.COMMERCIAL, "2023-09-04", "AE")
_CAMILLE = _member("Camille", "Moreau", Role.COMMERCIAL, "2023-11-06", "FR")
_THOMAS = _member("Thomas", "Girard", Role.SUPPORT, "2023-10-02")
_NADIA = _member("Nadia", "Khoury", Role.FINANCE, "2023-09-11")
_INES = _member("Inès", "Caron", Role.PRODUCT_MANAGER, "2023-09-18")
_KHALID = _member("Khalid", "Al Marri", Role.SUPER_ADMIN, "2023-08-21")

STAFF = (
    _KHALID,
    _member("Hélène", "Rousseau", Role.SUPER_ADMIN, "2023-08-28"),
    _LAYLA,
    _CAMILLE,
    _member("Omar", "Al Suwaidi", Role.COMMERCIAL, "2024-01-08", "AE"),
    _member("Priya", "Nair", Role.COMMERCIAL, "2024-02-05", "AE"),
    _member("Julien", "Lefèvre", Role.COMMERCIAL, "2024-03-04", "FR"),
    _member("Yasmine", "Benali", Role.COMMERCIAL, "2024-09-02", "FR"),
    _THOMAS,
    _member("Fatima Zahra", "Idrissi", Role.SUPPORT, "2024-01-15"),
    _member("Rahul", "Menon", Role.SUPPORT, "2024-06-03"),
    _NADIA,
    _member("Antoine", "Mercier", Role.FINANCE, "2024-04-08"),
    _INES,
)
"""Everyone, the longest-serving of each role first."""

SALES = {
    market: tuple(person for person in STAFF if person.role is Role.COMMERCIAL and person.market == market)
    for market in ("AE", "FR")
}
"""Who looks after the leads of a country."""

REVIEWERS = tuple(person for person in STAFF if person.role is Role.SUPER_ADMIN)
"""Who validates and converts."""


def _persona(person: StaffMember, sentence: str) -> Persona:
    return Persona(person.person_id, person.provider_id, person.name, person.email, person.role, sentence)


PERSONAS = (
    _persona(_LAYLA, "Sells in the Emirates: calls, qualifies and follows leads, often on the road without a network."),
    _persona(_CAMILLE, "Sells in France: the same leads on another laptop, good for meeting Layla in a conflict."),
    _persona(_KHALID, "Runs the platform: does what sales do, and alone checks documents and validates leads."),
    _persona(_THOMAS, "Answers the clients' questions: reads the staff directory and the audit log, sees no lead."),
    _persona(_NADIA, "Pays drivers and bills clients: reads the staff directory, sees no lead."),
    _persona(_INES, "Shapes plans and products: reads the staff directory, sees no lead."),
)
"""At least one person of each role, sales first."""


def staff_rows() -> tuple[list[User], list[Member]]:
    """The staff directory: people, and what each is in the organisation."""
    return [_user(person) for person in STAFF], [_membership(person) for person in STAFF]


def _user(person: StaffMember) -> User:
    return User(
        id=person.person_id,
        scope=Scope.STAFF,
        provider_id=person.provider_id,
        email=person.email,
        email_key=normalise.email_key(person.email),
        first_name=person.first_name,
        last_name=person.last_name,
        status="active",
        created_at=person.joined,
        updated_at=person.joined,
    )


def _membership(person: StaffMember) -> Member:
    return Member(
        id=seeded_id(random.Random(person.provider_id), person.joined),
        scope=Scope.STAFF,
        user_id=person.person_id,
        organisation=ORGANISATION,
        role=person.role,
        status="active",
        created_at=person.joined,
        updated_at=person.joined,
    )
