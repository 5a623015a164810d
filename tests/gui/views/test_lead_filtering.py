"""Narrowing the list: by the menu and its small editors, by chips, and by what is typed, all of them one filter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from fleetdesk.models.stages import Stage
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.views.leads.asking.filter_words import field_title
from fleetdesk.views.leads.asking.term_popover import TermPopover
from tests.gui.views.office import Office, named, texts


def open_editor(qtbot: QtBot, office: Office, field: str) -> TermPopover:
    """Choose a field in the menu, as Enter does."""
    office.do("leads.filter")
    qtbot.waitUntil(office.idle)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = next(entry for entry in menu.actions() if entry.text() == field_title(field))
    menu.setActiveAction(entry)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), TermPopover))
    return popover()


def popover() -> TermPopover:
    found = QApplication.activePopupWidget()
    assert isinstance(found, TermPopover)
    return found


def tick(qtbot: QtBot, editor: TermPopover, text: str) -> None:
    """Tick a line of an editor's list by keyboard."""
    [lines] = editor.findChildren(QListWidget)
    row = next(row for row in range(lines.count()) if lines.item(row).text() == text)
    lines.setCurrentRow(row)
    qtbot.keyClick(lines, Qt.Key.Key_Space)


def chips(office: Office) -> tuple[str, ...]:
    return office.leads.head.filtering.bar.texts


def typed(office: Office) -> str:
    return office.leads.head.search.text()


TICKED = {
    ("status", "Qualified"): ("status:qualified", "Stage: Qualified"),
    ("owner", "Omar Al Suwaidi"): ("owner:omar.alsuwaidi@fleetcore.example", "Owner: Omar Al Suwaidi"),
    ("owner", "Nobody"): ("owner:none", "Owner: Nobody"),
    ("country", "France"): ("country:FR", "Country: France"),
    ("tag", "dubai"): ("tag:dubai", "Tag: dubai"),
    ("source", "trade fair"): ('source:"trade fair"', "Source: trade fair"),
    ("next", "Overdue"): ("next:overdue", "Next step due: Overdue"),
    ("next", "In the next 7 days"): ("next:today..+7d", "Next step due in the next 7 days"),
    ("created", "In the last 30 days"): ("created:30d..", "Created in the last 30 days"),
    ("created", "March 2026"): ("created:2026-03", "Created: March 2026"),
    ("rotting", "No activity for 30 days"): ("rotting:30", "No activity for 30 days"),
    ("deleted", "Deleted ones only"): ("deleted:yes", "Deleted ones only"),
}


@pytest.mark.parametrize(("field", "line"), TICKED)
def test_what_is_ticked_is_asked_for_at_once(qtbot: QtBot, office: Office, field: str, line: str) -> None:
    editor = open_editor(qtbot, office, field)

    tick(qtbot, editor, line)

    assert (typed(office), *chips(office)) == TICKED[field, line]
    editor.close_popover()


def test_numbers_are_asked_for_from_and_to(qtbot: QtBot, office: Office) -> None:
    editor = open_editor(qtbot, office, "fleet")

    qtbot.keyClicks(named(editor, "At least", QLineEdit), "20")
    qtbot.keyClicks(named(editor, "At most", QLineEdit), "50")

    assert typed(office) == "fleet:20..50"
    editor.close_popover()


