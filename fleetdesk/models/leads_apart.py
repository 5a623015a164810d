"""Leads that a person told apart: different prospects, although they share an address, a number or a licence."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.models.base import SoftDeleted, Synced
from fleetdesk.models.types import Id, Instant, Json

__all__ = ["MOST_APART", "LeadsApart"]

MOST_APART = 1_000
"""Leads that are told apart at once, at most."""


class LeadsApart(SoftDeleted, Synced):
    """No two of the leads in `lead_ids` are duplicates of each other, whatever they share; deleted, they may be again.

    A lead that comes to share the same later was not judged by anybody, and is a duplicate of them until it is.
    """

    __tablename__ = "sys_demo_lead_apart"

    lead_ids: Mapped[list[str]] = mapped_column(Json("array"))
    author_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)

    @property
    def deleted(self) -> bool:
        """Whether it was taken back."""
        return self.deleted_at is not None
