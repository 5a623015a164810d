"""The list of leads: search, filters, sorting, counts, and what it says where there is nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead, RestoreLead
from fleetdesk.commands.leads import CreateLead, EditLead, MoveLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import Stage
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.state_overlay import Overlay
from fleetdesk.queries.leads import LeadSort
from fleetdesk.views.command_dialog import CommandDialog
from tests.gui.views.filled import ME, StillClock, load, open_store
from tests.gui.views.office import Office, is_named, named, texts
from tests.gui.views.sample import STORY, sample


def names(office: Office) -> list[str]:
    """The names in sight, from the top."""
    return [cells[0].text for row in rows(office) if (cells := office.leads.model.cells_at(row)) is not None]


def rows(office: Office) -> range:
    return range(office.leads.model.rowCount())


def said_instead(office: Office) -> Overlay:
    """What covers the rows."""
    overlay = office.leads.table.overlay
    assert overlay is not None
    return overlay


def stage_chip(office: Office, stage: Stage) -> QAbstractButton:
    """The chip that filters by a stage."""
    chips = office.leads.head.stages.findChildren(QAbstractButton)
    return next(chip for chip in chips if chip.accessibleName().startswith(stage.title()))


def test_the_latest_change_stands_on_top(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: bool(names(office)))

    assert names(office)[0] == "Mariam Al Zaabi"


def test_it_says_how_many_there_are(office: Office) -> None:
    assert "40 leads" in texts(office.leads.head)


def test_typing_narrows_the_list(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClicks(office.leads.head.search, "zaabi")

    qtbot.waitUntil(lambda: names(office) == ["Mariam Al Zaabi"])


def test_an_arabic_name_is_found_by_its_first_letters(qtbot: QtBot, office: Office) -> None:
    office.leads.head.search.setText("محم")

    qtbot.waitUntil(lambda: set(names(office)) == {"محمد الهاشمي"})


def test_each_stage_says_how_many_leads_stand_in_it(qtbot: QtBot, office: Office) -> None:
    new = Counter(lead.status for lead in sample(40).leads)[Stage.NEW]

    qtbot.waitUntil(lambda: stage_chip(office, Stage.NEW).accessibleName() == f"New, {new} leads")


def test_the_stages_count_what_the_other_filters_leave(qtbot: QtBot, office: Office) -> None:
    mine = Counter(lead.status for lead in sample(40).leads if lead.owner_id == ME)
    stage_chip(office, Stage.NEW).click()

    qtbot.keyClicks(office.leads.head.search, " owner:me")

    qtbot.waitUntil(lambda: stage_chip(office, Stage.NEW).accessibleName() == f"New, {mine[Stage.NEW]} leads")
    said = stage_chip(office, Stage.CONTACTED).accessibleName()
    assert said == f"Contacted, {mine[Stage.CONTACTED]} leads"


def test_the_stages_count_what_was_found(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClicks(office.leads.head.search, "zaabi")

    qtbot.waitUntil(lambda: stage_chip(office, Stage.CONTACTED).accessibleName() == "Contacted, 1 lead")
    assert stage_chip(office, Stage.NEW).accessibleName() == "New, 0 leads"


def test_stages_that_are_chosen_are_shown_alone(qtbot: QtBot, office: Office) -> None:
    counts = Counter(lead.status for lead in sample(40).leads)

    stage_chip(office, Stage.NEW).click()
    stage_chip(office, Stage.QUALIFIED).click()

    qtbot.waitUntil(lambda: len(rows(office)) == counts[Stage.NEW] + counts[Stage.QUALIFIED])


def test_what_is_typed_and_what_is_chosen_are_one_filter(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClicks(office.leads.head.search, "al status:new,lost ")
    qtbot.waitUntil(lambda: stage_chip(office, Stage.LOST).isChecked())

    stage_chip(office, Stage.LOST).click()

    assert office.leads.head.search.text() == "al status:new"
    assert office.leads.head.filtering.bar.texts == ("Stage: New",)


def test_what_was_typed_a_moment_before_a_click_is_not_lost(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClicks(office.leads.head.search, "al")

    stage_chip(office, Stage.NEW).click()

    assert office.leads.head.search.text() == "al status:new"


def test_the_leads_that_nobody_has_can_be_asked_for(qtbot: QtBot, office: Office) -> None:
    without = Counter(lead.owner_id for lead in sample(40).leads)[None]

    qtbot.keyClicks(office.leads.head.search, "owner:none")

    qtbot.waitUntil(lambda: len(rows(office)) == without)


def test_a_click_on_a_title_sorts_by_it(qtbot: QtBot, office: Office) -> None:
    header = office.leads.table.horizontalHeader()
    header.sectionClicked.emit(0)

    qtbot.waitUntil(lambda: names(office)[:1] == [min(names(office))] and len(names(office)) > 5)
    assert office.leads.table.sorting == (SortKey(LeadSort.NAME),)


def test_down_a_narrowed_list_the_next_lead_follows_one_that_left_it(qtbot: QtBot, office: Office) -> None:
    stage_chip(office, Stage.NEW).click()
    qtbot.waitUntil(lambda: bool(names(office)) and office.idle())
    office.leads.table.reveal(1)
    page = office.leads
    before = [row.id for at in rows(office) if (row := page.model.row_at(at)) is not None]
    qtbot.waitUntil(lambda: page.pane.lead is not None and page.pane.lead.id == before[1])
    office.store.perform(
        MoveLead(
            id=new_id(),
            issued_at=office.clock.now(),
            lead_id=before[1],
            base=Stage.NEW,
            to=Stage.LOST,
            reason="Budget",
            activity_id=new_id(),
        )
    )
    qtbot.waitUntil(lambda: len(rows(office)) == len(before) - 1)

    office.do("leads.next")

    qtbot.waitUntil(lambda: page.pane.lead_id == before[2])


def test_deleted_leads_are_shown_on_demand(qtbot: QtBot, office: Office) -> None:
    office.store.perform(DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, reason="Twice"))

    qtbot.keyClicks(office.leads.head.search, "deleted:yes")

    qtbot.waitUntil(lambda: names(office) == ["Mariam Al Zaabi"])


def test_a_change_made_elsewhere_is_seen_at_once(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: names(office)[:1] == ["Mariam Al Zaabi"])

    edits = {"last_name": FieldEdit(base="Al Zaabi", new="Al Maktoum")}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits))

    qtbot.waitUntil(lambda: names(office)[:1] == ["Mariam Al Maktoum"])


def test_where_nothing_matches_it_says_so(qtbot: QtBot, office: Office) -> None:
    office.leads.head.search.setText("zzzz")

    qtbot.waitUntil(lambda: not rows(office) and office.leads.table.overlay is not None)
    assert said_instead(office).title == "No lead matches"


def test_search_and_filters_are_cleared_in_one_go(qtbot: QtBot, office: Office) -> None:
    stage_chip(office, Stage.NEW).click()
    office.leads.head.search.setText("zzzz")
    qtbot.waitUntil(lambda: not rows(office) and office.leads.table.overlay is not None)

    named(office.leads.table, "Clear search and filters", Button).click()

    qtbot.waitUntil(lambda: len(rows(office)) == 40)
    assert not office.leads.head.search.text()
    assert not stage_chip(office, Stage.NEW).isChecked()


def test_before_the_first_load_offline_it_says_what_can_be_done(
    qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock
) -> None:
    office = Office.open(open_store(tmp_path / "new", clock), theme, clock)
    office.status.update(SyncStatus(SyncState.OFFLINE))
    qtbot.waitUntil(office.idle)

    assert said_instead(office).title == "Nothing was loaded yet"
    assert said_instead(office).action == "New lead"
    office.close()


def test_while_the_first_load_runs_it_says_how_far_it_is(
    qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock
) -> None:
    office = Office.open(open_store(tmp_path / "new", clock), theme, clock)
    office.status.update(SyncStatus(SyncState.LOADING, progress=LoadProgress(rows=1_250, total=5_000)))
    qtbot.waitUntil(office.idle)

    assert said_instead(office).title == "Loading 25 %"
    office.close()


def test_leads_appear_when_a_load_is_complete(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> None:
    office = Office.open(open_store(tmp_path / "new", clock), theme, clock)
    qtbot.waitUntil(office.idle)

    load(office.store, sample(12))

    qtbot.waitUntil(lambda: len(rows(office)) == 12)
    office.close()


def test_how_long_ago_is_told_anew_each_minute(qtbot: QtBot, office: Office) -> None:
    updated = [column.key for column in office.leads.model.columns].index(LeadSort.UPDATED)
    edits = {"last_name": FieldEdit(base="Al Zaabi", new="Al Maktoum")}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits))
    index = office.leads.model.index(0, updated)
    qtbot.waitUntil(lambda: names(office)[:1] == ["Mariam Al Maktoum"] and index.data() == "now")
    office.leads.table.reveal(5)

    office.clock.instant += dt.timedelta(minutes=8)
    office.bench.minute.moved.emit()

    assert index.data() == "8 min"
    assert office.leads.table.currentIndex().row() == 5


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_Slash, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)],
)
def test_what_is_typed_after_the_keys_of_the_search_is_searched_for(
    qtbot: QtBot, office: Office, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    qtbot.keyClick(office.leads.table, key, modifier)

    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClicks(focused, "new")
    assert office.leads.head.search.text() == "new"


# The row that is marked


def marked(office: Office) -> str | None:
    """The lead whose row is seen to be current."""
    table = office.leads.table
    row = office.leads.model.row_at(table.marked_row) if table.marked_row >= 0 else None
    return None if row is None else row.id


def delete_open(qtbot: QtBot, office: Office) -> None:
    office.leads.table.reveal(3)
    qtbot.waitUntil(lambda: bool(office.leads.pane.lead_id) and office.idle())
    lead_id = office.leads.pane.lead_id
    office.store.perform(DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id=lead_id, reason="Twice"))
    qtbot.waitUntil(lambda: len(rows(office)) == 39 and office.idle())


def test_while_a_deleted_lead_is_open_no_row_is_marked(qtbot: QtBot, office: Office) -> None:
    delete_open(qtbot, office)

    assert marked(office) is None


def test_a_restored_lead_that_is_open_is_marked_again(qtbot: QtBot, office: Office) -> None:
    delete_open(qtbot, office)
    lead_id = office.leads.pane.lead_id

    office.store.perform(RestoreLead(id=new_id(), issued_at=office.clock.now(), lead_id=lead_id))

    qtbot.waitUntil(lambda: len(rows(office)) == 40 and office.idle())
    qtbot.waitUntil(lambda: marked(office) == lead_id)
    assert office.leads.pane.lead_id == lead_id


def test_while_a_lead_is_open_that_the_search_hides_no_row_is_marked(qtbot: QtBot, office: Office) -> None:
    office.leads.head.search.setText("al")
    qtbot.waitUntil(lambda: 3 < len(rows(office)) < 40 and office.idle())
    office.leads.table.reveal(2)
    qtbot.waitUntil(lambda: bool(office.leads.pane.lead_id))
    values = {"last_name": "Moreau"}
    office.store.perform(CreateLead(id=new_id(), issued_at=office.clock.now(), lead_id="lead-new", values=values))

    office.leads.open_record("lead-new")

    qtbot.waitUntil(lambda: marked(office) is None)
    assert office.leads.pane.lead_id == "lead-new"


def test_going_on_with_the_keyboard_marks_the_row_that_opens(qtbot: QtBot, office: Office) -> None:
    delete_open(qtbot, office)

    qtbot.keyClick(office.leads.table, Qt.Key.Key_Down)

    qtbot.waitUntil(lambda: marked(office) is not None and marked(office) == office.leads.pane.lead_id)


def test_the_marked_row_counts_as_chosen(qtbot: QtBot, office: Office) -> None:
    office.leads.table.reveal(2)
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None and office.idle())
    lead_id = office.leads.pane.lead_id
    office.do("leads.close")

    qtbot.keyClick(office.leads.table, Qt.Key.Key_E)

    qtbot.waitUntil(lambda: bool(office.window.findChildren(CommandDialog)) and office.idle())
    assert office.leads.pane.lead_id == lead_id
    assert not office.said.texts
    office.dialog(CommandDialog).reject()


def test_what_the_marked_lead_does_not_allow_is_said_once_it_is_open(qtbot: QtBot, office: Office) -> None:
    office.leads.table.reveal(2)
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None and office.idle())
    office.do("leads.close")

    office.do("leads.restore")

    qtbot.waitUntil(lambda: office.said.texts == ["Only a deleted lead can be restored."])


def test_an_open_lead_that_the_list_does_not_show_says_so(qtbot: QtBot, office: Office) -> None:
    page = office.leads
    page.table.reveal(0)
    qtbot.waitUntil(lambda: page.pane.lead is not None and office.idle())
    told = "This lead is not in the list beside it."
    assert not is_named(page.pane, told)

    page.listing.put("zzzz")
    qtbot.waitUntil(lambda: office.idle() and is_named(page.pane, told))

    page.listing.put("")
    qtbot.waitUntil(lambda: office.idle() and not is_named(page.pane, told))


def test_a_lead_that_was_never_chosen_is_not_opened_when_chosen_ones_leave(qtbot: QtBot, office: Office) -> None:
    page = office.leads
    page.table.reveal(0)
    qtbot.waitUntil(lambda: page.pane.lead is not None and office.idle())
    page.table.selection.select_rows([0, 1, 2])
    lead_id = page.pane.lead_id
    index = page.model.index(5, 0)

    page.table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
    qtbot.waitUntil(office.idle)

    assert page.pane.lead_id == lead_id
