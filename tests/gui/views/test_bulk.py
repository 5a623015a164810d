"""Acts on many leads at once."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import APPLIED
from fleetdesk.models.changes import Changes
from fleetdesk.models.stages import Stage
from fleetdesk.qt.availability import ENABLED, WhyNot
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import AnyOf, Filter, Term
from fleetdesk.queries.leads import LeadQuery, lead_keys, lead_page
from fleetdesk.views.leads.doing.bulk_dialog import BulkDialog
from tests.gui.views.filled import answer
from tests.gui.views.office import Office, named, texts


@pytest.fixture
def chosen(qtbot: QtBot, office: Office) -> Office:
    """The office with all forty leads of the list chosen."""
    qtbot.waitUntil(lambda: office.leads.model.rowCount() == 40)
    office.do("leads.bulk_all")
    qtbot.waitUntil(office.leads.bulk.isVisible)
    return office


def ask(qtbot: QtBot, office: Office, action: str, value: str) -> BulkDialog:
    """Open the dialog of an action, let it find out which leads are meant, and fill it in."""
    office.do(action)
    dialog = office.dialog(BulkDialog)
    qtbot.waitUntil(office.idle)
    dialog.form.set_values({"value": value})
    return dialog


def test_what_is_asked_for_in_haste_is_done_once_it_is_known_which_leads_are_meant(
    qtbot: QtBot, chosen: Office
) -> None:
    chosen.do("leads.bulk_tag")
    dialog = chosen.dialog(BulkDialog)
    qtbot.keyClicks(dialog.focusWidget(), "autumn")
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: any("Tagged 40 leads" in text for text in chosen.said.texts))


def test_a_move_is_offered_to_the_stages_that_any_of_the_chosen_may_go_to(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("status:contacted")
    qtbot.waitUntil(lambda: office.idle() and 1 < office.leads.model.rowCount() < 40)
    office.do("leads.bulk_all")
    office.do("leads.bulk_move")
    qtbot.waitUntil(office.idle)

    [stages] = office.dialog(BulkDialog).form.findChildren(ChoiceBox)

    assert [stages.itemText(place) for place in range(stages.count())] == ["Qualified"]


def button(dialog: BulkDialog, text: str) -> QAbstractButton:
    return next(each for each in dialog.findChildren(QAbstractButton) if each.text() == text)


def test_the_bar_says_how_many_are_chosen(chosen: Office) -> None:
    assert "All 40 matching leads chosen" in texts(chosen.leads.bulk)


def test_those_in_sight_are_chosen_apart_from_all_that_match(qtbot: QtBot, office: Office) -> None:
    office.window.resize(1280, 700)
    qtbot.waitUntil(lambda: len(office.leads.table.rows_in_sight()) < 40)
    office.do("leads.bulk_sight")
    qtbot.waitUntil(office.idle)
    seen = len(office.leads.table.rows_in_sight())
    office.do("leads.bulk_sight")

    assert f"{seen} leads in sight chosen" in texts(office.leads.bulk)

    named(office.leads.bulk, "Choose all 40", QPushButton).click()

    assert "All 40 matching leads chosen" in texts(office.leads.bulk)


def test_the_bar_says_of_how_many_some_are_chosen(office: Office) -> None:
    office.leads.table.selection.select_rows([1, 3, 5])

    assert "3 of 40 leads chosen" in texts(office.leads.bulk)


def test_who_chooses_several_leads_keeps_the_list_in_sight(qtbot: QtBot, office: Office) -> None:
    office.window.resize(1024, 700)
    office.do("leads.bulk_all")
    qtbot.waitUntil(office.idle)

    assert office.leads.pane.isHidden()
    assert office.leads.table.isVisible()


def test_all_that_match_are_chosen_once_they_are_there(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("country:FR")
    office.do("leads.bulk_all")
    qtbot.waitUntil(office.idle)

    assert 1 < office.leads.table.selection.count == office.leads.model.rowCount() < 40


def test_another_query_meanwhile_chooses_nothing(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("country:FR")
    office.do("leads.bulk_all")
    office.leads.listing.put("country:AE")
    qtbot.waitUntil(office.idle)

    assert office.leads.table.selection.count == 0


def test_leads_are_moved_together_and_those_that_may_not_go_are_named(qtbot: QtBot, chosen: Office) -> None:
    dialog = ask(qtbot, chosen, "leads.bulk_move", "qualified")

    dialog.submit()

    qtbot.waitUntil(dialog.refused.isVisible)
    [batch] = chosen.store.batches()
    assert batch.sentence == f"Moved {batch.waiting} leads to “qualified”"
    assert len(dialog.refused.lines) == 40 - batch.waiting > 0
    assert any("cannot go from new to qualified" in line for line in dialog.refused.lines)


def test_the_reasons_can_be_copied(qtbot: QtBot, chosen: Office) -> None:
    dialog = ask(qtbot, chosen, "leads.bulk_move", "qualified")
    dialog.submit()
    qtbot.waitUntil(dialog.refused.isVisible)

    button(dialog, "Copy the list").click()

    assert QGuiApplication.clipboard().text().splitlines() == [f"• {line}" for line in dialog.refused.lines]


ACTS = {
    "assign": "person-omar",
    "tag": "autumn",
    "move": "qualified",
    "lose": "No answer for a year",
    "delete": "Bought list",
}


def leads(office: Office) -> set[tuple[object, ...]]:
    """What all leads are, as far as such acts change it."""
    with office.store.reading() as connection:
        keys = lead_keys(connection, LeadQuery(Filter((Term("deleted", AnyOf(("any",))),))), NO_ONE)
        rows = lead_page(connection, list(keys)).values()
        return {(row.id, row.status, row.owner_id, row.tags, row.deleted) for row in rows}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_one_batch_that_one_undo_takes_back(qtbot: QtBot, chosen: Office, act: str) -> None:
    before = leads(chosen)
    ask(qtbot, chosen, f"leads.bulk_{act}", ACTS[act]).submit()
    qtbot.waitUntil(lambda: len(chosen.store.batches()) == 1)
    assert leads(chosen) != before
    qtbot.waitUntil(lambda: chosen.bench.actions.availability("window.undo") == ENABLED)

    chosen.do("window.undo")

    qtbot.waitUntil(lambda: leads(chosen) == before)


def test_the_bar_is_not_there_for_one_lead(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: office.leads.model.rowCount() == 40)
    office.leads.table.reveal(0)
    assert not office.leads.bulk.isVisible()


def test_an_act_on_many_needs_several_leads(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: office.leads.model.rowCount() == 40)
    why_not = WhyNot("Choose several leads first, with Shift or Ctrl.")
    assert office.bench.actions.availability("leads.bulk_tag") == why_not


def test_all_of_them_are_tagged_as_one_batch(qtbot: QtBot, chosen: Office) -> None:
    ask(qtbot, chosen, "leads.bulk_tag", "autumn").submit()
    qtbot.waitUntil(lambda: bool(chosen.store.batches()))
    qtbot.waitUntil(chosen.idle)
    [batch] = chosen.store.batches()
    assert (batch.sentence, batch.waiting) == ("Tagged 40 leads “autumn”", 40)


def test_leads_are_chosen_again_where_a_new_local_copy_came_before_they_were_known(
    qtbot: QtBot, chosen: Office
) -> None:
    chosen.do("leads.bulk_tag")
    dialog = chosen.dialog(BulkDialog)
    chosen.bench.changes.changed.emit(Changes(tables=frozenset({"sys_demo_lead"})))
    assert not dialog.isVisible()
    assert "The list was loaded anew just now." in texts(chosen.window)


def test_undo_takes_all_of_them_back(qtbot: QtBot, chosen: Office) -> None:
    ask(qtbot, chosen, "leads.bulk_tag", "autumn").submit()
    qtbot.waitUntil(lambda: chosen.bench.actions.availability("window.undo") == ENABLED)
    chosen.do("window.undo")
    qtbot.waitUntil(lambda: not chosen.store.batches())


def test_what_was_sent_and_cannot_be_taken_back_is_not_offered_to_be(qtbot: QtBot, chosen: Office) -> None:
    dialog = ask(qtbot, chosen, "leads.bulk_move", Stage.QUALIFIED)
    dialog.submit()
    qtbot.waitUntil(dialog.refused.isVisible)
    assert any("Once it is sent, it cannot be undone." in text for text in texts(dialog))
    undo = button(dialog, "Undo what was done")
    assert undo.isEnabled()

    answer(chosen.store, *[APPLIED] * chosen.store.batches()[0].waiting)
    chosen.bench.outbox.refresh()

    qtbot.waitUntil(lambda: not undo.isEnabled())
    assert "A lead takes no step back in the pipeline." in undo.toolTip()


def test_leads_that_are_refused_are_named_with_the_reason(qtbot: QtBot, chosen: Office) -> None:
    dialog = ask(qtbot, chosen, "leads.bulk_lose", "No answer for a year")
    dialog.submit()
    qtbot.waitUntil(dialog.refused.isVisible)
    lines = dialog.refused.lines
    [batch] = chosen.store.batches()
    assert len(lines) == 40 - batch.waiting > 0
    assert any("cannot go from converted to lost" in line for line in lines)


def test_what_was_done_beside_refused_leads_is_undone_by_one_button(qtbot: QtBot, chosen: Office) -> None:
    dialog = ask(qtbot, chosen, "leads.bulk_lose", "No answer for a year")
    dialog.submit()
    qtbot.waitUntil(dialog.refused.isVisible)
    qtbot.waitUntil(lambda: chosen.bench.actions.availability("window.undo") == ENABLED)
    qtbot.mouseClick(button(dialog, "Undo what was done"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not chosen.store.batches())


def test_while_an_act_goes_on_nothing_is_undone_and_who_quits_is_asked(qtbot: QtBot, chosen: Office) -> None:
    reached, released = threading.Event(), threading.Event()

    def hold(_changes: Changes) -> None:
        reached.set()
        released.wait(30)

    leave = chosen.store.subscribe(hold)
    ask(qtbot, chosen, "leads.bulk_tag", "autumn").submit()
    qtbot.waitUntil(reached.is_set)
    try:
        assert chosen.bench.actions.availability("window.undo") == WhyNot("Something is still being done to many rows.")
        chosen.desktop.windows.quit()
        [pending] = chosen.said.pending
        assert "Tag 40 leads: 0 of 40 rows" in pending.question.text
    finally:
        released.set()
        leave()

    qtbot.waitUntil(lambda: chosen.bench.acts.under_way.far is None)
    qtbot.waitUntil(lambda: chosen.bench.actions.availability("window.undo") == ENABLED)


def test_nothing_happens_before_it_is_filled_in(qtbot: QtBot, chosen: Office) -> None:
    ask(qtbot, chosen, "leads.bulk_tag", "").submit()
    qtbot.waitUntil(chosen.idle)
    assert chosen.store.batches() == ()


def test_an_older_message_undoes_its_own_act(qtbot: QtBot, chosen: Office) -> None:
    ask(qtbot, chosen, "leads.bulk_tag", "autumn").submit()
    qtbot.waitUntil(lambda: len(chosen.said.messages) == 1)
    older = chosen.said.messages[0].action
    assert older is not None
    ask(qtbot, chosen, "leads.bulk_tag", "winter").submit()
    qtbot.waitUntil(lambda: len(chosen.said.messages) == 2)
    older.run()
    qtbot.waitUntil(lambda: len(chosen.said.messages) == 3)
    assert chosen.store.batches()[-1].sentence == "Undid “Tagged 40 leads “autumn””"


def top_of_list(office: Office) -> int:
    return office.leads.table.mapTo(office.window, QPoint()).y()


def test_nothing_moves_when_the_bar_comes_and_goes(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: office.leads.model.rowCount() == 40)
    before = top_of_list(office)

    office.leads.table.selection.select_rows([1, 3, 5])
    qtbot.waitUntil(office.leads.bulk.isVisible)
    qtbot.wait(50)
    beside = top_of_list(office)
    office.leads.table.selection.select_rows([1])
    qtbot.waitUntil(lambda: not office.leads.bulk.isVisible())

    assert (beside, top_of_list(office)) == (before, before)
