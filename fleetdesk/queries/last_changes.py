"""Who changed a field of a row last, and when, as far as the revisions that came with the row tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from fleetdesk.models.revisions import REVISIONS
from fleetdesk.models.staff import User
from fleetdesk.models.types import JsonValue
from fleetdesk.queries.staff import full_name

__all__ = ["LastChange", "last_change"]

_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who gave a field its value; `name` is None for someone whom the directory does not know."""

    person_id: str
    name: str | None
    at: dt.datetime


def last_change(connection: Connection, table: str, row_id: str, field: str, value: JsonValue) -> LastChange | None:
    """The change that gave the field this value; None where that is not known, or it has another one by now."""
    record = REVISIONS.get(table)
    if record is None:
        return None
    statement = (
        select(record.changes, record.actor_id, record.at, User.first_name, User.last_name)
        .outerjoin(User, User.id == record.actor_id)
        .where(record.row_id == row_id)
        .order_by(record.number.desc(), record.id.desc())
        .limit(_LOOKED_AT)
    )
    for row in connection.execute(statement):
        pair = row.changes.get(field)
        if isinstance(pair, list) and len(pair) == 2:
            if pair[1] != value:
                return None
            return LastChange(row.actor_id, full_name(row.first_name, row.last_name) or None, row.at)
    return None
