"""The columns of the list of leads and its order: chosen, moved, widened, sorted by several, and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from fleetdesk.models.saved_views import ViewColumn
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.arrange_dialog import ArrangeDialog
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.tick_lines import TickLines
from fleetdesk.queries.leads import LeadSort
from fleetdesk.views.leads.columns import FIRST_COLUMNS
from tests.gui.views.filled import StillClock, load, open_store
from tests.gui.views.office import Office, named
from tests.gui.views.sample import sample


@pytest.fixture
def dialog(qtbot: QtBot, office: Office) -> ArrangeDialog:
    office.do("leads.columns")
    dialog = office.dialog(ArrangeDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def shown(office: Office) -> list[str]:
    return [column.key for column in office.leads.table.columns]


def lines(dialog: ArrangeDialog) -> TickLines:
    return named(dialog, "Columns", TickLines)


def go_to(dialog: ArrangeDialog, key: str) -> TickLines:
    """Go to a column's line."""
    found = lines(dialog)
    found.setCurrentRow(next(row for row in range(found.count()) if found.pick_at(row).key == key))
    return found


def test_it_begins_with_the_first_columns(office: Office) -> None:
    assert shown(office) == list(FIRST_COLUMNS)


def test_a_column_is_added_by_keyboard(qtbot: QtBot, office: Office, dialog: ArrangeDialog) -> None:
    qtbot.keyClick(go_to(dialog, "email"), Qt.Key.Key_Space)

    assert shown(office) == [*FIRST_COLUMNS, "email"]


def test_a_column_is_moved_by_keyboard(qtbot: QtBot, office: Office, dialog: ArrangeDialog) -> None:
    qtbot.keyClick(go_to(dialog, LeadSort.COMPANY), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(lines(dialog), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)

    assert shown(office)[:3] == [LeadSort.COMPANY, LeadSort.NAME, LeadSort.STAGE]


def test_a_column_is_widened_by_keyboard(qtbot: QtBot, office: Office, dialog: ArrangeDialog) -> None:
    go_to(dialog, LeadSort.COMPANY)

    named(dialog, "Width of the column", QSpinBox).setValue(240)

    assert ViewColumn(LeadSort.COMPANY, 240) in office.leads.table.columns


def test_cancelling_puts_all_back(qtbot: QtBot, office: Office, dialog: ArrangeDialog) -> None:
    before = office.leads.table.columns
    qtbot.keyClick(go_to(dialog, "email"), Qt.Key.Key_Space)

    dialog.reject()

    assert office.leads.table.columns == before


def test_all_is_again_as_at_first(qtbot: QtBot, office: Office, dialog: ArrangeDialog) -> None:
    before = office.leads.table.columns
    qtbot.keyClick(go_to(dialog, "email"), Qt.Key.Key_Space)
    qtbot.keyClick(go_to(dialog, LeadSort.NAME), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)

    named(dialog, "As at first", Button).click()

    assert office.leads.table.columns == before


def test_leads_are_sorted_by_several_columns_by_keyboard(qtbot: QtBot, office: Office, dialog: ArrangeDialog) -> None:
    for name, key in (("Sort by, 1", LeadSort.COUNTRY), ("Sort by, 2", LeadSort.FLEET_SIZE)):
        by = named(dialog, name, ChoiceBox)
        by.set_key(key)
        by.chosen.emit(key)
    way = named(dialog, "Direction, 2", ChoiceBox)
    way.set_key("down")
    way.chosen.emit("down")
    qtbot.waitUntil(office.idle)

    assert office.leads.listing.sorting == (
        SortKey(LeadSort.COUNTRY),
        SortKey(LeadSort.FLEET_SIZE, descending=True),
    )
    model = office.leads.model
    found = [row for at in range(model.rowCount()) if (row := model.row_at(at)) is not None]
    assert found == sorted(found, key=lambda row: (row.country or "~", -(row.fleet_size or 0)))


def test_a_column_that_is_chosen_twice_counts_where_it_stands_first(office: Office, dialog: ArrangeDialog) -> None:
    second = named(dialog, "Sort by, 2", ChoiceBox)
    second.set_key(LeadSort.UPDATED)
    second.chosen.emit(second.key)

    assert office.leads.listing.sorting == (SortKey(LeadSort.UPDATED, descending=True),)


def test_shift_and_a_click_on_a_title_sorts_by_it_after_the_others(qtbot: QtBot, office: Office) -> None:
    header = office.leads.table.record_header
    place = QPoint(header.sectionViewportPosition(1) + 20, header.height() // 2)

    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, place)

    assert office.leads.listing.sorting == (SortKey(LeadSort.UPDATED, descending=True), SortKey(LeadSort.STAGE))


@pytest.mark.parametrize("key", ["email", "phone", "tags"])
def test_columns_that_cannot_be_sorted_by_quickly_are_not_offered(dialog: ArrangeDialog, key: str) -> None:
    by = named(dialog, "Sort by, 1", ChoiceBox)

    assert by.findData(key) < 0


Again = Callable[[], Office]


@pytest.fixture
def again(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> Again:
    """Opens a window over the same laptop again, as after a restart."""

    def open_again() -> Office:
        office = Office.open(open_store(tmp_path / "kept", clock), theme, clock)
        qtbot.waitUntil(office.idle)
        return office

    store = open_store(tmp_path / "kept", clock)
    load(store, sample(12))
    store.close()
    return open_again


def test_what_was_arranged_is_there_after_a_restart(qtbot: QtBot, again: Again) -> None:
    office = again()
    header = office.leads.table.record_header
    header.show_column("email", shown=True)
    header.moveSection(header.visualIndex(0), 1)
    header.resizeSection(1, 150)
    before = office.leads.table.columns
    office.close()

    office = again()

    assert office.leads.table.columns == before
    assert before[0] == ViewColumn(LeadSort.STAGE, 150)
    assert before[-1].key == "email"
    office.close()


@pytest.mark.parametrize(
    "kept", [7, [], ["name"], [{"key": "name", "width": -5}], [{"key": "gone", "width": 90}]], ids=str
)
def test_what_was_kept_and_cannot_be_read_is_as_at_first(again: Again, kept: JsonValue) -> None:
    office = again()
    office.bench.remembered.keep("leads.columns", kept)
    office.close()

    office = again()

    assert shown(office) == list(FIRST_COLUMNS)
    office.close()


def test_where_the_person_chose_more_than_there_is_room_for_all_are_there(qtbot: QtBot, office: Office) -> None:
    table = office.leads.table
    for key in ("email", "phone", LeadSort.SOURCE, "tags", LeadSort.CREATED):
        table.record_header.show_column(key, shown=True)

    office.window.resize(1024, 700)
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() > 0)

    header = table.record_header
    assert all(not header.isSectionHidden(n) for n, c in enumerate(table.columns_there_are) if c.key in shown(office))


def test_beside_an_open_lead_the_last_ones_make_way(qtbot: QtBot, office: Office) -> None:
    table = office.leads.table
    table.record_header.show_column("email", shown=True)

    table.reveal(0)
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None)

    keys = [column.key for column in table.columns_there_are]
    assert table.record_header.isSectionHidden(keys.index("email"))
    assert not table.record_header.isSectionHidden(keys.index(LeadSort.NAME))
    assert "email" in shown(office)
