"""All that figures over leads are made of, stage by stage, counted in one pass: what is shown together agrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func

from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.fields import OVERDUE
from fleetdesk.queries.filters.moments import Ago
from fleetdesk.queries.filters.sql import Viewpoint, conditions
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter, Term
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import select_leads, stands_by_owner
from fleetdesk.queries.replica import unindexed, without_indexes

__all__ = ["ROTTING_DAYS", "LeadTally", "StageTally", "Work", "lead_tally", "work_filter"]

ROTTING_DAYS = 30
"""Without activity for so long, an open lead rots; people may choose another number."""

_LEADS = Lead.table().c
_READ = (_LEADS.status, _LEADS.fleet_size, _LEADS.next_activity_at, _LEADS.last_activity_at, _LEADS.created_at)


class Work(StrEnum):
    """What there is to be done among open leads."""

    OVERDUE = "overdue"
    TODAY = "today"
    WITHOUT_NEXT = "without_next"
    ROTTING = "rotting"


@dataclass(frozen=True, slots=True)
class StageTally:
    """One stage: how many leads, how many vehicles they have as far as is known, how many ask for which work."""

    leads: int
    vehicles: int
    work: Mapping[Work, int]


NO_LEADS = StageTally(0, 0, dict.fromkeys(Work, 0))


@dataclass(frozen=True, slots=True)
class LeadTally:
    """Every stage, counted among the leads of a filter: `within`. They rot after so many days."""

    within: Filter
    rotting_days: int
    stages: Mapping[Stage, StageTally]

    @property
    def leads(self) -> int:
        """How many there are in all stages."""
        return sum(stage.leads for stage in self.stages.values())


def lead_tally(
    connection: Connection, viewpoint: Viewpoint, within: Filter = EVERYTHING, *, rotting_days: int = ROTTING_DAYS
) -> LeadTally:
    """Count the leads of a filter, of which terms on stages, next steps and rest are left out.

    Rest is counted in days without activity.
    """
    within = within.without("status", "next", "rotting")
    columns = [
        _LEADS.status,
        func.count().label("leads"),
        func.coalesce(func.sum(_LEADS.fleet_size), 0).label("vehicles"),
        *(
            func.count().filter(_condition(connection, viewpoint, work_term(work, rotting_days))).label(work)
            for work in Work
        ),
    ]
    # In the index's own order nothing has to be sorted into groups: half the time.
    groups = (_LEADS.owner_id, _LEADS.status) if stands_by_owner(within, _READ) else (unindexed(_LEADS.status),)
    leads = select_leads(connection, within, viewpoint, in_one_pass=True, reads=_READ)
    counted = dict.fromkeys(Stage, NO_LEADS)
    for row in connection.execute(leads.with_only_columns(*columns).group_by(*groups)).mappings():
        so_far = counted[Stage(row["status"])]
        counted[Stage(row["status"])] = StageTally(
            so_far.leads + row["leads"],
            so_far.vehicles + row["vehicles"],
            {work: so_far.work[work] + row[work] for work in Work},
        )
    return LeadTally(within, rotting_days, counted)


def work_filter(within: Filter, work: Work, rotting_days: int) -> Filter:
    """Those of the leads that ask for some work."""
    term = work_term(work, rotting_days)
    return within.asking("status", AnyOf(("open",))).asking(term.field, term.condition)


def work_term(work: Work, rotting_days: int) -> Term:
    """What some work asks for beyond open leads."""
    match work:
        case Work.OVERDUE:
            return Term("next", AnyOf((OVERDUE,)))
        case Work.TODAY:
            return Term("next", AnyOf((Ago(0),)))
        case Work.WITHOUT_NEXT:
            return Term("next", AnyOf((None,)))
        case Work.ROTTING:
            return Term("rotting", AnyOf((rotting_days,)))


def _condition(connection: Connection, viewpoint: Viewpoint, term: Term) -> ColumnElement[bool]:
    asked = conditions(connection, LEAD_FIELDS, Filter((term,)), viewpoint)
    return without_indexes(asked[0])
