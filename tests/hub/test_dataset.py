"""The demo's data set in a real, migrated database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import create_engine

from fleetdesk.demo.dataset import PERSONAS, load_dataset
from fleetdesk.demo.dataset.leads import LEADS
from fleetdesk.demo.postgres import Database
from fleetdesk.hub.people import recognise
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import ACCESS
from tests.postgres import TemplateDatabase

_NOW = dt.datetime(2026, 11, 20, 10, 20, tzinfo=dt.UTC)
_TABLES = ("adm_users", "adm_members", "sys_demo_lead", "sys_demo_lead_activity")


@pytest.fixture(scope="module")
def loaded(template: TemplateDatabase) -> Iterator[Database]:
    with template.clone() as database:
        load_dataset(database.owner.url, now=_NOW, seed=1)
        yield database


def test_loading_again_leaves_every_row_as_it_was(loaded: Database) -> None:
    before = _digests(loaded)

    load_dataset(loaded.owner.url, now=_NOW + dt.timedelta(days=2), seed=2)

    assert _digests(loaded) == before


def test_every_row_is_stamped_for_the_feed(loaded: Database) -> None:
    with psycopg.connect(loaded.owner.url) as connection:
        for table in _TABLES:
            counts = connection.execute(f"SELECT count(*), count(xid) FROM {table}".encode()).fetchone()
            assert counts is not None
            assert counts[0] == counts[1] > 0


def test_a_laptop_of_sales_loads_every_lead(loaded: Database) -> None:
    with psycopg.connect(loaded.hub.url) as connection:
        connection.execute("SELECT set_config('fleetdesk.role', 'platform_commercial', true)")
        connection.execute("SELECT set_config('fleetdesk.read', 'leads,staff', true)")
        seen = connection.execute("SELECT count(*) FROM sys_demo_lead").fetchone()

    assert seen == (LEADS,)


def test_the_hub_recognises_each_persona_in_its_role(loaded: Database) -> None:
    engine = create_engine(f"postgresql+psycopg{loaded.hub.url.removeprefix('postgresql')}")
    with engine.connect() as connection:
        for persona in PERSONAS:
            person = recognise(
                connection, Identity(persona.provider_id, dt.datetime.max.replace(tzinfo=dt.UTC)), ACCESS
            )
            assert (person.id, person.name, person.role) == (persona.person_id, persona.name, persona.role)
    engine.dispose()


def _digests(database: Database) -> dict[str, str]:
    """A digest of each table, xid included: a row that was written again would have another."""
    with psycopg.connect(database.owner.url) as connection:
        digests = {
            table: connection.execute(
                f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t".encode()
            ).fetchone()
            for table in _TABLES
        }
    return {table: digest[0] for table, digest in digests.items() if digest}
