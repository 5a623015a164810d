"""A chart whose bars are buttons: each can be reached, read and pressed without a mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.bar_chart import Bar, BarChart, round_top

Show = Callable[[QWidget], None]


class Block(Bar):
    def paint_bar(self, painter: QPainter, rect: QRect) -> None:
        painter.fillRect(rect, Qt.GlobalColor.blue)


@pytest.fixture
def chart(theme: Theme, show: Show) -> Iterator[BarChart]:
    """Two lines of three bars, each with its place behind it, between two fields."""
    grid = [[Block(theme) for _ in range(3)] for _ in range(2)]
    chart = BarChart(theme, "Blocks", grid)
    for y, line in enumerate(grid):
        for x, bar in enumerate(line):
            bar.say(f"line {y}, bar {x}", (y, x))
            bar.setGeometry(20 * x, 20 * y, 20, 20)
    chart.setFixedSize(80, 40)
    window = QWidget()
    window.setLayout(column(QLineEdit(), chart, QLineEdit()))
    show(window)
    yield chart
    window.close()


def focused() -> str:
    widget = QApplication.focusWidget()
    return "" if widget is None else widget.accessibleName()


def press(qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        widget = QApplication.focusWidget()
        assert widget is not None
        qtbot.keyClick(widget, key)


def test_arrows_go_from_bar_to_bar_and_stay_at_the_edge(qtbot: QtBot, chart: BarChart) -> None:
    chart.grid[0][0].setFocus()

    press(qtbot, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down)

    assert focused() == "line 1, bar 2"


def test_tab_passes_a_chart_with_one_stop_and_comes_back_to_the_same_bar(qtbot: QtBot, chart: BarChart) -> None:
    chart.grid[0][0].setFocus()
    press(qtbot, Qt.Key.Key_Right, Qt.Key.Key_Tab)
    assert isinstance(QApplication.focusWidget(), QLineEdit)

    press(qtbot, Qt.Key.Key_Backtab)

    assert focused() == "line 0, bar 1"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_opens_what_stands_behind_a_bar(qtbot: QtBot, chart: BarChart, key: Qt.Key) -> None:
    chart.grid[1][1].setFocus()

    with qtbot.waitSignal(chart.opened) as opened:
        press(qtbot, key)

    assert opened.args == [(1, 1)]


def test_a_bar_without_anything_behind_it_opens_nothing(qtbot: QtBot, chart: BarChart) -> None:
    chart.grid[0][0].say("counting", None)

    with qtbot.assertNotEmitted(chart.opened):
        chart.grid[0][0].click()


def test_what_a_bar_says_is_told_while_it_has_the_keyboard(qtbot: QtBot, chart: BarChart) -> None:
    said: list[str] = []
    chart.pointed_at.connect(said.append)
    chart.grid[0][0].setFocus()

    press(qtbot, Qt.Key.Key_Down, Qt.Key.Key_Tab)

    assert said == ["line 0, bar 0", "", "line 1, bar 0", ""]


@pytest.mark.parametrize(
    ("most", "top"), [(0, 2), (2, 2), (3, 4), (5, 10), (20, 20), (21, 40), (41, 100), (2001, 4000)]
)
def test_an_axis_ends_at_a_round_number_that_can_be_halved(most: int, top: int) -> None:
    assert round_top(most) == top
