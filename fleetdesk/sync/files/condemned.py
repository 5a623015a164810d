"""The files of a laptop that was revoked: first handed in, then destroyed, whatever comes between.

A note beside them says how far that is, and what became of the edits, so that the next start goes on, tells it, and
opens no window. Keys are forgotten before a file is touched: whatever is left then nobody can read.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fleetdesk.sync.files.reserve import Reserve, with_reserve
from fleetdesk.sync.files.small_files import replace
from fleetdesk.sync.files.vault import Vault, forget_file_keys

__all__ = ["Condemned", "HandedOver", "Stage", "sweep"]

_NOTE = "revoked"
_GONE = ".gone"


class Stage(StrEnum):
    """How far it is: the hub said so; it has what waited here."""

    TOLD = "told"
    HANDED_IN = "handed in"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many edits the hub keeps now, and for how many it had no room.

    `kept` is None where an earlier version of FleetDesk handed them in, which wrote down neither.
    """

    kept: int | None = 0
    left_out: int = 0


class Condemned:
    """One laptop folder, perhaps one that is to be destroyed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / _NOTE

    @property
    def stage(self) -> Stage | None:
        """How far it is; None where nothing of the kind was said. A note that cannot be read says the least."""
        try:
            return Stage(self._lines()[0])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, IndexError):
            return Stage.TOLD

    @property
    def handed_over(self) -> HandedOver | None:
        """What became of the edits; None before the hub has them."""
        if self.stage is not Stage.HANDED_IN:
            return None
        try:
            kept, left_out = (int(line) for line in self._lines()[1:])
        except (OSError, ValueError):
            return HandedOver(None)
        return HandedOver(kept, left_out)

    def note(self, stage: Stage, handed_over: HandedOver | None = None) -> None:
        """Write down how far it is, and what became of the edits; on the disk when this returns. Raises DiskFull."""
        counts = () if handed_over is None else (str(handed_over.kept), str(handed_over.left_out))
        note = "\n".join((stage, *counts)).encode()
        with_reserve(self._folder, lambda: replace(self._note, note))
        if stage is Stage.TOLD:
            Reserve(self._folder).keep()  # what is left of it: the files are still to be opened

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

    def _lines(self) -> list[str]:
        return self._note.read_text().strip().splitlines()


def sweep(folder: Path) -> None:
    """Delete what was left of folders that were being destroyed."""
    for path in folder.glob(f"*{_GONE}"):
        shutil.rmtree(path, ignore_errors=True)
