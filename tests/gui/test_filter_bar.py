"""The chips of a filter: what they say, and how they are changed and taken away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.filter_bar import FilterBar
from tests.gui.conftest import Show

TEXTS = ("Stage: New", "Owner: R&D <b>", "Country: France")


@pytest.fixture
def bar(theme: Theme, show: Show) -> FilterBar:
    bar = FilterBar(theme, "Filters")
    show(bar)
    bar.show_texts(TEXTS)
    return bar


def chips(bar: FilterBar) -> list[QAbstractButton]:
    return [bar.chip_at(place) for place in range(len(bar.texts))]


def test_each_chip_is_called_by_its_words(bar: FilterBar) -> None:
    assert [chip.accessibleName() for chip in chips(bar)] == list(TEXTS)


def test_without_chips_it_is_not_there(bar: FilterBar) -> None:
    bar.show_texts(())

    assert not bar.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_key_takes_a_chip_away(qtbot: QtBot, bar: FilterBar, key: Qt.Key) -> None:
    with qtbot.waitSignal(bar.removed) as removed:
        qtbot.keyClick(chips(bar)[1], key)

    assert removed.args == [1]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_asks_to_change_a_chip(qtbot: QtBot, bar: FilterBar, key: Qt.Key) -> None:
    with qtbot.waitSignal(bar.change_asked) as asked:
        qtbot.keyClick(chips(bar)[2], key)

    assert asked.args == [2]


def test_a_click_on_the_words_asks_to_change_the_chip(qtbot: QtBot, bar: FilterBar) -> None:
    with qtbot.waitSignal(bar.change_asked) as asked, qtbot.assertNotEmitted(bar.removed):
        qtbot.mouseClick(chips(bar)[0], Qt.MouseButton.LeftButton, pos=QPoint(12, 12))

    assert asked.args == [0]


def test_a_click_on_the_cross_takes_the_chip_away(qtbot: QtBot, bar: FilterBar) -> None:
    chip = chips(bar)[0]

    with qtbot.waitSignal(bar.removed) as removed, qtbot.assertNotEmitted(bar.change_asked):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, 12))

    assert removed.args == [0]


def test_the_keyboard_goes_on_to_the_next_chip_when_one_is_taken_away(bar: FilterBar) -> None:
    chips(bar)[1].setFocus()

    bar.show_texts((TEXTS[0], TEXTS[2]))

    assert chips(bar)[1].hasFocus()


def test_what_stands_after_the_chips_makes_way_for_a_new_one(qtbot: QtBot, bar: FilterBar) -> None:
    clear = bar.findChildren(QPushButton)[0]

    bar.show_texts((*TEXTS, "Tag: vip"))

    qtbot.waitUntil(lambda: clear.x() > bar.chip_at(3).geometry().right())


def test_all_of_them_are_cleared_by_one_button(qtbot: QtBot, bar: FilterBar) -> None:
    with qtbot.waitSignal(bar.cleared):
        qtbot.mouseClick(bar.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
