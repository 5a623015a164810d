"""The simulated day as a test, and the proof that it notices what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.postgres import enterable_folder
from tests.torture.holding import PROMISE
from tests.torture.plan import Kind, Options, make_plan
from tests.torture.planted import PLANTED
from tests.torture.simulation import run

_SEED = 20_261
_PLANTED_DAY = Options(seed=11, ops=300, patience=40)
_HELD = "nobody holds a row that they may not, nor one that is gone"
_EQUAL = "every replica equals the hosted rows"
_COMPLETE = "every replica has all that its person may see"
_BREAKS = {
    "undo skipped": {_HELD, _EQUAL},
    "removals ignored": {_HELD},
    "stale before-image": {_HELD, _EQUAL, _COMPLETE},
    "lost scope kept": {PROMISE},
    "receipt forgotten": {"what was refused was not done", "nothing is doubled"},
    "updated_at cursor": {_EQUAL, _COMPLETE},
}


@pytest.fixture
def folder() -> Iterator[Path]:
    with enterable_folder() as path:
        yield path


@pytest.mark.timeout(1_200)
def test_a_day_of_two_thousand_events_loses_and_doubles_nothing(folder: Path) -> None:
    outcome = run(Options(seed=_SEED, ops=2_000), folder)

    assert outcome.findings.failures == []
    assert outcome.findings.looked_at["acknowledged"] > 250  # a day in which little arrives proves little
    assert outcome.findings.looked_at["moments after a loss"] > 10  # nor does one in which nobody loses anything


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_breaks_the_promise_that_it_should(bug: str, folder: Path) -> None:
    # A bug needs its bad luck: a day may pass without it, several hardly.
    for seed in range(11, 17):
        (folder / str(seed)).mkdir(mode=0o755)
        outcome = run(replace(_PLANTED_DAY, seed=seed), folder / str(seed), planted=bug)
        if _BREAKS[bug] & {failure.promise for failure in outcome.findings.failures}:
            return
    pytest.fail(f"six days passed without a sign of “{bug}”")


@pytest.mark.timeout(600)
def test_the_same_day_without_a_bug_breaks_none(folder: Path) -> None:
    assert run(replace(_PLANTED_DAY, patience=120), folder).findings.failures == []


def test_the_same_seed_plans_the_same_day() -> None:
    assert make_plan(Options(seed=3, ops=500)) == make_plan(Options(seed=3, ops=500))


def test_a_long_day_has_every_kind_of_event() -> None:
    happened = {op.kind for op in make_plan(Options(seed=_SEED, ops=2_000))}

    assert happened == set(Kind)
