"""The settings: what is chosen holds at once, what is told is true, and the report can be handed on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Offline
from fleetdesk.models.diagnosis import render
from fleetdesk.models.status import SyncState
from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.qt.look.tokens import Density
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.settings.words import file_size
from tests.gui.views.filled import FailingStore, StillClock
from tests.gui.views.office import ABOUT, Office, named, texts
from tests.gui.views.settings_scenes import TROUBLED, WELL
from tests.gui.views.settling import settle

LINE = (
    '{"time": "2026-03-12T09:30:00.000+00:00", "level": "info", "logger": "fleetdesk.sync.engine.engine",'
    ' "event": "attempt failed", "way": "pull", "reason": "Offline"}'
)


@pytest.fixture
def open_office(office: Office) -> Office:
    office.window.show_screen("settings")
    settle(office)
    return office


def test_it_says_who_one_is_and_what_the_role_allows(open_office: Office) -> None:
    said = texts(open_office.settings)
    assert {"Layla Haddad", "Sales"} <= set(said)
    assert any("change leads" in text and "validate" not in text for text in said)


def test_a_look_that_is_chosen_is_worn_at_once(open_office: Office) -> None:
    open_office.settings.look.appearance.chosen.emit("dark")
    open_office.settings.look.density.chosen.emit("compact")
    look = open_office.bench.theme.look
    assert (look.appearance, look.density) == (Appearance.DARK, Density.COMPACT)


def test_a_look_that_was_chosen_elsewhere_is_shown(open_office: Office) -> None:
    open_office.do("look.dark")
    open_office.do("look.relaxed")
    look = open_office.settings.look
    assert (look.appearance.key, look.density.key) == ("dark", "relaxed")


def test_it_counts_the_rows_and_the_room_that_they_take(open_office: Office) -> None:
    with open_office.store.reading() as connection:
        leads = connection.exec_driver_sql("SELECT count(*) FROM sys_demo_lead").scalar_one()
    said = texts(open_office.settings.offline)
    assert said[said.index("Leads") + 1] == str(leads)
    assert said[said.index("Local copy") + 1] == file_size(open_office.store.sizes().replica)


def test_a_copy_that_cannot_be_read_is_told_of_until_it_can(office: Office) -> None:
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    office.window.show_screen("settings")
    settle(office)
    assert any("cannot be read just now" in text for text in texts(office.settings.offline))

    office.store.fails = False
    office.window.show_screen("inbox")
    office.window.show_screen("settings")
    settle(office)
    said = texts(office.settings.offline)
    assert "Leads" in said
    assert not any("cannot be read" in text for text in said)


def test_the_connection_is_told_as_everywhere(open_office: Office) -> None:
    open_office.tell(SyncState.OFFLINE, "The hub cannot be reached.")
    said = texts(open_office.settings.connection)
    assert {ABOUT.hub, ABOUT.connection, ABOUT.kind, "Offline"} <= set(said)
    assert any("The hub cannot be reached." in text for text in said)


def test_another_connection_is_chosen_from_here(open_office: Office) -> None:
    named(open_office.settings.connection, "Open another connection", QAbstractButton).click()
    assert open_office.controls.asked == ["elsewhere"]


def test_an_examination_is_shown_line_by_line_and_can_be_copied(open_office: Office) -> None:
    diagnostics = open_office.settings.diagnostics
    diagnostics.look.click()
    assert (open_office.controls.asked, diagnostics.look.isEnabled()) == (["examine"], False)

    open_office.controls.found(WELL)

    assert {check.detail for check in WELL.checks} <= set(texts(diagnostics))
    diagnostics.copy.click()
    assert QGuiApplication.clipboard().text() == render(WELL)
    assert diagnostics.look.isEnabled()


def test_a_second_examination_takes_the_place_of_the_first(open_office: Office) -> None:
    diagnostics = open_office.settings.diagnostics
    for report in (WELL, TROUBLED):
        diagnostics.look.click()
        open_office.controls.found(report)
        settle(open_office)
    said = set(texts(diagnostics))
    assert {check.detail for check in TROUBLED.checks} <= said
    assert "Every table is the same here as at the hub, row for row." not in said


def test_an_examination_that_fails_says_why_and_can_be_tried_again(open_office: Office) -> None:
    diagnostics = open_office.settings.diagnostics
    diagnostics.look.click()
    open_office.controls.failed(Offline("The hub cannot be reached."))
    assert any("The hub cannot be reached." in text for text in texts(diagnostics))
    assert diagnostics.look.isEnabled()


def test_where_nobody_can_look_it_says_so(open_office: Office, qtbot: QtBot) -> None:
    open_office.controls.examines = False
    diagnostics = open_office.settings.diagnostics
    diagnostics.look.click()
    assert any("Synchronisation has ended" in text for text in texts(diagnostics))
    assert diagnostics.look.isEnabled()


def test_a_tab_that_is_closed_hears_no_more(open_office: Office) -> None:
    """The status, the clock and the changes outlive it."""
    open_office.do("tab.new")
    settle(open_office)
    open_office.do("tab.previous")
    open_office.do("tab.close")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    open_office.tell(SyncState.OFFLINE, "The hub cannot be reached.")
    open_office.bench.minute.moved.emit()
    settle(open_office)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (123_456, "123 kB"), (2_068_037_632, "2.1 GB")],
)
def test_sizes_are_told_as_people_say_them(count: int, words: str) -> None:
    assert file_size(count) == words


def test_the_log_is_shown_and_can_be_copied(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> None:
    office = Office.open(store, theme, clock, screen="settings", log=lambda: (LINE,))
    try:
        section = office.settings.diagnostics
        section.read_log()
        qtbot.waitUntil(section.log.isVisible)
        section.copy_log.click()
        assert "attempt failed  way=pull  reason=Offline" in section.log.toPlainText()
        assert QGuiApplication.clipboard().text() == section.log.toPlainText()
    finally:
        office.close()


def test_an_empty_log_says_so(qtbot: QtBot, open_office: Office) -> None:
    section = open_office.settings.diagnostics
    section.read_log()
    qtbot.waitUntil(section.log.isVisible)
    assert section.log.toPlainText() == "Nothing is in the log yet."
    assert not section.copy_log.isVisible()
