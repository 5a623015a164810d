"""What a target says of a value."""

from __future__ import annotations

import pytest

from bench.figures import NotMeasured, at_least, at_most, median, percentile


def test_the_target_itself_is_reached() -> None:
    assert at_most(300).met_by(300)


def test_more_than_an_upper_target_misses_it() -> None:
    assert not at_most(300).met_by(301)


def test_less_than_a_lower_target_misses_it() -> None:
    assert not at_least(0.8).met_by(0.79)


def test_the_distance_is_a_share_of_the_target() -> None:
    assert at_least(0.8).distance(0.6) == pytest.approx(0.25)


def test_a_percentile_lies_between_the_values() -> None:
    assert percentile([float(value) for value in range(101)], 95) == pytest.approx(95)


def test_the_median_of_one_value_is_that_value() -> None:
    assert median([7.0]) == 7.0


def test_nothing_has_no_median() -> None:
    with pytest.raises(NotMeasured):
        median([])
