"""The files of one laptop folder: who has it, which replica file is the present one, and what may be deleted.

A replica file is never written over: the next one gets a number of its own, and a small file names the one in use.
Renaming it is the swap, so that no log of an old file is ever taken for that of a new one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from fleetdesk.errors import AlreadyRunning, DiskFull
from fleetdesk.models.local_copy import FileSizes
from fleetdesk.sync.files.room import Room, free_bytes
from fleetdesk.sync.files.small_files import sync_folder

__all__ = ["Folder", "demand_free"]

_COMPANIONS = ("", "-wal", "-shm", "-journal")
_SET_ASIDE = "outbox-set-aside-"


def demand_free(path: Path) -> None:
    """Raise AlreadyRunning if another process has a laptop's folder: before anything is asked of the person for it."""
    if path.exists():
        Folder(path).release()


class Folder:
    """A laptop's folder, owned by this process until `release`."""

    def __init__(self, path: Path, *, free: Callable[[Path], int] = free_bytes) -> None:
        """Take the folder, making it if need be. Raises AlreadyRunning if another process has it, DiskFull.

        `free` tells how many bytes are free on a folder's disk.
        """
        self.path = path
        self.room = Room(path, free)
        with _told():
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = FileLock(path / "lock", timeout=0)
        owner = path / "owner"
        try:
            self._lock.acquire()
        except Timeout as error:
            with contextlib.suppress(OSError):
                raise AlreadyRunning(
                    f"FleetDesk already works on “{path}” (process {owner.read_text().strip()}).",
                    do="Use its window, or close it first.",
                ) from error
            raise AlreadyRunning(f"FleetDesk already works on “{path}”.", do="Use its window, or close it.") from error
        # For the sentence above only: the lock is what counts, so a disk that is full does not matter.
        with contextlib.suppress(OSError):
            owner.write_text(str(os.getpid()))

    def release(self) -> None:
        """Let go of the folder."""
        self._lock.release()

    @property
    def outbox(self) -> Path:
        """The outbox's file."""
        return self.path / "outbox.db"

    @property
    def next_outbox(self) -> Path:
        """Where an outbox is made that takes the place of one that was set aside."""
        return self.path / "outbox-next.db"

    @property
    def unsalvaged(self) -> Path | None:
        """The outbox that was set aside last, if nothing has taken its place yet: a crash came between."""
        return None if self.outbox.exists() else max(self.path.glob(f"{_SET_ASIDE}*.db"), default=None)

    @property
    def documents(self) -> Path:
        """Where the bytes of documents lie."""
        return self.path / "documents"

    @property
    def spool(self) -> Path:
        """Where a pull that is too large for the memory waits."""
        return self.path / "pull.spool"

    @property
    def replica(self) -> Path | None:
        """The replica file in use; None before the first, or where nobody can tell."""
        try:
            found = self.path / self._pointer.read_text().strip()
        except (OSError, UnicodeDecodeError):
            return None
        return found if found in self._replicas() else None

    @property
    def others(self) -> list[Path]:
        """Replica files that are not in use: unfinished loads, and leftovers."""
        return [path for path in self._replicas() if path != self.replica]

    def sizes(self) -> FileSizes:
        """What the files take on the disk, with what belongs to each; nothing for those that are not there."""
        return FileSizes(
            replica=_size(self.path.glob("replica-*")),
            outbox=_size(self.path.glob("outbox*")),
            documents=_size(self.documents.rglob("*")),
        )

    def next_replica(self) -> Path:
        """A name that no replica file has."""
        taken = [int(path.stem.removeprefix("replica-")) for path in self._replicas()]
        return self.path / f"replica-{max(taken, default=0) + 1}.db"

    def use(self, replica: Path) -> None:
        """Make this the replica file in use: at once, and lastingly. Raises DiskFull."""
        fresh = self._pointer.with_suffix(".new")
        with _told():
            with fresh.open("w") as file:
                file.write(replica.name)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._pointer)
            sync_folder(self.path)

    def set_aside(self, now: dt.datetime) -> Path:
        """Give the outbox another name, under which nothing touches it any more; the new path.

        One that a crash left between two names goes on under the new one.
        """
        kept = self.unsalvaged or self.path / f"{_SET_ASIDE}{now:%Y%m%dT%H%M%S%f}.db"
        with _told():
            for companion in _COMPANIONS:
                source = self.outbox.with_name(self.outbox.name + companion)
                if source.exists():
                    source.rename(kept.with_name(kept.name + companion))
            sync_folder(self.path)
        return kept

    def use_next_outbox(self) -> None:
        """Make the next outbox, which is closed and complete, the one in use. Raises DiskFull."""
        with _told():
            self.next_outbox.replace(self.outbox)
            sync_folder(self.path)

    def delete(self, file: Path) -> None:
        """Delete a file of this folder and its companions; one that is still held is deleted at the next start."""
        for companion in _COMPANIONS:
            with contextlib.suppress(OSError):
                file.with_name(file.name + companion).unlink(missing_ok=True)

    @property
    def _pointer(self) -> Path:
        return self.path / "replica.current"

    def _replicas(self) -> list[Path]:
        return [path for path in self.path.glob("replica-*.db") if path.stem.removeprefix("replica-").isdecimal()]


def _size(files: Iterable[Path]) -> int:
    """Bytes of them all; one that goes meanwhile has none."""
    total = 0
    for file in files:
        with suppress(OSError):
            total += file.stat().st_size
    return total


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskFull(
            f"FleetDesk cannot write to its folder: {error.strerror}.", do="Free some space and try again."
        ) from error
