"""The filter bar: what is ticked is told together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.filter_bar import Choices, Facet, FilterBar, Option
from tests.gui.conftest import Show

FACETS: Sequence[Facet] = (
    Facet("status", "Status", [Option("new", "New"), Option("lost", "Lost"), Option("won", "R&D <won>")]),
    Facet("owner", "Owner", [Option("me", "Me"), Option("none", "Nobody")], exclusive=True),
)


@pytest.fixture
def filters(theme: Theme, show: Show) -> FilterBar:
    filters = FilterBar(FACETS, theme, "Filters")
    show(filters)
    return filters


def facet(filters: FilterBar, number: int) -> QToolButton:
    return filters.findChildren(QToolButton)[number]


def tick(filters: FilterBar, number: int, option: int) -> None:
    facet(filters, number).menu().actions()[option].trigger()


def test_ticked_options_are_told_together(filters: FilterBar) -> None:
    heard: list[Choices] = []
    filters.changed.connect(heard.append)

    tick(filters, 0, 0)
    tick(filters, 0, 1)
    tick(filters, 1, 0)

    assert heard[-1] == {"status": frozenset({"new", "lost"}), "owner": frozenset({"me"})}


def test_of_an_exclusive_facet_one_option_is_chosen(filters: FilterBar) -> None:
    tick(filters, 1, 0)
    tick(filters, 1, 1)

    assert filters.choices == {"owner": frozenset({"none"})}


def test_a_button_says_what_is_chosen(filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new", "won"})})

    assert facet(filters, 0).text() == "Status: New, R&&D <won>"
    assert facet(filters, 0).accessibleName() == "Filter by Status: New, R&D <won>"


def test_choices_that_no_longer_exist_are_left_out(filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new", "gone"}), "removed": frozenset({"x"})})

    assert filters.choices == {"status": frozenset({"new"})}


def test_other_options_keep_what_was_chosen(filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new", "lost"})})

    filters.set_options("status", [Option("lost", "Lost"), Option("open", "Open")])

    assert filters.choices == {"status": frozenset({"lost"})}


def test_clearing_tells_that_nothing_is_chosen(qtbot: QtBot, filters: FilterBar) -> None:
    filters.set_choices({"status": frozenset({"new"})})

    with qtbot.waitSignal(filters.changed) as changed:
        filters.findChildren(QPushButton)[0].click()

    assert changed.args == [{}]


def test_space_ticks_and_the_menu_stays(qtbot: QtBot, filters: FilterBar) -> None:
    menu = facet(filters, 0).menu()
    menu.popup(filters.mapToGlobal(filters.rect().bottomLeft()))
    menu.setActiveAction(menu.actions()[0])

    qtbot.keyClick(menu, Qt.Key.Key_Space)
    stayed = menu.isVisible()
    menu.close()

    assert (stayed, filters.choices) == (True, {"status": frozenset({"new"})})
