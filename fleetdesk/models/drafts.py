"""What a person is still writing about a record: it stays on their laptop, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from fleetdesk.models.base import Key

__all__ = ["Draft", "DraftKeeper"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and the kind of entry that it is to become."""

    kind: str
    text: str


class DraftKeeper(Protocol):
    """Where drafts outlive the window."""

    @property
    def drafts(self) -> Mapping[Key, Draft]:
        """What is kept, by the record that it is about. Reads no file."""
        ...

    def keep_draft(self, record: Key, draft: Draft | None) -> None:
        """Keep what is being written about a record; None forgets it. Waits for a disk. Raises DiskFull."""
        ...
