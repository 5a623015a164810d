"""A conflict of one field: the person decides."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from fleetdesk.qt.widgets.three_way_field import Side, ThreeWay, ThreeWayField
from tests.gui.conftest import Show


@pytest.fixture
def three_way(show: Show) -> ThreeWayField:
    widget = ThreeWayField(ThreeWay("phone", "Phone", "1", "2", "3", "Layla, 09:12"))
    show(widget)
    return widget


def test_nothing_is_decided_for_the_person(three_way: ThreeWayField) -> None:
    assert (three_way.side, three_way.value) == (None, None)


@pytest.mark.parametrize(("side", "value"), [(Side.MINE, "2"), (Side.THEIRS, "3"), (Side.OTHER, "2")])
def test_a_decision_gives_its_value(qtbot: QtBot, three_way: ThreeWayField, side: Side, value: str) -> None:
    with qtbot.waitSignal(three_way.decided):
        three_way.choose(side)

    assert (three_way.side, three_way.value) == (side, value)


def test_writing_another_value_chooses_it(qtbot: QtBot, three_way: ThreeWayField) -> None:
    text = three_way.findChildren(QLineEdit)[0]
    text.selectAll()

    qtbot.keyClicks(text, "44")

    assert (three_way.side, three_way.value) == (Side.OTHER, "44")


def test_a_screen_reader_hears_whose_value_it_is(three_way: ThreeWayField) -> None:
    said = {button.accessibleName(): button.accessibleDescription() for button in three_way.findChildren(QRadioButton)}

    assert said["Phone: Take theirs, 3"] == "Layla, 09:12"


def test_an_arrow_chooses_the_value_that_it_goes_to(qtbot: QtBot, three_way: ThreeWayField) -> None:
    mine, theirs = three_way.stops[:2]
    mine.setFocus()

    qtbot.keyClick(mine, Qt.Key.Key_Down)

    assert three_way.side is Side.THEIRS
    assert theirs.hasFocus()


def test_arrows_choose_on_without_leaving_the_choices(qtbot: QtBot, three_way: ThreeWayField) -> None:
    mine, theirs, other, _text = three_way.stops
    mine.setFocus()
    qtbot.keyClick(mine, Qt.Key.Key_Down)
    qtbot.keyClick(theirs, Qt.Key.Key_Down)
    assert (three_way.side, QApplication.focusWidget()) == (Side.OTHER, other)

    qtbot.keyClick(other, Qt.Key.Key_Up)

    assert three_way.side is Side.THEIRS


def test_space_on_the_last_choice_begins_to_write(qtbot: QtBot, three_way: ThreeWayField) -> None:
    *_sides, other, text = three_way.stops
    other.setFocus()

    qtbot.keyClick(other, Qt.Key.Key_Space)

    assert three_way.side is Side.OTHER
    assert text.hasFocus()
