"""How often a wrong PIN or passphrase was tried: written down before each try, so that no kill and no restart helps.

Nothing is tried that could not be counted; so the file is always there, as long as it will ever be, for a disk that is
full: to write over it takes no room.

The clock on the wall has no say: waits are counted by the time since the machine started. After a restart of the
machine it counts from that start on, which is never longer ago than the try. Waits slow down who types. Who can run
programs here, in a time of their own, tries words on a copy of the files: there argon2 and the keyring's half hold.
"""

from __future__ import annotations

import math
from pathlib import Path

import orjson

from fleetdesk.errors import Busy, DiskFull
from fleetdesk.models.uptime import Uptime, uptime
from fleetdesk.sync.files.small_files import delete, overwrite, replace

__all__ = ["Attempts"]

_WAITS = (0, 0, 0, 1, 2, 5, 15, 30, 60, 120, 300)
"""Seconds to wait after so many wrong ones as the place says; the last holds from there on."""
_LENGTH = 64  # bytes of the file, filled up with spaces


class Attempts:
    """The wrong attempts on one vault since the last right one."""

    def __init__(self, path: Path, clock: Uptime = uptime) -> None:
        """`path` need not be there; `clock` gives seconds since the machine's start."""
        self._path = path
        self._clock = clock

    @property
    def wait(self) -> float:
        """Seconds until the next may be tried; 0 for at once."""
        count, at = self._read()
        now = self._clock()
        passed = now - at if now >= at else now
        return max(0.0, _WAITS[min(count, len(_WAITS) - 1)] - passed)

    def begin(self) -> None:
        """One is about to be tried: it counts as a wrong one until `succeeded`. Raises Busy, DiskFull."""
        wait = self.wait
        if wait > 0:
            raise Busy(
                f"There were too many wrong attempts. The next one can be made in {math.ceil(wait)} s.",
                seconds=wait,
                kept="Nothing is lost.",
            )
        count, _ = self._read()
        self._write(count + 1)

    def succeeded(self) -> None:
        """The last one was right: forget the others. Raises DiskFull."""
        self._write(0)

    def forget(self) -> None:
        """What they were tried on is gone: delete the file. Raises DiskFull."""
        delete(self._path)

    def _write(self, count: int) -> None:
        content = orjson.dumps({"wrong": count, "uptime": self._clock()}).ljust(_LENGTH)
        try:
            replace(self._path, content)
        except DiskFull:
            overwrite(self._path, content)

    def _read(self) -> tuple[int, float]:
        try:
            match orjson.loads(self._path.read_bytes()):
                case {"wrong": int(count), "uptime": int() | float() as at}:
                    return max(count, 0), float(at)
        except (OSError, orjson.JSONDecodeError):
            pass
        return 0, 0.0
