"""Where screens read: the replica, by queries in worker threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject
from sqlalchemy import Connection

from fleetdesk.qt.tasks import Cancellation, Task, TaskRunner, assert_not_gui_thread

__all__ = ["Reader", "Readings"]

T = TypeVar("T")


class Reader(Protocol):
    """The replica."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A read-only connection for the calling thread, one snapshot for the whole block."""
        ...

    def interrupt(self, thread_id: int | None = None) -> None:
        """Stop the running queries of that thread; they raise Unavailable."""
        ...


class Readings:
    """Runs queries on the replica, in worker threads, and stops those that nobody waits for any more."""

    def __init__(self, reader: Reader, runner: TaskRunner) -> None:
        self._reader = reader
        self._runner = runner

    def run(
        self,
        query: Callable[[Connection], T],
        *,
        on_success: Callable[[T], None],
        owner: QObject,
        on_failure: Callable[[Exception], None] | None = None,
        cancel_key: str | None = None,
    ) -> Task:
        """Hand a connection to `query` in a worker thread; see `TaskRunner.run` for the rest."""

        def work(cancel: Cancellation) -> T:
            with self.connection(cancel) as connection:
                return query(connection)

        return self._runner.run(work, on_success=on_success, owner=owner, on_failure=on_failure, cancel_key=cancel_key)

    def open(self) -> AbstractContextManager[Connection]:
        """A connection for the calling worker thread, for work that nobody cancels."""
        assert_not_gui_thread()
        return self._reader.reading()

    @contextmanager
    def connection(self, cancel: Cancellation) -> Iterator[Connection]:
        """A connection for the calling worker thread, whose queries stop when the work is cancelled."""
        assert_not_gui_thread()
        stop = partial(self._reader.interrupt, threading.get_ident())
        with self._reader.reading() as connection, cancel.on_cancel(stop):
            yield connection
