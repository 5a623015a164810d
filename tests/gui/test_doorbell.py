"""A second start reaches the window that is there already."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.qt.doorbell import Doorbell, ring

_LINK = "fleetdesk://leads?q=status%3Anew"
_SAY = "from pathlib import Path; from fleetdesk.qt.doorbell import ring; print(ring(Path({0!r}), {1!r}))"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:  # a socket's path must be short
        yield Path(name)


@pytest.fixture
def doorbell(folder: Path) -> Iterator[Doorbell]:
    bell = Doorbell(folder)
    yield bell
    bell.close()
    bell.deleteLater()


class _Caller:
    """Another process that rings."""

    def __init__(self, folder: Path, wanted: str) -> None:
        self._program = _SAY.format(str(folder), wanted)

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", self._program], stdout=subprocess.PIPE, text=True)

    def was_heard(self, qtbot: QtBot) -> bool:
        qtbot.waitUntil(lambda: self._process.poll() is not None)
        return self._process.communicate()[0] == "True\n"


@pytest.mark.parametrize("wanted", [_LINK, ""], ids=["a link", "only the window"])
def test_who_rings_is_heard_and_told_so(qtbot: QtBot, folder: Path, doorbell: Doorbell, wanted: str) -> None:
    caller = _Caller(folder, wanted)
    with qtbot.waitSignal(doorbell.rung) as rung:
        caller.start()

    assert (rung.args, caller.was_heard(qtbot)) == ([wanted], True)


def test_where_nobody_listens_nobody_is_told(folder: Path) -> None:
    assert ring(folder) is False


def test_a_bell_that_a_crash_left_is_taken_over(qtbot: QtBot, folder: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(folder / "doorbell"))
    left.close()
    assert ring(folder) is False

    bell = Doorbell(folder)
    assert bell.listening
    bell.close()
    bell.deleteLater()


def test_who_says_too_much_or_nothing_holds_nobody_up(qtbot: QtBot, folder: Path, doorbell: Doorbell) -> None:
    chatterer, sleeper = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    for caller in (chatterer, sleeper):
        caller.setblocking(False)
        caller.connect(str(folder / "doorbell"))
    chatterer.send(b"x" * 60_000)
    third = _Caller(folder, "")
    with qtbot.waitSignal(doorbell.rung) as rung:
        third.start()

    assert (rung.args, third.was_heard(qtbot)) == ([""], True)
    for caller in (chatterer, sleeper):
        caller.close()
