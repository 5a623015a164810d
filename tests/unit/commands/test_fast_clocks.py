"""A laptop whose clock is fast: what happened cannot have happened after it was recorded."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.commands.leads import LogActivity
from fleetdesk.models.leads import ActivityKind
from tests.unit.commands.bench import NOON, Bench, bench

__all__ = ["bench"]

AHEAD = NOON + dt.timedelta(hours=6)


def _log(kind: ActivityKind) -> LogActivity:
    return LogActivity(
        id="1", issued_at=NOON, lead_id="lead", activity_id="entry", kind=kind, body="Spoke", happened_at=AHEAD
    )


@pytest.mark.parametrize("kind", [ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.NOTE])
def test_what_happened_is_not_in_the_future(bench: Bench, kind: ActivityKind) -> None:
    bench.create()
    bench.perform(_log(kind))

    assert bench.timeline()[0].happened_at == NOON


@pytest.mark.parametrize("kind", [ActivityKind.MEETING, ActivityKind.TASK])
def test_what_is_planned_may_be_and_does_not_count_as_done(bench: Bench, kind: ActivityKind) -> None:
    bench.create()
    bench.perform(_log(kind))

    assert bench.timeline()[0].happened_at == AHEAD
    assert bench.lead().last_activity_at == NOON
