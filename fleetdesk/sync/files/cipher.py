"""SQLCipher files: how one is opened, and what its errors mean to people.

`sqlcipher3` has no types and its errors are not `sqlite3.Error`; both end here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from fleetdesk.errors import DiskFull, FleetDeskError, OutboxUnusable, ReplicaUnusable, Unavailable

__all__ = ["DRIVER", "FileKeys", "FileKind", "Raw", "RawCursor", "Row", "connect", "explained", "explanation"]

DRIVER = dbapi2
"""The DB-API module, for SQLAlchemy."""
PAGE_SIZE = 8192

# The driver asks every value that is no plain number or text how it wants to be adapted, and finds out slowly that
# None and booleans need nothing: with these, rows of forty columns are bound five times as fast.
dbapi2.register_adapter(type(None), {}.get)
dbapi2.register_adapter(bool, int)

Row = tuple[Any, ...]


class RawCursor(Protocol):
    """What this room uses of a DB-API cursor."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Row | None: ...
    def fetchall(self) -> list[Row]: ...
    def __iter__(self) -> Iterator[Row]: ...


class Raw(Protocol):
    """What this room uses of a DB-API connection; statements begin no transaction by themselves."""

    @property
    def in_transaction(self) -> bool: ...
    @property
    def total_changes(self) -> int: ...
    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> RawCursor: ...
    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> RawCursor: ...
    def interrupt(self) -> None: ...
    def close(self) -> None: ...


class FileKind(enum.Enum):
    """Which of the two files is meant: they are mended differently."""

    REPLICA = "replica"
    OUTBOX = "outbox"


@dataclass(frozen=True, slots=True, repr=False)
class FileKeys:
    """The raw 32-byte keys of the two files, and the one that those of documents are made of."""

    replica: bytes
    outbox: bytes
    documents: bytes


def connect(path: Path, key: bytes, kind: FileKind, *, cache_kib: int = 2_048) -> Raw:
    """Open, or make, the file under a raw 32-byte key. A wrong one shows at the first reading, perhaps only later.

    Statements are in autocommit until an explicit BEGIN; the connection may wander between threads, one at a time.
    """
    if len(key) != 32:
        raise ValueError("a raw key has 32 bytes")
    raw = cast("Raw", dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=256))
    try:
        raw.execute("PRAGMA cipher_log_level = none")
        raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        raw.execute(f"PRAGMA cipher_page_size = {PAGE_SIZE}")
        if kind is FileKind.REPLICA:
            # Processors have instructions for it; SHA-512, the default, costs a load as much again as the encryption.
            # The outbox keeps the default: its files cannot be made again, and those of before must stay readable.
            raw.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
        raw.execute(f"PRAGMA cache_size = -{cache_kib}")
        raw.execute("PRAGMA temp_store = MEMORY")
        raw.execute("PRAGMA busy_timeout = 5000")
    except BaseException:
        raw.close()
        raise
    return raw


@contextmanager
def explained(kind: FileKind) -> Iterator[None]:
    """Turn the file's errors within the block into FleetDesk's own; those that only a mistake causes pass."""
    try:
        yield
    except (dbapi2.Error, DBAPIError) as error:
        told = explanation(error, kind)
        if told is None:
            raise
        raise told from error


class _Code(enum.IntEnum):
    """SQLite's result codes that are the world's doing, not a mistake's (https://www.sqlite.org/rescode.html)."""

    BUSY = 5
    READONLY = 8
    INTERRUPT = 9
    IOERR = 10
    CORRUPT = 11
    FULL = 13
    CANTOPEN = 14
    NOTADB = 26
    IOERR_READ = 266
    IOERR_SHORT_READ = 522


def explanation(error: BaseException, kind: FileKind) -> FleetDeskError | None:
    """The error of FleetDesk's own tree that a database error means; None for one that only a mistake causes."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code: int = getattr(cause, "sqlite_errorcode", 0) or 0
    if code in (_Code.IOERR_READ, _Code.IOERR_SHORT_READ):
        return _unusable(kind)
    match code & 0xFF:
        case _Code.FULL | _Code.IOERR | _Code.READONLY | _Code.CANTOPEN:
            return DiskFull(
                "The disk did not take the change: it is full, or may not be written.",
                kept="Nothing was changed.",
                do="Free some space and try again.",
            )
        case _Code.CORRUPT | _Code.NOTADB:
            return _unusable(kind)
        case _Code.INTERRUPT:
            return Unavailable("The query was stopped.")
        case _Code.BUSY:
            return Unavailable("The local file is busy.", kept="Nothing was changed.", do="Try again in a moment.")
        case _:
            return None


def _unusable(kind: FileKind) -> FleetDeskError:
    if kind is FileKind.REPLICA:
        return ReplicaUnusable(
            "The local copy cannot be read.",
            kept="Your changes are kept.",
            do="It is loaded again at the next contact.",
        )
    return OutboxUnusable(
        "The list of your waiting changes cannot be read.", kept="The file is set aside, not deleted."
    )
