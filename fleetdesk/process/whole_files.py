"""Files that are written whole or not at all: whatever happens on the way, no half of one is left."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fleetdesk.errors import DiskFull, Unavailable

__all__ = ["written_whole"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to that takes its name, and another one's place, when the block ends well; else it is deleted.

    Raises DiskFull where there is no room, Unavailable where it cannot be written there, or no longer.
    """
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except BaseException as error:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()
        if isinstance(error, OSError):
            raise _told(error, path) from error
        raise


def _told(error: OSError, path: Path) -> Unavailable:
    kept = "Nothing was written."
    if error.errno in _FULL:
        return DiskFull(
            f"There is no room for {path.name}: the disk is full.", kept=kept, do="Free some space, or choose another."
        )
    if error.errno == errno.ENOENT:
        return Unavailable(
            f"The folder for {path.name} is not there (any more).", kept=kept, do="Choose another folder."
        )
    return Unavailable(
        f"{path.name} could not be written: {error.strerror or error}.", kept=kept, do="Choose another folder."
    )


def _umask() -> int:
    """What files here are not readable by; Python can only tell it by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
