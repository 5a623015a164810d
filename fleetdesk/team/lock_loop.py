"""`between_locks`: unlock, work, lock, and again, until the windows are closed for good."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QEvent

from fleetdesk.collecting import let_go
from fleetdesk.errors import Unavailable
from fleetdesk.logind import SleepWatch
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.unlocking import Behind, unlock
from fleetdesk.sync.files.copies import forget_copies_in
from fleetdesk.sync.files.vault import LockedVault, OpenedVault

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
) -> int:
    """The exit code; 1 if nobody unlocked it to begin with. Needs an application.

    While it is locked no key is held, nothing that one opens, and no readable copy of a document. `name` is the
    connection's. `elsewhere` lets the person choose another one. Raises what `locked` and `work` raise.
    """
    left: int | Behind = Behind(name)
    with closing(SleepWatch()) as sleep:
        while isinstance(left, Behind):
            vault = locked()
            forget_copies_in(vault.folder)
            opened = unlock(
                vault,
                left,
                elsewhere=elsewhere,
                attend=lambda window: doorbell.rung.connect(window.come_forward),
            )
            if opened is None:
                say("It stays locked.")
                return 0 if left.locked else 1
            say(opened.where)
            before = left
            try:
                left = work(opened, Around(doorbell, sleep))
            except Unavailable as error:
                if not before.locked:
                    raise
                left = replace(before, trouble=str(error))  # nobody reads a terminal by now
            del opened
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            let_go()
            sleep.release()
    return left
