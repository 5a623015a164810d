"""The window around the screens: what each role finds, where keys lead, what is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.base import Key
from fleetdesk.models.leads import Lead
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.acting.shortcut_sheet import ShortcutSheet
from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.qt.look.tokens import Density
from fleetdesk.queries.links import Link
from fleetdesk.views.catalog import allowed_screens, screens
from fleetdesk.views.shell.memory import (
    ShellMemory,
    TabMemory,
    WindowMemory,
    load_memory,
    save_memory,
    windows_from,
    windows_value,
)
from tests.gui.views.filled import StillClock, open_store
from tests.gui.views.office import Office, named, texts
from tests.gui.views.sample import STORY

WELL = '{"appearance": "dark", "density": "NORMAL", "scale": 1, "stays": false, "places": {}}'


@pytest.fixture
def support(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Victor's window: support sees no lead."""
    office = Office.open(
        open_store(tmp_path / "victor", clock, "person-victor"), theme, clock, person_id="person-victor"
    )
    qtbot.waitUntil(office.idle)
    yield office
    office.close()


def buttons(widget: QWidget) -> list[str]:
    return [button.accessibleName() for button in widget.findChildren(QAbstractButton) if button.isVisible()]


# Who finds what


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.COMMERCIAL, ["home", "leads", "duplicates", "members", "inbox", "settings"]),
        (Role.SUPER_ADMIN, ["home", "leads", "duplicates", "members", "devices", "inbox", "settings"]),
        (Role.SUPPORT, ["members", "inbox", "settings"]),
        (Role.FINANCE, ["members", "inbox", "settings"]),
        (Role.PRODUCT_MANAGER, ["members", "inbox", "settings"]),
    ],
)
def test_each_role_has_its_screens(role: Role, expected: list[str]) -> None:
    allowed = allowed_screens(screens(), Actor("someone", role), fleet_platform().access)

    assert [screen.id for screen in allowed] == expected


def test_what_a_role_cannot_do_does_not_appear(support: Office) -> None:
    assert "Leads" not in buttons(support.window.rail)
    assert "leads.new" not in support.bench.actions


def test_the_rail_says_who_works_here(office: Office) -> None:
    assert {"Layla Haddad", "Sales"} <= set(texts(office.window.rail))


def test_a_record_without_a_screen_is_told(support: Office) -> None:
    support.window.open_record(Key(Lead.__tablename__, STORY))

    assert support.said.texts == ["There is no screen that shows this."]


def test_a_link_to_a_screen_that_the_person_does_not_have_says_so(support: Office) -> None:
    support.bench.navigator.open_link(Link("leads", query="status:new"))

    assert support.said.texts == ["Your role has no screen for this."]


# Keys


def test_two_keys_in_turn_go_to_a_screen(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.window, Qt.Key.Key_G)
    qtbot.keyClick(office.window, Qt.Key.Key_I)

    assert office.window.current_page is office.inbox


