"""How leads move on: the funnel of stages, and what came, was qualified and was converted week by week."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_

from fleetdesk.models.leads import Lead, LeadActivity
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.queries.filters.moments import Span
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter, Range
from fleetdesk.queries.lead_tally import LeadTally
from fleetdesk.queries.leads import select_leads
from fleetdesk.queries.replica import without_indexes

__all__ = ["Advance", "FunnelStep", "Week", "lead_funnel", "lead_trend"]

_WEEK = dt.timedelta(days=7)
_LEADS = Lead.table().c
_MOVES = LeadActivity.table().c


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One stage of the pipeline: the leads that stand there, their vehicles, and how many came so far or further.

    `conversion` is the share of those who came so far that has come to the next stage; None at the last, and where
    nobody has. Lost leads are in no step: a row does not say how far it had come.
    """

    stage: Stage
    standing: int
    vehicles: int
    reached: int
    conversion: float | None
    filter: Filter


class Advance(StrEnum):
    """What a trend counts: leads that came, that were qualified, that were converted."""

    NEW = "new"
    QUALIFIED = "qualified"
    CONVERTED = "converted"


@dataclass(frozen=True, slots=True)
class Week:
    """A week from its Monday on: how many leads advanced so in it, with the filters for the rows behind each."""

    monday: dt.date
    counts: Mapping[Advance, int]
    filters: Mapping[Advance, Filter]


def lead_funnel(tally: LeadTally) -> tuple[FunnelStep, ...]:
    """The steps in the pipeline's order."""
    counts = {stage: tally.stages[stage].leads for stage in PIPELINE}
    reached = [sum(counts[stage] for stage in PIPELINE[place:]) for place in range(len(PIPELINE))]
    return tuple(
        FunnelStep(
            stage=stage,
            standing=counts[stage],
            vehicles=tally.stages[stage].vehicles,
            reached=here,
            conversion=further / here if here and further is not None else None,
            filter=tally.within.asking("status", AnyOf((stage.value,))),
        )
        for stage, here, further in zip(PIPELINE, reached, [*reached[1:], None], strict=True)
    )


def lead_trend(
    connection: Connection, viewpoint: Viewpoint, within: Filter = EVERYTHING, *, weeks: int = 12
) -> tuple[Week, ...]:
    """So many weeks, the present one last; days are those of the viewpoint.

    Among the leads of a filter, of which terms on stages and on these times are left out.
    """
    within = within.without("status", "created", "moved", "qualified")
    present = viewpoint.today - dt.timedelta(days=viewpoint.today.weekday())
    mondays = [present - _WEEK * ago for ago in range(weeks)]
    calendar = _Calendar([viewpoint.midnight(monday) for monday in (present + _WEEK, *mondays)])
    counts = _come_and_converted(connection, viewpoint, within, calendar)
    counts[Advance.QUALIFIED] = _qualified(connection, viewpoint, within, calendar)
    return tuple(
        Week(
            monday,
            {advance: counts[advance][place] for advance in Advance},
            {advance: _filter(within, advance, monday) for advance in Advance},
        )
        for place, monday in reversed([*enumerate(mondays)])
    )


class _Calendar:
    """The weeks as SQL sees them: by their places, the latest being 0. Made of the end and their first instants."""

    def __init__(self, begins: list[dt.datetime]) -> None:
        self._end, *self._begins = begins

    def week(self, instant: ColumnElement[dt.datetime]) -> ColumnElement[int | None]:
        """The place of the week that an instant lies in; none outside of them."""
        outside = or_(instant < self._begins[-1], instant >= self._end)
        return case((outside, None), *((instant >= begin, place) for place, begin in enumerate(self._begins)))

    def covers(self, instant: ColumnElement[dt.datetime]) -> ColumnElement[bool]:
        """Whether an instant lies in any of the weeks."""
        return and_(instant >= self._begins[-1], instant < self._end)


def _come_and_converted(
    connection: Connection, viewpoint: Viewpoint, within: Filter, calendar: _Calendar
) -> dict[Advance, Counter[int]]:
    """Both in one pass over the leads. A converted lead stays converted, so that its row says since when."""
    converted = _LEADS.status == Stage.CONVERTED.value
    came = calendar.week(_LEADS.created_at)
    won = case((converted, calendar.week(_LEADS.stage_changed_at)))
    either = or_(calendar.covers(_LEADS.created_at), and_(converted, calendar.covers(_LEADS.stage_changed_at)))
    reads = (_LEADS.created_at, _LEADS.stage_changed_at, _LEADS.status)
    statement = (
        select_leads(connection, within, viewpoint, in_one_pass=True, reads=reads)
        .with_only_columns(came.label("came"), won.label("won"), func.count().label("leads"))
        .where(without_indexes(either))
        .group_by("came", "won")
    )
    counts: dict[Advance, Counter[int]] = {Advance.NEW: Counter(), Advance.CONVERTED: Counter()}
    for row in connection.execute(statement):
        counts[Advance.NEW][row.came] += row.leads
        counts[Advance.CONVERTED][row.won] += row.leads
    return counts


def _qualified(connection: Connection, viewpoint: Viewpoint, within: Filter, calendar: _Calendar) -> Counter[int]:
    """By what the timelines say: where a lead stands now does not tell when it was qualified."""
    statement = (
        select_leads(connection, within, viewpoint, in_one_pass=True, reads=(_LEADS.id,))
        .join(LeadActivity.table(), _MOVES.lead_id == _LEADS.id)
        .with_only_columns(
            calendar.week(_MOVES.happened_at).label("place"), func.count(_LEADS.id.distinct()).label("leads")
        )
        .where(_MOVES.to_status == Stage.QUALIFIED.value, calendar.covers(_MOVES.happened_at))
        .group_by("place")
    )
    return Counter({row.place: row.leads for row in connection.execute(statement)})


def _filter(within: Filter, advance: Advance, monday: dt.date) -> Filter:
    sunday = monday + dt.timedelta(days=6)
    then = Range(Span(monday.year, monday.month, monday.day), Span(sunday.year, sunday.month, sunday.day))
    match advance:
        case Advance.NEW:
            return within.asking("created", then)
        case Advance.QUALIFIED:
            return within.asking("qualified", then)
        case Advance.CONVERTED:
            return within.asking("status", AnyOf((Stage.CONVERTED.value,))).asking("moved", then)
