"""`between_locks`: unlock, work, lock, and again, until the windows are closed for good."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent

from fleetdesk.errors import Unavailable
from fleetdesk.locking.lock_keeper import Clocks, Moment
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.locking import Why
from fleetdesk.models.passphrases import Wanted
from fleetdesk.process.collecting import let_go
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.small_window import SmallWindow
from fleetdesk.qt.tasks import waited_for
from fleetdesk.qt.unlocking import Behind, unlock
from fleetdesk.sync.files.copies import forget_copies_in
from fleetdesk.sync.files.vault import LockedVault, OpenedVault
from fleetdesk.team.trouble import tell_trouble
from fleetdesk.team.words import locked_before

__all__ = ["Around", "between_locks"]


@dataclass(frozen=True, slots=True)
class Around:
    """What stays while windows come and go: who rings, and what hears of the machine's sleep."""

    doorbell: Doorbell
    sleep: SleepWatch


Work = Callable[[OpenedVault, Around], int | Behind]
"""Shows windows over an opened vault: their exit code, or what is behind the lock that closed them."""


def between_locks(
    locked: Callable[[], LockedVault],
    work: Work,
    doorbell: Doorbell,
    *,
    name: str,
    say: Callable[[str], None],
    elsewhere: Callable[[], None] | None = None,
    folder: Path | None = None,
    clocks: Clocks | None = None,
) -> int:
    """The exit code; 1 if nobody unlocked it to begin with. Needs an application.

    While it is locked no key is held, nothing that one opens, and no readable copy of a document. `name` is the
    connection's, `folder` its files'. `elsewhere` lets the person choose another one. What `locked` and `work` raise is
    told in a window, and raised once the person does not try again. Where the machine slept while a PIN was
    checked, it is locked again at once.
    """

    def swept() -> LockedVault:
        vault = locked()
        forget_copies_in(vault.folder)
        return vault

    def attend(window: SmallWindow) -> None:
        doorbell.rung.connect(window.come_forward)

    left: int | Behind = Behind(name)
    with closing(SleepWatch()) as sleep:
        while isinstance(left, Behind):
            before, opened, failed = left, None, None
            try:
                lock = _Tried(waited_for(swept), clocks or Clocks(), sleep)
                opened = unlock(lock, before, elsewhere=elsewhere, attend=attend)
                if opened is None:
                    say("It stays locked.")
                    return 0 if before.locked else 1
                say(opened.where)
                sleep.hold()  # from now on there are keys in memory
                slept = lock.tried.is_to_lock
                left = locked_before(name, Why.SLEEP) if slept else work(opened, Around(doorbell, sleep))
            except Exception as error:  # noqa: BLE001  (whatever it is: no window may vanish without a word)
                failed = error
            was_open, opened = opened is not None, None
            _let_go_of_all(failed)
            sleep.release()
            if before.locked and was_open and isinstance(failed, Unavailable):
                left = replace(before, trouble=str(failed))
            elif failed is not None and not tell_trouble(failed, name, attend, elsewhere=elsewhere, folder=folder):
                raise failed
    return left


class _Tried:
    """A lock that remembers when it was last `tried`: that takes a while, in which the machine may go to sleep."""

    def __init__(self, lock: LockedVault, clocks: Clocks, sleep: SleepWatch) -> None:
        self._lock = lock
        self._clocks = clocks
        self._sleep = sleep
        self.tried = Moment(clocks, sleep)

    @property
    def wanted(self) -> Wanted:
        """See `Lock`."""
        return self._lock.wanted

    def unlock(self, typed: str) -> OpenedVault:
        """See `Lock`."""
        self.tried = Moment(self._clocks, self._sleep)
        return self._lock.unlock(typed)


def _let_go_of_all(failed: Exception | None) -> None:
    """Let go of what the windows held, and of what the frames hold which an error came through."""
    error: BaseException | None = failed
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    let_go()
