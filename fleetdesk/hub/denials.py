"""Who was turned away before any command of theirs was looked at, as the audit log tells it: one event a request.

A command that is refused has its event from the push (`hub.audit`); a token that is no token names nobody to tell of.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import FleetDeskError, Refused
from fleetdesk.hub.audit import Denial, Origin, record_denial
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.hub.people import recognise
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import Scope
from fleetdesk.models.ids import Clock

__all__ = ["Denials"]

_log = logging.getLogger(__name__)


class Denials:
    """Writes denials down, each in a transaction of its own: that of the request is undone."""

    def __init__(self, database: Database, platform: Platform, clock: Clock) -> None:
        self._database = database
        self._platform = platform
        self._clock = clock

    @contextmanager
    def told(self, action: str, identity: Identity, origin: Origin, laptop_id: str | None = None) -> Iterator[None]:
        """What is done inside, by one request; if that is Refused, the log says so before the refusal goes on."""
        try:
            yield
        except Refused as refusal:
            try:
                self._write(action, refusal.code, identity, origin, laptop_id)
            except FleetDeskError:
                # The person is turned away all the same, and for the reason that counts.
                _log.warning("denial not audited", extra={"action": action, "code": refusal.code}, exc_info=True)
            raise

    def _write(self, action: str, code: str, identity: Identity, origin: Origin, laptop_id: str | None) -> None:
        with self._database.writing() as connection:
            actor_id, role = self._actor(connection, identity)
            set_claims(connection, Claims(write=frozenset({Scope.AUDIT})))
            denial = Denial(action=action, code=code, actor_id=actor_id, role=role, laptop_id=laptop_id)
            record_denial(connection, denial, origin, self._clock.now())

    def _actor(self, connection: Connection, identity: Identity) -> tuple[str, str]:
        """The id and role of the person; of somebody unknown the token's subject, and no role."""
        try:
            person = recognise(connection, identity, self._platform.access)
        except Refused:
            return identity.subject, ""
        return person.id, person.role
