"""Months and weeks by the clocks of a place, also on the two days of the year on which those are changed."""

from __future__ import annotations

import datetime as dt
import time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.spreads import Spread, month_of, on_clock, week_of

PARIS, DUBAI, KATHMANDU = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Dubai"), ZoneInfo("Asia/Kathmandu")
FORWARD, BACK = dt.date(2026, 3, 29), dt.date(2026, 10, 25)  # in Paris, at two and at three in the morning
HOUR = dt.timedelta(hours=1)
NOON = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
ZONES = st.sampled_from([PARIS, DUBAI, KATHMANDU, ZoneInfo("America/New_York"), ZoneInfo("Africa/Cairo"), dt.UTC])
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 1))


def lengths(spread: Spread, day: dt.date, zone: dt.tzinfo) -> list[dt.timedelta]:
    """How long each cell of a day lasts."""
    bounds = spread.bounds(zone)
    return [bounds[cell + 1] - bounds[cell] for cell in range(len(bounds) - 1) if spread.day(cell) == day]


def shown(instant: dt.datetime, zone: dt.tzinfo) -> tuple[dt.date, dt.time]:
    """What calendar and clocks show at an instant."""
    there = instant.astimezone(zone)
    return there.date(), there.time()


def test_a_month_is_laid_out_in_whole_weeks_from_monday_on() -> None:
    march = month_of(dt.date(2026, 3, 12))
    assert (march.days[0], march.days[-1], march.rows) == (dt.date(2026, 2, 23), dt.date(2026, 4, 5), 6)


def test_a_month_has_only_the_weeks_that_it_needs() -> None:
    assert month_of(dt.date(2027, 2, 1)).rows == 4


@pytest.mark.parametrize(
    ("day", "by", "about"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 1)),
        (dt.date(2026, 1, 31), -1, dt.date(2025, 12, 1)),
        (dt.date(2026, 12, 5), 1, dt.date(2027, 1, 1)),
    ],
)
def test_the_next_month_is_the_next_one_whatever_the_day(day: dt.date, by: int, about: dt.date) -> None:
    assert month_of(day).turned(by).about == about


def test_the_next_week_begins_seven_days_later() -> None:
    assert week_of(dt.date(2026, 3, 12)).turned(1).days[0] == dt.date(2026, 3, 16)


# The days on which clocks are changed


def test_a_day_has_23_hours_where_clocks_go_forward_and_25_where_they_go_back() -> None:
    assert lengths(month_of(FORWARD), FORWARD, PARIS) == [23 * HOUR]
    assert lengths(month_of(BACK), BACK, PARIS) == [25 * HOUR]


def test_the_hour_that_is_left_out_has_no_length() -> None:
    assert lengths(week_of(FORWARD), FORWARD, PARIS) == [HOUR, HOUR, 0 * HOUR, *[HOUR] * 21]


def test_the_hour_that_comes_twice_is_two_hours_long() -> None:
    assert lengths(week_of(BACK), BACK, PARIS) == [HOUR, HOUR, 2 * HOUR, *[HOUR] * 21]


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_in_dubai_every_day_has_24_hours(day: dt.date) -> None:
    assert lengths(week_of(day), day, DUBAI) == [HOUR] * 24


def test_moved_to_the_day_on_which_clocks_go_forward_the_time_of_day_stays() -> None:
    march = month_of(FORWARD)
    friday = on_clock(dt.date(2026, 3, 27), dt.time(9, 30), PARIS)
    moved = march.moved(friday, march.days.index(FORWARD), PARIS)
    assert shown(moved, PARIS) == (FORWARD, dt.time(9, 30))
    assert moved - friday == 47 * HOUR


def test_moved_to_the_day_on_which_clocks_go_back_the_time_of_day_stays() -> None:
    october = month_of(BACK)
    friday = on_clock(dt.date(2026, 10, 23), dt.time(9, 30), PARIS)
    moved = october.moved(friday, october.days.index(BACK), PARIS)
    assert shown(moved, PARIS) == (BACK, dt.time(9, 30))
    assert moved - friday == 49 * HOUR


