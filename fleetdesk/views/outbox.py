"""`OutboxBoard`: the one picture of waiting work that drawer, Inbox and records show, so that they never differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from fleetdesk.commands.pending import CommandDesk, History, PastAct, PendingBatch, PendingChange, PendingState
from fleetdesk.models.base import Key
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.sync_status import SyncStatusHolder
from fleetdesk.qt.tasks import Cancellation, TaskRunner
from fleetdesk.views.records import RecordKinds
from fleetdesk.views.replica import Reader

__all__ = ["OutboxBoard", "ShownAct", "ShownChange"]

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


@dataclass(frozen=True, slots=True)
class ShownAct:
    """An act that may be undone or redone, and what its row is called (nothing where it has many)."""

    act: PastAct
    target_name: str


@dataclass(frozen=True, slots=True)
class _Read:
    """The outbox as it was read."""

    changes: tuple[ShownChange, ...] = ()
    batches: tuple[PendingBatch, ...] = ()
    undo: ShownAct | None = None
    redo: ShownAct | None = None
    stays: ShownAct | None = None


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
        self._read: Callable[[Cancellation], _Read] = partial(_read, desk, reader, records)
        self._runner = runner
        self._notifier = notifier
        self._shown = _Read()
        self._reading = self._again = False
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._begin)
        changes.changed.connect(self.refresh)
        status.changed.connect(self.refresh)

    @property
    def changes(self) -> tuple[ShownChange, ...]:
        """Everything that is not settled, in order; of a batch, only what waits for the person."""
        return self._shown.changes

    @property
    def batches(self) -> tuple[PendingBatch, ...]:
        """The batches of which something is not settled, in order."""
        return self._shown.batches

    @property
    def inbox(self) -> tuple[ShownChange, ...]:
        """Those that wait for the person, each followed by those that are held under it."""
        return tuple(shown for shown in self.changes if shown.change.state in (PendingState.INBOX, PendingState.HELD))

    @property
    def undo(self) -> ShownAct | None:
        """What undo would take back."""
        return self._shown.undo

    @property
    def redo(self) -> ShownAct | None:
        """What redo would do again."""
        return self._shown.redo

    @property
    def stays(self) -> ShownAct | None:
        """What was done after that, and cannot be undone."""
        return self._shown.stays

    def held_under(self, inboxed: PendingChange) -> tuple[ShownChange, ...]:
        """Those that need a row which this one creates."""
        made = inboxed.command.creates()
        return tuple(
            shown
            for shown in self.changes
            if shown.change.state is PendingState.HELD
            and made & (shown.change.command.touches() | shown.change.command.reads())
        )

    def waiting_on(self, record: Key) -> tuple[ShownChange, ...]:
        """Those that touch a record, one by one; `batches_on` has the others."""
        return tuple(shown for shown in self.changes if record in shown.change.command.touches())

    def batches_on(self, record: Key) -> tuple[PendingBatch, ...]:
        """The batches that touch a record."""
        return tuple(batch for batch in self.batches if record in batch.touches)

    def refresh(self) -> None:
        """Read the outbox again soon."""
        if not self._calm.isActive() and not self._reading:
            self._calm.start()
        elif self._reading:
            self._again = True

    def _begin(self) -> None:
        self._reading, self._again = True, False
        self._runner.run(self._read, on_success=self._came, on_failure=self._failed, owner=self)

    def _came(self, shown: _Read) -> None:
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


def _read(desk: CommandDesk, reader: Reader, records: RecordKinds, cancel: Cancellation) -> _Read:
    pending, history = desk.pending(), desk.history()
    wanted = {change.target for change in pending} | _targets(history)
    with reader.reading() as connection:
        names = records.names(connection, wanted)

    def shown(act: PastAct | None) -> ShownAct | None:
        return None if act is None else ShownAct(act, "" if act.target is None else names[act.target])

    return _Read(
        tuple(ShownChange(change, names[change.target]) for change in pending),
        desk.batches(),
        shown(history.undo),
        shown(history.redo),
        shown(history.stays),
    )


def _targets(history: History) -> set[Key]:
    acts = (history.undo, history.redo, history.stays)
    return {act.target for act in acts if act is not None and act.target is not None}
