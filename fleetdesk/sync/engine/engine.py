"""`SyncEngine`: brings the laptop's store and the hub together for as long as it runs.

Seven tasks share one loop, and none waits for another: pulls, pushes, the live stream, the counting of what waits, the
remembering of a pause, and the bytes of documents, there and back.
Each store call runs in a thread (`worker.py`); each failure goes to the state machine (`state.py`) and is tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial

from fleetdesk.errors import Busy, Defect, DeviceRevoked, DiskFull, FleetDeskError, NotStaff, Offline, OutboxUnusable
from fleetdesk.models.changes import Changes
from fleetdesk.models.documents import Document
from fleetdesk.models.ids import Clock
from fleetdesk.models.status import SyncStatus
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.engine.backoff import Backoff
from fleetdesk.sync.engine.carrying import Carrier, Wish
from fleetdesk.sync.engine.clocks import ClockWatch
from fleetdesk.sync.engine.live import listen
from fleetdesk.sync.engine.pacing import Bell, PullRhythm
from fleetdesk.sync.engine.pulling import Puller
from fleetdesk.sync.engine.pushing import Pusher
from fleetdesk.sync.engine.session import Session
from fleetdesk.sync.engine.state import StateMachine, Way
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["SyncEngine"]

_log = logging.getLogger(__name__)
_STEADY = 5.0
"""Seconds that a live stream must have lasted to count as a success."""
_NOTED = 60.0
"""Seconds between two notes of a contact, from which the lease runs."""
_TIDY = 300.0
"""Seconds after which the store tidies up even if it was never idle."""


class SyncEngine:
    """Runs once, in a loop of its own: `await engine.run()`. Every other method may be called from any thread.

    `store` and `client` stay the caller's, to be closed after `run` has returned; the client belongs to the loop that
    runs. `report` is called in that loop with each new status.
    """

    def __init__(
        self,
        store: LocalStore,
        client: HubClient,
        *,
        settings: LaptopSettings,
        schema_version: int,
        clock: Clock,
        rng: random.Random,
        report: Callable[[SyncStatus], None],
    ) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early: list[Callable[[], None]] = []
        self._ended = False
        self._client = client
        self._poll = settings.poll_interval
        self._clocks = ClockWatch(clock)
        self._state = StateMachine(report, shut_out=store.person is not None and store.person.shut_out)
        self._pull_worker = Worker("pull", interrupt=store.interrupt)
        self._push_worker = Worker("push")
        self._desk_worker = Worker("desk")
        session = Session(
            client,
            store,
            self._desk_worker,
            self._clocks,
            schema_version=schema_version,
            lease_hours=settings.lease_hours,
        )
        self._session = session
        self._puller = Puller(
            client=client,
            store=store,
            worker=self._pull_worker,
            session=session,
            clocks=self._clocks,
            state=self._state,
            schema_version=schema_version,
        )
        self._bytes_worker = Worker("bytes")
        self._carrier = Carrier(client, store.documents, self._bytes_worker, session)
        self._bytes_wait = Bell()
        self._wishes: asyncio.Queue[Wish] = asyncio.Queue()
        self._pusher = Pusher(client, store, self._push_worker, session, self._clocks)
        self._rhythm = PullRhythm(rng, interval=settings.pull_interval, poll=settings.poll_interval)
        self._backoffs = {way: Backoff(rng) for way in Way}
        self._retries = {way: Bell() for way in Way}
        self._told_to_wait = set[Way]()
        self._outgoing = Bell()
        self._uncounted = Bell()
        self._pause_asked = Bell()
        self._stream: asyncio.Timeout | None = None
        self._stopping = asyncio.Event()
        self._pulling = asyncio.Lock()
        self._paused = store.paused
        self._state.paused(self._paused)
        self._tidied = 0.0
        self._note_contact_at = 0.0
        self._due_in = self._poll  # seconds until something may be sent that stays here for a moment

    async def run(self) -> None:
        """Work until `stop`, or until cancelled; either way within a second, and with no thread left behind.

        A laptop that was revoked works no further: the status says so, and it returns.
        """
        unsubscribe = self._store.subscribe(self._changed_here)
        try:
            self._begin()
            await self._run_tasks()
        finally:
            unsubscribe()
            with self._guard:
                self._ended = True
            with contextlib.suppress(DiskFull, OutboxUnusable):
                # Asked for a moment ago, or told by the status already that it cannot be kept.
                self._remember_pause()
            for worker in (self._pull_worker, self._push_worker, self._desk_worker, self._bytes_worker):
                worker.close()

    def stop(self) -> None:
        """End `run`, soon."""
        self._post(self._stopping.set)

    def sync_now(self) -> None:
        """The person asks: pull and push at once, however long the next try was to wait."""
        self._post(self._hurry)

    def network_changed(self) -> None:
        """The machine has another network, or woke up: what failed may work now, and what seems open may be dead."""
        self._post(self._renew)

    def pause(self) -> None:
        """Send nothing until `resume`, also after a restart. What others do still comes in."""
        self._post(partial(self._set_paused, True))

    def resume(self) -> None:
        """Send again."""
        self._post(partial(self._set_paused, False))

    def fetch(self, wish: Wish) -> None:
        """The person wants a document's bytes here; the store's shelf tells how far they are."""
        self._post(partial(self._wishes.put_nowait, wish))

    @contextlib.asynccontextmanager
    async def between_pulls(self) -> AsyncIterator[None]:
        """In the loop: a time in which the engine begins no pull, and none is under way."""
        async with self._pulling:
            yield

    @property
    def paused(self) -> bool:
        """Whether sending waits for `resume`, as far as the loop has heard."""
        return self._paused

    @property
    def status(self) -> SyncStatus:
        """The status as last reported."""
        return self._state.status

    def _begin(self) -> None:
        with self._guard:
            self._loop = asyncio.get_running_loop()
            early, self._early = self._early, []
        for act in early:
            act()
        self._rhythm.hurry()
        self._uncounted.ring()
        self._bytes_wait.ring()

    async def _run_tasks(self) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(work())
                for work in (
                    self._keep_pulling,
                    self._keep_pushing,
                    self._keep_listening,
                    self._keep_counting,
                    self._keep_pause,
                    self._keep_sending_bytes,
                    self._keep_fetching_bytes,
                )
            ]
            await self._stopping.wait()
            for task in tasks:
                task.cancel()

    async def _keep_pulling(self) -> None:
        while True:
            told = await self._rhythm.due()
            async with self._pulling:
                await self._attempt(Way.PULL, self._pull)
            now = asyncio.get_running_loop().time()
            if not told or now - self._tidied > _TIDY:
                self._tidied = now
                await self._attempt(Way.PULL, self._puller.rest)

    async def _pull(self) -> None:
        await self._puller.run()
        now = asyncio.get_running_loop().time()
        if now >= self._note_contact_at:
            await self._pull_worker.call(self._store.note_contact)
            self._note_contact_at = now + _NOTED

    async def _keep_pushing(self) -> None:
        while True:
            if not self._paused:
                await self._attempt(Way.PUSH, self._push)
            await self._outgoing.wait(min(self._poll, self._due_in))

    async def _push(self) -> None:
        batches = await self._pusher.run(lambda: not self._paused)
        due_in = await self._push_worker.call(self._store.due_in)
        self._due_in = self._poll if due_in is None else due_in
        if batches:
            self._bytes_wait.ring()  # documents that the hub knows by now
        if batches > 1:
            # Someone came back with a day's work: they wait to see it settled.
            self._rhythm.hurry()
        elif batches:
            self._rhythm.heard()

    async def _keep_sending_bytes(self) -> None:
        while True:
            await self._bytes_wait.wait()
            if not self._paused:
                await self._attempt(Way.BYTES, partial(self._carrier.send, lambda: not self._paused))

    async def _keep_fetching_bytes(self) -> None:
        while True:
            await self._carrier.fetch(await self._wishes.get())

    async def _keep_listening(self) -> None:
        await self._attempt(Way.LIVE, self._listen)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        await self._session.ensure()
        began = loop.time()
        try:
            async with asyncio.timeout(None) as self._stream:
                await listen(
                    self._client, connected=self._connected, changed=self._rhythm.heard, rights=self._rhythm.hurry
                )
        except TimeoutError as error:
            raise Offline("The network changed.") from error
        finally:
            self._stream = None
            if loop.time() - began > _STEADY:
                self._backoffs[Way.LIVE].reset()
            # Whatever ended the stream, the next pull finds out.
            self._rhythm.heard()

    def _connected(self) -> None:
        self._succeeded(Way.LIVE)
        self._rhythm.heard()

    async def _keep_counting(self) -> None:
        while True:
            await self._uncounted.wait()
            await self._attempt(Way.COUNT, self._count)

    async def _count(self) -> None:
        self._state.counted(await self._desk_worker.call(self._store.counts))

    async def _keep_pause(self) -> None:
        while True:
            await self._pause_asked.wait()
            await self._attempt(Way.PAUSE, partial(self._desk_worker.call, self._remember_pause))

    def _remember_pause(self) -> None:
        if self._store.paused != self._paused:
            self._store.keep_paused(self._paused)

    async def _attempt(self, way: Way, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work, again and again until it succeeds; the waits between grow, and end early for good news."""
        while True:
            # Rung before this try, it is this try that was asked for.
            self._retries[way].silence()
            self._told_to_wait.discard(way)
            try:
                await work()
            except Exception as error:  # noqa: BLE001 (a mistake of ours must not end synchronisation in silence)
                await self._retries[way].wait(self._failed(way, error))
            else:
                self._backoffs[way].reset()
                self._succeeded(way)
                return

    def _failed(self, way: Way, error: Exception) -> float:
        """Take note of a failure; gives the seconds to wait before the next try."""
        known = _known(error)
        _log.info("attempt failed", extra={"way": str(way), "reason": type(known).__name__})
        if isinstance(known, Offline | NotStaff):
            self._session.forget()
        if isinstance(known, NotStaff) and way is not Way.PULL:
            self._rhythm.heard()  # it is the pull that gives up the rows
            self._retries[Way.PULL].ring()
        self._state.failed(way, known)
        if isinstance(known, DeviceRevoked):
            self._stopping.set()  # nothing is asked for any more: what follows is not the engine's
        if not isinstance(known, Busy):
            return self._backoffs[way].next_delay()
        self._told_to_wait.add(way)
        return self._backoffs[way].next_delay(known.seconds)

    def _succeeded(self, way: Way) -> None:
        if self._state.worked(way, self._clocks.contact, self._clocks.warning):
            # The hub's own word that a way is to wait holds, though another one finds it back.
            self._try_again(other for other in Way if other is not way and other not in self._told_to_wait)

    def _try_again(self, ways: Iterable[Way] = Way) -> None:
        for way in ways:
            self._backoffs[way].reset()
            self._retries[way].ring()

    def _renew(self) -> None:
        self._try_again()
        self._rhythm.heard()
        if self._stream is not None:
            # One that is dead would be noticed by its silence only.
            self._stream.reschedule(asyncio.get_running_loop().time())

    def _hurry(self) -> None:
        self._try_again()
        self._rhythm.hurry()
        self._outgoing.ring()
        self._carrier.try_again()
        self._bytes_wait.ring()

    def _changed_here(self, changes: Changes) -> None:
        """From whatever thread committed: something may wait to be sent, or a damaged replica was made anew, empty."""
        self._post(self._outgoing.ring)
        self._post(self._uncounted.ring)
        if changes.touches(Document.__tablename__):
            self._post(self._bytes_wait.ring)
        if changes.tables:
            self._post(self._rhythm.heard)

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        self._state.paused(paused)
        self._pause_asked.ring()
        self._outgoing.ring()
        self._bytes_wait.ring()

    def _post(self, act: Callable[[], None]) -> None:
        """Have the loop do it: at its beginning, if it does not run yet; never, if it has ended."""
        with self._guard:
            if self._ended:
                return
            if self._loop is None:
                self._early.append(act)
            else:
                self._loop.call_soon_threadsafe(act)


def _known(error: Exception) -> FleetDeskError:
    if isinstance(error, FleetDeskError):
        return error
    _log.error("sync met what it does not know", exc_info=error)
    return Defect(
        "FleetDesk's synchronisation made a mistake.",
        kept="Your changes are kept on this laptop.",
        do="Go on working; if this stays, send the log to your administrator.",
    )
