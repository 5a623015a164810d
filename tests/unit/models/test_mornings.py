"""Mornings are those of where the person is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from fleetdesk.models.mornings import morning_in

PARIS = ZoneInfo("Europe/Paris")


def test_tomorrow_morning_is_nine_where_one_is() -> None:
    late = dt.datetime(2026, 3, 12, 23, 30, tzinfo=dt.UTC)  # the thirteenth in Paris
    assert morning_in(1, late, PARIS) == dt.datetime(2026, 3, 14, 8, 0, tzinfo=dt.UTC)


def test_it_is_nine_after_the_clocks_went_forward_too() -> None:
    before = dt.datetime(2026, 3, 28, 12, 0, tzinfo=dt.UTC)
    assert morning_in(1, before, PARIS) == dt.datetime(2026, 3, 29, 7, 0, tzinfo=dt.UTC)
