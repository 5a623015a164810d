"""How leads move on: the funnel of stages, and what came and was converted week by week.

Both can be asked for among the leads of a filter, whose own terms on stages or weeks give way.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func

from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.queries.filters.moments import Span
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter, Range
from fleetdesk.queries.leads import select_leads, stage_counts
from fleetdesk.queries.replica import without_indexes

__all__ = ["FunnelStep", "Week", "lead_funnel", "lead_trend"]

_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One stage of the pipeline: how many leads stand there, and how many have come so far or further.

    `conversion` is the share of those who came so far that has come to the next stage; None at the last, and where
    nobody has. Lost leads are in no step: a row does not say how far it had come.
    """

    stage: Stage
    standing: int
    reached: int
    conversion: float | None
    filter: Filter


@dataclass(frozen=True, slots=True)
class Week:
    """A week from its Monday on: leads that came, and leads that were converted, with the filters for both."""

    monday: dt.date
    created: int
    converted: int
    created_filter: Filter
    converted_filter: Filter


def lead_funnel(connection: Connection, viewpoint: Viewpoint, within: Filter = EVERYTHING) -> tuple[FunnelStep, ...]:
    """The steps in the pipeline's order, among the leads of a filter."""
    counts = stage_counts(connection, within, viewpoint)
    reached = [sum(counts[stage] for stage in PIPELINE[place:]) for place in range(len(PIPELINE))]
    return tuple(
        FunnelStep(
            stage=stage,
            standing=counts[stage],
            reached=here,
            conversion=further / here if here and further is not None else None,
            filter=within.asking("status", AnyOf((stage.value,))),
        )
        for stage, here, further in zip(PIPELINE, reached, [*reached[1:], None], strict=True)
    )


def lead_trend(
    connection: Connection, viewpoint: Viewpoint, within: Filter = EVERYTHING, *, weeks: int = 26
) -> tuple[Week, ...]:
    """So many weeks, the present one last, among the leads of a filter; days are those of the viewpoint."""
    present = viewpoint.today - dt.timedelta(days=viewpoint.today.weekday())
    mondays = [present - _WEEK * ago for ago in range(weeks)]
    leads = Lead.table().c
    converted = within.asking("status", AnyOf((Stage.CONVERTED.value,)))
    came = _by_week(connection, viewpoint, within.without("created"), leads.created_at, mondays)
    won = _by_week(connection, viewpoint, converted.without("moved"), leads.stage_changed_at, mondays)
    return tuple(
        Week(
            monday,
            came.get(monday, 0),
            won.get(monday, 0),
            within.asking("created", _days_from(monday)),
            converted.asking("moved", _days_from(monday)),
        )
        for monday in reversed(mondays)
    )


def _by_week(
    connection: Connection,
    viewpoint: Viewpoint,
    asked: Filter,
    instant: ColumnElement[dt.datetime],
    mondays: list[dt.date],
) -> dict[dt.date, int]:
    """How many of the leads fall into each week; the mondays come latest first."""
    begins = [viewpoint.midnight(monday) for monday in mondays]
    week = case(*((instant >= begin, place) for place, begin in enumerate(begins)))
    ends = viewpoint.midnight(mondays[0] + _WEEK)
    within = without_indexes(and_(instant >= begins[-1], instant < ends))
    statement = (
        select_leads(connection, asked, viewpoint, in_one_pass=True)
        .with_only_columns(week.label("place"), func.count().label("leads"))
        .where(within)
        .group_by("place")
    )
    return {mondays[row.place]: row.leads for row in connection.execute(statement)}


def _days_from(monday: dt.date) -> Range:
    sunday = monday + dt.timedelta(days=6)
    return Range(Span(monday.year, monday.month, monday.day), Span(sunday.year, sunday.month, sunday.day))
