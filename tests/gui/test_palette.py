"""The command palette and the shortcut sheet: everything by keyboard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.acting.entry_list import runs
from fleetdesk.qt.acting.key_caps import caps
from fleetdesk.qt.acting.matching import matching
from fleetdesk.qt.acting.palette import Asked, CommandPalette, PaletteEntry
from fleetdesk.qt.acting.recent import Recent
from fleetdesk.qt.acting.shortcut_sheet import ShortcutSheet
from fleetdesk.qt.availability import WhyNot
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.tasks import Cancellation, TaskRunner
from fleetdesk.qt.widgets.search_field import SearchField

NAMES = ("Omar Al Suwaidi", "Éléonore Lefèvre", "Omar Haddad")


@dataclass
class Names:
    """A source that finds names, when the gate is open."""

    sign: str = "@"
    noun: str = "people"
    chosen: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    begun: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def find(self, asked: Asked, cancel: Cancellation) -> Sequence[PaletteEntry]:
        with cancel.on_cancel(partial(self._give_up, asked.text)):
            self.begun.append(asked.text)
            self.gate.wait(10)
        return [self._entry(name) for name in NAMES if name.casefold().startswith(asked.text.casefold())]

    def recall(self, tokens: Sequence[str], cancel: Cancellation) -> Sequence[PaletteEntry]:
        return [self._entry(name) for name in NAMES if f"name {name}" in tokens]

    def _entry(self, name: str) -> PaletteEntry:
        return PaletteEntry(name, partial(self.chosen.append, name), "Lead", token=f"name {name}")

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
def recent() -> Recent:
    return Recent()


Open = Callable[[], CommandPalette]


@pytest.fixture
def open_palette(
    qtbot: QtBot,
    registry: ActionRegistry,
    names: Names,
    recent: Recent,
    runner: TaskRunner,
    theme: Theme,
    window: QWidget,
    went: list[str],
) -> Open:
    def open_one() -> CommandPalette:
        palette = CommandPalette(
            registry,
            [names],
            without="palette",
            recent=recent,
            go=went.append,
            runner=runner,
            theme=theme,
            parent=window,
        )
        palette.open()
        qtbot.waitUntil(lambda: palette.isActiveWindow() and not runner.active)
        return palette

    return open_one


@pytest.fixture
def went() -> list[str]:
    """The screens that the palette showed."""
    return []


@pytest.fixture
def palette(open_palette: Open) -> CommandPalette:
    return open_palette()


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
    assert not matching(registry, "find an action", recent=Recent(), without="palette", go=print)


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


def test_actions_whose_words_were_begun_come_before_records_and_others_after(
    qtbot: QtBot, registry: ActionRegistry, palette: CommandPalette
) -> None:
    registry.register(Action("omit", "Omit the lead", print))
    type_in(qtbot, palette, "om")
    qtbot.waitUntil(lambda: "Omar Haddad" in texts(palette))

    assert texts(palette) == ["Omit the lead", "Omar Al Suwaidi", "Omar Haddad", "Import leads from a file"]


def test_enter_waits_for_records_that_are_on_their_way(qtbot: QtBot, palette: CommandPalette, names: Names) -> None:
    names.gate.clear()
    type_in(qtbot, palette, "omar h")
    press(qtbot, palette, Qt.Key.Key_Return)
    assert palette.isVisible()
    names.gate.set()

    qtbot.waitUntil(lambda: names.chosen == ["Omar Haddad"])
    assert QApplication.activeModalWidget() is None


def test_enter_does_not_wait_for_records_where_an_action_is_meant(
    qtbot: QtBot, palette: CommandPalette, names: Names, done: list[str]
) -> None:
    names.gate.clear()
    type_in(qtbot, palette, "new")
    press(qtbot, palette, Qt.Key.Key_Return)

    assert done == ["new"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (">", ["New lead", "Import leads from a file", "Go to the Inbox", "Qualify"]),
        ("> inb", ["Go to the Inbox"]),
        ("@o", ["Omar Al Suwaidi", "Omar Haddad"]),
        ("@", ["Omar Al Suwaidi", "Éléonore Lefèvre", "Omar Haddad"]),
    ],
)
def test_a_sign_asks_for_one_kind_alone(
    qtbot: QtBot, palette: CommandPalette, runner: TaskRunner, typed: str, found: list[str]
) -> None:
    type_in(qtbot, palette, typed)
    qtbot.waitUntil(lambda: not runner.active)

    assert texts(palette) == found


def test_what_was_chosen_lately_stands_first(qtbot: QtBot, open_palette: Open, recent: Recent) -> None:
    for typed in ("omar h", "inbox"):
        palette = open_palette()
        type_in(qtbot, palette, typed)
        press(qtbot, palette, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)

    assert texts(open_palette())[:3] == ["Go to the Inbox", "Omar Haddad", "New lead"]


def test_of_two_that_match_the_one_of_late_comes_first(registry: ActionRegistry) -> None:
    registry.register(Action("nearby", "New nearby lead", print))

    found = matching(registry, "new", recent=Recent(["action nearby"]), without="", go=print)

    assert [each.action.id for each in found] == ["nearby", "new"]


@pytest.mark.parametrize("kept", [None, 3, "x", {"a": 1}, [3, None, "", "x" * 999], ["gone away", "action nothing"]])
def test_what_was_kept_and_makes_no_sense_is_passed_by(open_palette: Open, recent: Recent, kept: JsonValue) -> None:
    recent.__init__(kept)  # type: ignore[misc]

    assert texts(open_palette())[0] == "New lead"


def test_an_action_of_another_screen_is_found_and_leads_there(
    qtbot: QtBot, registry: ActionRegistry, palette: CommandPalette, done: list[str], went: list[str]
) -> None:
    registry.register(Action("merge", "Merge two leads", lambda: done.append("merge"), scope="duplicates"))
    assert "Merge two leads" not in texts(palette)

    type_in(qtbot, palette, "merge")
    press(qtbot, palette, Qt.Key.Key_Return)

    assert (went, done) == (["duplicates"], ["merge"])


def test_the_reason_why_something_cannot_be_done_stands_below_in_full(qtbot: QtBot, palette: CommandPalette) -> None:
    type_in(qtbot, palette, "qualify")

    assert "A logged activity comes first." in [label.text() for label in palette.findChildren(QLabel)]
    assert "Qualify, Leads, A logged activity" in palette.findChildren(QLineEdit)[0].accessibleDescription()


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


def test_what_is_called_like_nothing_is_said_once_all_have_looked(
    qtbot: QtBot, palette: CommandPalette, names: Names
) -> None:
    nothing = next(label for label in palette.findChildren(QLabel) if label.text() == "Nothing is called like that.")
    names.gate.clear()
    type_in(qtbot, palette, "zzzz")
    assert not nothing.isVisible()
    names.gate.set()

    qtbot.waitUntil(nothing.isVisible)


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
    registry.register(
        Action("edit", "Edit the tenant", print, "E", group="Tenant", scope="tenants"),
        Action("search", "Search", print, "/", group="Leads", also="Ctrl+F"),
    )
    sheet = ShortcutSheet(registry, theme, window, titles={"tenants": "Tenants"}, change=print)
    sheet.open()
    qtbot.waitUntil(sheet.isActiveWindow)
    return sheet


def test_the_sheet_lists_every_action_that_has_keys_and_what_lists_and_fields_know(sheet: ShortcutSheet) -> None:
    actions = ["New lead", "Qualify", "Import leads from a file", "Search", "Go to the Inbox", "Edit the tenant"]

    assert sheet.shown[:6] == actions
    assert "Close, or go back" in sheet.shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ctrl+i", ["Import leads from a file"]),
        ("ctrl+f", ["Search"]),
        ("inbox", ["Go to the Inbox"]),
        ("tenants", ["Edit the tenant"]),
    ],
)
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
    ("shortcut", "keys"),
    [
        ("Ctrl+K", ["Ctrl", "K"]),
        ("?", ["?"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("+", ["+"]),
        ("G, Shift+L", ["G", "Shift", "L"]),
        ("", []),
    ],
)
def test_a_shortcut_is_its_keys(shortcut: str, keys: list[str]) -> None:
    assert caps(shortcut) == keys
