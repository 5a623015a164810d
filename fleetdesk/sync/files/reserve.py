"""`Reserve`: a little room on the disk, kept for the day on which it is full: to open files and read takes some."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fleetdesk.errors import DiskFull

__all__ = ["Reserve", "with_reserve"]

T = TypeVar("T")

_BYTES = 1024 * 1024
"""Enough for what SQLite lays beside two files (32 kB each) and for some changes."""
_PIECE = 64 * 1024


class Reserve:
    """One file of a folder, of no meaning, that is deleted when its room is needed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "reserve"

    def keep(self) -> None:
        """Take the room, or as much of it as there is."""
        with contextlib.suppress(OSError), self._path.open("ab", buffering=0) as file:
            for _ in range(file.tell(), _BYTES, _PIECE):
                if file.write(os.urandom(_PIECE)) < _PIECE:  # at random: some disks take no room for zeros
                    return

    def spend(self) -> bool:
        """Give the room back; whether there was any."""
        try:
            kept = self._path.stat().st_size
            self._path.unlink()
        except OSError:
            return False
        return kept > 0


def with_reserve(folder: Path, open_files: Callable[[], T]) -> T:
    """What opens files there; done once more, with the room of the reserve, where the disk is full.

    Raises DiskFull where that room is spent, or does not do, and whatever else `open_files` raises.
    """
    try:
        return open_files()
    except DiskFull:
        if not Reserve(folder).spend():
            raise
    return open_files()
