"""The query field: it offers what could follow, and says what it does not understand once it was typed."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.offer_list import OfferList
from fleetdesk.qt.widgets.query_field import QueryField
from fleetdesk.queries.filters.completion import Offer, complete
from fleetdesk.queries.filters.grammar import Problem, parse
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from tests.gui.conftest import Show

VOCABULARY = {"owner": [Offer("mona@fleet.example", "Mona Saleh"), Offer("omar@fleet.example", "Omar Haddad")]}


@pytest.fixture
def window() -> QWidget:
    """What the field stands in, and its offers."""
    return QWidget()


@pytest.fixture
def field(theme: Theme, show: Show, window: QWidget) -> QueryField:
    field = QueryField(
        theme,
        "Search leads",
        judge=lambda text: parse(LEAD_FIELDS, text).problems,
        complete=partial(complete, LEAD_FIELDS, vocabulary=VOCABULARY),
    )
    QVBoxLayout(window).addWidget(field)
    show(window)
    field.setFocus()
    return field


def offered(field: QueryField) -> list[str]:
    return [offer.text for offer in field.offers]


def wrong(field: QueryField) -> list[Problem]:
    """What the field says to be wrong, from now on."""
    heard: list[Problem] = []
    field.wrong.connect(lambda problems: heard.__setitem__(slice(None), problems))
    return heard


def test_two_letters_bring_the_fields_that_begin_so(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "c")
    assert offered(field) == []

    qtbot.keyClicks(field, "o")

    assert offered(field) == ["country:"]


def test_a_colon_brings_the_values(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "owner:")

    assert offered(field) == ["me", "mona@fleet.example", "omar@fleet.example", "none"]


def test_a_value_is_found_by_its_title(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "owner:had")

    assert offered(field) == ["omar@fleet.example"]


def test_enter_takes_the_marked_offer(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "al owner:m")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert field.text() == "al owner:mona@fleet.example"
    assert offered(field) == []


def test_tab_takes_the_marked_offer_and_stays(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "coun")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Tab)

    assert field.text() == "country:"
    assert field.hasFocus()


def test_an_offer_that_was_taken_can_be_undone_like_typing(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "coun")
    field.take(field.offers[0])

    field.undo()

    assert field.text() == "coun"


def test_enter_searches_where_no_offer_is_marked(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "country:")

    with qtbot.waitSignal(field.searched) as searched:
        qtbot.keyClick(field, Qt.Key.Key_Return)

    assert searched.args == ["country:"]


def test_escape_first_closes_the_offers_then_empties_the_field(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "owner:")

    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (offered(field), field.text()) == ([], "owner:")

    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_down_goes_on_to_what_was_found_where_nothing_is_offered(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClicks(field, "zaabi")

    with qtbot.waitSignal(field.left_down):
        qtbot.keyClick(field, Qt.Key.Key_Down)


def test_all_fields_are_offered_on_demand(qtbot: QtBot, field: QueryField) -> None:
    qtbot.keyClick(field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)

    assert len(field.offers) == len(list(LEAD_FIELDS))


def test_a_piece_is_not_called_wrong_while_it_is_typed(qtbot: QtBot, field: QueryField) -> None:
    heard = wrong(field)

    qtbot.keyClicks(field, "status:n")
    assert heard == []

    qtbot.keyClicks(field, " ")
    assert [problem.what for problem in heard] == ["“status” is never “n”."]
    assert field.accessibleDescription() == "“status” is never “n”."


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Home])
def test_what_was_typed_is_judged_once_the_person_goes_on(qtbot: QtBot, field: QueryField, key: Qt.Key) -> None:
    heard = wrong(field)
    qtbot.keyClicks(field, "status:n")

    qtbot.keyClick(field, key)

    assert len(heard) == 1


def test_what_was_typed_is_judged_when_the_field_is_left(qtbot: QtBot, field: QueryField) -> None:
    heard = wrong(field)
    qtbot.keyClicks(field, "status:n")

    field.clearFocus()

    assert len(heard) == 1
    assert field.text() == "status:n"


def test_a_wrong_piece_that_is_mended_is_wrong_no_more(qtbot: QtBot, field: QueryField) -> None:
    heard = wrong(field)
    qtbot.keyClicks(field, "flet:20 ")
    [problem] = heard

    field.replace(problem.start, problem.end, "fleet")

    assert heard == []
    assert field.text() == "fleet:20 "


def test_the_offers_go_with_their_field(qtbot: QtBot, window: QWidget, field: QueryField) -> None:
    qtbot.keyClicks(field, "owner:")
    assert window.findChildren(OfferList)

    field.deleteLater()

    qtbot.waitUntil(lambda: not window.findChildren(OfferList))


def test_a_field_that_is_hidden_offers_nothing(qtbot: QtBot, window: QWidget, field: QueryField) -> None:
    qtbot.keyClicks(field, "owner:")

    field.hide()

    assert not any(offers.isVisible() for offers in window.findChildren(OfferList))
