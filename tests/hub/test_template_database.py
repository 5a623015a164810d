"""The databases that tests are given: each a copy of the template, none of them known to another."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from fleetdesk.demo.postgres import Database, Dsn, Server
from tests.postgres import TemplateDatabase


@pytest.fixture(scope="module")
def small_template(server: Server) -> Iterator[TemplateDatabase]:
    """A template with one table and one row."""
    template = TemplateDatabase(server, built)
    yield template
    template.close()


def built(database: Database) -> None:
    """A table of the owner's that the hub may read and write."""
    with psycopg.connect(database.owner.url) as connection:
        connection.execute("CREATE TABLE memory (words text)")
        connection.execute("INSERT INTO memory VALUES ('built')")
        connection.execute("GRANT SELECT, INSERT ON memory TO fleetdesk_hub")


def words(login: Dsn) -> list[str]:
    """What the table holds."""
    with psycopg.connect(login.url) as connection:
        return [words for (words,) in connection.execute("SELECT words FROM memory")]


def write(login: Dsn, words: str) -> None:
    """One row more."""
    with psycopg.connect(login.url) as connection:
        connection.execute("INSERT INTO memory VALUES (%s)", [words])


def test_a_clone_holds_what_was_built(small_template: TemplateDatabase) -> None:
    with small_template.clone() as database:
        assert words(database.hub) == ["built"]


def test_what_one_test_writes_no_other_sees(small_template: TemplateDatabase) -> None:
    with small_template.clone() as one, small_template.clone() as other:
        write(one.hub, "written")
        assert words(other.hub) == ["built"]


def test_the_owner_may_change_a_clone(small_template: TemplateDatabase) -> None:
    with small_template.clone() as database, psycopg.connect(database.owner.url) as connection:
        connection.execute("ALTER TABLE memory ADD COLUMN more text")
        connection.execute("CREATE TABLE another ()")


def test_a_clone_goes_though_someone_is_still_connected(server: Server, small_template: TemplateDatabase) -> None:
    with small_template.clone() as database:
        connection = psycopg.connect(database.hub.url)
    connection.close()
    with psycopg.connect(server.admin.url) as admin:
        assert admin.execute("SELECT FROM pg_database WHERE datname = %s", [database.name]).fetchall() == []
