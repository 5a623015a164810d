"""The next steps that a person is reminded of."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from fleetdesk.models.stages import Stage
from fleetdesk.queries.next_steps import next_steps
from tests.unit.queries.replica import NOON, add_lead

HOUR = dt.timedelta(hours=1)


def ids(replica: Connection, most: int = 10) -> list[str]:
    steps = next_steps(replica, "mona", after=NOON - HOUR, until=NOON + HOUR, most=most)
    return [step.id for step in steps]


def add(replica: Connection, lead_id: str, due: dt.datetime | None, **values: object) -> None:
    add_lead(replica, lead_id, **{"owner_id": "mona", "next_activity": "Call", "next_activity_at": due} | values)


def test_ones_own_steps_between_two_instants_in_their_order(replica: Connection) -> None:
    add(replica, "second", NOON + HOUR)
    add(replica, "first", NOON)
    add(replica, "before", NOON - HOUR)
    add(replica, "after", NOON + HOUR + dt.timedelta(seconds=1))
    add(replica, "without", None)
    assert ids(replica) == ["first", "second"]


def test_nobody_is_reminded_of_leads_that_are_not_theirs_or_not_open(replica: Connection) -> None:
    add(replica, "another's", NOON, owner_id="ali")
    add(replica, "lost", NOON, status=Stage.LOST)
    add(replica, "deleted", NOON, deleted_at=NOON)
    add(replica, "merged", NOON, merged_into="first")
    assert ids(replica) == []


def test_of_too_many_the_latest_are_given(replica: Connection) -> None:
    for minute in range(5):
        add(replica, f"{minute}", NOON + dt.timedelta(minutes=minute))
    assert ids(replica, most=2) == ["3", "4"]
