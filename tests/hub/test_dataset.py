"""The demo's data set in a real, migrated database."""

from __future__ import annotations

import datetime as dt

import psycopg

from fleetdesk.demo.dataset import PERSONAS, load_dataset
from fleetdesk.demo.postgres import Database

_NOW = dt.datetime(2026, 11, 20, 10, 20, tzinfo=dt.UTC)
_TABLES = ("adm_users", "adm_members", "sys_demo_lead", "sys_demo_lead_activity")


def test_loading_twice_leaves_every_row_as_it_was(database: Database) -> None:
    load_dataset(database.owner.url, now=_NOW, seed=1)
    before = _rows(database)

    load_dataset(database.owner.url, now=_NOW + dt.timedelta(days=2), seed=2)

    assert _rows(database) == before


def test_every_row_is_stamped_for_the_feed(database: Database) -> None:
    load_dataset(database.owner.url, now=_NOW, seed=1)

    with psycopg.connect(database.owner.url) as connection:
        for table in _TABLES:
            counts = connection.execute(f"SELECT count(*), count(xid) FROM {table}".encode()).fetchone()
            assert counts is not None
            assert counts[0] == counts[1] > 0


def test_each_persona_is_a_member_with_that_role(database: Database) -> None:
    load_dataset(database.owner.url, now=_NOW, seed=1)

    with psycopg.connect(database.owner.url) as connection:
        found = connection.execute(
            "SELECT u.id, u.provider_id, m.role FROM adm_users u JOIN adm_members m ON m.user_id = u.id"
            " WHERE m.organisation = 'fleetcore-platform' AND m.status = u.status AND u.status = 'active'"
        ).fetchall()

    assert {(persona.person_id, persona.provider_id, persona.role.value) for persona in PERSONAS} <= set(found)


def _rows(database: Database) -> dict[str, str]:
    """A digest of each table, xid included: a row that was written again would have another."""
    with psycopg.connect(database.owner.url) as connection:
        digests = {
            table: connection.execute(
                f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t".encode()
            ).fetchone()
            for table in _TABLES
        }
    return {table: digest[0] for table, digest in digests.items() if digest}
