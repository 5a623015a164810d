"""Clerk's webhooks: each says that something changed, and so that the list of members is worth reading now.

What it says beyond that is not read: an event may come late, twice, or after a later one, and the list tells what is.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleetdesk.hub.database import Database
from fleetdesk.hub.member_mirror import ask_for_reading
from fleetdesk.models.ids import Clock
from fleetdesk.providers.svix import Signatures

__all__ = ["ClerkHook"]


class ClerkHook:
    """Takes events that were signed with the secret, however often they come: asking twice for a reading is asking."""

    def __init__(self, database: Database, secret: str, clock: Clock) -> None:
        """Raises BadSettings for a secret that can be none."""
        self._database = database
        self._signatures = Signatures(secret)
        self._clock = clock

    def take(self, headers: Mapping[str, str], body: bytes) -> None:
        """Have the list read soon, by whichever hub. Raises Refused for what Clerk did not send, Unavailable."""
        self._signatures.demand_signed(headers, body, self._clock.now())
        with self._database.writing() as connection:
            ask_for_reading(connection)
