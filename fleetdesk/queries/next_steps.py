"""A person's next steps that have a time: what they are reminded of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import PIPELINE
from fleetdesk.queries.replica import row_key, unindexed, without_indexes
from fleetdesk.queries.staff import full_name

__all__ = ["NextStep", "next_steps"]

_LEADS = Lead.table().c


@dataclass(frozen=True, slots=True)
class NextStep:
    """An open lead with its next step and when that is due, in UTC."""

    id: str
    name: str
    company: str | None
    email: str | None
    phone: str | None
    next_activity: str | None
    due: dt.datetime

    @property
    def next_activity_at(self) -> dt.datetime | None:
        """When it is due, under the name that it has in the lead."""
        return self.due


def next_steps(
    connection: Connection, person_id: str, *, after: dt.datetime, until: dt.datetime, most: int
) -> tuple[NextStep, ...]:
    """The steps of the person's open leads that are due after one instant and until another; the latest `most`."""
    due = _LEADS.next_activity_at
    still_open = _LEADS.status.in_([stage.value for stage in PIPELINE[:-1]])
    wanted = and_(still_open, _LEADS.deleted_at.is_(None), _LEADS.merged_into.is_(None), due > after, due <= until)
    keys = (
        select(row_key(Lead))
        .where(_LEADS.owner_id == person_id, without_indexes(wanted))
        .order_by(unindexed(due).desc())
        .limit(most)
    )
    rows = select(
        Lead.id,
        Lead.first_name,
        Lead.last_name,
        Lead.company,
        Lead.email,
        Lead.phone,
        Lead.next_activity,
        Lead.next_activity_at,
    ).where(row_key(Lead).in_(connection.scalars(keys).all()))
    steps = [
        NextStep(
            row.id,
            full_name(row.first_name, row.last_name),
            row.company,
            row.email,
            row.phone,
            row.next_activity,
            row.next_activity_at,
        )
        for row in connection.execute(rows)
    ]
    return tuple(sorted(steps, key=lambda step: (step.due, step.id)))
