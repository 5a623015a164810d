"""Pushes: what waits in the outbox goes to the hub in its order, and verdicts come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import orjson

from fleetdesk.errors import OutOfOrder, PayloadChanged, ProtocolError
from fleetdesk.protocol import PUSH_LIMIT, PushRequest, WireCommand
from fleetdesk.sync.engine.clocks import ClockWatch
from fleetdesk.sync.engine.session import Session
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["Pusher"]

_MOST_BYTES = 8 * 1024 * 1024
"""Bytes of payloads in one push; no request should be larger than a slow network can carry in one piece."""
_REALIGNMENTS = 3
"""A request that the network delayed may change the hub's number under us once or twice, not for ever."""


class Pusher:
    """Empties the outbox, batch by batch."""

    def __init__(
        self, client: HubClient, store: LocalStore, worker: Worker, session: Session, clocks: ClockWatch
    ) -> None:
        self._client = client
        self._store = store
        self._worker = worker
        self._session = session
        self._clocks = clocks

    async def run(self, wanted: Callable[[], bool]) -> int:
        """Push until nothing waits, or no longer `wanted`; gives the number of batches that got their receipts.

        A push whose answer was lost is offered again: the hub knows the commands by their ids and repeats its receipts.
        """
        await self._session.ensure()
        answered = 0
        realigned = 0
        from_sequence: int | None = None
        while wanted():
            try:
                if not await self._push(from_sequence):
                    break
            except (OutOfOrder, PayloadChanged) as error:
                realigned += 1
                if realigned > _REALIGNMENTS:
                    raise ProtocolError(
                        "The hub expects changes that this laptop does not have.", kept="What waits to be sent is kept."
                    ) from error
                from_sequence = error.next_sequence if isinstance(error, OutOfOrder) else None
                continue
            answered += 1
            realigned, from_sequence = 0, None
        return answered

    async def _push(self, from_sequence: int | None) -> bool:
        """Send one batch and keep its verdicts; False if there was nothing to send."""
        async with self._session.sending:
            request = await self._worker.call(partial(self._next, from_sequence))
            if request is None:
                return False
            try:
                answer = await self._client.push(request)
            except PayloadChanged:
                await self._worker.call(self._store.begin_stream)
                raise
            self._clocks.heard(answer.server_time)
            await self._worker.call(lambda: self._store.record_receipts(answer.receipts))
            return True

    def _next(self, from_sequence: int | None) -> PushRequest | None:
        batch = self._store.next_batch(PUSH_LIMIT, from_sequence=from_sequence)
        if batch is None:
            return None
        commands = _fitting(batch.commands)
        return PushRequest(
            laptop_id=batch.laptop_id,
            first_sequence=batch.first_sequence,
            confirmed=self._store.confirmed,
            more=batch.more or len(commands) < len(batch.commands),
            commands=commands,
        )


def _fitting(commands: Sequence[WireCommand]) -> tuple[WireCommand, ...]:
    """As many of the first commands as one request may carry, one at least; the next batch begins with the others."""
    size = 0
    for count, command in enumerate(commands):
        size += len(orjson.dumps(command.payload))
        if size > _MOST_BYTES and count:
            return tuple(commands[:count])
    return tuple(commands)
