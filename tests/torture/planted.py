"""The bugs that the simulation must find: broken parts handed to the real laptop or hub in the place of whole ones.

Nothing in FleetDesk knows of them. `python -m tests.torture --planted NAME` builds one in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fleetdesk.commands.platform import Platform
from fleetdesk.hub_process import SERVE
from fleetdesk.models.base import Key
from fleetdesk.sync.files.replica import Replica
from fleetdesk.sync.store.rebase import Hosted, Rebase
from fleetdesk.sync.store.waiting import Closure

__all__ = ["HUB_BUGS", "LAPTOP_BUGS", "PLANTED", "hub_modules", "rebase"]


class _UndoSkipped(Rebase):
    def undo(self, replica: Replica, closure: Closure, hosted: Hosted) -> frozenset[Key]:
        return frozenset()


class _RemovalsIgnored(Rebase):
    def remove(self, replica: Replica, hosted: Hosted) -> frozenset[Key]:
        return frozenset()


class _StaleBeforeImage(Rebase):
    def forget(self, replica: Replica, closure: Closure) -> None:
        return


class _LostScopeKept(Rebase):
    def erase(self, replica: Replica, table: str, scopes: Collection[str], after: int) -> int | None:
        return None


LAPTOP_BUGS: dict[str, type[Rebase]] = {
    "undo skipped": _UndoSkipped,
    "removals ignored": _RemovalsIgnored,
    "stale before-image": _StaleBeforeImage,
    "lost scope kept": _LostScopeKept,
}
HUB_BUGS = ("receipt forgotten", "updated_at cursor")
PLANTED = (*LAPTOP_BUGS, *HUB_BUGS)

_HUBS = 2


def rebase(planted: str, platform: Platform) -> Rebase:
    """The laptop's rebase, whole or with the planted bug."""
    return LAPTOP_BUGS.get(planted, Rebase)(platform)


def hub_modules(planted: str) -> Sequence[Sequence[str]]:
    """What to run as hubs: the real ones, or ones with the planted bug."""
    module = ("tests.torture.broken_hub", planted) if planted in HUB_BUGS else SERVE
    return [module] * _HUBS
