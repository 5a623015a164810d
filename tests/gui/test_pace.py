"""Reading again after changes, calmly: never twice at once, never without a pause, and not while nobody looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fleetdesk.qt.pace import Pace


class Reading(Pace):
    """Counts how often it began."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(self._count, parent)
        self.begun = 0

    def _count(self) -> None:
        self.begun += 1


@pytest.fixture
def pace(qtbot: QtBot) -> Iterator[Reading]:
    """Somebody looks."""
    parent = QObject()
    pace = Reading(parent)
    pace.wake()
    yield pace
    pace.rest()


def test_changes_that_come_together_are_read_once(qtbot: QtBot, pace: Reading) -> None:
    for _ in range(20):
        pace.soon()

    qtbot.waitUntil(lambda: pace.begun == 1)
    qtbot.wait(600)
    assert pace.begun == 1


def test_a_reading_is_not_begun_anew_by_changes_while_it_goes_on(qtbot: QtBot, pace: Reading) -> None:
    pace.now()
    for _ in range(20):
        pace.soon()
    qtbot.wait(600)
    assert pace.begun == 1

    pace.ended()

    qtbot.waitUntil(lambda: pace.begun == 2, timeout=10_000)


def test_after_a_long_reading_there_is_a_longer_pause(qtbot: QtBot, pace: Reading) -> None:
    pace.now()
    qtbot.wait(300)
    pace.soon()
    pace.ended()

    qtbot.wait(800)

    assert pace.begun == 1
    qtbot.waitUntil(lambda: pace.begun == 2, timeout=10_000)


def test_what_the_person_asks_for_is_read_at_once(pace: Reading) -> None:
    pace.now()
    pace.now()

    assert pace.begun == 2


def test_while_nobody_looks_nothing_is_read_and_then_once(qtbot: QtBot, pace: Reading) -> None:
    pace.rest()
    pace.now()
    pace.soon()
    qtbot.wait(600)
    assert pace.begun == 0

    pace.wake()

    assert pace.begun == 1


def test_what_was_read_is_not_read_again_because_somebody_looks(pace: Reading) -> None:
    pace.now()
    pace.ended()
    pace.rest()

    pace.wake()

    assert pace.begun == 1
