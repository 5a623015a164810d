"""How the hub asks its database: several statements a message, connections that may have broken meanwhile."""

from __future__ import annotations

import psycopg
import pytest

from fleetdesk.errors import Invalid, Unavailable
from fleetdesk.hub import database as hub_database
from fleetdesk.hub.database import Database, asked
from tests.hub.support import Hosted

HOSTILE = ["'; DROP TABLE sys_demo_lead; --", "\\'", "E'\\", "%(other)s", "{}", "\u202e", "a\nb", '"', ""]


@pytest.mark.parametrize("value", [*HOSTILE, HOSTILE, -5, None])
def test_a_value_is_a_value_whatever_it_holds(hosted: Hosted, value: object) -> None:
    kind = "text[]" if isinstance(value, list) else "bigint" if isinstance(value, int) else "text"
    with hosted.hub().database.reading() as connection:
        rows = asked(connection, f"SELECT 1; SELECT %(value)s::{kind}, %(other)s", {"value": value, "other": "o"})
    assert rows == [(value, "o")]


def test_statements_of_one_message_are_one_transaction(hosted: Hosted) -> None:
    database = hosted.hub().database
    with pytest.raises(Invalid), database.passing() as connection:
        asked(connection, "SELECT set_config('fleetdesk.role', 'system', false); SELECT 1 / 0", {})
    with database.passing() as connection:
        assert asked(connection, "SELECT current_setting('fleetdesk.role', true)", {}) in ([("",)], [(None,)])


def test_what_a_message_sets_for_itself_is_gone_with_it(hosted: Hosted) -> None:
    with hosted.hub().database.passing() as connection:
        set_here = "SELECT set_config('fleetdesk.role', 'system', true); SELECT current_setting('fleetdesk.role')"
        assert asked(connection, set_here, {}) == [("system",)]
        assert asked(connection, "SELECT current_setting('fleetdesk.role', true)", {}) in ([("",)], [(None,)])


def broken(hosted: Hosted) -> Database:
    """One whose connection has served, and is ended by now."""
    database = hosted.hub(pool_size=1).database
    with database.reading() as connection:
        asked(connection, "SELECT 1", {})
    with psycopg.connect(hosted.database.admin.url) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'fleetdesk_hub'")
    return database


def test_a_connection_that_broke_while_nobody_used_it_is_replaced(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_database, "_PROVEN_SECONDS", 0.0)
    database = broken(hosted)
    with database.reading() as connection:
        assert asked(connection, "SELECT 1", {}) == [(1,)]


def test_one_that_broke_just_after_it_served_fails_one_request_and_no_more(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_database, "_PROVEN_SECONDS", 3600.0)
    database = broken(hosted)
    with pytest.raises(Unavailable), database.reading() as connection:
        asked(connection, "SELECT 1", {})
    with database.reading() as connection:
        assert asked(connection, "SELECT 1", {}) == [(1,)]
