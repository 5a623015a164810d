"""The one state machine behind every sync indicator: facts come in as they are learnt, a truthful status goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum

from fleetdesk.errors import Busy, DeviceRevoked, FleetDeskError, NotStaff, Offline, SignInNeeded
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.sync.store.local_store import Counts

__all__ = ["StateMachine", "Way"]


class Way(StrEnum):
    """What the engine does on its own account, each with its own failures."""

    PULL = "pull"
    PUSH = "push"
    LIVE = "live"
    COUNT = "count"
    PAUSE = "pause"
    BYTES = "bytes"


class StateMachine:
    """Calls `report` with each new status, never twice with the same.

    Being shut out holds until rows come again: a network that goes away meanwhile lets nobody in.
    """

    def __init__(self, report: Callable[[SyncStatus], None], *, shut_out: bool = False) -> None:
        """`shut_out`: the hub did not take the person in when it was last heard."""
        self._report = report
        self._shut_out = _SHUT_OUT if shut_out else None
        self._status = SyncStatus(SyncState.SHUT_OUT, detail=str(_SHUT_OUT)) if shut_out else _STARTING
        self._troubles: dict[Way, FleetDeskError] = {}
        self._counts = Counts(waiting=0, inbox=0)
        self._contact: dt.datetime | None = None
        self._pulled = False
        self._progress: LoadProgress | None = None
        self._receiving = False
        self._paused = False
        self._warning = ""

    @property
    def status(self) -> SyncStatus:
        """The status as last reported."""
        return self._status

    def worked(self, way: Way, contact: dt.datetime | None, warning: str) -> bool:
        """An attempt succeeded. `contact`: when the hub was last heard; `warning`: what its clock says of ours.

        Whether this way had been offline, so that the others are worth a try.
        """
        recovered = isinstance(self._troubles.pop(way, None), Offline)
        if way is Way.PULL:
            self._pulled, self._progress, self._shut_out = True, None, None
        self._contact = contact
        self._warning = warning
        self._update()
        return recovered

    def failed(self, way: Way, error: FleetDeskError) -> None:
        """An attempt failed."""
        if isinstance(error, NotStaff):
            self._shut_out, self._progress = error, None
            self._troubles.pop(way, None)
        else:
            self._troubles[way] = error
        self._update()

    def counted(self, counts: Counts) -> None:
        """What waits in the outbox and in the Inbox."""
        self._counts = counts
        self._update()

    def loading(self, progress: LoadProgress) -> None:
        """A load is that far. It ends with the pull that follows it."""
        self._progress, self._shut_out = progress, None
        self._update()

    def receiving(self, rows_come: bool) -> None:
        """Whether a pull is bringing rows in."""
        self._receiving = rows_come
        self._update()

    def paused(self, sending_waits: bool) -> None:
        """Whether the person asked sending to wait."""
        self._paused = sending_waits
        self._update()

    def _update(self) -> None:
        worst = self._worst()
        state = self._calm_state() if worst is None else _state_of(worst)
        status = SyncStatus(
            state,
            pending=self._counts.waiting,
            inbox=self._counts.inbox,
            last_contact=self._contact,
            progress=self._progress,
            detail=self._calm_detail() if worst is None else str(worst),
        )
        if status != self._status:
            self._status = status
            self._report(status)

    def _worst(self) -> FleetDeskError | None:
        """The gravest trouble. A broken live connection is none by itself: the pull that follows finds out why.

        Nor are documents that cannot be sent: each says so where it stands, and everything else goes on. But whoever
        hears first that this laptop was revoked is believed.
        """
        if self._shut_out is not None:
            return self._shut_out
        troubles = [
            error
            for way, error in self._troubles.items()
            if way not in (Way.LIVE, Way.BYTES) or isinstance(error, DeviceRevoked)
        ]
        return max(troubles, key=lambda error: _GRAVITY.index(_state_of(error)), default=None)

    def _calm_state(self) -> SyncState:
        if self._progress is not None:
            return SyncState.LOADING
        if not self._pulled:
            return SyncState.STARTING
        if self._paused:
            return SyncState.PAUSED
        if self._receiving or self._counts.waiting > self._counts.staying:
            return SyncState.SYNCING
        return SyncState.STAYING if self._counts.waiting else SyncState.LIVE

    def _calm_detail(self) -> str:
        if self._warning:
            return self._warning
        if Way.LIVE in self._troubles and self._pulled:
            return "Other people's changes come a little later: the live connection is interrupted."
        return ""


_STARTING = SyncStatus(SyncState.STARTING)
_SHUT_OUT = NotStaff("You had no access when the hub was last asked.", kept="What you had not sent is kept here.")
_GRAVITY = (SyncState.OFFLINE, SyncState.ERROR, SyncState.REFUSED, SyncState.REVOKED)


def _state_of(error: FleetDeskError) -> SyncState:
    match error:
        case NotStaff():
            return SyncState.SHUT_OUT
        case DeviceRevoked():
            return SyncState.REVOKED
        case SignInNeeded():
            return SyncState.REFUSED
        case Offline() | Busy():
            return SyncState.OFFLINE
        case _:
            return SyncState.ERROR
