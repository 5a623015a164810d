"""The command palette and the shortcut sheet: everything by keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.acting.palette import CommandPalette, PaletteEntry, matching, runs
from fleetdesk.qt.acting.shortcut_sheet import ShortcutSheet, strokes
from fleetdesk.qt.availability import WhyNot
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.tasks import Cancellation, TaskRunner
from fleetdesk.qt.widgets.search_field import SearchField


@dataclass
class Names:
    """A source that finds names, when the gate is open."""

    chosen: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    begun: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def find(self, text: str, cancel: Cancellation) -> Sequence[PaletteEntry]:
        with cancel.on_cancel(partial(self._give_up, text)):
            self.begun.append(text)
            self.gate.wait(10)
        names = ("Omar Al Suwaidi", "Éléonore Lefèvre", "Omar Haddad")
        return [
            PaletteEntry(name, partial(self.chosen.append, name), "Lead")
            for name in names
            if text and name.casefold().startswith(text.casefold())
        ]

    def _give_up(self, text: str) -> None:
        self.given_up.append(text)
        self.gate.set()


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def registry(notifier: Notifier, theme: Theme, done: list[str]) -> ActionRegistry:
    registry = ActionRegistry(notifier, theme)
    registry.register(
        Action("new", "New lead", lambda: done.append("new"), "N", "plus", group="Leads"),
        Action("qualify", "Qualify", lambda: done.append("qualify"), "Q", "", reason, "Leads", keywords="stage"),
        Action("import", "Import leads from a file", lambda: done.append("import"), "Ctrl+I", group="Leads"),
        Action("inbox", "Go to the Inbox", lambda: done.append("inbox"), "G, I", group="Go to"),
        Action("palette", "Find an action or a record", lambda: done.append("palette")),
    )
    return registry


def reason() -> WhyNot:
    return WhyNot("A logged activity comes first.")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def names() -> Iterator[Names]:
    names = Names()
    names.gate.set()
    yield names
    names.gate.set()


@pytest.fixture
def palette(
    qtbot: QtBot, registry: ActionRegistry, names: Names, runner: TaskRunner, theme: Theme, window: QWidget
) -> CommandPalette:
    palette = CommandPalette(registry, [names], without="palette", runner=runner, theme=theme, parent=window)
    palette.open()
    qtbot.waitUntil(lambda: palette.isActiveWindow() and not runner.active)
    return palette


def type_in(qtbot: QtBot, dialog: QWidget, text: str) -> None:
    qtbot.keyClicks(dialog.findChildren(QLineEdit)[0], text)


def press(qtbot: QtBot, dialog: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(dialog.findChildren(QLineEdit)[0], key)


def texts(palette: CommandPalette) -> list[str]:
    return [entry.text for entry in palette.entries]


def test_it_opens_with_every_action_and_what_cannot_be_done_last(palette: CommandPalette) -> None:
    assert texts(palette) == ["New lead", "Import leads from a file", "Go to the Inbox", "Qualify"]


def test_it_does_not_offer_to_open_itself(registry: ActionRegistry) -> None:
    assert not matching(registry, "find an action", without="palette")


def test_it_shows_keys_and_reasons(palette: CommandPalette) -> None:
    entries = {entry.text: entry for entry in palette.entries}

    assert entries["Go to the Inbox"].shortcut == "G, I"
    assert entries["Qualify"].why_not == "A logged activity comes first."


def test_a_few_letters_and_enter_do_an_action(qtbot: QtBot, palette: CommandPalette, done: list[str]) -> None:
    type_in(qtbot, palette, "ilf")
    press(qtbot, palette, Qt.Key.Key_Return)

    assert done == ["import"]
    assert not palette.isVisible()


def test_an_action_is_found_by_its_keywords(qtbot: QtBot, palette: CommandPalette) -> None:
    type_in(qtbot, palette, "stage")

    assert texts(palette) == ["Qualify"]


def test_arrows_choose_another_entry(qtbot: QtBot, palette: CommandPalette, done: list[str]) -> None:
    press(qtbot, palette, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return)

    assert done == ["inbox"]


def test_what_cannot_be_done_is_not_done_and_the_palette_stays(
    qtbot: QtBot, palette: CommandPalette, done: list[str]
) -> None:
    type_in(qtbot, palette, "qualify")
    press(qtbot, palette, Qt.Key.Key_Return)

    assert done == []
    assert palette.isVisible()


def test_records_come_after_the_actions(qtbot: QtBot, palette: CommandPalette, names: Names) -> None:
    type_in(qtbot, palette, "om")
    qtbot.waitUntil(lambda: "Omar Haddad" in texts(palette))

    assert texts(palette) == ["Import leads from a file", "Omar Al Suwaidi", "Omar Haddad"]


def test_a_record_is_chosen_like_an_action(qtbot: QtBot, palette: CommandPalette, names: Names) -> None:
    palette.findChildren(QLineEdit)[0].setText("éléo")
    qtbot.waitUntil(lambda: texts(palette) == ["Éléonore Lefèvre"])
    press(qtbot, palette, Qt.Key.Key_Return)

    assert names.chosen == ["Éléonore Lefèvre"]


def test_records_found_for_older_letters_are_dropped(qtbot: QtBot, palette: CommandPalette, names: Names) -> None:
    names.gate.clear()
    type_in(qtbot, palette, "o")
    type_in(qtbot, palette, "mar h")
    names.gate.set()
    qtbot.waitUntil(lambda: "Omar Haddad" in texts(palette))

    assert "Omar Al Suwaidi" not in texts(palette)


def test_it_can_be_left_while_records_are_on_their_way(qtbot: QtBot, palette: CommandPalette, names: Names) -> None:
    names.gate.clear()
    type_in(qtbot, palette, "o")
    qtbot.waitUntil(lambda: "o" in names.begun)

    press(qtbot, palette, Qt.Key.Key_Escape)

    qtbot.waitUntil(lambda: names.given_up == ["o"])


def test_the_matched_letters_stand_out() -> None:
    assert runs("New lead", (0, 4, 5)) == [(True, "N"), (False, "ew "), (True, "le"), (False, "ad")]


@pytest.fixture
def sheet(qtbot: QtBot, registry: ActionRegistry, theme: Theme, window: QWidget) -> ShortcutSheet:
    sheet = ShortcutSheet(registry, theme, window)
    sheet.open()
    qtbot.waitUntil(sheet.isActiveWindow)
    return sheet


def test_the_sheet_lists_every_action_that_has_keys(sheet: ShortcutSheet) -> None:
    assert sheet.shown == ["New lead", "Qualify", "Import leads from a file", "Go to the Inbox"]


@pytest.mark.parametrize(("typed", "shown"), [("ctrl", ["Import leads from a file"]), ("inbox", ["Go to the Inbox"])])
def test_typing_narrows_the_sheet_by_text_and_by_keys(
    qtbot: QtBot, sheet: ShortcutSheet, typed: str, shown: list[str]
) -> None:
    type_in(qtbot, sheet, typed)
    press(qtbot, sheet, Qt.Key.Key_Return)

    assert sheet.shown == shown


def test_escape_first_clears_the_search_then_leaves_the_sheet(qtbot: QtBot, sheet: ShortcutSheet) -> None:
    type_in(qtbot, sheet, "inbox")

    press(qtbot, sheet, Qt.Key.Key_Escape)
    assert (sheet.isVisible(), sheet.findChildren(SearchField)[0].text()) == (True, "")
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)

    assert not sheet.isVisible()


@pytest.mark.parametrize(
    ("stroke", "keys"), [("Ctrl+K", ["Ctrl", "K"]), ("?", ["?"]), ("Ctrl++", ["Ctrl", "+"]), ("+", ["+"])]
)
def test_a_stroke_is_its_keys(stroke: str, keys: list[str]) -> None:
    assert strokes(stroke) == keys
