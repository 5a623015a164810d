"""Shortcuts of one's own: they hold at once in every window, clash with nothing, and come back after a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.acting.actions import Action, ActionRegistry, ShortcutClash
from fleetdesk.qt.acting.key_recorder import KeyRecorder
from fleetdesk.qt.acting.own_shortcuts import OwnShortcuts
from fleetdesk.qt.acting.shortcut_editor import ShortcutEditor
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import MessageRecorder, Notifier

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def kept() -> list[JsonValue]:
    """What was kept, the latest last."""
    return []


@pytest.fixture
def own(kept: list[JsonValue]) -> OwnShortcuts:
    return OwnShortcuts(None, kept.append)


Make = Callable[..., ActionRegistry]


@pytest.fixture
def make(notifier: Notifier, theme: Theme) -> Make:
    def make(own: OwnShortcuts) -> ActionRegistry:
        registry = ActionRegistry(notifier, theme, own=own)
        registry.register(
            Action("new", "New lead", print, "N", group="Leads", scope="leads"),
            Action("edit", "Edit the lead", print, "E", group="Lead", scope="leads"),
            Action("search", "Search", print, "/", group="Leads", scope="leads", also="Ctrl+F"),
            Action("leads", "Go to leads", print, "G, L", group="Screens"),
            Action("inbox", "Go to the Inbox", print, "G, I", group="Screens"),
            Action("close", "Close the lead", print, group="Lead", scope="leads"),
        )
        return registry

    return make


@pytest.fixture
def registry(make: Make, own: OwnShortcuts) -> ActionRegistry:
    return make(own)


def keys(registry: ActionRegistry) -> dict[str, str]:
    return {action.id: action.shortcut for action in registry.everything}


USUAL = {"new": "N", "edit": "E", "search": "/", "leads": "G, L", "inbox": "G, I", "close": ""}


# What is chosen, and what is kept


def test_other_keys_hold_in_every_window_at_once(make: Make, own: OwnShortcuts) -> None:
    one, other = make(own), make(own)

    one.rebind("edit", "F2")

    assert other["edit"].shortcut == "F2"


def test_what_is_chosen_is_kept_and_read_again(make: Make, own: OwnShortcuts, kept: list[JsonValue]) -> None:
    make(own).rebind("edit", "F2")

    assert make(OwnShortcuts(kept[-1]))["edit"].shortcut == "F2"


def test_the_usual_keys_are_not_kept(registry: ActionRegistry, kept: list[JsonValue]) -> None:
    registry.rebind("edit", "F2")
    registry.rebind("edit", "E")

    assert kept == [{"edit": "F2"}, None]


@pytest.mark.parametrize(
    "kept", [3, [], "F2", {"edit": 3}, {"edit": "Quux"}, {"edit": ["F2"]}, {"edit": "A, B, C, D, E"}, {"new": None}]
)
def test_what_cannot_be_read_is_passed_by_with_a_word(
    make: Make, said: MessageRecorder, qtbot: QtBot, kept: JsonValue
) -> None:
    registry, window = make(OwnShortcuts(kept)), QWidget()
    qtbot.addWidget(window)
    registry.install(window)

    assert keys(registry) == USUAL
    assert [message.what for message in said.messages] == ["Some of the shortcuts that you chose could not be used."]


def test_two_actions_that_were_given_the_same_keys_are_told(make: Make, said: MessageRecorder, qtbot: QtBot) -> None:
    registry, window = make(OwnShortcuts({"new": "F2", "edit": "F2"})), QWidget()
    qtbot.addWidget(window)
    registry.install(window)
    registry.unregister("close")

    assert (registry["new"].shortcut, registry["edit"].shortcut) == ("F2", "E")
    assert len(said.messages) == 1


def test_keys_of_an_action_that_is_no_more_do_no_harm(make: Make) -> None:
    assert keys(make(OwnShortcuts({"gone": "N"}))) == USUAL


def test_keys_that_were_chosen_go_before_those_that_a_later_screen_brings(make: Make) -> None:
    registry = make(OwnShortcuts({"edit": "P"}))

    registry.register(Action("plan", "Plan", print, "P", scope="leads", also="F5"))

    assert (registry["edit"].shortcut, registry["plan"].all_keys) == ("P", ("F5",))


# Clashes


def test_keys_that_others_have_are_refused_by_name(registry: ActionRegistry, kept: list[JsonValue]) -> None:
    with pytest.raises(ShortcutClash) as refused:
        registry.rebind("edit", "G")

    assert [action.text for action in refused.value.holders] == ["Go to leads", "Go to the Inbox"]
    assert kept == []


def test_two_actions_can_swap_their_keys(registry: ActionRegistry) -> None:
    registry.swap("edit", "new")

    assert keys(registry) == {**USUAL, "edit": "N", "new": "E"}


def test_keys_can_be_taken_from_all_that_have_them(registry: ActionRegistry) -> None:
    registry.take_over("edit", "G")

    assert keys(registry) == {**USUAL, "edit": "G", "leads": "", "inbox": ""}


def test_a_second_shortcut_goes_to_who_wants_it_and_the_first_stays(registry: ActionRegistry) -> None:
    registry.take_over("edit", "Ctrl+F")

    assert (registry["edit"].shortcut, registry["search"].all_keys) == ("Ctrl+F", ("/",))


def test_usual_keys_that_were_given_away_come_back_with_all(registry: ActionRegistry, own: OwnShortcuts) -> None:
    registry.take_over("edit", "N")
    registry.rebind("new", "F3")

    own.forget()

    assert keys(registry) == USUAL


# The editor


@pytest.fixture
def editor(qtbot: QtBot, registry: ActionRegistry, theme: Theme) -> ShortcutEditor:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    registry.install(window)
    registry.set_scope("leads")
    window.show()
    editor = ShortcutEditor(registry, {"leads": "Leads"}, theme, window)
    editor.open()
    qtbot.waitUntil(editor.isActiveWindow)
    return editor


def press(qtbot: QtBot, *pressed: Qt.Key, ctrl: bool = False) -> None:
    for key in pressed:
        qtbot.keyClick(QApplication.focusWidget(), key, _CTRL if ctrl else Qt.KeyboardModifier.NoModifier)


def choose(qtbot: QtBot, editor: ShortcutEditor, text: str) -> None:
    """Find an action, and begin to give it other keys."""
    search = editor.findChildren(QLineEdit)[0]
    search.setFocus()
    search.setText(text)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [line.text for line in editor.lines] == [text])
    press(qtbot, Qt.Key.Key_F2)
    assert isinstance(QApplication.focusWidget(), KeyRecorder)


def click(editor: ShortcutEditor, name: str) -> None:
    next(b for b in editor.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible()).click()


def test_it_lists_every_action_by_where_it_can_be_done(editor: ShortcutEditor) -> None:
    assert [(line.heading, line.text) for line in editor.lines] == [
        ("Everywhere", "Go to leads"),
        ("Everywhere", "Go to the Inbox"),
        ("Leads", "New lead"),
        ("Leads", "Edit the lead"),
        ("Leads", "Search"),
        ("Leads", "Close the lead"),
    ]


@pytest.mark.parametrize(("typed", "found"), [("edit", ["Edit the lead"]), ("g, i", ["Go to the Inbox"])])
def test_it_is_searched_by_words_and_by_keys(
    qtbot: QtBot, editor: ShortcutEditor, typed: str, found: list[str]
) -> None:
    qtbot.keyClicks(editor.findChildren(QLineEdit)[0], typed)
    press(qtbot, Qt.Key.Key_Down)

    qtbot.waitUntil(lambda: [line.text for line in editor.lines] == found)


def test_pressed_keys_are_the_actions_from_now_on(
    qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry
) -> None:
    choose(qtbot, editor, "Edit the lead")
    press(qtbot, Qt.Key.Key_F4)
    press(qtbot, Qt.Key.Key_Return)

    assert registry["edit"].shortcut == "F4"
    assert editor.said == "“Edit the lead” is done by F4 now."


def test_two_keys_in_turn_can_be_recorded(qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry) -> None:
    choose(qtbot, editor, "Edit the lead")
    press(qtbot, Qt.Key.Key_X, Qt.Key.Key_E)

    assert registry["edit"].shortcut == "X, E"


def test_a_shortcut_of_the_window_is_not_done_while_it_is_recorded(
    qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry
) -> None:
    done: list[str] = []
    registry.register(Action("palette", "Palette", lambda: done.append("palette"), "Ctrl+K"))
    choose(qtbot, editor, "Edit the lead")
    press(qtbot, Qt.Key.Key_K, ctrl=True)
    press(qtbot, Qt.Key.Key_Return)

    assert done == []
    assert "belongs to “Palette”" in editor.said


def test_backspace_takes_the_keys_away(qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry) -> None:
    choose(qtbot, editor, "Edit the lead")
    press(qtbot, Qt.Key.Key_Backspace)

    assert registry["edit"].shortcut == ""


def test_escape_leaves_everything_as_it_is(qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry) -> None:
    choose(qtbot, editor, "Edit the lead")
    press(qtbot, Qt.Key.Key_X, Qt.Key.Key_Escape)

    assert keys(registry) == USUAL
    assert editor.isVisible()


def test_keys_that_lists_need_are_refused(qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry) -> None:
    choose(qtbot, editor, "Edit the lead")
    press(qtbot, Qt.Key.Key_Home)

    assert editor.said == "Home is needed in lists and fields. Press another one."
    assert keys(registry) == USUAL


def test_a_clash_names_the_other_and_can_be_solved_by_swapping(
    qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry
) -> None:
    choose(qtbot, editor, "Edit the lead")
    press(qtbot, Qt.Key.Key_N, Qt.Key.Key_Return)
    assert editor.said == "N belongs to “New lead”."
    assert keys(registry) == USUAL

    click(editor, "Swap the two")

    assert keys(registry) == {**USUAL, "edit": "N", "new": "E"}


def test_a_clash_can_be_solved_by_taking_the_keys(
    qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry
) -> None:
    choose(qtbot, editor, "Close the lead")
    press(qtbot, Qt.Key.Key_G, Qt.Key.Key_Return)
    assert "“Go to leads” and 1 other action" in editor.said

    click(editor, "Take them")

    assert keys(registry) == {**USUAL, "close": "G", "leads": "", "inbox": ""}


def test_one_action_gets_its_usual_keys_back(qtbot: QtBot, editor: ShortcutEditor, registry: ActionRegistry) -> None:
    registry.rebind("edit", "F2")
    choose(qtbot, editor, "Edit the lead")
    click(editor, "As usual: E")

    assert keys(registry) == USUAL


def test_all_as_usual_can_be_taken_back(editor: ShortcutEditor, registry: ActionRegistry) -> None:
    registry.rebind("edit", "F2")

    click(editor, "All as usual")
    assert keys(registry) == USUAL
    click(editor, "Undo")

    assert keys(registry) == {**USUAL, "edit": "F2"}
