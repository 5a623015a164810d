"""Actions: done by keys, buttons and menus alike, refused with a reason, never with two meanings for a key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Defect
from fleetdesk.qt.acting.actions import Action, ActionRegistry, ShortcutClash
from fleetdesk.qt.acting.own_shortcuts import OwnShortcuts
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot, always
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import MessageRecorder, Notifier


@pytest.fixture
def done() -> list[str]:
    """The ids of the actions that were done."""
    return []


@pytest.fixture
def registry(notifier: Notifier, theme: Theme) -> ActionRegistry:
    return ActionRegistry(notifier, theme)


Make = Callable[..., Action]


@pytest.fixture
def make(done: list[str]) -> Make:
    """Make an action that notes down when it is done."""

    def make(
        id_: str,
        shortcut: str = "",
        *,
        icon: str = "",
        scope: str = "",
        enabled_when: Callable[[], Availability] = always,
    ) -> Action:
        return Action(id_, id_.title(), lambda: done.append(id_), shortcut, icon, enabled_when, "Leads", scope)

    return make


@pytest.fixture
def window(qtbot: QtBot, registry: ActionRegistry) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    registry.install(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def not_now() -> Availability:
    return WhyNot("A logged activity comes first.")


def test_its_keys_do_an_action(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("save", "Ctrl+S"))

    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)

    assert done == ["save"]


def test_a_question_mark_is_a_key_like_any_other(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("sheet", "?"))

    qtbot.keyClick(window, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)

    assert done == ["sheet"]


def test_a_slash_leaves_the_question_mark_on_its_key_alone(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("search", "/"))

    qtbot.keyClick(window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ShiftModifier)

    assert not done


def test_two_keys_in_turn_do_an_action(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("leads", "G, L"), make("inbox", "G, I"))

    qtbot.keyClick(window, Qt.Key.Key_G)
    qtbot.keyClick(window, Qt.Key.Key_I)

    assert done == ["inbox"]


def test_a_letter_typed_into_a_field_is_no_shortcut(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("new", "N"))
    field = QLineEdit(window)
    field.show()
    field.setFocus()

    qtbot.keyClick(field, Qt.Key.Key_N)

    assert (done, field.text()) == ([], "n")


def test_an_action_that_cannot_be_done_says_why(
    registry: ActionRegistry, make: Make, done: list[str], said: MessageRecorder
) -> None:
    registry.register(make("qualify", enabled_when=not_now))

    registry.trigger("qualify")

    assert (done, said.texts) == ([], ["A logged activity comes first."])


def test_a_button_does_its_action_and_shows_the_keys(
    qtbot: QtBot, registry: ActionRegistry, make: Make, done: list[str]
) -> None:
    registry.register(make("save", "Ctrl+S", icon="check"))
    button = registry.button("save")
    qtbot.addWidget(button)

    button.click()

    assert done == ["save"]
    assert "Ctrl+S" in button.toolTip()
    assert button.accessibleName() == "Save"


def test_a_button_follows_what_can_be_done(qtbot: QtBot, registry: ActionRegistry, make: Make) -> None:
    state: list[Availability] = [WhyNot("Select a lead first.")]
    registry.register(make("assign", enabled_when=lambda: state[0]))
    button = registry.button("assign")
    qtbot.addWidget(button)
    assert not button.isEnabled()
    assert "Select a lead first." in button.toolTip()

    state[0] = ENABLED
    registry.refresh()

    assert button.isEnabled()


def test_a_menu_shows_keys_and_greys_what_cannot_be_done(
    qtbot: QtBot, registry: ActionRegistry, make: Make, done: list[str]
) -> None:
    registry.register(make("save", "Ctrl+S"), make("qualify", enabled_when=not_now))
    menu = QMenu()
    qtbot.addWidget(menu)

    registry.fill(menu, ["save", "", "qualify"])
    menu.actions()[0].trigger()

    assert [(a.text(), a.isEnabled()) for a in menu.actions()] == [
        ("Save\tCtrl+S", True),
        ("", True),
        ("Qualify", False),
    ]
    assert done == ["save"]


@pytest.mark.parametrize(("one", "other"), [("Ctrl+K", "Ctrl+K"), ("G", "G, L"), ("ctrl+k", "Ctrl+K")])
def test_two_actions_cannot_have_the_same_keys(registry: ActionRegistry, make: Make, one: str, other: str) -> None:
    registry.register(make("first", one))

    with pytest.raises(ShortcutClash, match="already the shortcut of “First”"):
        registry.register(make("second", other))


def test_screens_that_are_never_in_front_together_may_use_the_same_keys(registry: ActionRegistry, make: Make) -> None:
    registry.register(make("edit-lead", "E", scope="leads"))

    registry.register(make("edit-tenant", "E", scope="tenants"))

    assert registry["edit-tenant"].shortcut == "E"


def test_a_screen_cannot_take_keys_that_work_everywhere(registry: ActionRegistry, make: Make) -> None:
    registry.register(make("palette", "Ctrl+K"))

    with pytest.raises(ShortcutClash):
        registry.register(make("keep", "Ctrl+K", scope="leads"))


def test_only_the_screen_in_front_answers_to_its_keys(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("edit-lead", "E", scope="leads"), make("edit-tenant", "E", scope="tenants"))

    registry.set_scope("tenants")
    qtbot.keyClick(window, Qt.Key.Key_E)

    assert done == ["edit-tenant"]
    assert [action.id for action in registry] == ["edit-tenant"]


def test_a_person_can_give_an_action_other_keys(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("save", "Ctrl+S"))

    registry.rebind("save", "F2")
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_F2)

    assert done == ["save"]
    assert registry.own.chosen == {"save": "F2"}


def test_keys_that_are_taken_are_refused_and_nothing_changes(registry: ActionRegistry, make: Make) -> None:
    registry.register(make("save", "Ctrl+S"), make("new", "N"))

    with pytest.raises(ShortcutClash):
        registry.rebind("new", "Ctrl+S")

    assert registry["new"].shortcut == "N"


def test_a_persons_own_keys_stand_in_place_of_an_actions(notifier: Notifier, theme: Theme, make: Make) -> None:
    registry = ActionRegistry(notifier, theme, own=OwnShortcuts({"save": "F2"}))

    registry.register(make("save", "Ctrl+S"))

    assert registry["save"].shortcut == "F2"


def test_an_action_that_is_taken_out_leaves_its_keys(
    qtbot: QtBot, registry: ActionRegistry, window: QWidget, make: Make, done: list[str]
) -> None:
    registry.register(make("save", "Ctrl+S"))

    registry.unregister("save")
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    registry.register(make("send", "Ctrl+S"))
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)

    assert done == ["send"]


@pytest.mark.parametrize("shortcut", ["Ctrl+Quux", "Nonsense"])
def test_keys_that_do_not_exist_are_a_defect(registry: ActionRegistry, make: Make, shortcut: str) -> None:
    with pytest.raises(Defect):
        registry.register(make("save", shortcut))


def test_an_id_that_is_taken_is_a_defect(registry: ActionRegistry, make: Make) -> None:
    registry.register(make("save"))

    with pytest.raises(Defect):
        registry.register(make("save"))
