"""The screen of duplicates: groups with what they share, merged or told apart, for everybody and undoable."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox
from pytestqt.qtbot import QtBot

from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.leads_apart import KeepApart, TellApart
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.qt.look.theme import Theme
from fleetdesk.views.leads.duplicates.merge_dialog import MergeDialog
from fleetdesk.views.leads.duplicates.page import DuplicatesPage
from tests.gui.views.filled import StillClock, open_store
from tests.gui.views.lead_pane import performed
from tests.gui.views.office import Office, named, texts
from tests.gui.views.sample import STORY
from tests.gui.views.twins import OFFICE, TWIN, TWINS, bring_twins


@pytest.fixture
def groups(qtbot: QtBot, office: Office) -> Office:
    """The screen with Mariam's group on top: it is not by a number alone, as the others are."""
    bring_twins(office.store)
    office.window.show_screen("duplicates")
    qtbot.waitUntil(lambda: page(office).pane.row is not None and office.idle())
    return office


def page(office: Office) -> DuplicatesPage:
    found = office.window.page("duplicates")
    assert isinstance(found, DuplicatesPage)
    return found


def shown(office: Office) -> list[tuple[str, ...]]:
    """The lines of the list, as people read them; the last column, a time, left out."""
    model = page(office).model
    found = []
    for row in range(model.rowCount()):
        cells = model.cells_at(row)
        found.append(tuple(cell.text for cell in cells[:-1]) if cells else ())
    return found


def leads(office: Office) -> list[str]:
    """The leads of the open group that are ticked."""
    return sorted(page(office).pane.ticked)


