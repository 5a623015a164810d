"""The bytes of documents on this laptop: taken in, lent out, and how far each is on its way to the hub or from it.

What waits to be sent is not written down: it is every document that is not stored yet and whose bytes are here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from fleetdesk.models.access import Scope
from fleetdesk.models.document_bytes import OnTheWay, Taken
from fleetdesk.models.documents import Document, DocumentState, check_document, media_type_of
from fleetdesk.process.whole_files import written_whole
from fleetdesk.sync.files.blobs import Blobs
from fleetdesk.sync.store.writer import Writer

__all__ = ["DocumentShelf", "ToSend"]

_KEPT_FOR = 30 * 86_400.0
"""Seconds for which bytes stay that no document is of: an undone attachment may be done again."""

_LENT_FOR = 600.0
"""Seconds for which a copy stays that nobody has open: some programs read a file and let go of it."""


@dataclass(frozen=True, slots=True)
class ToSend:
    """A document whose bytes the hub lacks and this laptop has."""

    id: str
    sha256: str
    size: int


class DocumentShelf:
    """Implements `models.document_bytes.BytesKeeper`. Safe to use from any thread."""

    def __init__(self, writer: Writer, blobs: Blobs) -> None:
        self.blobs = blobs
        self._writer = writer
        self._guard = threading.Lock()
        self._on_the_way: dict[str, OnTheWay] = {}
        self._watching: list[Callable[[], None]] = []

    # -- for screens -----------------------------------------------------------------------------------------------

    def take_in(self, source: Path) -> Taken:
        """See `BytesKeeper.take_in`: a name that no document can have is refused before a byte is read."""
        media_type = media_type_of(source.name)
        check_document(source.name, "0" * 64, 1, media_type)
        taken = self.blobs.take_in(source)
        return Taken(source.name, taken.sha256, taken.size, media_type)

    def take_bytes(self, name: str, content: bytes) -> Taken:
        """See `BytesKeeper.take_bytes`."""
        media_type = media_type_of(name)
        check_document(name, "0" * 64, 1, media_type)
        taken = self.blobs.take_bytes(content)
        return Taken(name, taken.sha256, taken.size, media_type)

    def held(self, sha256s: frozenset[str]) -> frozenset[str]:
        """See `BytesKeeper.held`."""
        return frozenset(sha256 for sha256 in sha256s if self.blobs.has(sha256))

    def open_copy(self, sha256: str, name: str) -> Path:
        """See `BytesKeeper.open_copy`: a hub's own word for a name could lead out of the folder, or be a program's."""
        check_document(name, sha256, 1, media_type_of(name))
        return self.blobs.open_copy(sha256, name)

    def save_copy(self, sha256: str, target: Path) -> None:
        """See `BytesKeeper.save_copy`."""
        with written_whole(target) as file:
            self.blobs.write_out(sha256, file)

    def forget_unused(self) -> bool:
        """See `BytesKeeper.forget_unused`."""
        return self.blobs.copies.forget_unused(_LENT_FOR)

    @property
    def on_the_way(self) -> Mapping[str, OnTheWay]:
        """See `BytesKeeper.on_the_way`."""
        with self._guard:
            return dict(self._on_the_way)

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See `BytesKeeper.watch`."""
        self._watching.append(callback)
        return lambda: self._watching.remove(callback)

    # -- for the network half --------------------------------------------------------------------------------------

    def to_send(self) -> list[ToSend]:
        """What the hub lacks and this laptop has, in the order in which it was attached."""
        waiting = (
            select(Document.id, Document.sha256, Document.size)
            .where(Document.state == DocumentState.WAITING, Document.deleted_at.is_(None))
            .order_by(Document.created_at, Document.id)
        )
        with self._writer.readers.reading() as connection:
            found = [ToSend(row.id, row.sha256, row.size) for row in connection.execute(waiting)]
        return [each for each in found if self.blobs.has(each.sha256)]

    def moved(self, sha256: str, how: OnTheWay | None) -> None:
        """Bytes came further, failed, or (None) arrived."""
        with self._guard:
            if how is None:
                self._on_the_way.pop(sha256, None)
            else:
                self._on_the_way[sha256] = how
        for callback in list(self._watching):
            callback()

    def give_up(self) -> None:
        """Delete all bytes but those that the hub lacks: the rows that say which they are go next."""
        unsent = {each.sha256 for each in self.to_send()}
        self.blobs.copies.forget()
        self.blobs.keep_only(unsent, older_than=time.time() + 1)

    def tidy(self) -> None:
        """Delete the bytes that nobody has a document of: after a month, or at once where the role lost its scope."""
        person = self._writer.person
        if person is not None and person.shut_out:
            return  # no row says which of those that stayed are wanted
        lost = person is not None and Scope.LEADS not in person.scopes
        with self._writer.readers.reading() as connection:
            wanted = set(connection.scalars(select(Document.sha256)))
        if lost:
            self.blobs.copies.forget()
        self.blobs.keep_only(wanted, older_than=time.time() + 1 if lost else time.time() - _KEPT_FOR)
