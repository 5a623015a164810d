"""Clerk's webhooks: each says that something changed, and so that the list of members is worth reading now.

What it says beyond that is not read: an event may come late, twice, or after a later one, and the list tells what is.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Mapping

from fleetdesk.hub.database import Database
from fleetdesk.hub.member_mirror import ask_for_reading
from fleetdesk.models.ids import Clock
from fleetdesk.providers.svix import TOLERANCE, Signatures

__all__ = ["ClerkHook"]

_MOST_REMEMBERED = 10_000


class ClerkHook:
    """Takes events that were signed with the secret; each id once, as long as its signature is good."""

    def __init__(self, database: Database, secret: str, clock: Clock) -> None:
        """Raises BadSettings for a secret that can be none."""
        self._database = database
        self._signatures = Signatures(secret)
        self._clock = clock
        self._seen: OrderedDict[str, dt.datetime] = OrderedDict()
        self._noting = threading.Lock()

    def take(self, headers: Mapping[str, str], body: bytes) -> None:
        """Have the list read soon, by whichever hub. Raises Refused for what Clerk did not send, Unavailable."""
        now = self._clock.now()
        event_id = self._signatures.event_id(headers, body, now)
        if not self._is_new(event_id, now):
            return
        try:
            with self._database.writing() as connection:
                ask_for_reading(connection)
        except Exception:
            # It will come again: then it is not to be passed over.
            with self._noting:
                self._seen.pop(event_id, None)
            raise

    def _is_new(self, event_id: str, now: dt.datetime) -> bool:
        with self._noting:
            while self._seen and (
                len(self._seen) >= _MOST_REMEMBERED or next(iter(self._seen.values())) < now - 2 * TOLERANCE
            ):
                self._seen.popitem(last=False)
            if event_id in self._seen:
                return False
            self._seen[event_id] = now
            return True
