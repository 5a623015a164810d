"""Whether a hub may serve before the database as it is: of its own version, or of a newer one that admits it.

A newer version's migration leaves beside the epoch the oldest revision whose hubs may go on, and which version laid the
policies; so the hubs of the version before go on until they are replaced (`docs/decisions/0047`).
"""

from __future__ import annotations

import logging

from sqlalchemy import Connection, text

from fleetdesk.errors import Unavailable
from fleetdesk.hub.policies import outdated
from fleetdesk.hub.release import THIS, Release, hosted_revision, is_newer

__all__ = ["demand_admitted", "laid_by_newer"]

_log = logging.getLogger(__name__)


def demand_admitted(connection: Connection, release: Release = THIS) -> None:
    """Raise Unavailable unless a hub of this release, in the role that asks, may serve before this database."""
    revision = hosted_revision(connection)
    if revision is not None and not release.knows(revision):
        _demand_admitted_by_newer(connection, release, revision)
    elif revision != release.newest:
        raise _not_of_this_version(f"at revision {revision} instead of {release.newest}")
    elif not laid_by_newer(connection, release):
        hub_role: str = connection.execute(text("SELECT current_user")).scalar_one()
        if outdated(connection, hub_role, release.rights):
            raise _not_of_this_version("other policies")
    if connection.execute(_EPOCHS).scalar_one() != 1:
        raise _not_of_this_version("no epoch")


def laid_by_newer(connection: Connection, release: Release = THIS) -> bool:
    """Whether a newer version laid the policies of a database that is at this release's newest revision."""
    laid_by: str | None = connection.execute(_LAID_BY).scalar()
    return laid_by is not None and is_newer(laid_by, release.version)


def _demand_admitted_by_newer(connection: Connection, release: Release, revision: str) -> None:
    admits: str | None = connection.execute(_ADMITS).scalar()
    if admits is None or not release.knows(admits):
        _log.warning("database does not admit this hub", extra={"revision": revision, "admits": admits})
        raise Unavailable(
            "The hosted database is of a newer version, beside which this hub may not serve.",
            do="Run the newer version's hub.",
        )


def _not_of_this_version(why: str) -> Unavailable:
    """The error; why is told to the log alone, since strangers may ask whether a hub is ready."""
    _log.warning("database not of this version", extra={"why": why})
    return Unavailable(
        "The hosted database is not of this version.", do="Run “fleetdesk hub migrate” as the tables' owner."
    )


_EPOCHS = text("SELECT count(*) FROM sys_epoch")
_ADMITS = text("SELECT admits FROM sys_epoch")
_LAID_BY = text("SELECT laid_by FROM sys_epoch")
