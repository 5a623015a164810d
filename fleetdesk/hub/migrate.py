"""Brings the hosted database to the newest schema; run by its owner, never by the hub itself.

Hubs of the version before may go on meanwhile: each revision, and each table's policies, is a transaction of its own
that waits for no lock longer than a moment, but gives up all it holds and tries again. Cut at any place, the next run
goes on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from alembic import command
from psycopg import OperationalError
from psycopg import errors as pg
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from fleetdesk.errors import BadSettings, Busy, Refused, Unavailable
from fleetdesk.hub.admission import demand_admitted, laid_by_newer
from fleetdesk.hub.policies import close_functions, lay_policies, outdated
from fleetdesk.hub.release import THIS, Release, hosted_revision

__all__ = ["migrate"]

_MIGRATING = 0x666C6565746D6967
_LOCK_MILLISECONDS = 400
"""How long a lock is waited for: whatever comes after in that table's queue waits as long."""
_PAUSE_SECONDS = 1.0


def migrate(
    owner_dsn: str,
    hub_role: str = "fleetdesk_hub",
    *,
    although_hubs_stop: bool = False,
    patience: float = 300.0,
    release: Release = THIS,
) -> None:
    """Create, adopt or upgrade the tables, and lay the policies for the hub's role.

    A database that was never migrated is made in one transaction. Any number of processes may migrate at once: one
    does each part of the work. `patience` is how many seconds it tries where others hold what it needs.

    Raises Unavailable, Busy, BadSettings; Refused if hubs are connected that could not go on, unless that is meant.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: _connect(owner_dsn), poolclass=NullPool)
    migration = _Migration(release, hub_role, although_hubs_stop)
    while _patiently(engine, migration.take_step, patience):
        pass


@dataclass(frozen=True)
class _Migration:
    """What is to be made, a step at a time; each looks again at what is there by now."""

    release: Release
    hub_role: str
    although_hubs_stop: bool

    def take_step(self, connection: Connection) -> bool:
        """Do what comes next in this transaction; False after the last."""
        _demand_role(connection, self.hub_role)
        revision = hosted_revision(connection)
        if revision is None:
            self._make(connection)
            return False
        if self._is_newers(connection, revision):
            return False
        self._demand_hubs_go_on(connection, revision)
        return self._upgrade(connection, revision) or self._lay(connection) or self._finish(connection)

    def _make(self, connection: Connection) -> None:
        self._to(connection, self.release.newest)
        lay_policies(
            connection, outdated(connection, self.hub_role, self.release.rights), self.hub_role, self.release.rights
        )
        self._finish(connection)

    def _is_newers(self, connection: Connection, revision: str) -> bool:
        """Whether a newer version was here, so that nothing is left to do. Raises Unavailable if it admits none."""
        if not self.release.knows(revision):
            demand_admitted(connection, self.release)
            return True
        return revision == self.release.newest and laid_by_newer(connection, self.release)

    def _upgrade(self, connection: Connection, revision: str) -> bool:
        following = self.release.next_after(revision)
        if following is not None:
            self._to(connection, following)
        return following is not None

    def _to(self, connection: Connection, revision: str) -> None:
        """Run the revisions up to that one, and note which hubs it admits."""
        config = self.release.config()
        config.attributes["connection"] = connection
        config.attributes["hub_role"] = self.hub_role
        command.upgrade(config, revision)
        if connection.execute(_KEEPS_NOTE).first() is not None:
            self._note(connection, revision)

    def _lay(self, connection: Connection) -> bool:
        tables = outdated(connection, self.hub_role, self.release.rights)
        if tables:
            lay_policies(connection, tables[:1], self.hub_role, self.release.rights)
            self._note(connection, self.release.newest)
        return bool(tables)

    def _finish(self, connection: Connection) -> bool:
        close_functions(connection)
        return False

    def _note(self, connection: Connection, revision: str) -> None:
        admits = self.release.admitted_by(revision)
        connection.execute(_NOTE, {"admits": admits, "laid_by": self.release.version})

    def _demand_hubs_go_on(self, connection: Connection, revision: str) -> None:
        if self.although_hubs_stop or self.release.admits_hubs_of(revision):
            return
        connected = connection.execute(_CONNECTED, {"role": self.hub_role}).scalar_one()
        if connected:
            raise Refused(
                "hubs_stop",
                f"Hubs of the version before are connected ({connected} times), and cannot serve beside this one.",
                kept="Nothing was changed.",
                do="Stop them first, or migrate with --although-hubs-stop and replace them at once.",
            )


def _patiently(engine: Engine, do: Callable[[Connection], bool], patience: float) -> bool:
    """A transaction of the only one who migrates; all of it again while others hold what it needs. Raises Busy."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
                connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}"))
                return do(connection)
        except DBAPIError as error:
            if not isinstance(error.orig, (pg.LockNotAvailable, pg.DeadlockDetected)):
                raise
            if time.monotonic() >= deadline:
                raise Busy(
                    "Others hold tables that are to be changed, all the time.",
                    seconds=60.0,
                    kept="What was migrated before stays so, and hubs go on.",
                    do="Migrate again at a quieter time; it goes on where it was.",
                ) from error
        time.sleep(random.uniform(0.5, 1.0) * _PAUSE_SECONDS)  # noqa: S311 - a pause, no secret


def _connect(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(dsn, client_encoding="UTF8")
    except OperationalError as error:
        # The driver's own words name the host and the reason; they never hold the password.
        raise Unavailable(
            f"The database cannot be reached: {error}.",
            do="Check its address and try again.",
        ) from error


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


_KEEPS_NOTE = text(
    "SELECT FROM pg_attribute WHERE attrelid = to_regclass('sys_epoch') AND attname = 'laid_by' AND NOT attisdropped"
)
_NOTE = text("UPDATE sys_epoch SET admits = :admits, laid_by = :laid_by")
_CONNECTED = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = :role")
