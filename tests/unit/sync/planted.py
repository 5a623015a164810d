"""Mistakes that a rebase could make, one a class: handed to a store, they must not go unnoticed."""

from __future__ import annotations

from fleetdesk.models.base import Key
from fleetdesk.sync.files.replica import Replica
from fleetdesk.sync.store.rebase import Hosted, Rebase
from fleetdesk.sync.store.waiting import Closure

__all__ = ["RemovalsIgnored", "StaleImage", "UndoSkipped"]


class UndoSkipped(Rebase):
    """Rows keep the effect of commands that no longer count."""

    def undo(self, replica: Replica, closure: Closure, hosted: Hosted) -> frozenset[Key]:
        return frozenset()


class RemovalsIgnored(Rebase):
    """Rows that go stay."""

    def remove(self, replica: Replica, hosted: Hosted) -> frozenset[Key]:
        return frozenset()


class StaleImage(Rebase):
    """Before-images are used again after they have been put back."""

    def forget(self, replica: Replica, closure: Closure) -> None:
        return None