def settled(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(office.idle)


# What is listed


def test_the_surest_group_is_on_top_and_open_with_what_it_shares(groups: Office) -> None:
    assert shown(groups)[0] == (
        "Mariam Al Zaabi, Maryam Alzaabi, 1 more",
        "Email mariam@alzaabi-cars.example · Phone +971506601122",
        "3",
        "Likely",
    )
    assert leads(groups) == sorted(TWINS)


def test_the_list_says_how_many_groups_there_are(groups: Office) -> None:
    assert f"{page(groups).model.rowCount()} groups" in texts(page(groups))


def test_each_lead_says_which_of_its_values_another_has(groups: Office) -> None:
    said = texts(page(groups).pane)
    assert said.count("the same") == 4
    assert "Trade licence: CN-1189204" in said


def test_a_search_leaves_the_groups_with_a_lead_that_matches(qtbot: QtBot, groups: Office) -> None:
    qtbot.keyClicks(page(groups).search, "maryam")
    qtbot.waitUntil(lambda: len(shown(groups)) == 1)
    qtbot.keyClicks(page(groups).search, "zzz")
    qtbot.waitUntil(lambda: not shown(groups))
    qtbot.waitUntil(lambda: "No group matches" in texts(page(groups)))  # once no other answer is under way
    named(page(groups), "Show all groups", QAbstractButton).click()
    qtbot.waitUntil(lambda: len(shown(groups)) > 1)


def test_groups_can_be_narrowed_to_what_they_share(qtbot: QtBot, groups: Office) -> None:
    page(groups).shown.set_key("email_key")
    page(groups).shown.chosen.emit("email_key")
    qtbot.waitUntil(lambda: len(shown(groups)) == 1)


def test_a_lead_that_is_deleted_elsewhere_leaves_its_group(qtbot: QtBot, groups: Office) -> None:
    now = groups.clock.now()
    groups.store.perform(DeleteLead(id=new_id(), issued_at=now, lead_id=OFFICE, reason="Twice"))
    qtbot.waitUntil(lambda: shown(groups)[0][:1] == ("Mariam Al Zaabi, Maryam Alzaabi",))
    qtbot.waitUntil(lambda: leads(groups) == sorted((STORY, TWIN)))


def test_a_card_opens_its_lead(qtbot: QtBot, groups: Office) -> None:
    named(page(groups).pane, "Open Maryam Alzaabi", QAbstractButton).click()
    qtbot.waitUntil(lambda: groups.leads.pane.lead is not None and groups.leads.pane.lead.id == TWIN)


# Merged


def test_enter_compares_the_group_and_merging_goes_on_to_the_next(qtbot: QtBot, groups: Office) -> None:
    before = len(shown(groups))
    qtbot.keyClick(page(groups).table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(groups.window.findChildren(MergeDialog)))
    groups.dialog(MergeDialog).submit()
    qtbot.waitUntil(lambda: len(shown(groups)) == before - 1 and groups.idle())
    row = page(groups).pane.row
    assert row is not None
    assert row.id not in TWINS


def test_only_what_is_ticked_is_merged(qtbot: QtBot, groups: Office) -> None:
    named(page(groups).pane, "Al Zaabi Premium Cars", QCheckBox).click()
    groups.do("duplicates.merge")
    qtbot.waitUntil(lambda: bool(groups.window.findChildren(MergeDialog)))
    assert [lead.side.id for lead in groups.dialog(MergeDialog).form.leads] == [STORY, TWIN]  # type: ignore[attr-defined]


def test_one_ticked_lead_is_too_few(groups: Office) -> None:
    for name in ("Al Zaabi Premium Cars", "Maryam Alzaabi"):
        named(page(groups).pane, name, QCheckBox).click()
    groups.do("duplicates.merge")
    assert groups.said.texts[-1] == "Tick two leads at least."


# Told apart


def test_leads_that_are_told_apart_leave_the_list_and_undo_brings_them_back(qtbot: QtBot, groups: Office) -> None:
    before = len(shown(groups))
    groups.do("duplicates.apart")
    qtbot.waitUntil(lambda: len(shown(groups)) == before - 1)
    [act] = performed(groups)
    assert isinstance(act, TellApart)
    assert sorted(act.lead_ids) == sorted(TWINS)
    told = groups.said.messages[-1]
    assert (told.what, told.action is not None) == ("3 leads are different prospects.", True)
    assert told.action is not None
    told.action.run()
    qtbot.waitUntil(lambda: len(shown(groups)) == before)


def test_one_of_the_leads_stays_a_duplicate_if_only_others_were_told_apart(qtbot: QtBot, groups: Office) -> None:
    named(page(groups).pane, "Maryam Alzaabi", QCheckBox).click()
    groups.do("duplicates.apart")
    qtbot.waitUntil(lambda: shown(groups)[0][2:3] == ("2",))
    assert shown(groups)[0][0] == "Mariam Al Zaabi, Maryam Alzaabi"


def test_what_was_told_apart_is_listed_and_offered_again(qtbot: QtBot, groups: Office) -> None:
    groups.do("duplicates.apart")
    qtbot.waitUntil(lambda: len(performed(groups)) == 1 and groups.idle())
    page(groups).shown.set_key("apart")
    page(groups).shown.chosen.emit("apart")
    qtbot.waitUntil(lambda: [line[3:] for line in shown(groups)] == [("Different",)] and groups.idle())
    groups.do("duplicates.again")
    qtbot.waitUntil(lambda: not shown(groups))
    assert isinstance(performed(groups)[-1], KeepApart)
    assert "No leads were told apart" in texts(page(groups))


def test_the_drawer_names_the_leads(qtbot: QtBot, groups: Office) -> None:
    groups.do("duplicates.apart")
    qtbot.waitUntil(lambda: bool(groups.bench.outbox.changes))
    assert groups.bench.outbox.changes[0].target_name == "Mariam Al Zaabi, Maryam Alzaabi, 1 more"


# By keyboard, and in other states


def test_the_keyboard_goes_through_the_groups(qtbot: QtBot, groups: Office) -> None:
    first = page(groups).pane.row
    groups.do("duplicates.next")
    qtbot.waitUntil(lambda: page(groups).pane.row not in (None, first) and groups.idle())
    groups.do("duplicates.previous")
    qtbot.waitUntil(lambda: page(groups).pane.row == first)


def test_without_leads_it_says_what_it_waits_for(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> None:
    empty = Office.open(open_store(tmp_path / "empty", clock), theme, clock)
    empty.window.show_screen("duplicates")
    settled(qtbot, empty)
    assert "No duplicates" in texts(page(empty))
    empty.status.update(SyncStatus(SyncState.OFFLINE))
    assert "Nothing was loaded yet" in texts(page(empty))
    empty.close()


def test_a_change_of_one_lead_does_not_lose_what_was_unticked(qtbot: QtBot, groups: Office) -> None:
    named(page(groups).pane, "Al Zaabi Premium Cars", QCheckBox).click()
    groups.store.perform(groups_edit(groups))
    qtbot.waitUntil(lambda: "Company: x" not in texts(page(groups)) and groups.idle())
    assert leads(groups) == sorted((STORY, TWIN))


def groups_edit(office: Office) -> DeleteLead:
    """Something else happens elsewhere."""
    return DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id="lead-00020", reason="Spam")


def test_the_screen_is_gone_to_by_its_keys(office: Office) -> None:
    assert office.bench.actions["go.duplicates"].shortcut == "G, D"
    assert Lead.__tablename__ in {kind.table for kind in office.bench.records._kinds.values()}  # noqa: SLF001
