"""Carries the bytes of documents, beside everything else and a piece at a time: no text ever waits for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from fleetdesk.errors import BadFile, Busy, DiskFull, FleetDeskError, NotAllowed, Offline, ProtocolError, Unavailable
from fleetdesk.models.document_bytes import OnTheWay, Way
from fleetdesk.models.documents import LARGEST
from fleetdesk.sync.engine.session import Session
from fleetdesk.sync.engine.worker import Worker
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.document_shelf import DocumentShelf, ToSend

__all__ = ["Carrier", "Wish"]

_STALLED = 3
"""Answers in a row that move nothing: another laptop of the same person may send the same file, not for ever."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A document whose bytes a person wants here."""

    document_id: str
    sha256: str
    size: int


class Carrier:
    """Sends what waits, and fetches what is wanted."""

    def __init__(self, client: HubClient, shelf: DocumentShelf, worker: Worker, session: Session) -> None:
        self._client = client
        self._shelf = shelf
        self._worker = worker
        self._session = session
        self._given_up: set[str] = set()

    def try_again(self) -> None:
        """Send what was given up, too."""
        self._given_up.clear()

    async def send(self, wanted: Callable[[], bool]) -> None:
        """Send the bytes of every document that the hub lacks, while it is `wanted`. Raises Offline, Busy.

        One that the hub does not know yet is passed over: its command comes first. One that cannot be sent at all is
        told of, and given up until the person asks again.
        """
        await self._session.ensure()
        for document in await self._worker.call(self._shelf.to_send):
            if document.sha256 in self._given_up or not wanted():
                continue
            try:
                await self._send(document, wanted)
            except (BadFile, NotAllowed, ProtocolError) as error:
                self._give_up(document, str(error))
            except Unavailable:
                self._shelf.moved(document.sha256, None)
                raise

    async def fetch(self, wish: Wish) -> None:
        """Bring a document's bytes here, from where an earlier try ended. What goes wrong is told, never raised."""
        try:
            await self._session.ensure()
            await self._fetch(wish)
        except FleetDeskError as error:
            self._shelf.moved(wish.sha256, OnTheWay(Way.FAILED, trouble=_fetching_failed(error)))
        else:
            self._shelf.moved(wish.sha256, None)

    async def _send(self, document: ToSend, wanted: Callable[[], bool]) -> None:
        standing = await self._client.bytes_standing(document.id)
        stalled = 0
        while standing.known and not standing.whole:
            if standing.spoilt:
                self._give_up(document, "The copy on this laptop is not the file that was attached. Attach it again.")
                return
            if not wanted():
                break
            self._shelf.moved(document.sha256, OnTheWay(Way.SENDING, standing.received, document.size))
            piece = await self._worker.call(partial(self._shelf.blobs.piece, document.sha256, standing.received))
            before = standing.received
            standing = await self._client.send_bytes(document.id, before, piece)
            stalled = stalled + 1 if standing.received <= before and not standing.whole else 0
            if stalled > _STALLED:
                raise ProtocolError("The hub takes no more of this document.")
        self._shelf.moved(document.sha256, None)

    async def _fetch(self, wish: Wish) -> None:
        blobs = self._shelf.blobs
        if not 0 < wish.size <= LARGEST:
            raise ProtocolError("The hub names a size of this document that none has.")
        if await self._worker.call(partial(blobs.has, wish.sha256)):
            return
        place = await self._worker.call(partial(blobs.coming, wish.sha256))
        while place < wish.size:
            self._shelf.moved(wish.sha256, OnTheWay(Way.FETCHING, place, wish.size))
            content = await self._client.get_bytes(wish.document_id, place)
            if not 0 < len(content) <= wish.size - place:
                raise ProtocolError("The hub sent nothing of this document, or more than it has.")
            await self._worker.call(partial(blobs.add, wish.sha256, place, content))
            place += len(content)
        await self._worker.call(partial(blobs.finish, wish.sha256))

    def _give_up(self, document: ToSend, trouble: str) -> None:
        self._given_up.add(document.sha256)
        self._shelf.moved(document.sha256, OnTheWay(Way.FAILED, of=document.size, trouble=trouble))


def _fetching_failed(error: FleetDeskError) -> str:
    match error:
        case Offline():
            return "The hub cannot be reached. Fetch it again when there is a network; it goes on where it was."
        case Busy():
            return "The hub is busy. Fetch it again in a moment; it goes on where it was."
        case DiskFull():
            return "The disk is full. Free some space, and fetch it again."
        case _:
            return str(error)
