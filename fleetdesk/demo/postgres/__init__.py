"""An embedded PostgreSQL, with a life cycle of our own: `EmbeddedPostgres(folder).start()`."""

from __future__ import annotations

from fleetdesk.demo.postgres.binaries import Binaries, find_binaries
from fleetdesk.demo.postgres.dsn import Dsn
from fleetdesk.demo.postgres.roles import Database, prepare_database, prepare_roles
from fleetdesk.demo.postgres.server import EmbeddedPostgres, Server

__all__ = [
    "Binaries",
    "Database",
    "Dsn",
    "EmbeddedPostgres",
    "Server",
    "find_binaries",
    "prepare_database",
    "prepare_roles",
]
