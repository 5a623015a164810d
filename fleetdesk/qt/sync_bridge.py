"""`SyncBridge`: a thread that runs one asyncio program and speaks to the GUI by one queued signal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import Shiboken

from fleetdesk.errors import Defect

__all__ = ["SyncBridge"]

T = TypeVar("T")
CoroutineFactory = Callable[[], Coroutine[object, object, None]]
Main = Callable[["SyncBridge"], Coroutine[object, object, None]]


class SyncBridge(QObject):
    """Runs `asyncio.run(main(bridge))` in a thread of its own.

    The program tells the GUI what happens with `deliver`; the GUI asks it for something with `post`. All signals are
    emitted in the GUI thread, in the order in which things happened.
    """

    event_arrived = Signal(object)  # a frozen event of the program
    crashed = Signal(object)  # the exception that ended the program, or a posted request
    stopped = Signal()  # the program has ended, in whatever way
    _arrived = Signal(object)

    def __init__(self, main: Main, *, name: str = "fleetdesk-sync", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._main = main
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early: list[CoroutineFactory] = []
        self._requests: set[asyncio.Task[None]] = set()
        self._program: asyncio.Task[None] | None = None
        self._ended = False
        self._arrived.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the program runs."""
        return self._thread.is_alive()

    def deliver(self, event: object) -> None:
        """From the loop: hand a frozen event to the GUI."""
        self._send(partial(self.event_arrived.emit, event))

    def post(self, factory: CoroutineFactory) -> bool:
        """From the GUI: have the loop run a coroutine. False if the program has ended and will not.

        Requests that come before the loop runs wait for it. One that fails is told by `crashed`; the program goes on.
        """
        with self._lock:
            if self._ended:
                return False
            if self._loop is None:
                self._early.append(factory)
            else:
                self._loop.call_soon_threadsafe(self._begin, factory)
            return True

    def ask(
        self,
        factory: Callable[[], Coroutine[object, object, T]],
        on_done: Callable[[T], None],
        on_failure: Callable[[Exception], None],
        *,
        owner: QObject,
    ) -> bool:
        """From the GUI: have the loop run a coroutine, and tell what came of it while `owner` lives.

        False as by `post`.
        """

        def tell(call: Callable[[], None]) -> None:
            if Shiboken.isValid(owner):
                call()

        async def answer() -> None:
            try:
                result = await factory()
            except Exception as error:  # noqa: BLE001  (whatever it is, whoever asked is told)
                self._send(partial(tell, partial(on_failure, error)))
            else:
                self._send(partial(tell, partial(on_done, result)))

        return self.post(answer)

    def stop(self, timeout: float = 5.0) -> bool:
        """Cancel the program and wait for its thread; False if it did not end within `timeout` seconds."""
        if not self._thread.is_alive():
            return True
        if threading.current_thread() is self._thread:
            raise Defect("The sync thread was asked to wait for itself.")
        with self._lock:
            if self._loop is not None and not self._ended:
                self._loop.call_soon_threadsafe(self._cancel)
            else:
                self._ended = True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._supervise())
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001  (whatever ended the program is told in the GUI thread)
            self._send(partial(self.crashed.emit, error))
        finally:
            with self._lock:
                self._ended = True
            self._send(self.stopped.emit)

    def _send(self, call: Callable[[], None]) -> None:
        self._arrived.emit(call)

    def _call(self, call: Callable[[], None]) -> None:
        call()

    async def _supervise(self) -> None:
        with self._lock:
            if self._ended:
                return
            self._loop = asyncio.get_running_loop()
            self._program = asyncio.current_task()
            early, self._early = self._early, []
        for factory in early:
            self._begin(factory)
        try:
            await self._main(self)
        finally:
            with self._lock:
                self._ended = True

    def _begin(self, factory: CoroutineFactory) -> None:
        request = asyncio.ensure_future(factory())
        self._requests.add(request)
        request.add_done_callback(self._request_done)

    def _request_done(self, request: asyncio.Task[None]) -> None:
        self._requests.discard(request)
        if not request.cancelled() and (error := request.exception()) is not None:
            self._send(partial(self.crashed.emit, error))

    def _cancel(self) -> None:
        if self._program is not None:
            self._program.cancel()
