"""The cursor's text comes back as what it was, and nothing else is taken for one."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.errors import CursorGone
from fleetdesk.hub.cursor import Cursor, Position

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
CURSOR = Cursor(epoch="e", snapshot="10:20:12,15", scopes=("leads", "staff"), schema_version=2, taken_at=NOW)


def test_a_cursor_comes_back_as_it_was() -> None:
    assert Cursor.decode(CURSOR.encode()) == CURSOR


@pytest.mark.parametrize(
    "snapshot",
    ["", "10", "10:20", "20:10:", "10:20:9", "10:20:20", "10:20:15,12", "10:20:12,12", "0:5:", "10:20:'; DROP TABLE x"],
)
def test_a_snapshot_that_cannot_be_is_not_taken(snapshot: str) -> None:
    with pytest.raises(CursorGone):
        Cursor.decode(CURSOR.model_copy(update={"snapshot": snapshot}).encode())


@pytest.mark.parametrize("text", ["", "%%%", "é", "e30=", "W10=", "bnVsbA==", "A" * 10_000])
def test_what_is_no_cursor_is_not_taken(text: str) -> None:
    with pytest.raises(CursorGone):
        Cursor.decode(text)


def test_a_cursor_is_current_up_to_the_servers_own_position() -> None:
    CURSOR.demand_current(Position("e", "20:20:"), schema_version=2, earliest=NOW)


@pytest.mark.parametrize(
    ("position", "version", "earliest"),
    [
        (Position("other", "30:30:"), 2, NOW),
        (Position("e", "19:19:"), 2, NOW),
        (Position("e", "30:30:"), 3, NOW),
        (Position("e", "30:30:"), 2, NOW + dt.timedelta(seconds=1)),
    ],
)
def test_a_cursor_is_gone_where_a_pull_from_it_would_miss_something(
    position: Position, version: int, earliest: dt.datetime
) -> None:
    with pytest.raises(CursorGone):
        CURSOR.demand_current(position, schema_version=version, earliest=earliest)
