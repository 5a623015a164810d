"""Tab goes where the eye goes, whenever a widget was made, and never to what lies under something else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QPushButton, QScrollArea, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import column, row
from fleetdesk.qt.tab_order import tab_stops


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[Dialog]:
    window = QWidget()
    window.resize(600, 500)
    qtbot.addWidget(window)
    window.show()
    dialog = Dialog("A form", window)
    dialog.resize(400, 300)
    yield dialog
    window.close()


def field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    return field


def shown(qtbot: QtBot, dialog: Dialog) -> list[str]:
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    return [stop.accessibleName() for stop in tab_stops(dialog)]


def test_what_was_made_last_comes_where_it_stands(qtbot: QtBot, dialog: Dialog) -> None:
    last, middle, first = field("last"), field("middle"), field("first")
    dialog.setLayout(column(row(first, middle), last))

    assert shown(qtbot, dialog) == ["first", "middle", "last"]


def test_a_grid_is_read_line_by_line(qtbot: QtBot, dialog: Dialog) -> None:
    grid = QGridLayout()
    for name, line, place in (("d", 1, 1), ("a", 0, 0), ("c", 1, 0), ("b", 0, 1)):
        grid.addWidget(field(name), line, place)
    dialog.setLayout(grid)

    assert shown(qtbot, dialog) == ["a", "b", "c", "d"]


def test_parts_beside_one_another_and_parts_that_scroll_are_entered(qtbot: QtBot, dialog: Dialog) -> None:
    area, splitter = QScrollArea(), QSplitter()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(field("within"))
    right = field("right")
    splitter.addWidget(area)
    splitter.addWidget(right)
    dialog.setLayout(column(splitter, field("below")))

    assert shown(qtbot, dialog) == ["within", "right", "below"]


def test_tab_passes_by_what_is_covered_and_goes_round(qtbot: QtBot, dialog: Dialog) -> None:
    one, covered, other = field("one"), field("covered"), field("other")
    dialog.setLayout(column(one, covered, other))
    shown(qtbot, dialog)
    cover = QPushButton(dialog)
    cover.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    cover.setGeometry(covered.geometry())
    cover.show()
    one.setFocus()

    qtbot.keyClick(one, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is other
    qtbot.keyClick(other, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is one
    qtbot.keyClick(one, Qt.Key.Key_Backtab)

    assert QApplication.focusWidget() is other


def test_a_dialog_opens_with_the_keyboard_in_what_is_read_first(qtbot: QtBot, dialog: Dialog) -> None:
    last, first = field("last"), field("first")
    dialog.setLayout(column(first, last))
    shown(qtbot, dialog)

    assert QApplication.focusWidget() is first


def test_a_dialog_leaves_the_keyboard_where_it_was_put_before(qtbot: QtBot, dialog: Dialog) -> None:
    last, first = field("last"), field("first")
    dialog.setLayout(column(first, last))
    last.setFocus()
    shown(qtbot, dialog)

    assert QApplication.focusWidget() is last


def test_what_cannot_be_used_or_seen_is_no_stop(qtbot: QtBot, dialog: Dialog) -> None:
    idle, hidden = field("idle"), field("hidden")
    idle.setEnabled(False)
    dialog.setLayout(column(field("one"), idle, hidden))
    hidden.hide()

    assert shown(qtbot, dialog) == ["one"]
