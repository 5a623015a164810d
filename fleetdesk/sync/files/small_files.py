"""Small files that are replaced as a whole or not at all, and whose change is on the disk before anything follows."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from fleetdesk.errors import DiskFull

__all__ = ["delete", "overwrite", "replace", "sync_folder"]


def replace(path: Path, content: bytes) -> None:
    """Put the content in the file's place, for its owner only. It is on the disk when this returns. Raises DiskFull.

    Of one that failed nothing is left.
    """
    fresh = path.with_name(f"{path.name}.new")  # the whole name: others may have the same stem
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)  # it takes room on a disk that may have none
        raise _not_written(path, error) from error


def overwrite(path: Path, content: bytes) -> None:
    """Write over as many bytes of the file, which takes no room on the disk. On the disk when this returns.

    A loss of power may leave it half old. Raises DiskFull, also where the file is missing or shorter.
    """
    try:
        with path.open("r+b", buffering=0) as file:
            if os.fstat(file.fileno()).st_size < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            file.write(content)
            os.fsync(file.fileno())
    except OSError as error:
        raise _not_written(path, error) from error


def delete(path: Path) -> None:
    """Delete the file, if it is there, for good. Raises DiskFull where the folder cannot be written to."""
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise DiskFull(f"“{path}” cannot be deleted: {error.strerror}.", do="Try again.") from error


def sync_folder(path: Path) -> None:
    """Have the names of a folder's files be on the disk."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _not_written(path: Path, error: OSError) -> DiskFull:
    return DiskFull(
        f"“{path}” cannot be written: {error.strerror}.",
        kept="It stays as it was.",
        do="Free some space and try again.",
    )
