"""Figures over leads, and the rows that each of them opens."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection

from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.grammar import parse, written
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, Filter
from fleetdesk.queries.lead_figures import FigureKey, lead_figures, work_figures
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.lead_funnel import Advance, lead_funnel, lead_trend
from fleetdesk.queries.lead_tally import Work, lead_tally
from fleetdesk.queries.leads import lead_count
from tests.unit.queries.replica import NOON, add_activity, add_lead

DAY = dt.timedelta(days=1)
VIEWPOINT = Viewpoint("mona", NOON, dt.UTC)  # a Monday
MONDAY = NOON - dt.timedelta(hours=12)
MINE = parse(LEAD_FIELDS, "owner:me").filter
IN_FRANCE = parse(LEAD_FIELDS, "country:FR").filter
WITHIN = pytest.mark.parametrize("within", [EVERYTHING, MINE, IN_FRANCE], ids=written)


@pytest.fixture
def leads(replica: Connection) -> Connection:
    """Leads of every stage, Mona's and another's."""
    for number, stage in enumerate([*Stage, Stage.NEW, Stage.LOST]):
        add_lead(
            replica,
            f"{number}",
            status=stage,
            owner_id="mona" if number % 2 else "ali",
            country="FR" if number % 3 else None,
            fleet_size=10 if number % 2 else None,
            created_at=NOON - 40 * DAY,
            next_activity_at=[None, NOON - DAY, NOON + dt.timedelta(hours=1)][number % 3],
            last_activity_at=NOON - number * 10 * DAY,
        )
    add_lead(replica, "gone", status=Stage.CONVERTED, deleted_at=NOON)
    add_lead(replica, "merged", status=Stage.NEW, merged_into="0")
    return replica


def qualify(replica: Connection, lead_id: str, at: dt.datetime) -> None:
    """Write into a lead's timeline that it was qualified."""
    move = {"from_status": Stage.CONTACTED, "to_status": Stage.QUALIFIED, "happened_at": at}
    add_activity(replica, f"{lead_id} at {at}", lead_id, kind=ActivityKind.STATUS_CHANGE, **move)


def test_the_conversion_rate_is_converted_by_all_that_are_not_deleted(leads: Connection) -> None:
    figures = {key: figure.value for key, figure in lead_figures(lead_tally(leads, VIEWPOINT)).items()}
    assert figures == {
        FigureKey.TOTAL: 9,
        FigureKey.NEW: 2,
        FigureKey.CONTACTED: 1,
        FigureKey.QUALIFIED: 1,
        FigureKey.CONVERTED: 1,
        FigureKey.CONVERSION_RATE: 1 / 9,
    }


def test_without_leads_there_is_no_conversion_rate(replica: Connection) -> None:
    assert lead_figures(lead_tally(replica, VIEWPOINT))[FigureKey.CONVERSION_RATE].value is None


@WITHIN
def test_a_figure_opens_as_many_rows_as_it_says(leads: Connection, within: Filter) -> None:
    tally = lead_tally(leads, VIEWPOINT, within)
    figures = [*lead_figures(tally).values(), *work_figures(tally).values()]
    counts = [figure for figure in figures if isinstance(figure.value, int)]
    assert len(counts) == 9
    assert [figure.value for figure in counts] == [lead_count(leads, figure.filter, VIEWPOINT) for figure in counts]


@WITHIN
def test_a_step_of_the_funnel_opens_as_many_rows_as_it_says(leads: Connection, within: Filter) -> None:
    steps = lead_funnel(lead_tally(leads, VIEWPOINT, within))
    assert [step.standing for step in steps] == [lead_count(leads, step.filter, VIEWPOINT) for step in steps]


def test_what_is_to_be_done_is_counted_among_open_leads(leads: Connection) -> None:
    counts = {work: figure.value for work, figure in work_figures(lead_tally(leads, VIEWPOINT)).items()}
    assert counts == {Work.OVERDUE: 3, Work.TODAY: 1, Work.WITHOUT_NEXT: 2, Work.ROTTING: 2}


def test_after_how_many_days_a_lead_rots_can_be_chosen(leads: Connection) -> None:
    rotting = work_figures(lead_tally(leads, VIEWPOINT, rotting_days=15))[Work.ROTTING]
    assert (rotting.value, written(rotting.filter)) == (4, "status:open rotting:15")


def test_terms_on_what_figures_are_about_are_left_out(leads: Connection) -> None:
    within = parse(LEAD_FIELDS, "owner:me status:lost next:none rotting:90").filter
    assert lead_tally(leads, VIEWPOINT, within).within == MINE


