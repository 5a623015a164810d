"""The two roles of FleetDesk's database: what they may, and that preparing them can be repeated."""

from __future__ import annotations

import psycopg
import pytest

from fleetdesk.demo.postgres import Dsn, Server, prepare_roles
from fleetdesk.errors import BadSettings


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


def test_preparing_takes_back_rights_given_by_hand(server: Server) -> None:
    hub = prepare_roles(server).hub
    with psycopg.connect(server.admin.url) as connection:
        connection.execute("ALTER ROLE fleetdesk_hub BYPASSRLS")
    prepare_roles(server)
    assert rights(hub) == (False,) * 5


def test_an_administrator_without_a_password_is_refused(server: Server) -> None:
    with pytest.raises(BadSettings):
        prepare_roles(Server(server.admin.login(server.admin.user, "")))