def test_a_number_that_is_none_is_told_and_changes_nothing(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("fleet:20..")
    editor = open_editor(qtbot, office, "fleet")

    qtbot.keyClicks(named(editor, "At most", QLineEdit), "many")

    assert "“many” is no whole number." in texts(editor)
    assert typed(office) == "fleet:20.."
    editor.close_popover()


def test_days_are_asked_for_from_and_to(qtbot: QtBot, office: Office) -> None:
    editor = open_editor(qtbot, office, "created")

    qtbot.keyClicks(named(editor, "From", QLineEdit), "2026-01-01")
    qtbot.keyClicks(named(editor, "To", QLineEdit), "2026-02")

    assert typed(office) == "created:2026-01-01..2026-02"
    editor.close_popover()


def test_a_day_that_does_not_exist_is_told(qtbot: QtBot, office: Office) -> None:
    editor = open_editor(qtbot, office, "created")

    qtbot.keyClicks(named(editor, "From", QLineEdit), "2026-02-30")

    assert "“2026-02-30” is no day that can be understood." in texts(editor)
    editor.close_popover()


def test_any_number_of_days_without_activity_can_be_asked_for(qtbot: QtBot, office: Office) -> None:
    editor = open_editor(qtbot, office, "rotting")

    qtbot.keyClicks(named(editor, "Other number of days", QLineEdit), "45")

    assert chips(office) == ("No activity for 45 days",)
    editor.close_popover()


def test_a_tag_that_no_lead_has_yet_can_be_asked_for(qtbot: QtBot, office: Office) -> None:
    editor = open_editor(qtbot, office, "tag")
    find = named(editor, "Find in Tag", QLineEdit)

    qtbot.keyClicks(find, "autumn")
    qtbot.keyClick(find, Qt.Key.Key_Return)

    assert chips(office) == ("Tag: autumn",)
    editor.close_popover()


def test_the_others_can_be_asked_for(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("country:FR")
    editor = open_editor(qtbot, office, "country")
    mode = named(editor, "Those that match, or the others", ChoiceBox)

    mode.setFocus()
    qtbot.keyClick(mode, Qt.Key.Key_Down)
    mode.chosen.emit(mode.key)

    assert typed(office) == "-country:FR"
    editor.close_popover()


def test_the_menu_opens_the_term_that_is_there(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("country:FR status:new")
    editor = open_editor(qtbot, office, "country")

    tick(qtbot, editor, "United Arab Emirates")

    assert typed(office) == "country:FR,AE status:new"
    editor.close_popover()


def test_the_last_value_that_is_unticked_takes_the_term_along(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("country:FR status:new")
    editor = open_editor(qtbot, office, "country")

    tick(qtbot, editor, "France")

    assert typed(office) == "status:new"
    editor.close_popover()


def test_an_editor_takes_its_term_away(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("country:FR status:new")
    editor = open_editor(qtbot, office, "country")

    named(editor, "Remove the filter", QPushButton).click()

    assert typed(office) == "status:new"
    assert QApplication.activePopupWidget() is None


def test_escape_closes_an_editor_and_gives_the_keyboard_back(qtbot: QtBot, office: Office) -> None:
    office.leads.table.setFocus()
    editor = open_editor(qtbot, office, "country")

    qtbot.keyClick(editor, Qt.Key.Key_Escape)

    qtbot.waitUntil(office.leads.table.hasFocus)


def test_a_chip_opens_the_editor_of_its_own_term(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("tag:dubai tag:electric")
    bar = office.leads.head.filtering.bar
    qtbot.waitUntil(lambda: office.window.isActiveWindow() and office.idle())

    qtbot.keyClick(bar.chip_at(1), Qt.Key.Key_Return)
    tick(qtbot, popover(), "electric")

    assert typed(office) == "tag:dubai"
    popover().close_popover()


def test_a_chip_that_is_taken_away_leaves_the_query_and_the_faults_in_it(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("flet:20 owner:me status:new al")

    qtbot.keyClick(office.leads.head.filtering.bar.chip_at(0), Qt.Key.Key_Delete)

    assert typed(office) == "flet:20 status:new al"


def test_a_group_of_stages_marks_each_of_them(office: Office) -> None:
    office.leads.listing.put("status:closed")

    assert office.leads.head.stages.stages == {Stage.CONVERTED, Stage.LOST}


def test_stages_that_are_excluded_mark_none(office: Office) -> None:
    office.leads.listing.put("-status:lost")

    assert office.leads.head.stages.stages == frozenset()
    assert chips(office) == ("Stage: not Lost",)


def test_what_is_not_understood_is_told_with_what_could_be_meant(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClicks(office.leads.head.search, "status:contactd al")

    qtbot.waitUntil(lambda: "“status” is never “contactd”." in texts(office.leads.head))
    named(office.leads.head, "contacted", Button).click()

    assert typed(office) == "status:contacted al"
    assert "“status” is never “contactd”." not in texts(office.leads.head)


def test_the_names_that_a_query_is_completed_with_follow_the_leads(qtbot: QtBot, office: Office) -> None:
    search = office.leads.head.search
    search.setFocus()
    qtbot.keyClicks(search, "tag:")
    qtbot.waitUntil(lambda: "dubai" in [offer.text for offer in search.offers])

    qtbot.keyClick(search, Qt.Key.Key_Down)
    qtbot.keyClick(search, Qt.Key.Key_Down)
    marked = search.offers[1].text
    qtbot.keyClick(search, Qt.Key.Key_Return)

    assert typed(office) == f"tag:{marked}" or typed(office) == f'tag:"{marked}"'


def test_search_and_filters_are_cleared_by_the_bar(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("status:new al")

    named(office.leads.head, "Clear", Button).click()

    assert (typed(office), chips(office)) == ("", ())
