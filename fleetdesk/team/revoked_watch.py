"""Closes the windows of a laptop whose access was ended, as soon as the hub says so."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from fleetdesk.app import OpenDesktop
from fleetdesk.models.status import SyncState, SyncStatus

__all__ = ["RevokedWatch"]


class RevokedWatch(QObject):
    """Looks at the synchronisation of one desktop."""

    def __init__(self, opened: OpenDesktop) -> None:
        super().__init__(opened)
        self._opened = opened
        self.revoked = False
        opened.desktop.base.status.changed.connect(self._look)

    def _look(self, status: SyncStatus) -> None:
        if status.state is SyncState.REVOKED and not self.revoked:
            self.revoked = True
            QTimer.singleShot(0, self._opened, self._opened.ended.emit)
