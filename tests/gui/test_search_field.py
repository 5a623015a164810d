"""The search field: it searches once a person has paused."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.search_field import SearchField
from tests.gui.conftest import Show


@pytest.fixture
def search(theme: Theme, show: Show) -> SearchField:
    search = SearchField(theme, "Search leads")
    show(search)
    search.setFocus()
    return search


def test_a_fast_typist_searches_once(qtbot: QtBot, search: SearchField) -> None:
    heard: list[str] = []
    search.searched.connect(heard.append)

    qtbot.keyClicks(search, "omar")
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == ["omar"]


def test_enter_searches_at_once(qtbot: QtBot, search: SearchField) -> None:
    heard: list[str] = []
    search.searched.connect(heard.append)

    qtbot.keyClicks(search, "omar")
    qtbot.keyClick(search, Qt.Key.Key_Return)

    assert heard == ["omar"]


def test_escape_empties_the_search_at_once(qtbot: QtBot, search: SearchField) -> None:
    search.set_text_quietly("omar")

    with qtbot.waitSignal(search.searched) as searched:
        qtbot.keyClick(search, Qt.Key.Key_Escape)

    assert (searched.args, search.text()) == ([""], "")


def test_the_same_text_is_not_searched_again(qtbot: QtBot, search: SearchField) -> None:
    search.set_text_quietly("omar")

    with qtbot.assertNotEmitted(search.searched, wait=80):
        qtbot.keyClick(search, Qt.Key.Key_Return)


def test_down_goes_on_to_what_was_found(qtbot: QtBot, search: SearchField) -> None:
    with qtbot.waitSignal(search.left_down):
        qtbot.keyClick(search, Qt.Key.Key_Down)