def test_the_rows_behind_a_figure_can_be_typed(leads: Connection) -> None:
    figures = work_figures(lead_tally(leads, VIEWPOINT, MINE))
    assert written(figures[Work.ROTTING].filter) == "owner:me status:open rotting:30"


def test_the_funnel_says_how_many_came_so_far_and_what_share_went_on(replica: Connection) -> None:
    for number, stage in enumerate([Stage.NEW, Stage.NEW, Stage.CONTACTED, Stage.CONVERTED, Stage.LOST]):
        add_lead(replica, f"{number}", status=stage)
    steps = {
        step.stage: (step.standing, step.reached, step.conversion)
        for step in lead_funnel(lead_tally(replica, VIEWPOINT))
    }
    assert steps == {
        Stage.NEW: (2, 4, 0.5),
        Stage.CONTACTED: (1, 2, 0.5),
        Stage.QUALIFIED: (0, 1, 1.0),
        Stage.ONBOARDING: (0, 1, 1.0),
        Stage.VALIDATED: (0, 1, 1.0),
        Stage.CONVERTED: (1, 1, None),
    }


def test_a_stage_has_the_vehicles_of_its_leads_as_far_as_they_are_known(replica: Connection) -> None:
    for number, vehicles in enumerate([12, 30, None]):
        add_lead(replica, f"{number}", owner_id=f"owner {number}", fleet_size=vehicles)
    assert [step.vehicles for step in lead_funnel(lead_tally(replica, VIEWPOINT))][:2] == [42, 0]


def test_a_trend_counts_what_came_and_was_converted_by_weeks_of_where_one_is(replica: Connection) -> None:
    add_lead(replica, "this week", created_at=MONDAY)
    add_lead(replica, "last week", created_at=MONDAY - dt.timedelta(seconds=1))
    add_lead(replica, "won", created_at=MONDAY - 100 * DAY, status=Stage.CONVERTED, stage_changed_at=MONDAY - 8 * DAY)
    add_lead(replica, "to come", created_at=MONDAY + 7 * DAY)
    trend = [(week.monday.isoformat(), *week.counts.values()) for week in lead_trend(replica, VIEWPOINT, weeks=3)]
    assert trend == [("2026-02-16", 0, 0, 1), ("2026-02-23", 1, 0, 0), ("2026-03-02", 1, 0, 0)]


def test_a_lead_was_qualified_when_its_timeline_says_so_wherever_it_stands_now(replica: Connection) -> None:
    long_ago = {"created_at": MONDAY - 100 * DAY}
    for lead_id, stage in (("went on", Stage.CONVERTED), ("was lost", Stage.LOST), ("stayed", Stage.QUALIFIED)):
        add_lead(replica, lead_id, status=stage, **long_ago)
        qualify(replica, lead_id, MONDAY - 3 * DAY)
    qualify(replica, "was lost", MONDAY - 2 * DAY)  # reopened meanwhile
    add_lead(replica, "deleted", deleted_at=NOON, **long_ago)
    qualify(replica, "deleted", MONDAY - 3 * DAY)
    assert [week.counts[Advance.QUALIFIED] for week in lead_trend(replica, VIEWPOINT, weeks=3)] == [0, 3, 0]


@WITHIN
def test_a_week_opens_the_rows_that_it_counts(leads: Connection, within: Filter) -> None:
    mine = {"owner_id": "mona", "country": "FR"}
    add_lead(leads, "won", status=Stage.CONVERTED, created_at=NOON, stage_changed_at=NOON, **mine)
    add_lead(leads, "another's", created_at=NOON, owner_id="ali", country="AE")
    for lead_id in ("won", "another's", "gone"):
        qualify(leads, lead_id, NOON)
    [week] = lead_trend(leads, VIEWPOINT, within, weeks=1)
    behind = {advance: lead_count(leads, asked, VIEWPOINT) for advance, asked in week.filters.items()}
    assert week.counts == behind
    assert min(behind.values()) > 0


def test_the_rows_behind_a_week_can_be_typed(replica: Connection) -> None:
    [week] = lead_trend(replica, VIEWPOINT, MINE, weeks=1)
    assert [written(asked) for asked in week.filters.values()] == [
        "owner:me created:2026-03-02..2026-03-08",
        "owner:me qualified:2026-03-02..2026-03-08",
        "owner:me status:converted moved:2026-03-02..2026-03-08",
    ]
