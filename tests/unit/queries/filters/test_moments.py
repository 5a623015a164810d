"""Days counted from today, and days of the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given

from fleetdesk.queries.filters.moments import Moment, parse_moment
from tests.unit.queries.filters.asking import moments

TODAY = dt.date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-03-31", "2026-03-31"),
        ("Tomorrow", "2026-04-01", "2026-04-01"),
        ("7d", "2026-03-24", "2026-03-24"),
        ("+2w", "2026-04-14", "2026-04-14"),
        ("1m", "2026-02-28", "2026-02-28"),
        ("+1m", "2026-04-30", "2026-04-30"),
        ("2y", "2024-03-31", "2024-03-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-2-9", "2024-02-09", "2024-02-09"),
    ],
)
def test_a_moment_spans_days(text: str, first: str, last: str) -> None:
    moment = parse_moment(text)
    assert moment is not None
    assert moment.days(TODAY) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13", "2026-0", "2026-01-0", "2025-02-29", "1066", "9999", "99999d", "7", "7h", "+today"]
)
def test_anything_else_is_no_moment(text: str) -> None:
    assert parse_moment(text) is None


@given(moments())
def test_a_moment_that_is_written_and_read_again_is_the_same(moment: Moment) -> None:
    assert parse_moment(str(moment)) == moment
