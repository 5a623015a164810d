"""What the list of groups keeps of what it found: never something older than what it was told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import pytest
from sqlalchemy import Connection

from fleetdesk.models.access import Scope
from fleetdesk.models.leads_apart import LeadsApart
from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.duplicate_groups import DuplicateQuery
from fleetdesk.views.leads.duplicates.source import DuplicateSource
from fleetdesk.views.replica import Readings
from tests.gui.views.filled import StillClock
from tests.unit.queries.replica import NOON, add_lead, add_row, small_replica

GROUPS, APART = DuplicateQuery(), DuplicateQuery(apart=True)


class OneReplica:
    """Reads one replica; `opened` is called once a snapshot was taken."""

    def __init__(self, replica: Connection) -> None:
        self._replica = replica
        self.opened: Callable[[], object] = lambda: None

    @contextmanager
    def connection(self, _cancel: Cancellation) -> Iterator[Connection]:
        self.opened()
        yield self._replica


@pytest.fixture
def replica() -> Iterator[Connection]:
    with small_replica() as connection:
        for lead in "ab":
            add_lead(connection, lead, email="same@office.example")
        yield connection


@pytest.fixture
def readings(replica: Connection) -> OneReplica:
    return OneReplica(replica)


@pytest.fixture
def source(readings: OneReplica, clock: StillClock) -> DuplicateSource:
    return DuplicateSource(cast("Readings", readings), "mona", clock)


def keys(source: DuplicateSource, query: DuplicateQuery) -> list[int]:
    return [key for piece in source.keys(query, Cancellation()) for key in piece]


def test_what_changes_after_the_snapshot_is_looked_for_again(
    replica: Connection, readings: OneReplica, source: DuplicateSource
) -> None:
    readings.opened = source.outdate
    assert len(keys(source, GROUPS)) == 1
    readings.opened = lambda: None
    for lead in "cd":
        add_lead(replica, lead, phone="+971501234567")
    assert len(keys(source, GROUPS)) == 2


def test_groups_are_looked_for_once_until_something_changes(replica: Connection, source: DuplicateSource) -> None:
    assert len(keys(source, GROUPS)) == 1
    for lead in "cd":
        add_lead(replica, lead, phone="+971501234567")
    assert len(keys(source, GROUPS)) == 1
    source.outdate()
    assert len(keys(source, GROUPS)) == 2


def test_rows_are_those_of_their_keys_whatever_list_was_asked_for_last(
    replica: Connection, source: DuplicateSource
) -> None:
    for lead in "cd":
        add_lead(replica, lead)
    removed = dict.fromkeys(("deleted_at", "deleted_by", "deletion_reason"))
    apart = LeadsApart(
        id="row", scope=Scope.LEADS, lead_ids=["c", "d"], author_id="mona", created_at=NOON, updated_at=NOON, **removed
    )
    add_row(replica, apart)
    shown, others = keys(source, GROUPS), keys(source, APART)
    assert set(source.page(shown, Cancellation())) == set(shown)
    assert set(source.page(others, Cancellation())) == set(others)
