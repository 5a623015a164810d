"""The two roles of FleetDesk's database: what they may, and that preparing them can be repeated."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from fleetdesk.demo.postgres import Dsn, EmbeddedPostgres, Server, prepare_database, prepare_roles
from fleetdesk.errors import BadSettings
from tests.postgres import enterable_folder


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server of the test's own, whose roles nobody else relies on."""
    with enterable_folder() as folder, EmbeddedPostgres(folder / "data", durable=False) as server:
        yield server


def rights(login: Dsn) -> tuple[bool, ...] | None:
    """Superuser, may bypass row level security, may make databases, may make roles, may replicate."""
    with psycopg.connect(login.url) as connection:
        return connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication "
            "FROM pg_roles WHERE rolname = current_user"
        ).fetchone()


@pytest.mark.parametrize("role", ["owner", "hub"])
def test_a_role_has_no_rights_beyond_what_it_owns(server: Server, role: str) -> None:
    assert rights(getattr(prepare_roles(server), role)) == (False,) * 5


def test_preparing_again_keeps_the_passwords(server: Server) -> None:
    assert prepare_roles(server) == prepare_roles(server)


def test_preparing_takes_back_rights_given_by_hand(own_server: Server) -> None:
    hub = prepare_roles(own_server).hub
    with psycopg.connect(own_server.admin.url) as connection:
        connection.execute("ALTER ROLE fleetdesk_hub BYPASSRLS")
    prepare_roles(own_server)
    assert rights(hub) == (False,) * 5


def test_an_administrator_without_a_password_is_refused(server: Server) -> None:
    with pytest.raises(BadSettings):
        prepare_roles(Server(server.admin.login(server.admin.user, "")))


def test_an_administrator_who_is_no_superuser_suffices(own_server: Server) -> None:
    with psycopg.connect(own_server.admin.url) as connection:
        connection.execute("CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'secret'")
    database = prepare_database(Server(own_server.admin.login("manager", "secret")), "fleet")
    with psycopg.connect(database.owner.url) as connection:
        connection.execute("CREATE TABLE owned ()")
