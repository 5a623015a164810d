"""What a person's screens remember between two starts: it stays on their laptop, encrypted, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fleetdesk.models.types import JsonValue

__all__ = ["Keeper"]


class Keeper(Protocol):
    """Where such values outlive the window, the process and the replica."""

    @property
    def kept(self) -> Mapping[str, JsonValue]:
        """What is kept, by its name. Reads no file."""
        ...

    def keep(self, name: str, value: JsonValue) -> None:
        """Keep a value under a name; None forgets it. Waits for a disk. Raises DiskFull.

        One that is about a record names it by `table` and `id`: it goes when the person's role loses the record.
        """
        ...
