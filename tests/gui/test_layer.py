"""Layers of actions: two tabs with the same actions, of which only those of the one in sight answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.acting.actions import Action, ActionRegistry, ShortcutClash
from fleetdesk.qt.acting.layer import ActionLayer
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot, always
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Notifier

Make = Callable[..., Action]


@pytest.fixture
def done() -> list[str]:
    """What was done, by tab and action."""
    return []


@pytest.fixture
def make(done: list[str]) -> Make:
    """Make an action that notes down when it is done."""

    def make(id_: str, tab: str, shortcut: str = "", enabled_when: Callable[[], Availability] = always) -> Action:
        return Action(id_, id_.title(), lambda: done.append(f"{tab}: {id_}"), shortcut, "", enabled_when)

    return make


@pytest.fixture
def registry(notifier: Notifier, theme: Theme) -> ActionRegistry:
    return ActionRegistry(notifier, theme)


@pytest.fixture
def window(qtbot: QtBot, registry: ActionRegistry) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    registry.install(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def tabs(registry: ActionRegistry, notifier: Notifier, theme: Theme, make: Make) -> tuple[ActionLayer, ActionLayer]:
    """Two tabs that both can do “new” under N; the first is shown."""
    one, other = (ActionLayer(registry, notifier, theme) for _ in range(2))
    one.register(make("new", "one", "N"))
    other.register(make("new", "other", "N"))
    one.show()
    return one, other


Tabs = tuple[ActionLayer, ActionLayer]


def test_a_key_belongs_to_the_tab_in_sight(qtbot: QtBot, window: QWidget, tabs: Tabs, done: list[str]) -> None:
    one, other = tabs
    qtbot.keyClick(window, Qt.Key.Key_N)

    one.set_aside()
    other.show()
    qtbot.keyClick(window, Qt.Key.Key_N)

    assert done == ["one: new", "other: new"]


def test_the_window_has_the_actions_of_the_tab_in_sight_alone(registry: ActionRegistry, tabs: Tabs) -> None:
    assert [action.id for action in registry] == ["new"]

    tabs[0].set_aside()

    assert "new" not in registry
    assert "new" in tabs[0]


def test_what_comes_late_to_a_tab_in_sight_can_be_done_at_once(
    registry: ActionRegistry, tabs: Tabs, make: Make
) -> None:
    tabs[0].register(make("close", "one", "X"))
    assert "close" in registry

    tabs[0].unregister("close")

    assert "close" not in registry
    assert "close" not in tabs[0]


def test_what_comes_to_a_tab_out_of_sight_waits_for_it(registry: ActionRegistry, tabs: Tabs, make: Make) -> None:
    one, other = tabs

    other.register(make("close", "other", "X"))
    assert "close" not in registry
    one.set_aside()
    other.show()

    assert "close" in registry


def test_a_button_does_what_its_own_tab_does(qtbot: QtBot, tabs: Tabs, done: list[str]) -> None:
    button = tabs[1].button("new")
    qtbot.addWidget(button)

    button.click()

    assert done == ["other: new"]


def test_a_tab_finds_the_actions_of_its_window(
    registry: ActionRegistry, tabs: Tabs, make: Make, done: list[str]
) -> None:
    registry.register(make("palette", "window"))

    tabs[1].trigger("palette")

    assert done == ["window: palette"]


def test_a_refresh_of_the_tab_in_sight_reaches_the_buttons_of_the_window(
    qtbot: QtBot, registry: ActionRegistry, tabs: Tabs, make: Make
) -> None:
    possible: list[Availability] = [WhyNot("Not yet.")]
    registry.register(make("undo", "window", enabled_when=lambda: possible[0]))
    button = registry.button("undo")
    qtbot.addWidget(button)

    possible[0] = ENABLED
    tabs[0].refresh()

    assert button.isEnabled()


def test_own_keys_hold_for_the_tab_in_sight(
    qtbot: QtBot, window: QWidget, registry: ActionRegistry, tabs: Tabs, done: list[str]
) -> None:
    tabs[0].rebind("new", "Y")

    qtbot.keyClick(window, Qt.Key.Key_N)
    qtbot.keyClick(window, Qt.Key.Key_Y)

    assert done == ["one: new"]
    assert tabs[0]["new"].shortcut == "Y"


def test_keys_of_the_window_cannot_be_taken_by_a_tab(registry: ActionRegistry, tabs: Tabs, make: Make) -> None:
    registry.register(make("palette", "window", "Ctrl+K"))

    with pytest.raises(ShortcutClash):
        tabs[0].register(make("call", "one", "Ctrl+K"))
