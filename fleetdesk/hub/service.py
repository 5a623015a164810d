"""The parts of one hub process, made from its settings and put together once."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import BadSettings, DeviceUnknown, FleetDeskError, Unavailable
from fleetdesk.hub.admission import demand_admitted, is_overtaken, overtaken
from fleetdesk.hub.audit import Origin
from fleetdesk.hub.chores import Chore
from fleetdesk.hub.database import Database
from fleetdesk.hub.denials import Denials
from fleetdesk.hub.devices import Devices, SignedRequest
from fleetdesk.hub.document_bytes import DocumentBytes
from fleetdesk.hub.events import Watcher, event_stream
from fleetdesk.hub.feed import Feed
from fleetdesk.hub.greeting import Greeter
from fleetdesk.hub.hooks import ClerkHook
from fleetdesk.hub.housekeeping import Housekeeper
from fleetdesk.hub.humility import demand_humble
from fleetdesk.hub.load import Loader
from fleetdesk.hub.member_mirror import MemberMirror, Roll, standing_trouble
from fleetdesk.hub.memberships import MembershipJob, Memberships, OwnMemberships
from fleetdesk.hub.metrics import Metrics
from fleetdesk.hub.people import demand_not_dismissed, recognise
from fleetdesk.hub.push import Push
from fleetdesk.hub.quarantine import Quarantine
from fleetdesk.hub.rates import Rates
from fleetdesk.hub.receipts import Receipts
from fleetdesk.hub.rekeying import Rekeyer
from fleetdesk.hub.release import THIS
from fleetdesk.hub.sealing import Sealer
from fleetdesk.hub.tokens import Identity, OtherOrganisation, Verifier
from fleetdesk.hub.unseen import Unseen
from fleetdesk.models.access import Role
from fleetdesk.models.ids import Clock
from fleetdesk.settings import HubSettings

__all__ = ["Hub"]

_log = logging.getLogger(__name__)


class Hub:
    """What the endpoints call. It keeps nothing between requests: any hub before one database answers any of them.

    `memberships` is where changes of memberships have their source; by default the hub's own table. `roll` is the list
    of members that its mirror follows; by default there is none. `receipts` and `unseen` are the two parts that a
    simulation replaces by broken ones.
    """

    def __init__(
        self,
        settings: HubSettings,
        platform: Platform,
        *,
        verifier: Verifier,
        clock: Clock,
        memberships: Memberships | None = None,
        roll: Roll | None = None,
        receipts: Receipts | None = None,
        unseen: Unseen | None = None,
    ) -> None:
        receipts = receipts or Receipts()
        if settings.openapi not in ("staff", "open", "off"):
            raise BadSettings(
                f"FLEETDESK_OPENAPI is “{settings.openapi}”, which is none of its values.",
                do="Set it to staff, open or off.",
            )
        self.settings = settings
        self.stopping = threading.Event()
        """Set once the process was asked to stop: what could go on for long ends at its next good place."""
        self._overtaken = False
        self.run_secret = settings.run_secret
        if self.run_secret:
            platform = replace(platform, access=platform.access.admitting(Role.SUPER_ADMIN))
        self.platform = platform
        self.verifier = verifier
        self.clock = clock
        self.database = Database(settings.database_url, pool_size=settings.pool_size)
        self.metrics = Metrics(version=THIS.version, revision=THIS.newest)
        self.rates = Rates(settings, limited=self.metrics.rate_limited)
        self.denials = Denials(self.database, platform, clock, denied=self.metrics.denied)
        self.devices = Devices(self.database, platform, verifier, clock)
        self.quarantine = Quarantine(self.database, platform, clock)
        self.greeter = Greeter(self.database, platform, clock)
        self.push = Push(self.database, platform, receipts, self.denials.counts, clock)
        self.feed = Feed(
            self.database,
            platform,
            receipts,
            unseen or Unseen(),
            clock,
            removal_days=settings.removal_days,
            pulled=self.metrics.pulled,
        )
        self.loader = Loader(self.database, platform, clock, stopping=self.stopping)
        self.document_bytes = DocumentBytes(self.database, platform, clock)
        self.watcher = Watcher(
            self.database,
            platform,
            interval=settings.watch_interval,
            wakes_a_second=settings.wakes_a_second,
            most_per_listener=settings.streams_each,
        )
        self.housekeeper = Housekeeper(
            self.database,
            platform,
            clock,
            removal_days=settings.removal_days,
            quarantine_days=settings.quarantine_days,
        )
        self.rekeyer = Rekeyer(self.database, platform)
        self.sealer = Sealer(self.database)
        self.membership_job = MembershipJob(self.database, platform, memberships or OwnMemberships(), clock)
        webhook_secret = settings.clerk_webhook_secret.strip()
        self.clerk_hook = ClerkHook(self.database, webhook_secret, clock) if webhook_secret else None
        self._follows = roll is not None
        self.chores = tuple(replace(chore, ended=self.metrics.chore_ended) for chore in self._all_chores(roll))
        self._tell_figures()

    def _all_chores(self, roll: Roll | None) -> Iterator[Chore]:
        yield Chore("tidy", self.housekeeper.tidy, pause=3600.0)
        yield Chore("rekey", self.rekeyer.rekey, pause=1.0)
        yield Chore("change memberships", self.membership_job.carry_out, pause=0.5)
        yield Chore("tell contacts", self.devices.tell_contacts, pause=60.0)
        yield Chore("sum up denials", self.denials.sum_up, pause=10.0)
        yield Chore("seal", self.sealer.seal, pause=5.0)
        yield Chore("look for a newer version", self.look_for_newer, pause=5.0)
        if roll is not None:
            mirror = MemberMirror(self.database, self.platform, roll, self.clock, interval=self.settings.clerk_interval)
            # Oftener than it reads: somebody may ask for a reading, and another hub's turn may not come.
            yield Chore("follow members", mirror.take_turn, pause=1.0)

    def _tell_figures(self) -> None:
        follow = self.metrics.follow
        follow("event_streams", "Laptops that listen", lambda: self.watcher.listeners)
        follow("watcher_lag_seconds", "Seconds since the last look for changes", lambda: self.watcher.lag)
        follow("pool_connections", "Database connections at most", lambda: self.database.pool_size)
        follow("pool_connections_in_use", "Database connections in use", lambda: self.database.in_use)

    def identify(self, token: str, origin: Origin) -> Identity:
        """Whom a token speaks for. Raises SignInNeeded, Refused (another organisation's), NotStaff, Unavailable.

        Of nobody any more, once a newer version's database does not admit this hub.
        Whom a provider took out of the staff organisation it gives tokens of another one, or of none: which of the two
        it is, a slip of who signs in or the end of their access, the directory knows. Either is told to the audit log.
        """
        if self._overtaken:
            raise overtaken()
        try:
            return self.verifier.verify(token)
        except OtherOrganisation as refusal:
            with self.denials.told("hub.sign_in", refusal.identity, origin):
                with self.database.reading() as connection:
                    demand_not_dismissed(connection, refusal.identity)
                raise

    def admit(self, identity: Identity, request: SignedRequest) -> Identity:
        """The identity with the device that signed the request. Raises what `Devices.admit` raises, NotStaff.

        Who was dismissed hears that, and not to register: no sign-in would help.
        """
        try:
            return self.devices.admit(identity, request)
        except DeviceUnknown:
            with self.database.reading() as connection:
                demand_not_dismissed(connection, identity)
            raise

    def listen(self, identity: Identity) -> AsyncIterator[bytes]:
        """The server-sent events of one listener. Raises NotStaff, Unavailable."""
        return self._listen(identity, self._scopes_of(identity))

    async def _listen(self, identity: Identity, scopes: frozenset[str]) -> AsyncIterator[bytes]:
        def seconds_left() -> float:
            return (identity.expires_at - self.clock.now()).total_seconds()

        device_id = identity.device.device_id if identity.device is not None else ""
        with self.watcher.subscribe(scopes, listener=identity.subject, device_id=device_id) as heard:
            if device_id and not await asyncio.to_thread(self.devices.stands, device_id):
                return  # looked at once more: from here on the watcher tells
            async for event in event_stream(
                heard,
                seconds_left=seconds_left,
                scopes_now=lambda: self._scopes_of(identity),
                gathering=self.watcher.gathering,
            ):
                yield event

    def demand_staff(self, identity: Identity) -> None:
        """Raise NotStaff, NotAllowed unless the hub serves this person; Unavailable."""
        self._scopes_of(identity)

    def _scopes_of(self, identity: Identity) -> frozenset[str]:
        with self.database.reading() as connection:
            return frozenset(recognise(connection, identity, self.platform.access).scopes)

    def look_for_newer(self) -> None:
        """See whether this hub may go on. Raises Unavailable."""
        with self.database.reading() as connection:
            self._overtaken = is_overtaken(connection)

    def demand_humble_role(self) -> None:
        """Raise BadSettings if the policies would not hold for the role that the hub connects as, or not alone."""
        with self.database.reading() as connection:
            demand_humble(connection)

    def demand_ready(self) -> None:
        """Raise Unavailable unless the database can be reached, is of this version or admits it, and has its epoch.

        And while the process is about to stop.
        """
        if self.stopping.is_set():
            raise Unavailable("The hub is stopping.", do="Ask another one.")
        with self.database.reading() as connection:
            demand_admitted(connection)

    def needs_attention(self) -> bool:
        """Whether there is what does not keep the hub from answering, but somebody should see to. The log has it."""
        if not self._follows:
            return False
        with self.database.reading() as connection:
            return bool(standing_trouble(connection))

    def close(self) -> None:
        """Tell the log what it has not been told, and end all connections to the database."""
        try:
            self.denials.sum_up(running=True)
        except FleetDeskError as error:
            _log.warning("denials not audited", extra={"reason": type(error).__name__})
        self.database.close()
