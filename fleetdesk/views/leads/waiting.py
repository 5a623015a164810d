"""`WaitingLeads`: of which leads a change waits to be sent, asked of many leads at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject

from fleetdesk.commands.pending import PendingBatch
from fleetdesk.models.leads import Lead
from fleetdesk.views.outbox import OutboxBoard

__all__ = ["WaitingLeads"]


class WaitingLeads(QObject):
    """Gathered once whenever the outbox changes: what is painted card by card cannot look through it each time."""

    def __init__(self, outbox: OutboxBoard, parent: QObject) -> None:
        super().__init__(parent)
        self._outbox = outbox
        self._ids: frozenset[str] = frozenset()
        self._batches: tuple[PendingBatch, ...] = ()
        outbox.changed.connect(self._gather)
        self._gather()

    def waits(self, lead_id: str) -> bool:
        """Whether a change of this lead waits."""
        return lead_id in self._ids or any(Lead.key_of(lead_id) in batch.touches for batch in self._batches)

    def _gather(self) -> None:
        keys = (key for shown in self._outbox.changes for key in shown.change.command.touches())
        self._ids = frozenset(key.id for key in keys if key.table == Lead.__tablename__)
        self._batches = self._outbox.batches
