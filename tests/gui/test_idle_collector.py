"""Python's great search for cycles waits until nobody is at the window."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from fleetdesk.qt.idle_collector import IdleCollector
from fleetdesk.qt.presence import Presence


class Case:
    """A collector whose time a test winds, and how often it searched."""

    def __init__(self, app: QApplication) -> None:
        self.time = 0.0
        self.busy = False
        self.searches = 0
        self.presence = Presence(app, lambda: self.time)
        self.collector = IdleCollector(self.presence, busy=lambda: self.busy, collect=self._search)

    def later(self, seconds: float) -> int:
        """How often it searched once so many seconds more have gone by."""
        self.time += seconds
        gc.collect(1)  # what stands counts as old now
        self.collector.look()
        return self.searches

    def _search(self) -> None:
        self.searches += 1


@pytest.fixture
def case(qapp: QApplication) -> Iterator[Case]:
    case = Case(qapp)
    yield case
    case.collector.stop()
    case.presence.stop()


def test_it_searches_once_nobody_was_there_for_a_while(case: Case) -> None:
    assert case.later(10) == 0
    assert case.later(15) == 1


def test_it_waits_while_something_goes_on(case: Case) -> None:
    case.busy = True
    assert case.later(60) == 0


def test_who_types_is_there(qtbot: QtBot, case: Case) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    qtbot.waitExposed(field)
    handle = field.windowHandle()
    assert handle is not None
    handle.requestActivate()
    qtbot.waitUntil(field.isActiveWindow)
    case.time += 15
    qtbot.keyClick(handle, Qt.Key.Key_A)
    assert case.later(15) == 0
    assert case.later(15) == 1


def test_none_comes_by_itself_and_threads_take_short_turns_until_it_is_stopped(qapp: QApplication) -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    case = Case(qapp)
    assert gc.get_threshold()[2] > 10 * before[0][2]
    assert sys.getswitchinterval() < before[1]
    case.collector.stop()
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
