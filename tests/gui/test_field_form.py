"""Forms and their choices: filled and read by key, with what is wrong at the field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.field_form import FieldForm
from tests.gui.conftest import Show


@pytest.fixture
def form(theme: Theme, show: Show) -> FieldForm:
    form = FieldForm(columns=2)
    form.add("name", "Name", QLineEdit(), required=True)
    form.add("country", "Country", ChoiceBox(theme, [("ae", "United Arab Emirates"), ("fr", "France")], "Country"))
    form.add("email", "Email", QLineEdit(), hint="Where the onboarding form is sent.")
    form.add("message", "Message", QPlainTextEdit(), wide=True)
    show(form)
    return form


def field(form: FieldForm, name: str) -> QWidget:
    return next(widget for widget in form.findChildren(QWidget) if widget.accessibleName().startswith(name))


def test_a_form_is_filled_and_read_by_key(form: FieldForm) -> None:
    values = {"name": "ليلى حداد", "country": "fr", "email": "a@b.fr", "message": "two\nlines"}

    form.set_values(values)

    assert form.values == values


def test_filling_a_form_is_not_editing_it(qtbot: QtBot, form: FieldForm) -> None:
    with qtbot.assertNotEmitted(form.edited):
        form.set_values({"name": "Omar", "country": "ae", "message": "text"})


def test_typing_tells_which_field_was_edited(qtbot: QtBot, form: FieldForm) -> None:
    with qtbot.waitSignal(form.edited) as edited:
        qtbot.keyClicks(field(form, "Email"), "a")

    assert edited.args == ["email"]


def test_the_first_faulty_field_gets_the_keyboard_and_says_what_is_wrong(form: FieldForm) -> None:
    form.show_errors({"email": "An email has an @.", "message": "Too long."})

    assert field(form, "Email").hasFocus()
    assert field(form, "Email").accessibleDescription() == "An email has an @."
    assert (form.error("email"), form.error("message"), form.error("name")) == ("An email has an @.", "Too long.", "")


def test_an_error_of_several_lines_has_room_for_all_of_them(qtbot: QtBot, form: FieldForm) -> None:
    sentence = "This is not an email address. " * 12

    form.show_errors({"email": sentence})

    note = next(label for label in form.findChildren(QLabel) if label.text() == sentence)
    qtbot.waitUntil(lambda: note.height() >= note.heightForWidth(note.width()) > 2 * note.fontMetrics().height())


def test_a_hint_gives_way_to_an_error_and_is_no_error(form: FieldForm) -> None:
    form.set_hint("email", "Somebody else has this one.")
    hinted = form.error("email")

    form.show_errors({"email": "An email has an @."})

    assert (hinted, form.error("email")) == ("", "An email has an @.")


def test_an_error_goes_when_its_field_is_edited_and_the_hint_comes_back(qtbot: QtBot, form: FieldForm) -> None:
    form.show_errors({"email": "An email has an @."})

    qtbot.keyClicks(field(form, "Email"), "a")

    assert form.error("email") == ""
    assert field(form, "Email").accessibleDescription() == "Where the onboarding form is sent."


def test_a_required_field_says_so(form: FieldForm) -> None:
    assert field(form, "Name").accessibleName() == "Name, required"


def test_a_read_only_form_cannot_be_changed(qtbot: QtBot, form: FieldForm) -> None:
    form.set_values({"name": "Omar"})
    form.set_read_only(read_only=True)

    qtbot.keyClicks(field(form, "Name"), "x")

    assert form.value("name") == "Omar"


def test_the_wheel_does_not_change_a_choice(theme: Theme, show: Show, qtbot: QtBot) -> None:
    box = ChoiceBox(theme, [("ae", "United Arab Emirates"), ("fr", "France")], "Country")
    box.set_key("ae")
    show(box)

    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    box.wheelEvent(wheel)

    assert (box.key, wheel.isAccepted()) == ("ae", False)


def test_offering_other_values_keeps_the_chosen_one(theme: Theme, show: Show) -> None:
    box = ChoiceBox(theme, [("ae", "United Arab Emirates"), ("fr", "France")], "Country")
    show(box)
    box.set_key("fr")

    box.offer([("fr", "La France"), ("be", "Belgium")])

    assert (box.key, box.currentText()) == ("fr", "La France")
