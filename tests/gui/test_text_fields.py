"""Fields take what can be kept: more is left out whole, at once, and said to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from fleetdesk.commands.lead_fields import EDITABLE, LONGEST_PROSE, longest
from fleetdesk.models.drafts import Draft
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.composer import Composer, ComposerKind
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.filling import LONGEST_EDITED
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.qt.widgets.secret_field import SecretField
from fleetdesk.qt.widgets.text_fields import LONGEST_LINE, TextArea, TextField
from tests.gui.conftest import Show

# One word of a megabyte kept Qt's own editor busy for 400 seconds.
pytestmark = pytest.mark.timeout(60)

MEGABYTE = "x" * 1_000_000
Field = TextField | TextArea


@pytest.fixture(params=[TextField, TextArea])
def field(request: pytest.FixtureRequest, show: Show) -> Field:
    """A field for 300 characters in which three stand."""
    made: Field = request.param(longest=300)
    show(made)
    put(made, "old")
    return made


def put(field: Field, text: str) -> None:
    if isinstance(field, TextField):
        field.setText(text)
    else:
        field.setPlainText(text)


def text_of(field: Field) -> str:
    return field.text() if isinstance(field, TextField) else field.toPlainText()


def paste(field: Field, text: str) -> list[str]:
    """Paste at the end; what is said then."""
    said: list[str] = []
    field.say_by(said.append)
    QGuiApplication.clipboard().setText(text)
    field.paste()
    QApplication.processEvents()
    return said


@pytest.mark.parametrize("text", ["x" * 298, MEGABYTE])
def test_what_goes_beyond_the_limit_is_left_out_whole_and_said_to_be(field: Field, text: str) -> None:
    said = paste(field, text)

    assert text_of(field) == "old"
    assert said
    assert all("At most 300 characters fit here." in sentence for sentence in said)


def test_what_just_fits_is_taken(field: Field) -> None:
    assert not paste(field, "x" * 297)
    assert len(text_of(field)) == 300


def test_an_emoji_is_one_character(field: Field) -> None:
    assert not paste(field, "🚕" * 297)
    assert len(text_of(field)) == 300
    assert paste(field, "z")


def test_what_is_chosen_makes_room(field: Field) -> None:
    put(field, "y" * 300)
    field.selectAll()

    assert not paste(field, "x" * 300)
    assert text_of(field) == "x" * 300


def test_a_letter_too_many_is_left_out_and_said_to_be(qtbot: QtBot, field: Field) -> None:
    put(field, "y" * 300)
    said: list[str] = []
    field.say_by(said.append)
    qtbot.keyClicks(field, "z")
    QApplication.processEvents()

    assert (text_of(field), len(said)) == ("y" * 300, 1)


def test_a_line_too_many_is_a_letter_too_many(qtbot: QtBot, show: Show) -> None:
    area = TextArea(longest=3)
    show(area)
    area.setPlainText("abc")
    qtbot.keyClick(area, Qt.Key.Key_Return)
    assert area.toPlainText() == "abc"


def test_letters_that_are_put_together_count_too(field: Field) -> None:
    put(field, "y" * 300)
    said: list[str] = []
    field.say_by(said.append)
    event = QInputMethodEvent()
    event.setCommitString("é")
    QApplication.sendEvent(field, event)
    QApplication.processEvents()

    assert (text_of(field), bool(said)) == ("y" * 300, True)


def test_a_text_that_was_longer_from_the_first_can_be_made_shorter_in_silence(qtbot: QtBot, field: Field) -> None:
    said: list[str] = []
    field.say_by(said.append)
    put(field, "y" * 350)
    qtbot.keyClick(field, Qt.Key.Key_End)
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    QApplication.processEvents()

    assert (len(text_of(field)), said) == (349, [])


def test_where_nobody_else_says_it_it_stands_beside_the_field(show: Show) -> None:
    field = TextField()
    show(field)
    QGuiApplication.clipboard().setText(MEGABYTE)
    field.paste()
    QApplication.processEvents()

    assert "At most 2,000 characters" in QToolTip.text()
    QToolTip.hideText()


def test_a_form_says_it_at_the_field_until_something_else_is_typed(qtbot: QtBot, show: Show) -> None:
    form = FieldForm()
    name = TextField(longest=300)
    form.add("name", "Name", name, hint="As on the licence.")
    show(form)
    QGuiApplication.clipboard().setText(MEGABYTE)
    name.paste()
    qtbot.waitUntil(lambda: "At most 300" in form.error("name"))
    assert "At most 300" in name.accessibleDescription()

    qtbot.keyClicks(name, "a")
    assert form.error("name") == ""
    assert name.accessibleDescription() == "As on the licence."


def test_an_entry_of_the_timeline_takes_no_more_than_can_be_kept(show: Show, theme: Theme) -> None:
    composer = Composer([ComposerKind("note", "Note", "note", "Write a note", "Add")], theme, "New entry")
    show(composer)
    area = composer.findChild(TextArea)
    assert area is not None
    data = QMimeData()
    data.setText("x" * (LONGEST_PROSE + 1))
    area.insertFromMimeData(data)
    assert composer.draft == Draft("note", "", {})
    data.setText("x" * LONGEST_PROSE)
    area.insertFromMimeData(data)
    assert len(composer.draft.text) == LONGEST_PROSE


@pytest.mark.parametrize("make", [SecretField, TextField, TextArea])
def test_no_field_is_without_a_limit(make: type[Field], show: Show) -> None:
    field = make()
    show(field)
    paste(field, MEGABYTE)
    assert text_of(field) == ""


def test_a_search_is_bounded(show: Show, theme: Theme) -> None:
    field = SearchField(theme, "Search")
    show(field)
    paste(field, MEGABYTE)
    assert field.text() == ""


def test_whatever_a_record_may_hold_can_be_edited() -> None:
    assert max(LONGEST_PROSE, *map(longest, EDITABLE)) <= LONGEST_EDITED
    assert LONGEST_LINE <= LONGEST_EDITED


def test_nobody_makes_a_field_without_a_limit() -> None:
    source = Path(__file__).parents[2] / "fleetdesk"
    allowed = {
        "qt/widgets/text_fields.py",
        "qt/acting/key_recorder.py",  # read-only: it shows keys
        "views/settings/diagnostics.py",  # read-only: it shows the log
    }
    bare = ("QLineEdit()", "QPlainTextEdit()", "QTextEdit(", "(QLineEdit):", "(QPlainTextEdit):", "QLineEdit(self)")
    found = [
        str(path.relative_to(source)) for path in source.rglob("*.py") if any(map(path.read_text().__contains__, bare))
    ]
    assert set(found) <= allowed
