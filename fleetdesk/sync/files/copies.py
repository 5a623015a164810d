"""Readable copies of documents, for other programs: the only files in which FleetDesk leaves anything in clear.

So none stays for longer than it is needed: until nobody has looked at it for some minutes, until FleetDesk is locked or
ends, and after a crash until it is started again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fleetdesk.errors import Unavailable
from fleetdesk.sync.files.folder import Folder

__all__ = ["Copies", "forget_copies_in"]

_NAME = "opened"
_MODE = 0o400 if os.name == "posix" else 0o600  # Windows deletes nothing that is read-only


class Copies:
    """The copies of one laptop, below the folder of its documents. Every call may wait for a disk."""

    def __init__(self, documents: Path) -> None:
        self._folder = documents / _NAME

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """A file of that name to write, whole or not at all; its own `name` is where it is.

        It is read-only, so that a program says so in which somebody begins to change it: what they write is lost.
        """
        folder = self._folder / secrets.token_hex(8)
        folder.mkdir(parents=True, mode=0o700)
        path = folder / name
        try:
            with open(path, "xb", opener=lambda file, flags: os.open(file, flags, _MODE)) as copy:
                yield copy
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def forget(self) -> None:
        """Delete them all."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def forget_unused(self, seconds: float) -> bool:
        """Delete those that were not written for so long and that no program has open, as far as can be seen.

        Whether any is left.
        """
        begun = time.time() - seconds
        with contextlib.suppress(OSError):
            for copy in list(self._folder.iterdir()):
                files = list(copy.iterdir())
                if all(file.stat().st_mtime < begun for file in files) and not _in_use(files):
                    shutil.rmtree(copy, ignore_errors=True)
            return any(self._folder.iterdir())
        return False


def forget_copies_in(folder: Path) -> None:
    """Delete what a crash left in the laptops' folders there, but of laptops that a process works on.

    It needs no key: nobody has to unlock anything for it.
    """
    for copies in folder.glob(f"*/*/{_NAME}"):
        documents = copies.parent
        with contextlib.suppress(Unavailable):
            laptop = Folder(documents.parent)
            Copies(documents).forget()
            laptop.release()


def _in_use(files: list[Path]) -> bool:
    """Whether a process of this person has one of the files open, where the system tells (Linux).

    Elsewhere, Windows does not delete what is open, and others let whoever has it open read on.
    """
    wanted = {str(file.resolve()) for file in files}
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(handle.readlink()) in wanted:
                return True
    return False
