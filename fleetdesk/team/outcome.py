"""`Outcome`: how somebody's windows on a connection were left, and so what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from fleetdesk.qt.unlocking import Behind
from fleetdesk.sync.store.local_store import Counts

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """They were closed for good, with the exit code `code`, unless one of the others says what comes next.

    `locked`: what is behind the lock that closed them. `signed_out`: what waits here of whoever signs out. `revoked`:
    the hub said that this laptop's access was ended.
    """

    code: int = 0
    locked: Behind | None = None
    signed_out: Counts | None = None
    revoked: bool = False
