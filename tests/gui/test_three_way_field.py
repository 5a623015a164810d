"""A conflict of one field: the person decides."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import (
    QLineEdit,
    QRadioButton,
)
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
