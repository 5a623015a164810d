"""The composer: what is written is handed over, kept as a draft, and never lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from fleetdesk.models.drafts import Draft
from fleetdesk.qt.availability import ENABLED, WhyNot
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.composer import Composer, ComposerKind, Details
from tests.gui.conftest import Show

KINDS = (
    ComposerKind("note", "Note", "note-pencil", "Write a note", "Add note"),
    ComposerKind("call", "Call", "phone", "What came of the call?", "Log call"),
)


@pytest.fixture
def composer(theme: Theme, show: Show) -> Composer:
    composer = Composer(KINDS, theme, "New entry")
    show(composer)
    composer.compose("note")
    return composer


def editor(composer: Composer) -> QPlainTextEdit:
    return composer.findChildren(QPlainTextEdit)[0]


def send_button(composer: Composer) -> QPushButton:
    return composer.findChildren(QPushButton)[0]


def test_control_enter_sends_what_is_written(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "He wants prices")

    with qtbot.waitSignal(composer.sent) as sent:
        qtbot.keyClick(editor(composer), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert sent.args == [Draft("note", "He wants prices")]


def test_what_was_sent_stays_until_it_is_kept_elsewhere(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "He wants prices")
    composer.send()

    assert composer.draft.text == "He wants prices"


def test_nothing_but_blanks_is_not_sent(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "   ")

    with qtbot.assertNotEmitted(composer.sent):
        composer.send()


def test_enter_alone_begins_a_line(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "one")
    qtbot.keyClick(editor(composer), Qt.Key.Key_Return)
    qtbot.keyClicks(editor(composer), "two")

    assert composer.draft.text == "one\ntwo"


def test_a_draft_is_told_with_every_key(qtbot: QtBot, composer: Composer) -> None:
    told: list[Draft] = []
    composer.draft_changed.connect(told.append)

    qtbot.keyClicks(editor(composer), "He")

    assert told == [Draft("note", "H"), Draft("note", "He")]


def test_a_restored_draft_is_shown_and_not_told_again(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.assertNotEmitted(composer.draft_changed):
        composer.set_drafts([Draft("call", "Called")])

    assert composer.draft == Draft("call", "Called")
    assert send_button(composer).text() == "Log call"


def test_a_draft_of_a_kind_that_no_longer_exists_keeps_its_text(composer: Composer) -> None:
    composer.set_drafts([Draft("note", "A note"), Draft("fax", "Faxed")])

    assert composer.draft == Draft("note", "A note\nFaxed")


def test_each_kind_has_a_text_of_its_own(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "Prefers the phone")
    composer.compose("call")
    qtbot.keyClicks(editor(composer), "Called")
    composer.compose("note")

    assert composer.draft == Draft("note", "Prefers the phone")
    composer.compose("call")
    assert composer.draft == Draft("call", "Called")


def test_a_kind_of_which_something_is_written_says_so(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "Prefers the phone")
    composer.compose("call")
    left = [button.text() for button in composer.findChildren(QAbstractButton)]
    composer.compose("note")
    again = [button.text() for button in composer.findChildren(QAbstractButton)]

    assert ("Note •" in left, "Note •" in again) == (True, False)


def test_what_is_written_elsewhere_is_shown_and_the_cursor_stays(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "He wants")
    with qtbot.assertNotEmitted(composer.draft_changed):
        composer.show_draft(Draft("note", "He wants prices"))
        composer.show_draft(Draft("call", "Called"))

    assert composer.draft == Draft("note", "He wants prices")
    assert editor(composer).textCursor().position() == len("He wants")


def test_the_reason_why_nothing_can_be_sent_stands_beside_the_button(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(editor(composer), "He wants prices")

    composer.set_available(WhyNot("Support reads leads; sales write."))

    assert not send_button(composer).isEnabled()
    assert "Support reads leads; sales write." in [label.text() for label in composer.findChildren(QLabel)]


def test_the_field_grows_with_its_text(qtbot: QtBot, composer: Composer) -> None:
    before = editor(composer).height()

    editor(composer).setPlainText("\n".join(str(number) for number in range(6)))

    assert editor(composer).height() > before


def test_details_show_for_their_kind_alone(composer: Composer) -> None:
    when = Details()
    composer.add_details("call", when)
    hidden_for_note = when.isHidden()

    composer.compose("call")

    assert (hidden_for_note, when.isHidden()) == (True, False)


def test_an_enabled_composer_offers_its_keys(composer: Composer) -> None:
    composer.set_available(ENABLED)

    assert "Ctrl+Enter" in [label.text() for label in composer.findChildren(QLabel)]
