"""What is to be done when: the next steps of leads, day by day or hour by hour, and those that stand on no calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from fleetdesk.models.leads import Lead
from fleetdesk.queries.filters.fields import OVERDUE
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import AnyOf, Filter
from fleetdesk.queries.lead_figures import LeadFigure
from fleetdesk.queries.leads import LeadRow, lead_page, select_leads
from fleetdesk.queries.replica import row_key, without_indexes

__all__ = ["AgendaCell", "OffCalendar", "agenda_filter", "lead_agenda", "off_calendar"]

_FEW = 5_000
"""So many rows are looked up one by one in less time than it takes to walk along a million."""
_LEADS = Lead.table().c
_AT = _LEADS.next_activity_at


@dataclass(frozen=True, slots=True)
class AgendaCell:
    """The next steps within one stretch of time: how many, and the first of them as rows, the earliest first."""

    count: int = 0
    rows: tuple[LeadRow, ...] = ()


@dataclass(frozen=True, slots=True)
class OffCalendar:
    """What a calendar alone would let people forget: steps whose time has passed, and leads without one."""

    overdue: LeadFigure
    without: LeadFigure


def agenda_filter(asked: Filter) -> Filter:
    """The same among open leads, unless it asks for stages: nothing is to be done with the others."""
    return asked if asked.of("status") else asked.asking("status", AnyOf(("open",)))


def lead_agenda(
    connection: Connection, asked: Filter, viewpoint: Viewpoint, bounds: Sequence[dt.datetime], *, most: int
) -> tuple[AgendaCell, ...]:
    """The next steps between each bound (included) and the one after it, with at most so many rows each.

    Bounds are instants in their order; between two that are equal there is nothing.
    """
    within = and_(bounds[0] <= _AT, bounds[-1] > _AT)
    few = _at_most(connection, _FEW, within)
    steps = (
        select_leads(connection, asked, viewpoint, in_one_pass=True, reads=(_AT,))
        .with_only_columns(row_key(Lead), _AT.label("at"), _place(bounds, 0, len(bounds) - 1).label("place"))
        .where(within if few else without_indexes(within))
        .subquery()
    )
    ranked = select(
        steps.c.row_key,
        steps.c.place,
        func.row_number().over(partition_by=steps.c.place, order_by=(steps.c.at, steps.c.row_key)).label("rank"),
        func.count().over(partition_by=steps.c.place).label("leads"),
    ).subquery()
    first = select(ranked).where(ranked.c.rank <= most).order_by(ranked.c.place, ranked.c.rank)
    return _cells(connection, list(connection.execute(first)), len(bounds) - 1)


def off_calendar(connection: Connection, asked: Filter, viewpoint: Viewpoint) -> OffCalendar:
    """How many of the leads have a next step that is overdue, and how many have none; whatever is asked of it."""
    counts = (
        func.count().filter(without_indexes(viewpoint.now > _AT)),
        func.count().filter(without_indexes(_AT.is_(None))),
    )
    rest = select_leads(connection, asked.without("next"), viewpoint, in_one_pass=True, reads=(_AT,))
    late, none = connection.execute(rest.with_only_columns(*counts)).one()
    return OffCalendar(
        overdue=LeadFigure(late, asked.asking("next", AnyOf((OVERDUE,)))),
        without=LeadFigure(none, asked.asking("next", AnyOf((None,)))),
    )


def _at_most(connection: Connection, most: int, condition: ColumnElement[bool]) -> bool:
    """Whether no more rows than that meet a condition, which an index holds."""
    some = select(literal(1)).select_from(Lead.table()).where(condition).limit(most + 1).subquery()
    return connection.scalars(select(func.count()).select_from(some)).one() <= most


def _place(bounds: Sequence[dt.datetime], first: int, last: int) -> ColumnElement[int]:
    """The number of the stretch that a step falls into, found by halving: a list of cases would be tried in turn."""
    if last - first == 1:
        return literal(first)
    middle = (first + last) // 2
    at: ColumnElement[Any] = without_indexes(bounds[middle] > _AT)
    return case((at, _place(bounds, first, middle)), else_=_place(bounds, middle, last))


def _cells(connection: Connection, found: Sequence[Any], count: int) -> tuple[AgendaCell, ...]:
    rows = lead_page(connection, [row.row_key for row in found])
    members: dict[int, list[LeadRow]] = {}
    counts: dict[int, int] = {}
    for row in found:
        counts[row.place] = row.leads
        members.setdefault(row.place, []).append(rows[row.row_key])
    return tuple(AgendaCell(counts.get(place, 0), tuple(members.get(place, ()))) for place in range(count))
