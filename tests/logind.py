"""A logind for tests: python-dbusmock's, on a bus of its own.

Debian's packages, where the system's Python does not have them, unpacked beside the checkout's other dependencies and
not installed. Where they cannot be had, tests that need them are skipped, and say why.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, DBusErrorResponse, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

import debian
from console import SetupError

__all__ = ["Logind", "bus_alone", "logind"]

_PYTHON = "/usr/bin/python3"  # Debian's own, for which the packages are
_PACKAGES = ("dbus", "python3-dbusmock", "python3-dbus", "python3-gi")
_KEPT = Path(__file__).resolve().parent.parent / ".deps"
_MANAGER = "/org/freedesktop/login1"
_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


class Logind:
    """What a test has logind do, and asks of it."""

    def __init__(self, address: str) -> None:
        self.address = address

    @property
    def inhibitors(self) -> list[tuple[str, str, str]]:
        """What delays or blocks what now: what, who, how."""
        found = self._call(_MANAGER, "org.freedesktop.login1.Manager", "ListInhibitors")
        return [(what, who, mode) for what, who, _why, mode, *_ in found]

    def add_session(self, session: str) -> None:
        """Somebody is at the machine."""
        self._call(_MANAGER, "org.freedesktop.DBus.Mock", "AddSession", "ssusb", (session, "seat0", 1000, "mona", True))

    def sleeps(self, *, begins: bool) -> None:
        """The machine is about to sleep, or is awake again."""
        signal = ("org.freedesktop.login1.Manager", "PrepareForSleep", "b", [("b", begins)])
        self._call(_MANAGER, "org.freedesktop.DBus.Mock", "EmitSignal", "sssav", signal)

    def locks(self, session: str) -> None:
        """That session is locked."""
        self._call(f"{_MANAGER}/session/{session}", "org.freedesktop.login1.Session", "Lock")

    def wait_until(self, so: Callable[[], bool]) -> None:
        """Return once something is so."""
        deadline = time.monotonic() + 30
        while not so():
            assert time.monotonic() < deadline, "it never came to that"
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            self._call(_MANAGER, "org.freedesktop.login1.Manager", "ListInhibitors")
        except DBusErrorResponse:
            return False
        return True

    def _call(self, path: str, interface: str, method: str, signature: str = "", body: tuple[object, ...] = ()) -> Any:  # noqa: ANN401
        target = DBusAddress(path, bus_name="org.freedesktop.login1", interface=interface)
        with open_dbus_connection(self.address) as connection:
            answer = unwrap_msg(
                connection.send_and_get_reply(new_method_call(target, method, signature or None, body), timeout=20)
            )
        return answer[0] if answer else None


@contextmanager
def bus_alone(folder: Path) -> Iterator[str]:
    """The address of a bus on which nobody is."""
    surroundings = _surroundings()
    socket = folder / "bus"
    (folder / "bus.conf").write_text(_CONFIGURATION.format(socket=socket))
    daemon = shutil.which("dbus-daemon", path=surroundings["PATH"])
    assert daemon is not None
    command = [daemon, f"--config-file={folder / 'bus.conf'}", "--nofork", "--nopidfile", "--print-address"]
    with _running(command, surroundings) as process:
        assert process.stdout is not None
        process.stdout.readline()  # once it listens, it says where
        yield f"unix:path={socket}"


@contextmanager
def logind(folder: Path) -> Iterator[Logind]:
    """A logind on a bus of its own, with one session, `c1`."""
    with bus_alone(folder) as address:
        surroundings = {**_surroundings(), "DBUS_SYSTEM_BUS_ADDRESS": address}
        with _running([_PYTHON, "-m", "dbusmock", "--template", "logind"], surroundings):
            mock = Logind(address)
            mock.wait_until(mock.answers)
            mock.add_session("c1")
            yield mock


@contextmanager
def _running(command: Sequence[str], surroundings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def _surroundings() -> dict[str, str]:
    """The environment in which the programs are found, and what they need."""
    installed = {"PATH": "/usr/bin:/bin"}
    if _works(installed):
        return installed
    root = _KEPT / "dbusmock"
    _KEPT.mkdir(exist_ok=True)
    with (_KEPT / "dbusmock.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if not (root / "usr").exists():
            try:
                debian.unpack(_PACKAGES, root)
            except SetupError as error:
                shutil.rmtree(root, ignore_errors=True)
                pytest.skip(f"python-dbusmock is not installed, and its package cannot be had: {error}")
    unpacked = {
        "PATH": f"{root}/usr/bin:/usr/bin:/bin",
        "PYTHONPATH": f"{root}/usr/lib/python3/dist-packages",
        "LD_LIBRARY_PATH": _paths(root, "lib/*-linux-gnu*"),
        "GI_TYPELIB_PATH": _paths(root, "lib/*-linux-gnu*/girepository-1.0"),
    }
    if not _works(unpacked):
        pytest.skip(f"{_PYTHON} cannot run python-dbusmock, whose packages are for Debian's own Python")
    return unpacked


def _works(surroundings: dict[str, str]) -> bool:
    """Whether the programs are there."""
    if shutil.which("dbus-daemon", path=surroundings["PATH"]) is None or not Path(_PYTHON).exists():
        return False
    check = [_PYTHON, "-c", "import dbus, dbusmock, gi.repository.GLib"]
    return subprocess.run(check, env=surroundings, capture_output=True, check=False).returncode == 0


def _paths(root: Path, pattern: str) -> str:
    return os.pathsep.join(map(str, root.glob(f"**/{pattern}")))
