"""The documents of a lead, as its screen lists them: also those of leads that were merged into it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from fleetdesk.models.documents import Document, DocumentState, OwnerKind
from fleetdesk.models.staff import User
from fleetdesk.queries.lead_family import family_ids
from fleetdesk.queries.staff import full_name

__all__ = ["DocumentRow", "documents_of_lead"]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document; `lead_id` is the lead that it was attached to."""

    id: str
    lead_id: str
    name: str
    sha256: str
    size: int
    stored: bool
    added_by: str | None
    added_by_name: str | None
    added_at: dt.datetime


def documents_of_lead(connection: Connection, lead_id: str) -> tuple[DocumentRow, ...]:
    """Those that were not removed, the latest first."""
    statement = (
        select(Document.__table__, User.first_name, User.last_name)
        .outerjoin(User, User.id == Document.added_by)
        .where(
            Document.owner_id.in_(family_ids(lead_id)),
            Document.owner_kind == OwnerKind.LEAD,
            Document.deleted_at.is_(None),
        )
        .order_by(Document.created_at.desc(), Document.id.desc())
    )
    return tuple(
        DocumentRow(
            id=row.id,
            lead_id=row.owner_id,
            name=row.name,
            sha256=row.sha256,
            size=row.size,
            stored=row.state == DocumentState.STORED,
            added_by=row.added_by,
            added_by_name=full_name(row.first_name, row.last_name) or None,
            added_at=row.created_at,
        )
        for row in connection.execute(statement)
    )
