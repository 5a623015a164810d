"""What the synchronisation is doing now: the one status that every indicator shows. Sync makes it, `qt` shows it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

__all__ = ["LoadProgress", "SyncState", "SyncStatus"]


class SyncState(enum.StrEnum):
    """Exactly one of these holds at any time."""

    STARTING = "starting"  # the replica is being opened
    LOADING = "loading"  # the first load, or a reload, is under way
    LIVE = "live"  # connected, nothing waits
    SYNCING = "syncing"  # connected, changes are on their way in or out
    STAYING = "staying"  # connected; all that waits stays here on purpose, for a moment or until the person says
    OFFLINE = "offline"  # the hub cannot be reached; work goes on
    PAUSED = "paused"  # the person asked sending to wait
    REFUSED = "refused"  # the hub no longer accepts this session: sign in
    SHUT_OUT = "shut_out"  # the hub no longer takes the person in: their rows are gone from here
    REVOKED = "revoked"  # this laptop's access was ended for good: it hands in what waits, and forgets everything
    ERROR = "error"  # something is wrong that waiting will not mend


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far a load is: rows so far, of how many (None while unknown), and the table being read."""

    rows: int
    total: int | None = None
    table: str = ""

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1, or None while the total is unknown."""
        if not self.total:
            return None
        return min(1.0, self.rows / self.total)


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The state with its figures: `pending` commands wait in the outbox, `inbox` ones for a person's decision.

    `last_contact` is an aware UTC instant; `detail` one plain sentence, empty where the state says it all.
    """

    state: SyncState
    pending: int = 0
    inbox: int = 0
    last_contact: datetime | None = None
    progress: LoadProgress | None = None
    detail: str = ""

    @property
    def rows_come(self) -> bool:
        """Whether the first rows are still on their way, so that what is not here may yet come."""
        return self.state in (SyncState.STARTING, SyncState.LOADING)

    @property
    def never_reached(self) -> bool:
        """Whether the hub could not be reached, nor ever was: what is not here says nothing of what there is."""
        return self.state is SyncState.OFFLINE and self.last_contact is None
