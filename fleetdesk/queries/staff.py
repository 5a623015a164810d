"""The staff directory: who works on the platform, and as what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from fleetdesk.models.access import ORGANISATION, Role
from fleetdesk.models.staff import Member, User

__all__ = ["StaffPerson", "full_name", "staff_directory"]


@dataclass(frozen=True, slots=True)
class StaffPerson:
    """One person of the platform's staff. `active` is false for one who is suspended or left; their leads keep them."""

    id: str
    name: str
    email: str
    role: Role
    active: bool
    image_url: str | None


def full_name(first: str | None, last: str | None) -> str:
    """First and last name with one space, or the one that is known, or nothing."""
    return " ".join(part for part in (first, last) if part)


def staff_directory(connection: Connection) -> tuple[StaffPerson, ...]:
    """Everyone who is or was of the platform's staff, sorted by name, each once: as they are now, or were at last."""
    statement = (
        select(
            User,
            Member.role,
            Member.status.label("member_status"),
            Member.deleted_at.label("left_at"),
        )
        .join(Member, and_(Member.user_id == User.id, Member.organisation == ORGANISATION))
        # Who left and came back has several memberships; of each person, the last one here counts.
        .order_by(Member.deleted_at.is_(None), Member.created_at, Member.id)
    )
    people = {
        row.id: StaffPerson(
            id=row.id,
            name=full_name(row.first_name, row.last_name) or row.email,
            email=row.email,
            role=Role(row.role),
            active=row.status == row.member_status == "active" and row.deleted_at is None and row.left_at is None,
            image_url=row.image_url,
        )
        for row in connection.execute(statement)
    }
    return tuple(sorted(people.values(), key=lambda person: (person.name.casefold(), person.id)))
