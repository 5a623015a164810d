"""`OutboxBoard`: the one picture of waiting work that drawer, Inbox and records show, so that they never differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from fleetdesk.commands.pending import CommandDesk, PendingChange, PendingState
from fleetdesk.models.base import Key
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.sync_status import SyncStatusHolder
from fleetdesk.qt.tasks import Cancellation, TaskRunner
from fleetdesk.views.records import RecordKinds
from fleetdesk.views.replica import Reader

__all__ = ["OutboxBoard", "ShownChange"]

_CALM = 60  # milliseconds between a change and reading the outbox again


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A command of the outbox and what its target is called."""

    change: PendingChange
    target_name: str

    @property
    def id(self) -> str:
        """The command's id."""
        return self.change.command.id


class OutboxBoard(QObject):
    """Reads the outbox again when something changed, in a worker thread, one reading at a time."""

    changed = Signal()

    def __init__(
        self,
        *,
        desk: CommandDesk,
        reader: Reader,
        records: RecordKinds,
        runner: TaskRunner,
        notifier: Notifier,
        changes: ChangeFeed,
        status: SyncStatusHolder,
    ) -> None:
        super().__init__()
        self._read: Callable[[Cancellation], tuple[ShownChange, ...]] = partial(_read, desk, reader, records)
        self._runner = runner
        self._notifier = notifier
        self._shown: tuple[ShownChange, ...] = ()
        self._reading = self._again = False
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._begin)
        changes.changed.connect(self.refresh)
        status.changed.connect(self.refresh)

    @property
    def changes(self) -> tuple[ShownChange, ...]:
        """Everything that is not settled, in order."""
        return self._shown

    @property
    def inbox(self) -> tuple[ShownChange, ...]:
        """Those that wait for the person, each followed by those that are held under it."""
        return tuple(shown for shown in self._shown if shown.change.state in (PendingState.INBOX, PendingState.HELD))

    def held_under(self, inboxed: PendingChange) -> tuple[ShownChange, ...]:
        """Those that need a row which this one creates."""
        made = inboxed.command.creates()
        return tuple(
            shown
            for shown in self._shown
            if shown.change.state is PendingState.HELD
            and made & (shown.change.command.touches() | shown.change.command.reads())
        )

    def waiting_on(self, record: Key) -> tuple[ShownChange, ...]:
        """Those that touch a record."""
        return tuple(shown for shown in self._shown if record in shown.change.command.touches())

    def refresh(self) -> None:
        """Read the outbox again soon."""
        if not self._calm.isActive() and not self._reading:
            self._calm.start()
        elif self._reading:
            self._again = True

    def _begin(self) -> None:
        self._reading, self._again = True, False
        self._runner.run(self._read, on_success=self._came, on_failure=self._failed, owner=self)

    def _came(self, shown: tuple[ShownChange, ...]) -> None:
        self._ended()
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._ended()
        self._notifier.failed(error)

    def _ended(self) -> None:
        self._reading = False
        if self._again:
            self._calm.start()


def _read(desk: CommandDesk, reader: Reader, records: RecordKinds, cancel: Cancellation) -> tuple[ShownChange, ...]:
    pending = desk.pending()
    with reader.reading() as connection:
        names = records.names(connection, {change.target for change in pending})
    return tuple(ShownChange(change, names[change.target]) for change in pending)
