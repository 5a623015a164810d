"""Readable copies of documents, for other programs: the only files in which FleetDesk leaves anything in clear.

So none stays for longer than it is needed: until it was written some minutes ago and no program has it open, until
FleetDesk is locked or ends, and after a crash until it is started again.
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

        Whether any is left; also where that cannot be seen.
        """
        begun = time.time() - seconds
        try:
            old = [copy for copy in self._folder.iterdir() if _written_before(begun, copy)]
            in_use = _in_use(self._folder) if old else set()
            for copy in old:
                if copy.name not in in_use:
                    shutil.rmtree(copy, ignore_errors=True)
            return any(self._folder.iterdir())
        except FileNotFoundError:
            return False
        except OSError:
            return True


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


def _written_before(time: float, copy: Path) -> bool:
    """Whether all of it was, its folder too: one that was just made is empty. Not, where that cannot be seen."""
    try:
        return all(path.stat().st_mtime < time for path in (copy, *copy.iterdir()))
    except OSError:
        return False


def _in_use(folder: Path) -> set[str]:
    """The names of the copies there that a process of this person has open, where the system tells (Linux).

    Elsewhere, Windows does not delete what is open, and others let whoever has it open read on.
    """
    within = folder.resolve()
    return {path.relative_to(within).parts[0] for path in _opened() if within in path.parents}


def _opened() -> Iterator[Path]:
    """What processes of this person have open, where the system tells: they come and go meanwhile."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for handle in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    yield handle.readlink()
