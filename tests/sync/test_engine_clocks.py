"""Two clocks are compared fairly."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.errors import ProtocolError
from fleetdesk.sync.engine.clocks import ClockWatch, spoken

_NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class _Clock:
    def __init__(self) -> None:
        self.time = _NOON

    def now(self) -> dt.datetime:
        return self.time


@pytest.mark.parametrize(("hours", "words"), [(3.0, "3 h ahead of"), (-26.5, "1 d 2 h behind"), (0.0, ""), (0.01, "")])
def test_a_clock_that_is_wrong_is_said_to_be_by_how_much(hours: float, words: str) -> None:
    watch = ClockWatch(_Clock())
    watch.heard(_NOON - dt.timedelta(hours=hours))
    assert words in watch.warning
    assert bool(words) == bool(watch.warning)


def test_half_of_the_way_there_and_back_is_taken_off() -> None:
    watch = ClockWatch(_Clock())
    watch.heard(_NOON - dt.timedelta(seconds=2), travelled=4.0)
    assert watch.skew == dt.timedelta(0)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ProtocolError):
        ClockWatch(_Clock()).heard(_NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (3_600, "1 h"), (3_900, "1 h 5 min"), (90_061, "1 d 1 h")]
)
def test_spans_are_spoken_in_two_units(seconds: int, words: str) -> None:
    assert spoken(dt.timedelta(seconds=seconds)) == words
