"""When FleetDesk is to be locked: `AbsenceWatch` looks whether nobody is there, `LockKeeper` at the lease as well."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fleetdesk.desktop import Desktop
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.lease import Lease
from fleetdesk.models.locking import MINUTES, Why, minutes_from
from fleetdesk.models.uptime import Uptime, uptime
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.notifier import Level, Message
from fleetdesk.qt.presence import Presence
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["AbsenceWatch", "Clocks", "LockKeeper", "Moment"]

_LOOKS = 5_000  # milliseconds between two looks whether anybody is there
_LEASE_LOOKS = 60.0  # seconds between two looks at the lease
_SLEPT = 30.0  # seconds that the machine must have slept to be told from one that is slow
_MINUTE = 60
_WARNED = dt.timedelta(hours=8)
_KEY = "lease"


class Clocks:
    """The two clocks that nobody sets: one counts while the machine sleeps, and one does not."""

    def __init__(self, always: Uptime = uptime, awake: Uptime = time.monotonic) -> None:
        self.always = always
        self.awake = awake

    @property
    def asleep(self) -> float:
        """Seconds that the machine has slept since whenever, where the system tells."""
        return self.always() - self.awake()


class Moment:
    """Its making; tells later what the machine did since."""

    def __init__(self, clocks: Clocks, sleep: SleepWatch | None = None) -> None:
        self._clocks = clocks
        self._sleep = sleep
        self._asleep = clocks.asleep
        self._told = 0 if sleep is None else sleep.told

    @property
    def slept(self) -> bool:
        """Whether it slept since, by the clocks."""
        return self._clocks.asleep - self._asleep > _SLEPT

    @property
    def is_to_lock(self) -> bool:
        """Whether it slept since, or logind told that it would, or that its session was locked."""
        return self.slept or (self._sleep is not None and self._sleep.told != self._told)


class AbsenceWatch(QObject):
    """Tells, from its making until `stop`, when nobody was there for long, or the machine sleeps or slept."""

    wanted = Signal(object)  # Why
    _told = Signal()  # by logind, in another thread

    def __init__(
        self,
        presence: Presence,
        minutes: Callable[[], int],
        *,
        sleep: SleepWatch | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        """`minutes` gives how long nobody may be there. The machine's sleep waits from now on."""
        super().__init__()
        self.presence = presence
        self._minutes = minutes
        self._sleep = sleep
        self._clocks = clocks or Clocks()
        self._begun = Moment(self._clocks)
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        if sleep is not None:
            sleep.tell(self._told.emit)
            sleep.hold()
        self._timer = QTimer(self, interval=_LOOKS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def stop(self) -> None:
        """Look no longer. The machine may sleep only once `SleepWatch.release` says so."""
        self._timer.stop()
        if self._sleep is not None:
            self._sleep.tell(None)

    def look(self) -> None:
        """Look now."""
        if self._begun.slept:  # and logind did not tell
            self.wanted.emit(Why.SLEEP)
        elif self.presence.still >= self._minutes() * _MINUTE:
            self.wanted.emit(Why.IDLE)

    def _hear(self) -> None:
        self.wanted.emit(Why.SLEEP)


class LockKeeper(AbsenceWatch):
    """Looks at the lease too, and says when it will soon be over."""

    def __init__(
        self,
        desktop: Callable[[], Desktop],
        store: LocalStore,
        presence: Presence,
        *,
        lease: dt.timedelta,
        sleep: SleepWatch | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        """`desktop` gives the present windows; `lease` is how long the hub may stay away."""
        super().__init__(
            presence, lambda: minutes_from(desktop().base.remembered.get(MINUTES)), sleep=sleep, clocks=clocks
        )
        self._desktop = desktop
        self._store = store
        self._span = lease
        self._leased = self._clocks.always()
        self._warned: int | None = None  # hours, as told last

    def look(self) -> None:
        """Look now."""
        super().look()
        if self._clocks.always() - self._leased >= _LEASE_LOOKS:
            self._look_at_lease()

    def _look_at_lease(self) -> None:
        now = self._clocks.always()
        passed, self._leased = dt.timedelta(seconds=now - self._leased), now
        self._desktop().base.runner.run(
            lambda _cancel: self._store.note_time(passed), on_success=self._stands, owner=self, cancel_key="lease"
        )

    def _stands(self, lease: Lease) -> None:
        left = lease.left(self._span)
        if left <= dt.timedelta():
            self.wanted.emit(Why.LEASE)
        elif left <= min(_WARNED, self._span / 2):
            self._warn(lease, left)
        elif self._warned is not None:
            self._warned = None
            self._desktop().base.notifier.withdraw(_KEY)

    def _warn(self, lease: Lease, left: dt.timedelta) -> None:
        """Say it, and again with each hour less."""
        hours = int(left / dt.timedelta(hours=1))
        if hours == self._warned:
            return
        self._warned = hours
        away = int((lease.highest - lease.contact) / dt.timedelta(hours=1))
        within = plural(
            hours,
            tr("FleetDesk locks in %n hour unless it reaches the hub."),
            tr("FleetDesk locks in %n hours unless it reaches the hub."),
        )
        what = within if hours else tr("FleetDesk locks within the hour unless it reaches the hub.")
        last = tr("Go online: it was last reached %n hour ago.")
        do = plural(away, last, tr("Go online: it was last reached %n hours ago."))
        kept = tr("Nothing is deleted.")
        self._desktop().base.notifier.say(Message(Level.WARNING, what, kept, do, key=_KEY, stays=True))
