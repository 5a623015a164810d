"""Tabs: each is a place of its own, and only the one in sight acts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QTabBar
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.qt.availability import WhyNot
from fleetdesk.views.leads.page import LeadsPage
from fleetdesk.views.shell.tab_area import MOST_TABS
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def strip(office: Office) -> QTabBar:
    return office.window.area.strip


def headings(office: Office) -> list[str]:
    return [strip(office).tabText(number) for number in range(strip(office).count())]


def listed(office: Office) -> int:
    return office.leads.model.rowCount()


@pytest.fixture
def two(qtbot: QtBot, office: Office) -> Office:
    """The office with a second list in a tab of its own, which is in sight."""
    qtbot.keyClick(office.window, Qt.Key.Key_T, CTRL)
    qtbot.waitUntil(lambda: office.idle() and listed(office) == 40)
    return office


def test_one_tab_has_no_strip(office: Office) -> None:
    assert not strip(office).isVisible()


def test_a_second_list_is_searched_for_itself(qtbot: QtBot, two: Office) -> None:
    two.leads.head.search.setText("zaabi")
    qtbot.waitUntil(lambda: listed(two) == 1)

    qtbot.keyClick(two.window, Qt.Key.Key_Tab, CTRL)

    assert listed(two) == 40
    qtbot.keyClick(two.window, Qt.Key.Key_Tab, CTRL | SHIFT)
    assert listed(two) == 1


def test_keys_reach_the_list_in_sight(qtbot: QtBot, two: Office) -> None:
    second = two.leads
    two.do("tab.previous")

    qtbot.keyClick(two.window, Qt.Key.Key_J)

    assert two.leads.table.selection.count == 1
    assert second.table.selection.count == 0


def test_the_screens_of_a_tab_are_its_own(two: Office) -> None:
    two.window.show_screen("inbox")
    two.do("tab.previous")

    assert isinstance(two.window.current_page, LeadsPage)
    assert headings(two) == ["Leads", "Inbox"]


def test_what_changed_out_of_sight_is_seen_when_the_tab_is(qtbot: QtBot, two: Office) -> None:
    two.do("tab.previous")
    edit = FieldEdit(base="Al Zaabi", new="Al Maktoum")
    two.store.perform(
        EditLead(id=new_id(), issued_at=two.clock.now(), lead_id=STORY, edits={"last_name": edit}),
    )

    two.do("tab.next")

    qtbot.waitUntil(lambda: "Mariam Al Maktoum" in names(two))


def names(office: Office) -> list[str]:
    model = office.leads.model
    return [cells[0].text for row in range(model.rowCount()) if (cells := model.cells_at(row)) is not None]


def test_a_closed_tab_leaves_its_neighbour_and_nothing_behind(qtbot: QtBot, two: Office) -> None:
    place = two.window.area.current.place
    place.keep("leads.query", "status:new")

    qtbot.keyClick(two.window, Qt.Key.Key_W, CTRL)

    assert two.window.area.count == 1
    assert not strip(two).isVisible()
    assert place.get("leads.query") is None
    two.do("leads.next")
    assert two.leads.table.selection.count == 1


def test_the_only_tab_is_not_closed(office: Office) -> None:
    assert office.bench.actions.availability("tab.close") == WhyNot("This is the only tab.")

    office.window.area.close_tab(0)

    assert office.window.area.count == 1


def test_the_middle_button_closes_a_tab(qtbot: QtBot, two: Office) -> None:
    centre = strip(two).tabRect(0).center()

    qtbot.mouseClick(strip(two), Qt.MouseButton.MiddleButton, pos=centre)

    assert two.window.area.count == 1


def test_a_tab_is_closed_by_its_button(qtbot: QtBot, two: Office) -> None:
    two.window.show_screen("inbox")

    qtbot.mouseClick(named(two.window, "Close the tab Leads", QAbstractButton), Qt.MouseButton.LeftButton)

    assert two.window.area.count == 1
    assert two.window.current_page is two.inbox


def test_the_middle_button_opens_a_screen_in_a_tab(qtbot: QtBot, office: Office) -> None:
    inbox = named(office.window.rail, "Inbox", QAbstractButton)

    qtbot.mouseClick(inbox, Qt.MouseButton.MiddleButton, pos=QPoint(40, 10))

    assert headings(office) == ["Leads", "Inbox"]
    assert office.window.current_page is office.inbox


def test_a_record_can_be_opened_in_a_tab(qtbot: QtBot, office: Office) -> None:
    office.bench.navigator.open_in_tab(Lead.key_of(STORY))

    qtbot.waitUntil(lambda: office.leads.pane.lead is not None and office.leads.pane.lead.id == STORY)
    assert office.window.area.count == 2


def test_a_lead_in_a_tab_of_its_own_has_it_to_itself(qtbot: QtBot, office: Office) -> None:
    office.leads.open_record(STORY)
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None)
    office.do("leads.in_tab")
    qtbot.waitUntil(lambda: office.leads.heading == "Mariam Al Zaabi")

    assert office.leads.alone == STORY
    assert not office.leads.table.isVisible()
    assert office.window.area.current.heading == "Mariam Al Zaabi"


def test_a_lead_that_is_closed_in_its_tab_gives_the_list_its_room_back(qtbot: QtBot, office: Office) -> None:
    office.bench.navigator.open_in_tab(Lead.key_of(STORY))
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None)
    office.do("leads.close")

    assert office.leads.alone == ""
    assert office.leads.table.isVisible()


def test_there_is_a_bound_to_tabs(office: Office) -> None:
    for _ in range(MOST_TABS - 1):
        office.window.area.open_tab(office.window.area.current.memory)

    assert isinstance(office.bench.actions.availability("tab.new"), WhyNot)
