"""Pulls and loads: what the hub has is brought into the store, and the store is made anew where it must be."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from fleetdesk.errors import CursorGone, NotAllowed, NotStaff, ReplicaUnusable
from fleetdesk.models.status import LoadProgress
from fleetdesk.protocol import LoadPlan, LoadRequest, PullEnd, PullHead, PullRequest, RemovedChunk, RowsChunk
from fleetdesk.sync.engine.clocks import ClockWatch
from fleetdesk.sync.engine.loader import Load
from fleetdesk.sync.engine.session import Session, undecided
from fleetdesk.sync.engine.state import StateMachine
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.network.client import HubClient, PullPart
from fleetdesk.sync.store.local_store import LocalStore, PullWriter

__all__ = ["Puller", "pull_once"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Wanted:
    """A load that the store needs: of everything (`scopes` is None) or of gained scopes; `plan` if one was begun."""

    laptop_id: str
    scopes: tuple[str, ...] | None
    plan: LoadPlan | None


class Puller:
    """Brings the store up to date."""

    def __init__(
        self,
        *,
        client: HubClient,
        store: LocalStore,
        worker: Worker,
        session: Session,
        clocks: ClockWatch,
        state: StateMachine,
        schema_version: int,
    ) -> None:
        self._client = client
        self._store = store
        self._worker = worker
        self._session = session
        self._clocks = clocks
        self._state = state
        self._schema_version = schema_version

    async def run(self) -> None:
        """Pull, after a load where one is needed. The person goes on working on what is there meanwhile.

        Where the hub does not take the person in, their rows are given up before NotStaff is raised.
        """
        try:
            await self._run()
        except NotStaff:
            await self._worker.call(self._store.give_up_rows)
            await self.rest()  # windows may have written down what they knew as they closed; no other rest comes
            raise

    async def _run(self) -> None:
        await self._session.ensure()
        try:
            await self._bring_in()
        except (CursorGone, ReplicaUnusable) as error:
            _log.warning("the local copy is made anew", extra={"reason": type(error).__name__})
            await self._begin_anew()
            await self._bring_in()

    async def rest(self) -> None:
        """Let the store tidy up while nothing else is done."""
        await self._worker.call(self._store.idle_checkpoint)

    async def _begin_anew(self) -> None:
        """A cursor goes with its epoch: who knows which one the hub is in by now."""
        self._session.forget()
        await self._session.ensure()
        await self._worker.call(self._store.forget_cursor)

    async def _bring_in(self) -> None:
        """Load what is wanted, pull, and load what the pull's changed role has gained."""
        while True:
            wanted = await self._worker.call(self._wanted)
            refusal = None if wanted is None else await self._load_what_is_allowed(wanted)
            await pull_once(
                self._client,
                self._store,
                self._worker,
                self._clocks,
                schema_version=self._schema_version,
                receiving=self._state.receiving,
            )
            scopes = await self._worker.call(lambda: self._store.scopes_to_load)
            if not scopes:
                return
            if refusal is not None and wanted is not None and scopes == wanted.scopes:
                raise refusal

    def _wanted(self) -> _Wanted | None:
        if self._store.needs_load:
            return _Wanted(self._store.laptop_id, None, self._store.unfinished_load())
        scopes = self._store.scopes_to_load
        return _Wanted(self._store.laptop_id, scopes, None) if scopes else None

    async def _load_what_is_allowed(self, wanted: _Wanted) -> NotAllowed | None:
        """Load. A scope that was gained may be lost by now: the refusal, which the next pull explains.

        Of everything, the plan's scopes may be: then that much is loaded which a plan of now allows.
        """
        try:
            await self._load(wanted)
        except NotAllowed as refusal:
            if wanted.scopes is not None:
                return refusal
            await self._load(replace(wanted, plan=None))
        return None

    async def _load(self, wanted: _Wanted) -> None:
        plan = wanted.plan
        if plan is None:
            plan = await self._client.load(
                LoadRequest(laptop_id=wanted.laptop_id, schema_version=self._schema_version, scopes=wanted.scopes)
            )
            self._clocks.heard(plan.server_time)
        self._state.loading(LoadProgress(0, sum(table.rows_about for table in plan.tables)))
        writer = await self._worker.call(lambda: self._store.begin_load(plan, scopes=wanted.scopes))
        try:
            await Load(
                self._client,
                self._worker,
                writer,
                laptop_id=wanted.laptop_id,
                scopes=wanted.scopes,
                progress=self._state.loading,
            ).run()
        except NotAllowed:
            await self._worker.call(writer.abandon)
            raise
        finally:
            await self._worker.call(writer.close)


async def pull_once(
    client: HubClient,
    store: LocalStore,
    worker: Worker,
    clocks: ClockWatch,
    *,
    schema_version: int,
    receiving: Callable[[bool], None] = lambda rows_come: None,
    checksums: bool = False,
) -> PullEnd:
    """One pull from the store's cursor, applied; its end, with the hub's checksums if asked for. Raises CursorGone.

    `receiving` is told when rows begin to come, and when they have all been applied.
    """
    request = await worker.call(partial(_request, store, schema_version, checksums))
    try:
        async with client.pull(request) as pull:
            clocks.heard(pull.head.server_time)
            async with _writer(store, worker, request, pull.head) as writer:
                end = None
                async for part in pull.parts:
                    if isinstance(part, PullEnd):
                        end = part
                    else:
                        receiving(True)
                    await worker.call(partial(_take, writer, part))
            if pull.head.lost_scopes:
                await worker.call(store.documents.tidy)
    finally:
        receiving(False)
    assert end is not None, "the client gives a pull its end, or raises"
    return end


def _request(store: LocalStore, schema_version: int, checksums: bool) -> PullRequest:
    return PullRequest(
        laptop_id=store.laptop_id,
        cursor=store.cursor or "",
        confirmed=store.confirmed,
        schema_version=schema_version,
        checksums=checksums,
        waiting=undecided(store),
    )


@asynccontextmanager
async def _writer(store: LocalStore, worker: Worker, request: PullRequest, head: PullHead) -> AsyncIterator[PullWriter]:
    with ExitStack() as held:
        writer = await worker.call(lambda: held.enter_context(store.begin_pull(request, head)))
        try:
            yield writer
        finally:
            await worker.call(held.close)


def _take(writer: PullWriter, part: PullPart) -> None:
    match part:
        case RemovedChunk():
            writer.removed(part)
        case RowsChunk():
            writer.rows(part)
        case PullEnd():
            writer.finish(part)
