"""`ChangeFeed`: tells every view which rows changed, whoever changed them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fleetdesk.models.changes import NOTHING, Changes

__all__ = ["ChangeFeed"]


class ChangeFeed(QObject):
    """One signal, `changed(Changes)`, always emitted in the GUI thread.

    What is published within one turn of the event loop arrives as one `Changes`, so that a burst of commands makes
    each view refresh once.
    """

    changed = Signal(object)
    _published = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gathered = NOTHING
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tell)
        self._published.connect(self._gather, Qt.ConnectionType.QueuedConnection)

    def publish(self, changes: Changes) -> None:
        """Tell every view; from any thread. Changes that touch nothing are not told."""
        if changes:
            self._published.emit(changes)

    def _gather(self, changes: Changes) -> None:
        self._gathered = self._gathered | changes
        self._timer.start()

    def _tell(self) -> None:
        gathered, self._gathered = self._gathered, NOTHING
        self.changed.emit(gathered)
