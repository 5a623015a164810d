"""Drawer, chips, boxes and tooltips."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.layout import STRETCH, column
from fleetdesk.qt.look.text import tooltip_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.drawer import Drawer
from fleetdesk.qt.widgets.status_chip import StatusChip
from tests.gui.conftest import Show


def test_a_drawer_gives_the_keyboard_back_where_it_was(qtbot: QtBot, theme: Theme, show: Show) -> None:
    window = QWidget()
    field, content = QLineEdit(window), QLineEdit()
    drawer = Drawer(theme, "Waiting changes", content, parent=window)
    show(window)
    field.setFocus()

    drawer.open_drawer()
    inside = content.hasFocus()
    qtbot.keyClick(content, Qt.Key.Key_Escape)

    assert (inside, drawer.is_open, field.hasFocus()) == (True, False, True)


def test_a_chip_says_its_word(theme: Theme, show: Show) -> None:
    chip = StatusChip(theme, "New", Tone.INFO)
    show(chip)
    narrow = chip.sizeHint().width()

    chip.show_status("Onboarding", Tone.WARNING)

    assert chip.accessibleName() == "Onboarding"
    assert chip.sizeHint().width() > narrow


def test_a_box_is_ticked_by_keyboard(qtbot: QtBot, theme: Theme, show: Show) -> None:
    box = CheckBox(theme, "Only R&D")
    show(box)

    qtbot.keyClick(box, Qt.Key.Key_Space)

    assert (box.isChecked(), box.accessibleName()) == (True, "Only R&D")


def test_data_in_a_tooltip_is_not_read_as_markup() -> None:
    assert tooltip_text("<b>Omar</b> & sons") == "<qt>&lt;b&gt;Omar&lt;/b&gt; &amp; sons</qt>"


def test_no_text_is_no_tooltip() -> None:
    assert tooltip_text("") == ""


def test_a_list_of_choices_is_wide_enough_for_its_texts(theme: Theme, show: Show) -> None:
    window = QWidget()
    box = ChoiceBox(theme, [("few", "Few"), ("all", "Import the rows all the same, as duplicates")], "Choices")
    box.setFixedWidth(80)
    window.setLayout(column(box, STRETCH))
    show(window)

    box.showPopup()

    lines = box.view()
    assert lines.viewport().width() >= lines.sizeHintForColumn(0)
    assert lines.geometry().top() == 0, "an arrow for scrolling takes the place of a line"
    box.hidePopup()


def test_a_choice_is_as_wide_as_what_is_offered_later(theme: Theme, show: Show) -> None:
    window = QWidget()
    box = ChoiceBox(theme, [("", "–")], "Encoding")
    window.setLayout(column(box, STRETCH))
    show(window)
    before = box.sizeHint().width()

    box.offer([("cp1252", "Windows-1252 (Western)")])

    assert box.sizeHint().width() > before


@pytest.mark.parametrize("count", [1, 3, 12])
def test_a_list_of_choices_is_as_high_as_its_lines(qtbot: QtBot, theme: Theme, show: Show, count: int) -> None:
    window = QWidget()
    box = ChoiceBox(theme, [(str(number), f"Choice {number}") for number in range(count)], "Choices")
    window.setLayout(column(box, STRETCH))
    show(window)
    box.setFocus()

    box.showPopup()

    lines = box.view()
    assert lines.verticalScrollBar().maximum() == 0
    assert lines.viewport().height() == count * lines.sizeHintForRow(0)
    box.hidePopup()
