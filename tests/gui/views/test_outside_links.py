"""Links from outside: a person is asked, in plain words, before one shows anything."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.qt.confirmation import ConfirmationDialog
from tests.gui.views.office import Office, texts


def questions(office: Office) -> list[ConfirmationDialog]:
    return [dialog for dialog in office.window.findChildren(ConfirmationDialog) if dialog.isVisible()]


def test_a_link_shows_nothing_before_the_person_agrees(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("zaabi")

    office.desktop.links.follow("fleetdesk://leads?q=country%3AFR")

    [question] = questions(office)
    assert any("“Leads”" in text and "country:FR" in text for text in texts(question))
    question.reject()
    qtbot.waitUntil(office.idle)
    assert office.leads.listing.text == "zaabi"
    assert office.window.area.count == 1


def test_a_link_that_is_agreed_to_leaves_what_the_person_does_as_it_is(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("zaabi")
    before = office.leads

    office.desktop.links.follow("fleetdesk://leads?q=country%3AFR")
    questions(office)[0].accept()
    qtbot.waitUntil(office.idle)

    assert office.window.area.count == 2
    assert (before.listing.text, office.leads.listing.text) == ("zaabi", "country:FR")


def test_enter_that_was_meant_for_something_else_follows_no_link(qtbot: QtBot, office: Office) -> None:
    office.desktop.links.follow("fleetdesk://leads?q=country%3AFR")
    [question] = questions(office)

    QTest.keyClick(question.focusWidget(), Qt.Key.Key_Return)

    assert not questions(office)
    assert office.window.area.count == 1


def test_a_link_that_comes_meanwhile_leaves_the_keyboard_with_the_question(qtbot: QtBot, office: Office) -> None:
    office.desktop.links.follow("fleetdesk://leads?q=country%3AFR")
    [question] = questions(office)

    office.desktop.links.follow("fleetdesk://home")

    qtbot.waitUntil(question.isActiveWindow)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert question.isAncestorOf(focus)


def test_many_links_are_one_question(qtbot: QtBot, office: Office) -> None:
    for number in range(50):
        office.desktop.links.follow(f"fleetdesk://leads?q=fleet>{number}")

    [question] = questions(office)
    question.reject()
    office.desktop.links.follow("fleetdesk://leads")
    assert len(questions(office)) == 1
    questions(office)[0].reject()


@pytest.mark.parametrize(
    "link",
    [
        "fleetdesk://leads?q=" + "x" * 9_000,
        "fleetdesk://leads?q=%E2%80%AEevil",
        "fleetdesk://leads?q=%00",
        "fleetdesk://leads?q=\u202eevil",
        "fleetdesk://leads?q=%ff",
        "fleetdesk://leads@evil.example?q=x",
        "fleetdesk://leads:80",
        "fleetdesk://delete/lead-1",
        "fleetdesk://leads/lead-1/delete",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "fleetdesk:leads",
        "fleetdesk://" + "\udcff",
        "fleetdesk://ｌeads",
        "fleetdesk://leads?" + "&".join("a=1" for _ in range(20)),
        "fleetdesk://leads?view=%2e%2e%2f",
    ],
)
def test_a_link_that_is_none_is_refused_in_words_and_asks_nothing(qtbot: QtBot, office: Office, link: str) -> None:
    office.desktop.links.follow(link)

    assert not questions(office)
    assert len(office.said.texts) == 1
    assert "link" in office.said.texts[0]


def test_what_of_a_link_is_not_known_is_told_and_passed_over(qtbot: QtBot, office: Office) -> None:
    office.desktop.links.follow("fleetdesk://leads?delete=all&q=zaabi")

    [question] = questions(office)
    assert any("passed over" in text for text in texts(question))
    question.reject()
