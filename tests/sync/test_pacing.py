"""Waits between tries grow and are drawn by chance; pulls follow the first word at once and gather those after it."""

from __future__ import annotations

import asyncio
import itertools
import random

import pytest

from fleetdesk.sync.engine.backoff import Backoff
from fleetdesk.sync.engine.pacing import Bell, PullRhythm

pytestmark = pytest.mark.anyio


def _bounds(backoff: Backoff, count: int) -> list[float]:
    return [backoff.next_delay() for _ in range(count)]


class _Highest(random.Random):
    """Chance that always draws the highest."""

    def uniform(self, a: float, b: float) -> float:
        return b


def test_the_bound_doubles_up_to_the_longest() -> None:
    assert _bounds(Backoff(_Highest()), 9) == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_delays_are_spread_over_the_whole_range() -> None:
    rng = random.Random(7)
    first = [Backoff(rng).next_delay() for _ in range(1000)]
    assert min(first) < 0.01
    assert 0.49 < max(first) <= 0.5


def test_success_begins_anew() -> None:
    backoff = Backoff(_Highest())
    _bounds(backoff, 5)
    backoff.reset()
    assert backoff.next_delay() == 0.5


def test_who_is_told_to_wait_waits_so_long_and_is_spread_over_half_as_long_again() -> None:
    delays = sorted(Backoff(random.Random(laptop)).next_delay(20.0) for laptop in range(200))
    assert (delays[0] >= 20.0, delays[-1] <= 30.0) == (True, True)
    assert max(later - earlier for earlier, later in itertools.pairwise(delays)) < 1.0


async def test_a_bell_rung_before_the_wait_is_heard_once() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert [await bell.wait(0), await bell.wait(0)] == [True, False]


async def test_a_pull_is_due_after_the_poll_interval_though_nothing_was_heard() -> None:
    rhythm = PullRhythm(random.Random(1), interval=0.01, poll=0.02)
    assert not await rhythm.due()


async def test_a_word_that_comes_while_the_pull_waits_its_turn_is_brought_by_that_pull() -> None:
    rhythm = PullRhythm(random.Random(1), interval=0.05, poll=0.2)
    rhythm.heard()
    await rhythm.due()
    rhythm.heard()
    due = asyncio.ensure_future(rhythm.due())
    await asyncio.sleep(0.01)
    rhythm.heard()
    assert await due
    assert not await rhythm.due()


async def test_hurry_overtakes_the_interval() -> None:
    rhythm = PullRhythm(random.Random(1), interval=3600.0, poll=3600.0)
    rhythm.hurry()
    await rhythm.due()
    rhythm.heard()
    due = asyncio.ensure_future(rhythm.due())
    await asyncio.sleep(0)
    rhythm.hurry()
    async with asyncio.timeout(30):
        assert await due
