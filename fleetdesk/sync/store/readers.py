"""Read-only connections to the replica, for screens and reports: each block reads one snapshot, on its own thread."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from fleetdesk.errors import ReplicaUnusable, Unavailable
from fleetdesk.sync.files.cipher import DRIVER, FileKind, Raw, connect, explained, explanation

__all__ = ["Readers"]

_CACHE_KIB = 8_192


@dataclass(frozen=True, slots=True)
class _Reader:
    raw: Raw
    connection: Connection
    generation: int


class Readers:
    """Hands connections out and takes them back; survives the exchange of the file."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._guard = threading.Lock()
        self._idle: list[_Reader] = []
        self._active: defaultdict[int, list[Raw]] = defaultdict(list)
        self._closed = False
        self.generation = 1

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose block sees one snapshot. Raises ReplicaUnusable, and Unavailable when interrupted."""
        with explained(FileKind.REPLICA):
            reader = self._take()
            sound = True
            try:
                yield reader.connection
            except (DRIVER.Error, DBAPIError) as error:
                sound = not isinstance(explanation(error, FileKind.REPLICA), ReplicaUnusable)
                raise
            finally:
                self._give_back(reader, sound)

    @contextmanager
    def interruptible(self, raw: Raw) -> Iterator[None]:
        """What another connection does within the block, on this thread, may be interrupted like a reading."""
        thread = threading.get_ident()
        with self._guard:
            self._active[thread].append(raw)
        try:
            yield
        finally:
            with self._guard:
                self._retire(thread, raw)

    def interrupt(self, thread_id: int | None = None) -> None:
        """Stop the running queries of that thread, or of all."""
        with self._guard:
            threads = list(self._active) if thread_id is None else [thread_id]
            for thread in threads:
                for raw in self._active.get(thread, ()):
                    raw.interrupt()

    def exchange(self, path: Path) -> None:
        """From now on another file is read; blocks that are open end on the old one."""
        with self._guard:
            self._path = path
            self.generation += 1
            idle, self._idle = self._idle, []
        for reader in idle:
            _close(reader)

    def close(self) -> None:
        """Close what is idle now, and the rest when its block ends."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            _close(reader)

    def _take(self) -> _Reader:
        with self._guard:
            if self._closed:
                raise Unavailable("The local copy is closed.")
            reader = self._idle.pop() if self._idle else self._open()
            self._active[threading.get_ident()].append(reader.raw)
        return reader

    def _give_back(self, reader: _Reader, sound: bool) -> None:
        with self._guard:
            self._retire(threading.get_ident(), reader.raw)
        if sound:
            reader.connection.rollback()
        with self._guard:
            if sound and not self._closed and reader.generation == self.generation:
                self._idle.append(reader)
                return
        _close(reader)

    def _retire(self, thread: int, raw: Raw) -> None:
        self._active[thread].remove(raw)
        if not self._active[thread]:
            del self._active[thread]

    def _open(self) -> _Reader:
        raw = connect(self._path, self._key, FileKind.REPLICA, cache_kib=_CACHE_KIB)
        raw.execute("PRAGMA query_only = ON")
        engine = create_engine("sqlite://", module=DRIVER, creator=lambda: raw, poolclass=NullPool)

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        return _Reader(raw, engine.connect(), self.generation)


def _close(reader: _Reader) -> None:
    # A file that broke may fail to close too; nothing depends on it any more.
    with contextlib.suppress(Exception):
        reader.connection.close()
    with contextlib.suppress(Exception):
        reader.raw.close()
