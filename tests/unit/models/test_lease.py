"""How long a laptop may be worked on without its hub, whatever its clock shows."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.models.lease import Lease
from fleetdesk.models.types import JsonValue

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
SPAN = dt.timedelta(hours=72)
HOUR = dt.timedelta(hours=1)


def test_it_runs_from_the_last_contact() -> None:
    lease = Lease.begin(NOW)
    assert lease.seen(NOW + 70 * HOUR).left(SPAN) == 2 * HOUR
    assert lease.seen(NOW + 72 * HOUR).left(SPAN) <= dt.timedelta()


def test_a_clock_that_is_turned_back_gains_nothing() -> None:
    lease = Lease.begin(NOW).seen(NOW + 70 * HOUR).seen(NOW + HOUR)
    assert lease.left(SPAN) == 2 * HOUR


def test_while_it_is_behind_time_goes_by_all_the_same() -> None:
    lease = Lease.begin(NOW).seen(NOW + 70 * HOUR)
    for _ in range(2):
        lease = lease.seen(NOW + HOUR, HOUR)
    assert lease.left(SPAN) <= dt.timedelta()


def test_a_clock_that_stands_long_before_the_contact_is_not_believed() -> None:
    assert Lease.begin(NOW).seen(NOW - 25 * HOUR).left(SPAN) <= dt.timedelta()
    assert Lease.begin(NOW).seen(NOW - 3 * HOUR).left(SPAN) == SPAN


def test_a_clock_that_jumped_far_ahead_locks_until_the_next_contact_and_no_longer() -> None:
    jumped = Lease.begin(NOW).seen(NOW + 9_000 * HOUR)
    assert jumped.seen(NOW + HOUR).left(SPAN) <= dt.timedelta()
    assert Lease.begin(NOW + HOUR).seen(NOW + 2 * HOUR).left(SPAN) == SPAN - HOUR


def test_it_is_read_as_it_was_written() -> None:
    lease = Lease.begin(NOW).seen(NOW + HOUR)
    assert Lease.read(lease.plain()) == lease


@pytest.mark.parametrize("plain", [None, {}, {"contact": "then", "highest": "", "now": ""}, {"contact": 1}, "lease"])
def test_what_is_no_lease_is_none(plain: JsonValue) -> None:
    assert Lease.read(plain) is None


def test_times_without_a_zone_are_none() -> None:
    plain = dict.fromkeys(("contact", "highest", "now"), "2026-05-01T12:00:00")
    assert Lease.read(dict(plain)) is None
