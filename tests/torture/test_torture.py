"""The simulated day as a test, and the proof that it notices what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import enterable_folder
from tests.torture.plan import Kind, Options, make_plan
from tests.torture.planted import PLANTED
from tests.torture.simulation import run

_SEED = 20_261
_PLANTED_SEED = 11


@pytest.fixture
def folder() -> Iterator[Path]:
    with enterable_folder() as path:
        yield path


@pytest.mark.timeout(1_200)
def test_a_day_of_two_thousand_events_loses_and_doubles_nothing(folder: Path) -> None:
    outcome = run(Options(seed=_SEED, ops=2_000), folder)

    assert outcome.findings.failures == []
    assert outcome.findings.looked_at["acknowledged"] > 500


@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_noticed(bug: str, folder: Path) -> None:
    outcome = run(Options(seed=_PLANTED_SEED, ops=250, patience=25), folder, planted=bug)

    assert not outcome.held


def test_the_same_seed_plans_the_same_day() -> None:
    assert make_plan(Options(seed=3, ops=500)) == make_plan(Options(seed=3, ops=500))


def test_a_long_day_has_every_kind_of_event() -> None:
    happened = {op.kind for op in make_plan(Options(seed=_SEED, ops=2_000))}

    assert happened == set(Kind)
