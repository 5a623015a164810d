"""The acquaintance with the hub: made once a connection, and the place where a restored database is noticed."""

from __future__ import annotations

import asyncio
import importlib.metadata

from fleetdesk.errors import ProtocolError, UpgradeNeeded
from fleetdesk.protocol import PROTOCOL_VERSION, Hello, Welcome
from fleetdesk.sync.engine.clocks import ClockWatch
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["Session", "app_version", "greet", "undecided"]


def app_version() -> str:
    """The version of FleetDesk that runs."""
    return importlib.metadata.version("fleetdesk")


async def greet(
    client: HubClient,
    laptop_id: str,
    schema_version: int,
    clocks: ClockWatch,
    *,
    waiting: int | None = None,
    lease_hours: float | None = None,
) -> Welcome:
    """Introduce the laptop and compare clocks. `waiting`: edits here that the hub has not decided, if known.

    `lease_hours`: how long this laptop opens without the hub. Raises UpgradeNeeded where the versions do not fit.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    hello = Hello(
        laptop_id=laptop_id,
        app_version=app_version(),
        schema_version=schema_version,
        waiting=waiting,
        lease_hours=lease_hours,
    )
    welcome = await client.hello(hello)
    clocks.heard(welcome.server_time, travelled=loop.time() - began)
    if welcome.protocol != PROTOCOL_VERSION or schema_version not in welcome.schema_versions:
        older = welcome.protocol < PROTOCOL_VERSION or all(known < schema_version for known in welcome.schema_versions)
        raise UpgradeNeeded(
            f"The hub ({welcome.hub_version}) and this FleetDesk ({app_version()}) are of versions too far apart.",
            kept="You can go on working; what waits to be sent is kept.",
            do="Ask your administrator to update the hub." if older else "Update FleetDesk, then start it again.",
        )
    return welcome


def undecided(store: LocalStore) -> int:
    """How many edits are on this laptop alone: super admins see the number."""
    counts = store.counts()
    return counts.waiting + counts.inbox


class Session:
    """Greets when asked to, unless that has been done since the last `forget`."""

    def __init__(
        self,
        client: HubClient,
        store: LocalStore,
        worker: Worker,
        clocks: ClockWatch,
        *,
        schema_version: int,
        lease_hours: float,
    ) -> None:
        self._client = client
        self._store = store
        self._worker = worker
        self._clocks = clocks
        self._schema_version = schema_version
        self._lease_hours = lease_hours
        self._greeting = asyncio.Lock()
        self._welcome: Welcome | None = None
        self.sending = asyncio.Lock()
        """Held while commands are on their way: the laptop's id must not change under them."""

    async def ensure(self) -> None:
        """Be acquainted with the hub. Raises as `greet` does, and ProtocolError for another epoch each time."""
        async with self._greeting:
            if self._welcome is not None:
                return
            welcome = await self._greet()
            if await self._begins_new_epoch(welcome.epoch):
                welcome = await self._greet()
                if await self._begins_new_epoch(welcome.epoch):
                    raise ProtocolError(
                        "The hub says at each word that its database was restored.", kept="Nothing was lost here."
                    )
            self._welcome = welcome

    def forget(self) -> None:
        """The connection was lost, or the cursor is gone: who answers next may be another hub on another database."""
        self._welcome = None

    async def _greet(self) -> Welcome:
        laptop_id = await self._worker.call(lambda: self._store.laptop_id)
        waiting = await self._worker.call(lambda: undecided(self._store))
        welcome = await greet(
            self._client,
            laptop_id,
            self._schema_version,
            self._clocks,
            waiting=waiting,
            lease_hours=self._lease_hours,
        )
        if not welcome.person.shut_out:
            await self._worker.call(lambda: self._store.demand_owner(welcome.person))
        return welcome

    async def _begins_new_epoch(self, epoch: str) -> bool:
        """Whether the laptop goes by a new id now, which the hub has not met."""
        known = await self._worker.call(lambda: self._store.epoch)
        if known == epoch:
            return False
        async with self.sending:
            await self._worker.call(lambda: self._store.new_epoch(epoch))
        return bool(known)
