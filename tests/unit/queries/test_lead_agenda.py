"""Next steps between given instants: how many, the first of them, and what stands on no calendar."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from fleetdesk.models.stages import Stage
from fleetdesk.queries import lead_agenda as module
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, Filter
from fleetdesk.queries.lead_agenda import agenda_filter, lead_agenda, off_calendar
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import lead_count
from tests.unit.queries.replica import NOON, add_lead, small_replica

VIEWPOINT = Viewpoint("mona", NOON, dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0)
WEEK = [MIDNIGHT + DAY * number for number in range(8)]


def asked(text: str) -> Filter:
    return parse(LEAD_FIELDS, text).filter


def agenda(replica: Connection, bounds: Sequence[dt.datetime] = WEEK, wanted: Filter = EVERYTHING) -> list[list[str]]:
    """The ids in each stretch."""
    cells = lead_agenda(replica, wanted, VIEWPOINT, bounds, most=10)
    return [[row.id for row in cell.rows] for cell in cells]


@pytest.fixture(params=["few", "many"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of reading: looking up few rows, and walking along many."""
    if request.param == "many":
        monkeypatch.setattr(module, "_FEW", -1)


@pytest.mark.usefixtures("way")
def test_each_step_stands_between_its_bounds_the_earliest_first(replica: Connection) -> None:
    add_lead(replica, "late", next_activity_at=NOON + 2 * HOUR)
    add_lead(replica, "early", next_activity_at=NOON)
    add_lead(replica, "second day", next_activity_at=MIDNIGHT + DAY)
    add_lead(replica, "before", next_activity_at=MIDNIGHT - dt.timedelta(microseconds=1))
    add_lead(replica, "after", next_activity_at=WEEK[-1])
    add_lead(replica, "never")
    assert agenda(replica) == [["early", "late"], ["second day"], [], [], [], [], []]


@pytest.mark.usefixtures("way")
def test_where_there_are_more_than_asked_for_all_are_counted(replica: Connection) -> None:
    for number in range(5):
        add_lead(replica, f"{number}", next_activity_at=NOON + number * HOUR)
    cell = lead_agenda(replica, EVERYTHING, VIEWPOINT, WEEK, most=2)[0]
    assert (cell.count, [row.id for row in cell.rows]) == (5, ["0", "1"])


@pytest.mark.usefixtures("way")
def test_the_filter_narrows_the_agenda(replica: Connection) -> None:
    add_lead(replica, "mine", next_activity_at=NOON, owner_id="mona", country="AE")
    add_lead(replica, "another's", next_activity_at=NOON, owner_id="omar", country="AE")
    add_lead(replica, "elsewhere", next_activity_at=NOON, owner_id="mona", country="FR")
    add_lead(replica, "deleted", next_activity_at=NOON, owner_id="mona", country="AE", deleted_at=NOON)
    add_lead(replica, "merged", next_activity_at=NOON, owner_id="mona", country="AE", merged_into="mine")
    assert agenda(replica, wanted=asked("owner:me country:AE"))[0] == ["mine"]


def test_between_two_equal_bounds_there_is_nothing(replica: Connection) -> None:
    add_lead(replica, "a", next_activity_at=NOON)
    assert agenda(replica, [NOON - HOUR, NOON, NOON, NOON + HOUR]) == [[], [], ["a"]]


@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=12).map(sorted),
    st.lists(st.integers(-5, 65), max_size=12),
)
def test_every_step_within_the_bounds_stands_in_the_one_stretch_that_holds_it(
    hours: list[int], steps: list[int]
) -> None:
    bounds = [MIDNIGHT + hour * HOUR for hour in hours]
    with small_replica() as replica:
        for number, hour in enumerate(steps):
            add_lead(replica, f"{number}", next_activity_at=MIDNIGHT + hour * HOUR)
        cells = lead_agenda(replica, EVERYTHING, VIEWPOINT, bounds, most=100)
        for cell, (begins, ends) in zip(cells, itertools.pairwise(hours), strict=True):
            assert cell.count == sum(begins <= step < ends for step in steps)


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("", {Stage.NEW, Stage.CONTACTED, Stage.QUALIFIED, Stage.ONBOARDING, Stage.VALIDATED}),
        ("status:lost", {Stage.LOST}),
    ],
)
def test_an_agenda_is_that_of_open_leads_unless_stages_are_asked_for(
    replica: Connection, text: str, stages: set[Stage]
) -> None:
    for stage in Stage:
        add_lead(replica, stage, status=stage, next_activity_at=NOON)
    assert set(agenda(replica, wanted=agenda_filter(asked(text)))[0]) == stages


def test_what_is_overdue_or_without_a_step_is_counted_whatever_is_asked_of_steps(replica: Connection) -> None:
    add_lead(replica, "overdue", next_activity_at=NOON - HOUR)
    add_lead(replica, "to come", next_activity_at=NOON + HOUR)
    add_lead(replica, "without 1")
    add_lead(replica, "without 2")
    off = off_calendar(replica, asked("next:today"), VIEWPOINT)
    assert (off.overdue.value, off.without.value) == (1, 2)


def test_the_filters_of_what_is_off_the_calendar_find_as_many_as_are_counted(replica: Connection) -> None:
    for number in range(3):
        add_lead(replica, f"late {number}", next_activity_at=NOON - DAY)
    add_lead(replica, "without")
    add_lead(replica, "lost", status=Stage.LOST)
    off = off_calendar(replica, agenda_filter(asked("-tag:vip")), VIEWPOINT)
    found = [lead_count(replica, figure.filter, VIEWPOINT) for figure in (off.overdue, off.without)]
    assert found == [off.overdue.value, off.without.value] == [3, 1]
