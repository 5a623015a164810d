"""The files of a laptop that was revoked: first handed in, then destroyed, whatever comes between.

A note beside them says how far that is, so that the next start goes on, and opens no window. Keys are forgotten before
a file is touched: whatever is left then nobody can read.
"""

from __future__ import annotations

import contextlib
import shutil
from enum import StrEnum
from pathlib import Path

from fleetdesk.errors import DiskFull
from fleetdesk.sync.files.reserve import Reserve
from fleetdesk.sync.files.small_files import replace
from fleetdesk.sync.files.vault import Vault, forget_file_keys

__all__ = ["Condemned", "Stage", "sweep"]

_NOTE = "revoked"
_GONE = ".gone"


class Stage(StrEnum):
    """How far it is: the hub said so; it has what waited here."""

    TOLD = "told"
    HANDED_IN = "handed in"


class Condemned:
    """One laptop folder, perhaps one that is to be destroyed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / _NOTE

    @property
    def stage(self) -> Stage | None:
        """How far it is; None where nothing of the kind was said. A note that cannot be read says the least."""
        try:
            return Stage(self._note.read_text().strip())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError):
            return Stage.TOLD

    def note(self, stage: Stage) -> None:
        """Write down how far it is; on the disk when this returns. Raises DiskFull."""
        try:
            replace(self._note, stage.encode())
        except DiskFull:
            reserve = Reserve(self._folder)
            if not reserve.spend():
                raise
            replace(self._note, stage.encode())
            reserve.keep()  # what is left of it: the files are still to be opened

    def destroy(self, vault: Vault, laptop: str) -> None:
        """Forget the keys, then delete the files. `laptop` is the name of the keys.

        Raises Unavailable where the vault does not answer: nothing was deleted then.
        """
        Reserve(self._folder).spend()  # the vault's file is written anew, and the disk may be full
        forget_file_keys(vault, laptop)
        # From here on, half a folder is never taken for a laptop's.
        gone = self._folder.with_name(self._folder.name + _GONE)
        shutil.rmtree(gone, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            self._folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Delete what was left of folders that were being destroyed."""
    for path in folder.glob(f"*{_GONE}"):
        shutil.rmtree(path, ignore_errors=True)
