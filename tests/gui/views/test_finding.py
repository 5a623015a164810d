"""The palette over a real store: records, saved views, links, what was chosen lately; and shortcuts that come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fleetdesk.commands.saved_views import SaveView
from fleetdesk.models.ids import new_id
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.acting.shortcut_editor import ShortcutEditor
from fleetdesk.qt.look.theme import Theme
from fleetdesk.queries.links import Link
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import StillClock, open_store
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY

Find = Callable[[str], list[str]]
VIEW = "view-overdue"


@pytest.fixture
def went(office: Office) -> list[Link]:
    """The links that were opened."""
    links: list[Link] = []
    office.bench.navigator.link_asked.connect(links.append)
    return links


@pytest.fixture
def find(qtbot: QtBot, office: Office) -> Find:
    """Open the palette, type, and tell what is found."""

    def find(text: str) -> list[str]:
        office.do("window.palette")
        palette = office.dialog(CommandPalette)
        palette.findChildren(QLineEdit)[0].setText(text)
        qtbot.waitUntil(office.idle)
        return [entry.text for entry in palette.entries]

    return find


def enter(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.dialog(CommandPalette), Qt.Key.Key_Return)


def leave(office: Office) -> None:
    office.dialog(CommandPalette).reject()


def save_view(office: Office, name: str = "Overdue in Dubai", *, shared: bool = False) -> None:
    values = {"name": name, "kind": "table", "query": "next:overdue", "sort": [], "columns": []}
    command = SaveView(
        id=new_id(), issued_at=office.clock.now(), view_id=VIEW, screen="leads", values=values, shared=shared
    )
    (verdict,) = office.store.perform(command)
    assert verdict.settled


def test_a_saved_view_is_found_by_its_name_and_opened(
    qtbot: QtBot, office: Office, find: Find, went: list[Link]
) -> None:
    save_view(office)

    assert find("overdue")[0] == "Overdue in Dubai"
    enter(qtbot, office)

    assert went == [Link("leads", view_id=VIEW)]


def test_a_leads_name_finds_the_lead_and_not_what_would_be_undone_of_it(
    qtbot: QtBot, office: Office, find: Find
) -> None:
    office.leads.open_record(STORY)
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None)
    office.leads.doing.tag(("met",), ())
    qtbot.waitUntil(lambda: "Mariam" in office.bench.actions["window.undo"].text)

    found = find("mariam")

    assert found
    assert not [text for text in found if text.startswith("Undo")]
    leave(office)


def test_a_number_sign_shows_views_and_screens_alone(office: Office, find: Find) -> None:
    save_view(office)

    assert find("#")[0] == "Overdue in Dubai"
    assert {"Leads", "Inbox"} <= set(find("#"))
    leave(office)
    leave(office)


def test_a_screen_is_shown_by_its_name(qtbot: QtBot, office: Office, find: Find) -> None:
    assert find("#inb") == ["Inbox"]
    enter(qtbot, office)

    assert office.window.current_page is office.inbox


def test_a_link_that_is_pasted_is_opened(qtbot: QtBot, office: Office, find: Find, went: list[Link]) -> None:
    assert find("fleetdesk://leads?q=status%3Anew") == ["Open this link"]
    enter(qtbot, office)

    assert went == [Link("leads", query="status:new")]


@pytest.mark.parametrize("link", ["fleetdesk://payroll", "fleetdesk://leads?view=", "fleetdesk:"])
def test_a_link_that_leads_nowhere_says_so(
    qtbot: QtBot, office: Office, find: Find, went: list[Link], link: str
) -> None:
    find(link)
    (entry,) = office.dialog(CommandPalette).entries
    enter(qtbot, office)

    assert entry.why_not
    assert (went, office.dialog(CommandPalette).isVisible()) == ([], True)
    leave(office)


@pytest.mark.parametrize("typed", ["@zaabi", "@alzaabi-cars.example", "mariam al z"])
def test_someone_is_found_by_name_and_after_the_sign_by_domain_too(office: Office, find: Find, typed: str) -> None:
    assert find(typed) == ["Mariam Al Zaabi"]
    leave(office)


def test_what_was_chosen_stands_first_from_then_on(qtbot: QtBot, office: Office, find: Find) -> None:
    save_view(office)
    for typed in ("zaabi", "overdue in", "waits to be sent"):
        find(typed)
        enter(qtbot, office)
        qtbot.waitUntil(office.idle)

    assert find("")[:3] == ["Show what waits to be sent", "Overdue in Dubai", "Mariam Al Zaabi"]
    leave(office)


def test_a_record_that_is_gone_is_no_longer_among_the_recent(office: Office, find: Find) -> None:
    office.bench.remembered.keep("shell.palette", ["record sys_demo_lead nobody", f"record sys_demo_lead {STORY}"])

    assert find("")[0] == "Mariam Al Zaabi"
    leave(office)


def test_what_a_person_chose_comes_back_after_a_restart(
    qtbot: QtBot, store: LocalStore, tmp_path: Path, theme: Theme, clock: StillClock
) -> None:
    first = Office.open(store, theme, clock)
    first.bench.actions.rebind("leads.edit", "F2")
    first.bench.remembered.keep("shell.palette", [f"record sys_demo_lead {STORY}"])
    qtbot.waitUntil(first.idle)
    first.close()

    second = Office.open(open_store(tmp_path / "laptop", clock), theme, clock)
    second.do("window.palette")
    qtbot.waitUntil(second.idle)
    recent = second.dialog(CommandPalette).entries[0].text
    assert (second.bench.actions["leads.edit"].shortcut, recent) == ("F2", "Mariam Al Zaabi")
    second.close()


def test_the_list_of_shortcuts_leads_to_where_they_are_changed(qtbot: QtBot, office: Office) -> None:
    office.do("window.change_shortcuts")

    headings = dict.fromkeys(line.heading for line in office.dialog(ShortcutEditor).lines)
    assert list(headings) == ["Everywhere", "Leads"]
    office.dialog(ShortcutEditor).reject()
