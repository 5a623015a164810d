"""Room on the disk: what comes from the hub stops before the disk is full, so that the person's own work still fits."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from fleetdesk.errors import DiskFull

__all__ = ["KEPT_FREE", "Room", "free_bytes"]

KEPT_FREE = 256 * 1024 * 1024
"""Bytes that nothing from the hub may take: for the outbox, drafts and the log, and for other programs."""


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder that is there."""
    return shutil.disk_usage(folder).free


class Room:
    """What a folder's disk has to spare for what the hub sends. `free` is the seam at which tests fill the disk."""

    def __init__(self, folder: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder = folder
        self._free = free

    def demand(self, wanted: int = 0) -> None:
        """Raise DiskFull unless so many bytes more leave `KEPT_FREE` of them free."""
        free = self._free(self._folder)
        if free - wanted < KEPT_FREE:
            raise DiskFull(
                f"The disk is nearly full ({free // 1024 // 1024:,} MB are free), so nothing more is brought in.",
                kept="You can go on working: the rest is kept for your own changes.",
                do="Free some space; it goes on by itself.",
            )
