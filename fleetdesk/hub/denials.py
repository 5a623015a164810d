"""Who was turned away, as the audit log tells it: the first time at once, what follows within a minute by its number.

A request that is refused as a whole is told of here, also one whose token is of another organisation, and so are
commands that the person's role does not allow, but for the first, which has its event from the push (`hub.audit`). A
token that is no token names nobody to tell of.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import FleetDeskError, Refused
from fleetdesk.hub.audit import Denial, Origin, record_denial
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.hub.denial_counts import DenialCounts, Occasion
from fleetdesk.hub.people import recognise
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import Role, Scope
from fleetdesk.models.ids import Clock

__all__ = ["Denials"]

_log = logging.getLogger(__name__)


class Denials:
    """Writes denials down, each in a transaction of its own: that of the request is undone."""

    def __init__(
        self, database: Database, platform: Platform, clock: Clock, *, denied: Callable[[], None] = lambda: None
    ) -> None:
        """`denied` hears of each."""
        self._database = database
        self._platform = platform
        self._clock = clock
        self._denied = denied
        self.counts = DenialCounts(clock)

    @contextmanager
    def told(self, action: str, identity: Identity, origin: Origin, laptop_id: str | None = None) -> Iterator[None]:
        """What is done inside, by one request; if that is Refused, the log says so before the refusal goes on."""
        try:
            yield
        except Refused as refusal:
            self._denied()
            occasion = Occasion(action, refusal.code, identity, origin, laptop_id)
            if self.counts.first(occasion):
                self._tell_first(occasion)
            raise

    def sum_up(self, *, running: bool = False) -> None:
        """Tell of what was counted in the minutes that are over; with `running`, because the hub ends, in all.

        Raises Busy, Unavailable: it is told later.
        """
        minutes = self.counts.take(running=running)
        while minutes:
            try:
                self._write(minutes[-1].occasion, minutes[-1].began, more=minutes[-1].more)
            except BaseException:
                self.counts.give_back(minutes)
                raise
            minutes.pop()

    def _tell_first(self, occasion: Occasion) -> None:
        try:
            self._write(occasion, self._clock.now())
        except FleetDeskError:
            # The person is turned away all the same, and for the reason that counts; the log hears of it by number.
            told = {"action": occasion.action, "code": occasion.outcome}
            _log.warning("denial not audited", extra=told, exc_info=True)
            self.counts.add(occasion, told=False)

    def _write(self, occasion: Occasion, at: dt.datetime, *, more: int = 0) -> None:
        with self._database.writing() as connection:
            actor_id, role = self._actor(connection, occasion.identity)
            set_claims(connection, Claims(role=Role.SYSTEM, write=frozenset({Scope.AUDIT})))
            denial = Denial(
                action=occasion.action,
                code=occasion.outcome,
                actor_id=actor_id,
                role=role,
                laptop_id=occasion.laptop_id,
                at=at,
                more=more,
            )
            record_denial(connection, denial, occasion.origin, self._clock.now())

    def _actor(self, connection: Connection, identity: Identity) -> tuple[str, str]:
        """The id and role of the person; of somebody unknown the token's subject, and no role."""
        try:
            person = recognise(connection, identity, self._platform.access)
        except Refused:
            return identity.subject, ""
        return person.id, person.role
