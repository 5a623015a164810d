"""Folds the replica's write-ahead log back into its file, on a thread of its own: nobody who works waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from fleetdesk.errors import FleetDeskError
from fleetdesk.sync.files.cipher import FileKind, connect, explained

__all__ = ["Tidying", "fold_back"]

_log = logging.getLogger(__name__)
_LARGE = 16 * 1024 * 1024
"""Bytes by which the log may grow before it is folded back without waiting for an idle moment."""


class Tidying:
    """Call `look` after each change; `close` ends the thread."""

    def __init__(self, path: Callable[[], Path], key: bytes) -> None:
        self._path = path
        self._key = key
        self._folded = 0
        self._wanted = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="fleetdesk-tidying", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Have the log folded back if it has grown large since it last was.

        Its file shrinks only when a change comes that finds all of it folded back and nobody reading it; until then a
        look at its size alone would have it folded back at each change.
        """
        size = _log_size(self._path())
        self._folded = min(self._folded, size)
        if size - self._folded > _LARGE:
            self._folded = size
            self._wanted.set()

    def close(self) -> None:
        """End the thread, after the folding that may be under way."""
        self._ending = True
        self._wanted.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._ending:
                return
            try:
                fold_back(self._path(), self._key)
            except FleetDeskError as error:
                _log.warning("the log stays as it is", extra={"reason": type(error).__name__})


def fold_back(path: Path, key: bytes) -> None:
    """Write what the log holds to its places in the file. It stops nobody, and takes what readers allow."""
    if not _log_size(path):
        return
    with explained(FileKind.REPLICA):
        raw = connect(path, key, FileKind.REPLICA, cache_kib=1_024)
        try:
            raw.execute("PRAGMA busy_timeout = 0")
            raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            raw.close()


def _log_size(path: Path) -> int:
    log = path.with_name(f"{path.name}-wal")
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0
