"""What was changed in a lead, revision by revision: each field before and after, by whom, from which laptop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, true

from fleetdesk.models.leads import LeadRevision
from fleetdesk.models.staff import User
from fleetdesk.models.types import JsonValue
from fleetdesk.queries.staff import full_name

__all__ = ["FieldChange", "RevisionEntry", "revisions", "revisions_in_time"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's value before and after, in plain form."""

    field: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """One revision: the place of it among the lead's, and what the command `action` changed in its fields."""

    id: str
    lead_id: str
    number: int
    action: str
    changes: tuple[FieldChange, ...]
    author_id: str
    author_name: str | None
    laptop_id: str | None
    happened_at: dt.datetime

    @property
    def order(self) -> tuple[dt.datetime, int, str]:
        """Where it stands among the others."""
        return (self.happened_at, self.number, self.id)


def revisions(connection: Connection, lead_id: str, most: int) -> tuple[RevisionEntry, ...]:
    """The lead's history, at most so many revisions: each stands on the one after it, whatever time they tell."""
    return tuple(_read(connection, lead_id, (LeadRevision.number.desc(), LeadRevision.id.desc()), most))


def revisions_in_time(
    connection: Connection, lead_id: str, condition: ColumnElement[bool], most: int
) -> list[RevisionEntry]:
    """Those of the lead's revisions that meet a condition, the latest first, at most so many."""
    return _read(connection, lead_id, (LeadRevision.at.desc(), LeadRevision.number.desc()), most, condition)


def _read(
    connection: Connection,
    lead_id: str,
    order: Sequence[ColumnElement[Any]],
    most: int,
    condition: ColumnElement[bool] | None = None,
) -> list[RevisionEntry]:
    statement = (
        select(LeadRevision.__table__, User.first_name, User.last_name)
        .outerjoin(User, User.id == LeadRevision.actor_id)
        .where(LeadRevision.row_id == lead_id, true() if condition is None else condition)
        .order_by(*order)
        .limit(most)
    )
    return [_revision(row) for row in connection.execute(statement)]


def _revision(row: Row[Any]) -> RevisionEntry:
    return RevisionEntry(
        id=row.id,
        lead_id=row.row_id,
        number=row.number,
        action=row.action,
        changes=tuple(
            FieldChange(field, pair[0], pair[1])
            for field, pair in sorted(row.changes.items())
            if isinstance(pair, list) and len(pair) == 2
        ),
        author_id=row.actor_id,
        author_name=full_name(row.first_name, row.last_name) or None,
        laptop_id=row.laptop_id,
        happened_at=row.at,
    )