def test_the_palette_opens_a_lead_by_its_name(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = office.dialog(CommandPalette)
    qtbot.keyClicks(palette.findChildren(QLineEdit)[0], "zaabi")
    qtbot.waitUntil(lambda: [entry.text for entry in palette.entries] == ["Mariam Al Zaabi"])

    qtbot.keyClick(palette, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: office.leads.pane.lead is not None and office.leads.pane.lead.id == STORY)


def test_the_palette_says_why_something_cannot_be_done(qtbot: QtBot, office: Office) -> None:
    office.leads.head.search.setText("zzzz")
    qtbot.waitUntil(lambda: not office.leads.model.rowCount())
    office.do("window.palette")

    edit = next(entry for entry in office.dialog(CommandPalette).entries if entry.text == "Edit the lead")
    assert edit.why_not == "Choose a lead first."
    office.dialog(CommandPalette).reject()


def test_a_question_mark_shows_the_shortcuts(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.window, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)

    assert "New lead" in texts(office.dialog(ShortcutSheet))
    office.dialog(ShortcutSheet).reject()


def test_a_letter_typed_into_the_search_is_no_shortcut(qtbot: QtBot, office: Office) -> None:
    search = office.leads.head.search
    search.setFocus()

    qtbot.keyClicks(search, "new?")

    assert search.text() == "new?"


def test_no_two_actions_answer_to_the_same_keys(office: Office) -> None:
    office.window.page("inbox")  # registering refuses a clash

    assert len({action.id for action in office.bench.actions}) == len(list(office.bench.actions))


# Status


def test_the_status_bar_shows_how_far_a_load_is(office: Office) -> None:
    office.status.update(SyncStatus(SyncState.LOADING, progress=LoadProgress(rows=2_500, total=5_000)))

    bar = named(office.window.status, "Loading", QProgressBar)
    assert bar.value() / bar.maximum() == 0.5
    assert "2,500 rows" in texts(office.window.status)


def test_the_status_bar_says_what_is_wrong(office: Office) -> None:
    office.tell(SyncState.ERROR, "The disk is full.")

    assert "The disk is full." in texts(office.window.status)


def test_with_large_text_in_a_narrow_window_the_rail_leaves_its_words_out(
    qtbot: QtBot, office: Office, theme: Theme
) -> None:
    office.window.resize(1024, 700)
    assert "Layla Haddad" in texts(office.window.rail)

    theme.set_scale(1.5)
    office.window.resize(1024, 701)

    qtbot.waitUntil(lambda: "Layla Haddad" not in texts(office.window.rail))
    assert "Inbox" in buttons(office.window.rail)
    theme.set_scale(1.0)


# What is remembered


def test_the_look_is_switched_live(office: Office, theme: Theme) -> None:
    office.do("look.turn")

    assert theme.palette.dark
    assert theme.look.appearance is Appearance.DARK


def test_the_place_of_the_window_comes_back(office: Office) -> None:
    office.window.setGeometry(0, 0, 1024, 700)  # what fits on a screen without display
    kept = QByteArray.fromBase64(office.window.remember().place.encode())

    office.window.setGeometry(0, 0, 1024, 650)
    office.window.restoreGeometry(kept)

    assert (office.window.width(), office.window.height()) == (1024, 700)


def test_what_is_remembered_survives_a_restart(tmp_path: Path) -> None:
    memory = ShellMemory(Look(Appearance.DARK, Density.COMPACT, 1.25), stays=True, places={"1": "AdnQywAD"})

    save_memory(tmp_path / "state" / "window.json", memory)

    assert load_memory(tmp_path / "state" / "window.json") == memory


@pytest.mark.parametrize(
    "content", ["", "[]", '{"scale": 3}', '{"appearance": "purple"}', "\x00", WELL.replace("{}", "[]")]
)
def test_a_memory_that_makes_no_sense_begins_anew(tmp_path: Path, content: str) -> None:
    file = tmp_path / "window.json"
    file.write_text(content, "utf-8")

    assert load_memory(file) == ShellMemory()


def test_a_memory_that_cannot_be_kept_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "window.json").mkdir()

    save_memory(tmp_path / "window.json", ShellMemory())

    assert not (tmp_path / "window.new").exists()


def test_what_stands_open_is_read_as_it_was_written() -> None:
    tabs = (TabMemory("a", "leads", heading="Leads"), TabMemory("b", "leads", "lead-1", "Omar"))
    windows = (WindowMemory("1", tabs, 1, drawer=True, place="AdnQ"), WindowMemory("2", tabs[:1]))

    assert windows_from(windows_value(windows), {"1": "AdnQ", "3": "x"}) == windows


@pytest.mark.parametrize(
    "value",
    [
        None,
        "windows",
        [3, None, {}],
        [{"id": 7}],
        {"id": "1"},
    ],
)
def test_of_nonsense_no_window_is_made(value: JsonValue) -> None:
    assert windows_from(value, {}) == ()


def test_of_a_window_that_is_half_nonsense_the_rest_is_kept() -> None:
    tab: JsonValue = {"id": "a", "screen": "leads", "alone": "", "heading": ""}
    value: JsonValue = [{"id": "1", "shown": 9, "drawer": "yes", "tabs": [tab, {"id": "b"}, 4, tab]}]

    assert windows_from(value, {}) == (WindowMemory("1", (TabMemory("a", "leads"),)),)
