"""Hears from logind that the machine goes to sleep, or that its session is locked (org.freedesktop.login1, D-Bus).

Sleep waits for us, as long as logind lets it (five seconds), by an inhibitor that is held from `hold` to `release`. A
machine without D-Bus or logind is told by `available`; nothing fails there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.fds import FileDescriptor
    from jeepney.io.blocking import DBusConnection

__all__ = ["SleepWatch"]

_log = logging.getLogger(__name__)
_NAME = "org.freedesktop.login1"
_MANAGER = "/org/freedesktop/login1"
_ANSWER = 2.0  # seconds for one answer of logind, and for all that a start asks of it


class SleepWatch:
    """Watches from its making until `close`, in a thread of its own; every method may be called from any thread."""

    def __init__(self, bus: str = "SYSTEM") -> None:
        """`bus` is the address of the bus, or its name."""
        self._bus = bus
        self._on_lock: Callable[[], None] | None = None
        self._listening = threading.Lock()
        self._told = 0
        self._settled = 0  # of those, how many were told before sleep was held
        self._ready = threading.Event()
        self._available = False
        self._held = False  # as wanted; `_inhibitor` is what logind gave
        self._inhibitor: FileDescriptor | None = None
        self._over = False
        self._piped = threading.Lock()
        self._wake_reader, self._wake_writer = os.pipe()
        self._ended = False  # the pipe's numbers may be another file's by then
        self._thread = threading.Thread(target=self._run, name="fleetdesk-logind", daemon=True)
        self._thread.start()
        self._ready.wait(_ANSWER)

    @property
    def available(self) -> bool:
        """Whether there is a logind that would tell."""
        return self._available

    @property
    def told(self) -> int:
        """How often the machine went to sleep, or its session was locked, since this watch was made."""
        return self._told

    def tell(self, on_lock: Callable[[], None] | None) -> None:
        """Call this, in the watch's thread, when the machine goes to sleep or its session is locked; None: nobody.

        At once, where that was so since sleep is held: whoever was told then may have been closing.
        """
        with self._listening:
            self._on_lock = on_lock
            missed = self._held and self._told != self._settled
        if missed and on_lock is not None:
            on_lock()

    def hold(self) -> None:
        """Have the machine's sleep wait for `release` from now on."""
        with self._listening:
            if not self._held:
                self._settled = self._told
            self._held = True
        self._wake()

    def release(self) -> None:
        """All is locked: the machine may sleep."""
        with self._listening:
            self._held = False
        self._wake()

    def close(self) -> None:
        """End the watch."""
        self._over = True
        self._wake()
        self._thread.join(_ANSWER)

    def _wake(self) -> None:
        with self._piped:
            if not self._ended:
                os.write(self._wake_writer, b"!")

    def _run(self) -> None:
        try:
            with _connected(self._bus) as connection:
                self._watch(connection)
        except Exception as error:  # noqa: BLE001  (whatever it is, there is no watch here, and all else goes on)
            _log.info("no word from logind", extra={"reason": type(error).__name__})
        finally:
            self._available = False
            self._ready.set()
            self._let_go()
            self._close_pipe()

    def _close_pipe(self) -> None:
        with self._piped:
            self._ended = True
            for end in (self._wake_reader, self._wake_writer):
                os.close(end)

    def _watch(self, connection: DBusConnection) -> None:
        _ask(connection, "ListInhibitors", "", ())  # there is a logind, or it is started
        told: deque[Message] = deque()
        with _subscribed(connection, told):
            self._available = True
            self._ready.set()
            while not self._over:
                _take_in(connection)
                while told:
                    self._hear(told.popleft())
                self._inhibit(connection)
                if told:  # they came with logind's answer
                    continue
                readable, _, _ = select.select([connection.sock, self._wake_reader], [], [])
                if self._wake_reader in readable:
                    os.read(self._wake_reader, 1024)

    def _hear(self, message: Message) -> None:
        if message.body == (False,):  # it is awake again: what was held for that sleep may have run out
            self._let_go()
        else:
            with self._listening:
                self._told += 1
                on_lock = self._on_lock
            if on_lock is not None:
                on_lock()

    def _inhibit(self, connection: DBusConnection) -> None:
        if not self._held:
            self._let_go()
        elif self._inhibitor is None:
            why = "Locks the local copy first."
            with contextlib.suppress(_NoAnswer):  # then it is told all the same, and sleeps when it likes
                self._inhibitor = _ask(connection, "Inhibit", "ssss", ("sleep", "FleetDesk", why, "delay"))

    def _let_go(self) -> None:
        inhibitor, self._inhibitor = self._inhibitor, None
        if inhibitor is not None:
            inhibitor.close()


@contextmanager
def _connected(bus: str) -> Iterator[DBusConnection]:
    # Late: a machine that is no Linux has none of it.
    from jeepney.io.blocking import open_dbus_connection

    with open_dbus_connection(bus, enable_fds=True, auth_timeout=_ANSWER) as connection:
        yield connection


def _signals(connection: DBusConnection) -> Iterator[tuple[str, str, str]]:
    """Path, interface and name of each signal that tells to lock."""
    yield _MANAGER, "Manager", "PrepareForSleep"
    session = _session(connection)
    if session:
        yield session, "Session", "Lock"


def _session(connection: DBusConnection) -> str:
    """The object of the session that this process is in, or that its desktop is; empty where there is none."""
    tries: list[tuple[str, str, tuple[object, ...]]] = [("GetSessionByPID", "u", (os.getpid(),))]
    if own := os.environ.get("XDG_SESSION_ID"):
        tries.insert(0, ("GetSession", "s", (own,)))
    tries.append(("GetSession", "s", ("auto",)))
    for method, signature, arguments in tries:
        with contextlib.suppress(_NoAnswer):
            return str(_ask(connection, method, signature, arguments))
    return ""


class _NoAnswer(Exception):
    """Logind said no, or nothing."""


def _ask(connection: DBusConnection, method: str, signature: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401
    """What logind's manager answers. Raises _NoAnswer."""
    from jeepney import DBusAddress, DBusErrorResponse, new_method_call
    from jeepney.wrappers import unwrap_msg

    manager = DBusAddress(_MANAGER, bus_name=_NAME, interface=f"{_NAME}.Manager")
    call = new_method_call(manager, method, signature, arguments)
    try:
        return unwrap_msg(connection.send_and_get_reply(call, timeout=_ANSWER))[0]
    except (DBusErrorResponse, TimeoutError) as error:
        raise _NoAnswer(method) from error


@contextmanager
def _subscribed(connection: DBusConnection, told: deque[Message]) -> Iterator[None]:
    """Have what logind says be put into `told`."""
    from jeepney import MatchRule
    from jeepney.bus_messages import message_bus

    with ExitStack() as filters:
        for path, interface, name in _signals(connection):
            rule = partial(MatchRule, type="signal", path=path, interface=f"{_NAME}.{interface}", member=name)
            connection.send_and_get_reply(message_bus.AddMatch(rule(sender=_NAME)), timeout=_ANSWER)
            filters.enter_context(connection.filter(rule(), queue=told))
        yield


def _take_in(connection: DBusConnection) -> None:
    """Read what has come, without waiting for more."""
    with contextlib.suppress(TimeoutError):
        while True:
            connection.recv_messages(timeout=0)
