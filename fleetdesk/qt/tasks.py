"""`TaskRunner`: the one doorway from the GUI thread to work elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal
from shiboken6 import Shiboken

from fleetdesk.errors import Defect
from fleetdesk.qt.notifier import Notifier

__all__ = [
    "Cancellation",
    "Cancelled",
    "Task",
    "TaskRunner",
    "assert_gui_thread",
    "assert_not_gui_thread",
    "waited_for",
]

T = TypeVar("T")
P = TypeVar("P")
Slot = tuple[int, str]  # the owner's address and the cancel key: at most one task holds it


def assert_not_gui_thread() -> None:
    """Raise `Defect` on the GUI thread: files, sockets and databases call this first."""
    if QThread.isMainThread():
        raise Defect("A file, socket or database was about to be touched on the GUI thread.")


def assert_gui_thread() -> None:
    """Raise `Defect` anywhere but on the GUI thread."""
    if not QThread.isMainThread():
        raise Defect("A part of the window was about to be touched outside the GUI thread.")


def waited_for(read: Callable[[], T]) -> T:
    """What `read` gives, in another thread, waited for: where there is no window yet that would stand still."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="fleetdesk-start") as threads:
        return threads.submit(read).result()


class Cancelled(Exception):
    """Raised inside the work by `Cancellation.raise_if_cancelled`; never reaches a person."""


class Cancellation:
    """Tells work under way that nobody waits for it any more. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._cancelled = False
        self._registrations: list[Registration] = []

    @property
    def cancelled(self) -> bool:
        """Whether the work may stop."""
        return self._cancelled

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once nobody waits: call it between steps of a long computation."""
        if self._cancelled:
            raise Cancelled

    def on_cancel(self, callback: Callable[[], object]) -> Registration:
        """Call back, from the cancelling thread, when cancelled (at once if it already is).

        Use it in a `with` block around the call that the callback interrupts: once the block is left the callback is
        not running and will not run, so that a connection may go to other work.
        """
        registration = Registration(callback, self._forget)
        with self._lock:
            if self._cancelled:
                callback()
            else:
                self._registrations.append(registration)
        return registration

    def cancel(self) -> None:
        """Stop the work as soon as it can be stopped; a second call does nothing."""
        with self._lock:
            self._cancelled = True
            registrations, self._registrations = self._registrations, []
            for registration in registrations:
                registration.callback()

    def _forget(self, registration: Registration) -> None:
        with self._lock:
            if registration in self._registrations:
                self._registrations.remove(registration)


class Registration:
    """A callback of `Cancellation.on_cancel`, in force until the `with` block is left."""

    def __init__(self, callback: Callable[[], object], forget: Callable[[Registration], None]) -> None:
        self.callback = callback
        self._forget = forget

    def remove(self) -> None:
        """Never call back again; waits for a callback that runs right now."""
        self._forget(self)

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


class Task:
    """Work that was handed over. `cancel` makes sure that none of its results is ever delivered."""

    def __init__(self, work: Callable[[Task], Callable[[], None]], slot: Slot | None) -> None:
        self.cancellation = Cancellation()
        self.slot = slot
        self._work = work

    def cancel(self) -> None:
        """Drop the result, and stop the work as soon as it can be stopped."""
        self.cancellation.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether the result is dropped."""
        return self.cancellation.cancelled

    def execute(self) -> Callable[[], None]:
        """Run in the worker thread; gives what is to be called in the GUI thread."""
        return self._work(self)


class TaskRunner(QObject):
    """Runs functions in worker threads and brings their results back to the GUI thread.

    A result is dropped when its owner is gone, when its task was cancelled, or when the same owner started a newer
    task under the same `cancel_key`. A failure goes to `on_failure`, or else to the notifier.
    """

    _arrived = Signal(object)

    def __init__(self, notifier: Notifier, *, threads: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._tasks: dict[int, set[Task]] = {}
        self._newest: dict[Slot, Task] = {}
        self._stopping = False
        self._arrived.connect(self._call, Qt.ConnectionType.QueuedConnection)
        self._threads = [
            threading.Thread(target=self._serve, name=f"fleetdesk-task-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def run(
        self,
        fn: Callable[[Cancellation], T],
        *,
        on_success: Callable[[T], None],
        owner: QObject,
        on_failure: Callable[[Exception], None] | None = None,
        cancel_key: str | None = None,
    ) -> Task:
        """Call `fn` in a worker thread, then `on_success` or `on_failure` in the GUI thread while `owner` lives."""
        assert_gui_thread()
        if self._stopping:
            raise Defect("Work was handed over after the task runner had stopped.")
        address = self._watch(owner)
        fail = on_failure or self._notifier.failed

        def work(task: Task) -> Callable[[], None]:
            try:
                task.cancellation.raise_if_cancelled()
                result = fn(task.cancellation)
            except Exception as error:  # noqa: BLE001  (whatever it is, it is told in the GUI thread)
                return partial(self._deliver, task, address, partial(fail, error))
            return partial(self._deliver, task, address, partial(on_success, result))

        task = Task(work, None if cancel_key is None else (address, cancel_key))
        self._tasks[address].add(task)
        self._supersede(task)
        self._queue.put(task)
        return task

    def relay(self, deliver: Callable[[P], None], *, owner: QObject, cancel: Cancellation) -> Callable[[P], None]:
        """A function for worker threads that brings what it is given to `deliver` in the GUI thread, in order.

        For progress and first rows of work under way; nothing is delivered once the work is cancelled or the owner
        is gone.
        """

        def hand_over(value: P) -> None:
            if Shiboken.isValid(owner) and not cancel.cancelled:
                deliver(value)

        def send(value: P) -> None:
            self._send(partial(hand_over, value))

        return send

    @property
    def active(self) -> int:
        """How many tasks are under way or waiting to be delivered."""
        return sum(len(tasks) for tasks in self._tasks.values())

    def stop(self, timeout: float = 5.0) -> bool:
        """Cancel everything and end the threads; False if one is still busy after `timeout` seconds."""
        self._stopping = True
        for tasks in self._tasks.values():
            for task in tasks:
                task.cancel()
        for _ in self._threads:
            self._queue.put(None)
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._tasks.clear()
        self._newest.clear()
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self) -> None:
        while (task := self._queue.get()) is not None:
            self._send(task.execute())

    def _send(self, call: Callable[[], None]) -> None:
        if not self._stopping:
            self._arrived.emit(call)

    def _call(self, call: Callable[[], None]) -> None:
        call()

    def _watch(self, owner: QObject) -> int:
        """The owner's address, after making sure that its end drops its tasks."""
        address: int = Shiboken.getCppPointer(owner)[0]
        if address not in self._tasks:
            self._tasks[address] = set()
            owner.destroyed.connect(partial(self._owner_gone, address))
        return address

    def _owner_gone(self, address: int, _owner: QObject | None = None) -> None:
        for task in self._tasks.pop(address, set()):
            task.cancel()
        for slot in [slot for slot in self._newest if slot[0] == address]:
            del self._newest[slot]

    def _supersede(self, task: Task) -> None:
        if task.slot is None:
            return
        older = self._newest.get(task.slot)
        if older is not None:
            older.cancel()
        self._newest[task.slot] = task

    def _deliver(self, task: Task, address: int, deliver: Callable[[], None]) -> None:
        tasks = self._tasks.get(address)
        if tasks is None or task not in tasks:
            return
        tasks.remove(task)
        if task.slot is not None and self._newest.get(task.slot) is task:
            del self._newest[task.slot]
        if not task.cancelled:
            deliver()
