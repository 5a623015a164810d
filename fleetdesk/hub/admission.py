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

__all__ = ["demand_admitted", "is_overtaken", "laid_by_newer", "overtaken"]

_log = logging.getLogger(__name__)


def demand_admitted(connection: Connection, release: Release = THIS) -> None:
    """Raise Unavailable unless a hub of this release, in the role that asks, may serve before this database."""
    if is_overtaken(connection, release):
        raise overtaken()
    revision = hosted_revision(connection)
    if revision is None or release.knows(revision):
        _demand_own(connection, release, revision)
    if connection.execute(_EPOCHS).scalar_one() != 1:
        raise _not_of_this_version("no epoch")


def is_overtaken(connection: Connection, release: Release = THIS) -> bool:
    """Whether the database is of a newer version that admits no hub of this release."""
    revision = hosted_revision(connection)
    if revision is None or release.knows(revision):
        return False
    admits: str | None = connection.execute(_ADMITS).scalar()
    if admits is not None and release.knows(admits):
        return False
    _log.warning("database does not admit this hub", extra={"revision": revision, "admits": admits})
    return True


def overtaken() -> Unavailable:
    """The error of a hub that such a database does not admit."""
    return Unavailable(
        "The hosted database is of a newer version, beside which this hub may not serve.",
        do="Run the newer version's hub.",
    )


def laid_by_newer(connection: Connection, release: Release = THIS) -> bool:
    """Whether a newer version laid the policies of a database that is at this release's newest revision."""
    laid_by: str | None = connection.execute(_LAID_BY).scalar()
    return laid_by is not None and is_newer(laid_by, release.version)


def _demand_own(connection: Connection, release: Release, revision: str | None) -> None:
    """The newest revision of this release, with its policies or a newer version's."""
    if revision != release.newest:
        raise _not_of_this_version(f"at revision {revision} instead of {release.newest}")
    if laid_by_newer(connection, release):
        return
    hub_role: str = connection.execute(text("SELECT current_user")).scalar_one()
    if outdated(connection, hub_role, release.rights):
        raise _not_of_this_version("other policies")


def _not_of_this_version(why: str) -> Unavailable:
    """The error; why is told to the log alone, since strangers may ask whether a hub is ready."""
    _log.warning("database not of this version", extra={"why": why})
    return Unavailable(
        "The hosted database is not of this version.", do="Run “fleetdesk hub migrate” as the tables' owner."
    )


_EPOCHS = text("SELECT count(*) FROM sys_epoch")
_ADMITS = text("SELECT admits FROM sys_epoch")
_LAID_BY = text("SELECT laid_by FROM sys_epoch")
