"""A laptop without a window: the real store and the real engine, the engine in a thread of its own.

The tour's colleague is one; so are the laptops of the tests that need no screen.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from fleetdesk.errors import Unavailable
from fleetdesk.models.ids import Clock, SystemClock
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.engine.engine import SyncEngine
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import Signer, StaticTokens
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["HeadlessLaptop"]

_PAUSE = 0.02
_STOP_SECONDS = 20.0


@dataclass
class HeadlessLaptop:
    """Keeps a store in step with a hub between `start` and `stop`. The store stays the caller's to close."""

    store: LocalStore
    hub_url: str
    token: str
    signer: Signer
    schema_version: int
    clock: Clock = field(default_factory=SystemClock)
    settings: LaptopSettings = field(default_factory=LaptopSettings)
    rng: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.status = SyncStatus(SyncState.STARTING)
        self._client = HubClient(
            self.hub_url, StaticTokens(self.token), silence=self.settings.request_timeout, signer=self.signer
        )
        self.engine = SyncEngine(
            self.store,
            self._client,
            settings=self.settings,
            schema_version=self.schema_version,
            clock=self.clock,
            rng=self.rng,
            report=self._note,
        )
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="sync")

    def start(self) -> None:
        """Begin to synchronise."""
        self._thread.start()

    def stop(self) -> None:
        """End the synchronisation and wait until its thread is gone."""
        self.engine.stop()
        self._thread.join(_STOP_SECONDS)

    def wait_until_settled(self, seconds: float = 60.0) -> None:
        """Wait until the hub is in contact and nothing waits for a verdict. Raises Unavailable after `seconds`."""
        self.wait_until(lambda: self.status.state is SyncState.LIVE and not self.store.counts().waiting, seconds)

    def wait_until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until something holds. Raises Unavailable after `seconds`, saying how things stand."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise Unavailable(f"Waited {seconds:.0f} seconds in vain; the synchronisation is {self.status}.")
            time.sleep(_PAUSE)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _note(self, status: SyncStatus) -> None:
        self.status = status

    async def _run(self) -> None:
        try:
            await self.engine.run()
        finally:
            await self._client.close()
