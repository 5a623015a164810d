"""`ChangeFeed`: tells every view which rows changed, whoever changed them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fleetdesk.models.changes import NOTHING, Changes

__all__ = ["ChangeFeed"]

_MOST_ROWS = 50_000


class ChangeFeed(QObject):
    """One signal, `changed(Changes)`, always emitted in the GUI thread.

    What is published within one turn of the event loop arrives as one `Changes`, so that a burst of commands makes
    each view refresh once. While it is held, as for a tab that nobody sees, everything arrives at its release.
    """

    changed = Signal(object)
    _published = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gathered = NOTHING
        self._held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tell)
        self._published.connect(self._gather, Qt.ConnectionType.QueuedConnection)

    def publish(self, changes: Changes) -> None:
        """Tell every view; from any thread. Changes that touch nothing are not told."""
        if changes:
            self._published.emit(changes)

    def pass_on(self, changes: Changes) -> None:
        """Tell at once what another feed tells: it gathered a burst already. In the GUI thread."""
        if self._held:
            self._gather(changes)
        else:
            self.changed.emit(changes)

    def hold(self) -> None:
        """Tell nothing for now."""
        self._held = True
        self._timer.stop()

    def release(self) -> None:
        """Tell what came meanwhile, and go on."""
        self._held = False
        if self._gathered:
            self._timer.start()

    def _gather(self, changes: Changes) -> None:
        self._gathered = self._gathered | changes
        if self._held:
            self._gathered = _bounded(self._gathered)
        else:
            self._timer.start()

    def _tell(self) -> None:
        gathered, self._gathered = self._gathered, NOTHING
        self.changed.emit(gathered)


def _bounded(changes: Changes) -> Changes:
    """The same, as whole tables where there are too many rows to be held one by one."""
    if len(changes.rows) <= _MOST_ROWS:
        return changes
    return Changes(tables=changes.tables | {key.table for key in changes.rows})
