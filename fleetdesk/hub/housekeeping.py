"""What the hub forgets: removals that no cursor can still ask for, receipts that no laptop can still offer.

And what revoked laptops handed in, once it was there for so long that whoever needed it has exported it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, text

from fleetdesk.commands.platform import Platform
from fleetdesk.hub.claims import KEEPER, Claims, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.models.access import Role
from fleetdesk.models.ids import Clock

__all__ = ["RECEIPT_DAYS", "Housekeeper"]

RECEIPT_DAYS = 40
"""A laptop offers settled commands of the last 30 days again after a restore; what it still may offer is kept."""
_BYTES_DAYS = 30
_MARGIN = dt.timedelta(days=1)


class Housekeeper:
    """Forgets. Any number of hubs may do so beside one another."""

    def __init__(
        self, database: Database, platform: Platform, clock: Clock, *, removal_days: int, quarantine_days: int
    ) -> None:
        self._database = database
        self._clock = clock
        scopes = platform.access.grant(Role.SYSTEM).scopes
        self._of_all_scopes = Claims(role=Role.SYSTEM, read=scopes, write=scopes)
        self._removal_age = dt.timedelta(days=removal_days) + _MARGIN
        self._quarantine_age = dt.timedelta(days=quarantine_days)

    def tidy(self) -> None:
        """Forget what is old enough by now."""
        now = self._clock.now()
        with self._database.writing() as connection:
            set_claims(connection, KEEPER)
            connection.execute(_REMOVALS, {"before": now - self._removal_age})
            connection.execute(_RECEIPTS, {"before": now - dt.timedelta(days=RECEIPT_DAYS)})
            set_claims(connection, self._of_all_scopes)
            self._forget_bytes(connection, now)
            connection.execute(_QUARANTINED, {"before": now - self._quarantine_age})

    def _forget_bytes(self, connection: Connection, now: dt.datetime) -> None:
        """Bytes that stopped coming long ago, and those that no document is of any more."""
        connection.execute(_BYTES, {"before": now - dt.timedelta(days=_BYTES_DAYS)})


_REMOVALS = text("DELETE FROM sys_removal WHERE removed_at < :before")
_BYTES = text(
    "DELETE FROM doc_blob AS blob WHERE touched_at < :before AND (NOT whole OR NOT EXISTS"
    " (SELECT FROM doc_documents AS document WHERE document.scope = blob.scope AND document.sha256 = blob.sha256))"
)
_QUARANTINED = text("DELETE FROM sys_quarantine WHERE received_at < :before")
_RECEIPTS = text(
    "DELETE FROM sys_receipt AS receipt USING sys_laptop AS laptop WHERE laptop.id = receipt.laptop_id"
    " AND receipt.sequence <= laptop.confirmed AND receipt.recorded_at < :before"
)
