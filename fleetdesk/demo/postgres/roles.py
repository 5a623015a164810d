"""The two roles that FleetDesk's database knows beside its administrator, and a database for them.

`fleetdesk_owner` owns the database and all in it, and migrates it; `fleetdesk_hub` is who the hub connects as: it owns
nothing and row level security holds for it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import psycopg
from psycopg import sql

from fleetdesk.demo.postgres.dsn import Dsn
from fleetdesk.demo.postgres.server import Server
from fleetdesk.errors import BadSettings

OWNER = "fleetdesk_owner"
HUB = "fleetdesk_hub"

# Roles belong to the whole server: two processes that prepare it at once would collide.
_PREPARING = 0x666C6565745F726F

_HAS_RIGHTS = """
    SELECT FROM pg_roles
    WHERE rolname = %s AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
"""


@dataclass(frozen=True)
class Database:
    """One database, through the three logins that matter: the owner, the hub, and the server's administrator."""

    owner: Dsn
    hub: Dsn
    admin: Dsn

    @property
    def name(self) -> str:
        return self.owner.database

    def on(self, name: str) -> Database:
        """The same logins to another database of the server; whether it exists is not looked at."""
        return Database(self.owner.to(name), self.hub.to(name), self.admin.to(name))


def prepare_roles(server: Server) -> Database:
    """Make both roles, or give them their rights and passwords again; their logins are to the administrator's database.

    Any number of processes may do so at once.

    The passwords follow from the administrator's, so that nothing more need be kept and all processes agree on them.
    Raises BadSettings if the administrator has none.
    """
    roles = Database(_login(server, OWNER), _login(server, HUB), server.admin)
    with psycopg.connect(server.admin.url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_PREPARING])
        for login in (roles.owner, roles.hub):
            _ensure_role(connection, login)
    return roles


def prepare_database(server: Server, name: str) -> Database:
    """The roles, and an empty database of this name owned by `fleetdesk_owner` if there is none yet."""
    database = prepare_roles(server).on(name)
    with psycopg.connect(server.admin.url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            # What an administrator who is no superuser needs, to give a database to someone else.
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
    return database


def _login(server: Server, role: str) -> Dsn:
    if not server.admin.password:
        raise BadSettings("The URL of the database server names no password, which those of FleetDesk's roles need.")
    password = hmac.digest(server.admin.password.encode(), role.encode(), hashlib.sha256).hex()
    return server.admin.login(role, password)


def _ensure_role(connection: psycopg.Connection[tuple[object, ...]], login: Dsn) -> None:
    role = sql.Identifier(login.user)
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [login.user]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    # Hashed here: the server never sees the password, nor does its log.
    verifier = connection.pgconn.encrypt_password(login.password.encode(), login.user.encode(), b"scram-sha-256")
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, verifier.decode()))
    # Only where needed, for the administrator of a managed server may not so much as mention them.
    if connection.execute(_HAS_RIGHTS, [login.user]).fetchone() is not None:
        connection.execute(
            sql.SQL("ALTER ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS").format(role)
        )
