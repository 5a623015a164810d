"""Figures over leads, and the rows that each of them opens."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection

from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.grammar import parse, written
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, Filter
from fleetdesk.queries.lead_figures import FigureKey, lead_figures, work_figures
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.lead_funnel import lead_funnel, lead_trend
from fleetdesk.queries.leads import lead_count
from tests.unit.queries.replica import NOON, add_lead

DAY = dt.timedelta(days=1)
VIEWPOINT = Viewpoint("mona", NOON, dt.UTC)  # a Monday
MINE = parse(LEAD_FIELDS, "owner:me").filter


@pytest.fixture
def leads(replica: Connection) -> Connection:
    """Leads of every stage, Mona's and another's."""
    for number, stage in enumerate([*Stage, Stage.NEW, Stage.LOST]):
        add_lead(
            replica,
            f"{number}",
            status=stage,
            owner_id="mona" if number % 2 else "ali",
            created_at=NOON - 40 * DAY,
            next_activity_at=[None, NOON - DAY, NOON + dt.timedelta(hours=1)][number % 3],
            last_activity_at=NOON - number * 10 * DAY,
        )
    add_lead(replica, "gone", status=Stage.CONVERTED, deleted_at=NOON)
    return replica


def test_the_conversion_rate_is_converted_by_all_that_are_not_deleted(leads: Connection) -> None:
    figures = {key: figure.value for key, figure in lead_figures(leads, VIEWPOINT).items()}
    assert figures == {
        FigureKey.TOTAL: 9,
        FigureKey.NEW: 2,
        FigureKey.CONTACTED: 1,
        FigureKey.QUALIFIED: 1,
        FigureKey.CONVERTED: 1,
        FigureKey.CONVERSION_RATE: 1 / 9,
    }


def test_without_leads_there_is_no_conversion_rate(replica: Connection) -> None:
    assert lead_figures(replica, VIEWPOINT)[FigureKey.CONVERSION_RATE].value is None


@pytest.mark.parametrize("within", [EVERYTHING, MINE], ids=written)
def test_a_figure_opens_as_many_rows_as_it_says(leads: Connection, within: Filter) -> None:
    figures = {**lead_figures(leads, VIEWPOINT, within), **work_figures(leads, VIEWPOINT, within)}
    counts = {key: figure.value for key, figure in figures.items() if key is not FigureKey.CONVERSION_RATE}
    assert counts == {key: lead_count(leads, figures[key].filter, VIEWPOINT) for key in counts}


def test_what_is_to_be_done_is_counted_among_open_leads(leads: Connection) -> None:
    counts = {key: figure.value for key, figure in work_figures(leads, VIEWPOINT).items()}
    assert counts == {
        FigureKey.OVERDUE: 3,
        FigureKey.TODAY: 1,
        FigureKey.WITHOUT_NEXT: 2,
        FigureKey.ROTTING: 2,
    }


def test_the_rows_behind_a_figure_can_be_typed(leads: Connection) -> None:
    figures = work_figures(leads, VIEWPOINT, MINE)
    assert written(figures[FigureKey.ROTTING].filter) == "owner:me status:open rotting:30"


def test_the_funnel_says_how_many_came_so_far_and_what_share_went_on(replica: Connection) -> None:
    for number, stage in enumerate([Stage.NEW, Stage.NEW, Stage.CONTACTED, Stage.CONVERTED, Stage.LOST]):
        add_lead(replica, f"{number}", status=stage)
    steps = {step.stage: (step.standing, step.reached, step.conversion) for step in lead_funnel(replica, VIEWPOINT)}
    assert steps == {
        Stage.NEW: (2, 4, 0.5),
        Stage.CONTACTED: (1, 2, 0.5),
        Stage.QUALIFIED: (0, 1, 1.0),
        Stage.ONBOARDING: (0, 1, 1.0),
        Stage.VALIDATED: (0, 1, 1.0),
        Stage.CONVERTED: (1, 1, None),
    }


def test_a_trend_counts_what_came_and_was_converted_by_weeks_of_where_one_is(replica: Connection) -> None:
    monday = NOON - dt.timedelta(hours=12)
    add_lead(replica, "this week", created_at=monday)
    add_lead(replica, "last week", created_at=monday - dt.timedelta(seconds=1))
    add_lead(replica, "won", created_at=monday - 100 * DAY, status=Stage.CONVERTED, stage_changed_at=monday - 8 * DAY)
    add_lead(replica, "to come", created_at=monday + 7 * DAY)
    trend = lead_trend(replica, VIEWPOINT, weeks=3)
    assert [(week.monday.isoformat(), week.created, week.converted) for week in trend] == [
        ("2026-02-16", 0, 1),
        ("2026-02-23", 1, 0),
        ("2026-03-02", 1, 0),
    ]


def test_a_week_opens_the_rows_that_it_counts(replica: Connection) -> None:
    add_lead(replica, "won", created_at=NOON, status=Stage.CONVERTED, stage_changed_at=NOON)
    [week] = lead_trend(replica, VIEWPOINT, weeks=1)
    assert written(week.created_filter) == "created:2026-03-02..2026-03-08"
    assert lead_count(replica, week.converted_filter, VIEWPOINT) == week.converted == 1
