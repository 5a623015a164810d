"""Shortcuts as text: one spelling each, known on any keyboard, never two meanings for a key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QLineEdit, QPlainTextEdit, QSpinBox, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.acting.keys import is_reserved, meet, readable, stroke_of
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Notifier

_NONE, _SHIFT, _CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
Press = tuple[str, Qt.KeyboardModifier]


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def window(qtbot: QtBot, notifier: Notifier, theme: Theme, done: list[str]) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    registry = ActionRegistry(notifier, theme, parent=window)
    registry.register(
        *(
            Action(keys, keys, lambda keys=keys: done.append(keys), keys)  # type: ignore[misc]
            for keys in ("N", "G, L", "G, I", "Ctrl+K", "?", "/", "1")
        )
    )
    registry.install(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def press(widget: QWidget, *pressed: Press) -> None:
    """Press the key that types a sign, as a keyboard without our letters tells it."""
    for sign, modifiers in pressed:
        key = Qt.Key(ord(sign.upper()))
        QTest.sendKeyEvent(QTest.KeyAction.Click, widget, key, sign, modifiers)


@pytest.mark.parametrize(
    ("pressed", "shortcut"),
    [
        ([("n", _NONE)], "N"),
        ([("?", _SHIFT)], "?"),
        ([("?", _NONE)], "?"),
        ([("/", _NONE)], "/"),
        ([("1", _NONE)], "1"),
        ([("ى", _NONE)], "N"),
        ([("ل", _NONE), ("م", _NONE)], "G, L"),
        ([("ل", _NONE), ("ه", _NONE)], "G, I"),
        ([("ن", _CTRL)], "Ctrl+K"),
        ([("؟", _SHIFT)], "?"),
        ([("ظ", _NONE)], "/"),
        ([("١", _NONE)], "1"),
    ],
)
def test_it_answers_on_american_french_and_arabic_keyboards(
    window: QWidget, done: list[str], pressed: list[Press], shortcut: str
) -> None:
    press(window, *pressed)

    assert done == [shortcut]


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDateTimeEdit, QComboBox])
@pytest.mark.parametrize("letter", ["n", "?", "/", "1", "ى"])
def test_nothing_is_done_while_something_is_written(
    qtbot: QtBot, window: QWidget, done: list[str], kind: type[QWidget], letter: str
) -> None:
    field = kind(window)
    if isinstance(field, QComboBox):
        field.setEditable(True)
    field.show()
    field.setFocus()
    qtbot.waitUntil(lambda: window.focusWidget() is not None)
    focused = window.focusWidget()
    assert focused is not None

    press(focused, (letter, _NONE))

    assert done == []


@pytest.mark.parametrize(
    ("pressed", "text"),
    [
        ([Qt.Key.Key_N], "N"),
        ([Qt.Key.Key_Shift, Qt.Key.Key_N], "Shift+N"),
        ([Qt.Key.Key_Shift, Qt.Key.Key_Question], "?"),
        ([Qt.Key.Key_Shift, Qt.Key.Key_1], "1"),  # as it is typed on a French keyboard
        ([Qt.Key.Key_Control, Qt.Key.Key_Plus], "Ctrl++"),
        ([Qt.Key.Key_Shift, Qt.Key.Key_F5], "Shift+F5"),
        ([Qt.Key(ord("ى"))], "N"),
        ([Qt.Key(ord("؟"))], "?"),
    ],
)
def test_what_was_pressed_has_one_name_whatever_the_keyboard(pressed: list[Qt.Key], text: str) -> None:
    modifiers = {Qt.Key.Key_Shift: _SHIFT, Qt.Key.Key_Control: _CTRL}.get(pressed[0], _NONE)

    assert stroke_of(QKeyCombination(modifiers, pressed[-1])) == text


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        ("N", "N", True),
        ("G", "G, L", True),
        ("G, L", "G", True),
        ("G, L", "G, I", False),
        ("N", "Shift+N", False),
        ("", "", False),
        ("", "N", False),
    ],
)
def test_two_shortcuts_meet_where_one_could_not_be_completed(one: str, other: str, *, do: bool) -> None:
    assert meet(one, other) is do


@pytest.mark.parametrize("stroke", ["Tab", "Shift+Tab", "Return", "Esc", "Space", "Shift+Up", "Ctrl+C", "Ctrl+Return"])
def test_what_lists_and_fields_need_is_theirs(stroke: str) -> None:
    assert is_reserved(stroke)


@pytest.mark.parametrize("stroke", ["N", "Ctrl+Up", "Ctrl+Del", "F2", "?", "Alt+Return"])
def test_everything_else_can_be_had(stroke: str) -> None:
    assert not is_reserved(stroke)


@pytest.mark.parametrize(("given", "read"), [("ctrl+k", "Ctrl+K"), ("", ""), ("Quux", None), ("A, B, C", None)])
def test_keys_from_outside_are_read_with_suspicion(given: str, read: str | None) -> None:
    assert readable(given) == read


def test_the_one_spelling_is_qts() -> None:
    assert QKeySequence("G, L").toString(QKeySequence.SequenceFormat.PortableText) == readable("g,l")
