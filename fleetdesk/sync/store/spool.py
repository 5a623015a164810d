"""Where a pull waits until all of it is here: in memory while it is small, else in an encrypted file, within bounds.

Nobody can open that file again, because its key is never written down.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import orjson

from fleetdesk.errors import ProtocolError
from fleetdesk.models.base import Key
from fleetdesk.sync.files.cipher import FileKind, Raw, connect, explained
from fleetdesk.sync.files.room import Room
from fleetdesk.sync.store.rebase import Hosted, Rows

__all__ = ["MOST_SPOOLED", "Spool"]

_IN_MEMORY = 32 * 1024 * 1024
"""Bytes that are held in memory."""
_AT_ANY_RATE = 1024 * 1024
"""Bytes that are taken whatever room there is: who the person is, and what became of their changes, comes with them."""
MOST_SPOOLED = 16 * 1024 * 1024 * 1024
"""Bytes of one pull: more than any hub has. One that goes on and on is stopped there, if the disk is so large."""


class Spool:
    """Pieces of a pull in the order in which they came."""

    def __init__(self, path: Path, room: Room, *, most: int = MOST_SPOOLED) -> None:
        self._path = path
        self._room = room
        self._most = most
        self._held: list[tuple[Hosted, int]] = []
        self._bytes = 0
        self._raw: Raw | None = None

    def add(self, piece: Hosted) -> None:
        """Put a piece behind the others. Raises DiskFull, also before the disk is full; ProtocolError for too many."""
        body = orjson.dumps(_plain(piece))
        self._bytes += len(body)
        if self._bytes > self._most:
            raise ProtocolError("The hub's answer goes on and on.", kept="Nothing of it was taken over.")
        if self._bytes > _AT_ANY_RATE:
            # Rows that there is no room for are refused in the end: each try would fetch them all, and ask no sooner.
            self._room.demand(len(body))
        if self._bytes <= _IN_MEMORY:
            self._held.append((piece, len(body)))
            return
        with explained(FileKind.REPLICA):
            if self._raw is None:
                self._raw = self._open()
            self._raw.execute("INSERT INTO piece (body) VALUES (?)", (body,))

    def __iter__(self) -> Iterator[tuple[Hosted, int]]:
        """The pieces, in order, each with its bytes."""
        yield from self._held
        if self._raw is not None:
            for (body,) in self._raw.execute("SELECT body FROM piece ORDER BY number"):
                yield _piece(body), len(body)

    def close(self) -> None:
        """Throw everything away."""
        self._held.clear()
        if self._raw is not None:
            self._raw.close()
            self._raw = None
            self._path.unlink(missing_ok=True)

    def _open(self) -> Raw:
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        raw = connect(self._path, os.urandom(32), FileKind.REPLICA)
        raw.execute("PRAGMA journal_mode = OFF")
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("CREATE TABLE piece (number INTEGER PRIMARY KEY, body BLOB)")
        raw.execute("BEGIN")
        return raw


def _plain(piece: Hosted) -> object:
    return {
        "removed": [(key.table, key.id) for key in piece.removed],
        "rows": [(rows.table, rows.columns, rows.values) for rows in piece.rows],
    }


def _piece(body: bytes) -> Hosted:
    plain = orjson.loads(body)
    return Hosted(
        removed=frozenset(Key(table, row_id) for table, row_id in plain["removed"]),
        rows=tuple(Rows(table, tuple(columns), values) for table, columns, values in plain["rows"]),
    )
