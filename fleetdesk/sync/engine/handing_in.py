"""A revoked laptop hands in what waits there: in parts, each of which may come twice, until the hub has them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

import orjson

from fleetdesk.errors import NoRoom
from fleetdesk.protocol import HANDED_IN_LIMIT, HandedIn, HandedInEdit
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.files.condemned import Condemned, HandedOver, Stage
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["HandedOver", "NotDestroyed", "give_up", "hand_in"]

_MOST_BYTES = 8 * 1024 * 1024
"""Bytes of payloads in one request: half of what a hub takes."""


class NotDestroyed(Exception):
    """The hub has what waited, but what is here, perhaps only in part by now, could not be destroyed.

    `why` it could not.
    """

    def __init__(self, handed_over: HandedOver, why: Exception) -> None:
        super().__init__(str(why))
        self.handed_over = handed_over
        self.why = why


async def give_up(
    condemned: Condemned, open_store: Callable[[], LocalStore], client: HubClient, destroy: Callable[[], None]
) -> HandedOver:
    """Hand in what waits in a folder that is to be destroyed, then have it destroyed; what became of the edits.

    Whatever comes between, it can be done again, and ends the same. `destroy` runs in another thread. Raises what
    `hand_in` and `open_store` raise as long as the hub lacks anything, then NotDestroyed.
    """
    handed_over = condemned.handed_over or await _hand_in_condemned(condemned, open_store, client)
    try:
        await asyncio.to_thread(destroy)
    except Exception as error:
        raise NotDestroyed(handed_over, error) from error
    return handed_over


async def _hand_in_condemned(
    condemned: Condemned, open_store: Callable[[], LocalStore], client: HubClient
) -> HandedOver:
    """When it returns, the folder's note says that it may be destroyed."""
    # One thread: who took the folder has to be who lets go of it.
    worker = Worker("hand-in")
    try:
        store = await worker.call(open_store)
        try:
            async with client:
                handed_over = await hand_in(client, store)
        finally:
            await worker.call(store.close)
        await worker.call(lambda: condemned.note(Stage.HANDED_IN, handed_over))
    finally:
        worker.close()
    return handed_over


async def hand_in(client: HubClient, store: LocalStore) -> HandedOver:
    """Hand in all that was not decided. When it returns, the hub keeps it.

    Where the hub has no room for all, it keeps the first of them, and is told how many are left out. What became of
    them is what the hub says: after a last answer that was lost, it refuses nothing and takes nothing more. Raises what
    the client raises: then it is to be done again, from the beginning.
    """
    edits = await asyncio.to_thread(store.edits_to_hand_in)
    kept = 0
    for part in _parts(edits):
        fits = await _keep(client, part)
        kept += fits
        if fits < len(part):
            break
    taken_in = await client.hand_in(HandedIn(edits=(), last=True, left_out=len(edits) - kept))
    left_out = taken_in.left_out
    if left_out is None:  # an earlier version's hub
        left_out = max(len(edits) - taken_in.kept, 0)
    return HandedOver(taken_in.kept, left_out)


async def _keep(client: HubClient, part: Sequence[HandedInEdit]) -> int:
    """Have the hub keep the first of them, as many as it has room for: how many."""
    try:
        await client.hand_in(HandedIn(edits=tuple(part), last=False))
        return len(part)
    except NoRoom:
        half = len(part) // 2
    if not half:
        return 0
    fits = await _keep(client, part[:half])
    return fits if fits < half else fits + await _keep(client, part[half:])


def _parts(edits: Sequence[HandedInEdit]) -> Iterator[list[HandedInEdit]]:
    part: list[HandedInEdit] = []
    size = 0
    for edit in edits:
        own = len(orjson.dumps(edit.payload))
        if part and (len(part) == HANDED_IN_LIMIT or size + own > _MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(edit)
        size += own
    if part:
        yield part