def test_moved_into_the_hour_that_is_left_out_it_comes_an_hour_later() -> None:
    week = week_of(FORWARD)
    sunday = on_clock(FORWARD, dt.time(9, 30), PARIS)
    moved = week.moved(sunday, week.cell(2, 6), PARIS)
    assert moved.astimezone(PARIS).time() == dt.time(3, 30)


def test_both_turns_of_an_hour_lie_in_its_one_cell() -> None:
    week, first = week_of(BACK), on_clock(BACK, dt.time(2, 15), PARIS)
    assert week.holding(first, PARIS) == week.holding(first + HOUR, PARIS) == week.cell(2, 6)


def test_a_moment_before_midnight_in_dubai_is_still_that_day() -> None:
    march = month_of(FORWARD)
    last = dt.datetime(2026, 3, 12, 19, 59, tzinfo=dt.UTC)
    assert march.day(march.holding(last, DUBAI) or 0) == dt.date(2026, 3, 12)
    assert march.day(march.holding(last + dt.timedelta(minutes=1), DUBAI) or 0) == dt.date(2026, 3, 13)


@pytest.mark.parametrize("zone", [PARIS, DUBAI, KATHMANDU], ids=str)
@pytest.mark.parametrize("day", [FORWARD, BACK, dt.date(2026, 7, 1)], ids=str)
def test_the_machines_own_clocks_are_read_as_those_of_its_zone(
    monkeypatch: pytest.MonkeyPatch, zone: ZoneInfo, day: dt.date
) -> None:
    monkeypatch.setenv("TZ", zone.key)
    time.tzset()
    try:
        assert week_of(day).bounds() == week_of(day).bounds(zone)
        assert month_of(day).bounds() == month_of(day).bounds(zone)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_filter_has_the_same_days_as_the_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    cairo, forward = ZoneInfo("Africa/Cairo"), dt.date(2026, 4, 24)  # at midnight
    monkeypatch.setenv("TZ", cairo.key)
    time.tzset()
    try:
        midnights = {Viewpoint("mona", NOON, zone).midnight(forward) for zone in (None, cairo)}
        month = month_of(forward)
        assert midnights == {month.bounds()[month.days.index(forward)]}
    finally:
        monkeypatch.undo()
        time.tzset()


# Anywhere, at any time


@given(DAYS, ZONES, st.booleans())
def test_cells_follow_each_other_without_a_gap(day: dt.date, zone: dt.tzinfo, by_hour: bool) -> None:
    bounds = (week_of(day) if by_hour else month_of(day)).bounds(zone)
    assert all(begins <= ends for begins, ends in pairwise(bounds))


@given(DAYS, st.booleans(), st.data())
def test_a_cell_is_found_at_its_row_and_column(day: dt.date, by_hour: bool, data: st.DataObject) -> None:
    spread = week_of(day) if by_hour else month_of(day)
    row, column = data.draw(st.integers(0, spread.rows - 1)), data.draw(st.integers(0, 6))
    assert spread.place(spread.cell(row, column)) == (row, column)
    assert spread.day(spread.cell(row, column)).weekday() == column


@given(DAYS, ZONES, st.integers(0, 6), st.times())
def test_a_step_moved_to_a_day_lies_on_that_day(day: dt.date, zone: dt.tzinfo, column: int, at: dt.time) -> None:
    month = month_of(day)
    moved = month.moved(on_clock(day, at, zone), month.cell(1, column), zone)
    assert month.holding(moved, zone) == month.cell(1, column)


def test_what_is_out_of_sight_lies_in_no_cell() -> None:
    week = week_of(FORWARD)
    assert week.holding(on_clock(FORWARD + dt.timedelta(days=1), dt.time.min, PARIS), PARIS) is None
    assert week.holding(on_clock(week.days[0], dt.time.min, PARIS) - dt.timedelta(microseconds=1), PARIS) is None
