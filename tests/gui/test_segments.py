"""A switch between a few values, all of them in sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.segments import Segments

Show = Callable[[QWidget], None]


@pytest.fixture
def segments(theme: Theme, show: Show) -> Segments:
    """Left and right."""
    segments = Segments(theme, (("left", "Left", "user"), ("right", "Right", "users-three")), "Side")
    show(segments)
    return segments


def test_the_first_is_chosen_at_the_beginning(segments: Segments) -> None:
    assert segments.key == "left"


def test_an_arrow_chooses_the_next_one(qtbot: QtBot, segments: Segments) -> None:
    segments.setFocus()
    segments.focusNextChild()
    focused = QApplication.focusWidget()
    assert focused is not None

    with qtbot.waitSignal(segments.chosen) as chosen:
        qtbot.keyClick(focused, Qt.Key.Key_Right)

    assert chosen.args == ["right"]
    assert segments.key == "right"


def test_a_value_that_is_set_is_told_to_nobody(qtbot: QtBot, segments: Segments) -> None:
    with qtbot.assertNotEmitted(segments.chosen):
        segments.set_key("right")

    assert segments.key == "right"
