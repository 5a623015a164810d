"""The bytes of documents as screens see them: what is here, what is on its way, and how far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

__all__ = ["BytesKeeper", "OnTheWay", "Taken", "Way"]


class Way(StrEnum):
    """Where bytes are going, or why they are not."""

    SENDING = "sending"
    FETCHING = "fetching"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """How far the bytes of a digest are; `trouble` says in a sentence why they go no further."""

    way: Way
    done: int = 0
    of: int = 0
    trouble: str = ""

    @property
    def percent(self) -> int:
        """From 0 to 100."""
        return 100 * self.done // self.of if self.of else 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in: what a document says of it."""

    name: str
    sha256: str
    size: int
    media_type: str


class BytesKeeper(Protocol):
    """Keeps bytes on the laptop, encrypted. Every call but `on_the_way` may wait for a disk."""

    def take_in(self, source: Path) -> Taken:
        """Copy a file in. Raises BadFile or Invalid for one that cannot be a document, DiskFull."""
        ...

    def take_bytes(self, name: str, content: bytes) -> Taken:
        """Keep bytes that are no file yet, such as a pasted picture. Raises as `take_in` does."""
        ...

    def held(self, sha256s: frozenset[str]) -> frozenset[str]:
        """Those of the digests whose bytes are here."""
        ...

    def open_copy(self, sha256: str, name: str) -> Path:
        """A readable copy for the system's programs; soon gone, and at the latest when FleetDesk is locked or ends.

        Raises Invalid for a name that no document can have, BadFile, DiskFull.
        """
        ...

    def save_copy(self, sha256: str, target: Path) -> None:
        """Write a document where the person says, whole or not at all. Raises BadFile, Unavailable, DiskFull."""
        ...

    def forget_unused(self) -> bool:
        """Delete the copies that were written some minutes ago and that no program has open; whether any is left."""
        ...

    @property
    def on_the_way(self) -> Mapping[str, OnTheWay]:
        """What moves or failed, by digest. Reads no file."""
        ...

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back, from any thread, when something moved; returns what ends it."""
        ...
