"""Brings the hosted database to the newest schema; run by its owner, never by the hub itself."""

from __future__ import annotations

from functools import cache

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import OperationalError
from sqlalchemy import Connection, NullPool, create_engine, text

from fleetdesk.errors import BadSettings, Unavailable
from fleetdesk.hub.policies import lay_policies

__all__ = ["hosted_revision", "migrate", "newest_revision"]

_MIGRATING = 0x666C6565746D6967


def migrate(owner_dsn: str, hub_role: str = "fleetdesk_hub") -> None:
    """Create, adopt or upgrade the tables, all in one transaction, and lay the policies for the hub's role.

    Any number of processes may do so at once: one does the work. Raises Unavailable, BadSettings.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: _connect(owner_dsn), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        _demand_role(connection, hub_role)
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["hub_role"] = hub_role
        command.upgrade(config, "head")
        lay_policies(connection, hub_role)


@cache
def newest_revision() -> str:
    """The revision that this version of FleetDesk migrates to."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "there is at least one revision"
    return revision


def hosted_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None if it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def _connect(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(dsn, client_encoding="UTF8")
    except OperationalError as error:
        # The driver's own words name the host and the reason; they never hold the password.
        raise Unavailable(
            f"The database cannot be reached: {error}.",
            do="Check its address and try again.",
        ) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "fleetdesk.hub:migrations")
    return config


def _demand_role(connection: Connection, hub_role: str) -> None:
    query = text("SELECT rolname = current_user FROM pg_roles WHERE rolname = :role")
    found = connection.execute(query, {"role": hub_role}).first()
    if found is None:
        raise BadSettings(
            f"The database has no role “{hub_role}” for the hub to connect as.",
            do=f"Create it with CREATE ROLE {hub_role} LOGIN PASSWORD …; it needs no other right.",
        )
    if found[0]:
        raise BadSettings(
            f"“{hub_role}” is the hub's own role, and must not own the tables.",
            do="Migrate as the database's owner, which is another role.",
        )
