"""What a person is still writing about a record: it stays on their laptop, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fleetdesk.models.base import Key
from fleetdesk.models.types import JsonValue

__all__ = ["Draft", "DraftKeeper", "Drafted"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, the kind of entry that it is to become, and what else was given for it, such as when it happened."""

    kind: str
    text: str
    details: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.text.strip() and not self.details


Drafted = tuple[Draft, ...]
"""What is being written about one record: a draft of each kind, the one written last at the end."""


class DraftKeeper(Protocol):
    """Where drafts outlive the window."""

    @property
    def drafts(self) -> Mapping[Key, Drafted]:
        """What is kept, by the record that it is about. Reads no file."""
        ...

    def keep_draft(self, record: Key, draft: Draft) -> None:
        """Keep what is being written about a record in place of the draft of its kind; an empty one forgets that.

        Waits for a disk. Raises DiskFull.
        """
        ...
