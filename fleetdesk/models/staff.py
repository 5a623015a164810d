"""People and memberships: the mirror that the hub keeps of the identity provider."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.models.access import Role
from fleetdesk.models.base import AMONG_THE_UNDELETED, SoftDeleted, Synced
from fleetdesk.models.types import Choice, Id, Instant, Words

__all__ = ["Member", "User"]

_STATUS = Choice(("active", "suspended"))
_STAFF_ROLES = tuple(role.value for role in Role if role is not Role.SYSTEM)


class User(SoftDeleted, Synced):
    """A person known to the identity provider."""

    __tablename__ = "adm_users"

    provider_id: Mapped[str] = mapped_column(Id)
    email: Mapped[str] = mapped_column(Words)
    email_key: Mapped[str] = mapped_column(Words)
    first_name: Mapped[str] = mapped_column(Words)
    last_name: Mapped[str] = mapped_column(Words)
    image_url: Mapped[str | None] = mapped_column(Words)
    status: Mapped[str] = mapped_column(_STATUS)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("uq_adm_users_provider_id", "provider_id", unique=True),
        # A user who was deleted and comes back under the same address is welcome.
        Index("uq_adm_users_email_key", "email_key", unique=True, info=AMONG_THE_UNDELETED),
    )

    @property
    def full_name(self) -> str:
        """First and last name, or the email where neither is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


class Member(SoftDeleted, Synced):
    """A person's role in an organisation of the identity provider."""

    __tablename__ = "adm_members"

    user_id: Mapped[str] = mapped_column(Id)
    organisation: Mapped[str] = mapped_column(Words)
    role: Mapped[str] = mapped_column(Choice(_STAFF_ROLES))
    status: Mapped[str] = mapped_column(_STATUS)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)

    __table_args__ = (
        Index(
            "uq_adm_members_user_id_organisation",
            "user_id",
            "organisation",
            unique=True,
            info=AMONG_THE_UNDELETED,
        ),
    )
