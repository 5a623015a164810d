"""The drawer of waiting changes: their order, what holds them up, and taking one back."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead, LogActivity, TagLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.status import SyncState
from fleetdesk.qt.confirmation import ConfirmationDialog
from fleetdesk.views.change_list import ChangeList
from tests.gui.views.office import Office, named, texts
from tests.gui.views.sample import STORY


@pytest.fixture
def waiting(qtbot: QtBot, office: Office) -> Office:
    """The office offline, with an edit and a call that wait, and the drawer open."""
    now = office.clock.now()
    office.store.perform(
        EditLead(
            id=new_id(),
            issued_at=now - dt.timedelta(minutes=5),
            lead_id=STORY,
            edits={"score": FieldEdit(base=70, new=85)},
        ),
        LogActivity(
            id=new_id(),
            issued_at=now - dt.timedelta(minutes=2),
            lead_id=STORY,
            activity_id=new_id(),
            kind=ActivityKind.CALL,
            body="Called.",
            happened_at=now,
        ),
    )
    office.tell(SyncState.OFFLINE)
    office.do("window.pending")
    qtbot.waitUntil(lambda: len(changes(office).lines) == 2)
    return office


def changes(office: Office) -> ChangeList:
    drawer = office.window.drawer.findChild(ChangeList)
    assert drawer is not None
    return drawer


def test_changes_wait_in_the_order_in_which_they_were_made(waiting: Office) -> None:
    lines = [(line.title, line.about, line.when, line.state) for line in changes(waiting).lines]

    assert lines == [
        ("Edited score", "Mariam Al Zaabi", "5 min", "Waiting"),
        ("Logged a call", "Mariam Al Zaabi", "2 min", "Waiting"),
    ]


def test_drawer_and_status_bar_say_the_same(waiting: Office) -> None:
    assert "Offline · 2 changes wait" in texts(waiting.window.drawer)
    assert named(waiting.window.status, "Synchronisation: Offline · 2 changes wait", QAbstractButton).isVisible()


def test_what_is_on_its_way_says_so(qtbot: QtBot, waiting: Office) -> None:
    waiting.store.next_batch(500)
    waiting.bench.outbox.refresh()

    qtbot.waitUntil(lambda: [line.state for line in changes(waiting).lines] == ["Sent", "Sent"])


def test_a_discarded_change_is_taken_back(qtbot: QtBot, waiting: Office) -> None:
    waiting.leads.open_record(STORY)
    qtbot.waitUntil(lambda: waiting.leads.pane.lead is not None and waiting.leads.pane.lead.score == 85)

    waiting.do("pending.discard")
    waiting.dialog(ConfirmationDialog).accept()

    qtbot.waitUntil(lambda: [line.title for line in changes(waiting).lines] == ["Logged a call"])
    qtbot.waitUntil(lambda: waiting.leads.pane.lead is not None and waiting.leads.pane.lead.score == 70)


def test_nothing_is_discarded_without_a_confirmation(qtbot: QtBot, waiting: Office) -> None:
    waiting.do("pending.discard")
    waiting.dialog(ConfirmationDialog).reject()
    qtbot.waitUntil(waiting.idle)

    assert len(waiting.store.pending()) == 2


def test_what_is_on_its_way_cannot_be_discarded(qtbot: QtBot, waiting: Office) -> None:
    waiting.store.next_batch(500)
    waiting.bench.outbox.refresh()
    qtbot.waitUntil(lambda: changes(waiting).lines[0].state == "Sent")

    waiting.do("pending.discard")

    assert waiting.said.texts[-1] == "This change is already on its way to the hub."


def test_the_delete_key_discards_the_current_change(qtbot: QtBot, waiting: Office) -> None:
    qtbot.keyClick(changes(waiting), Qt.Key.Key_Delete)

    assert "Discard this change?" in texts(waiting.dialog(ConfirmationDialog))
    waiting.dialog(ConfirmationDialog).reject()


def test_sending_is_paused_and_resumed(waiting: Office) -> None:
    named(waiting.window.drawer, "Pause sending", QAbstractButton).click()
    waiting.tell(SyncState.PAUSED)
    named(waiting.window.drawer, "Resume sending", QAbstractButton).click()

    assert waiting.controls.asked == ["pause", "resume"]


def test_a_pause_is_seen_even_while_the_hub_is_away(waiting: Office) -> None:
    waiting.do("pending.pause")
    waiting.tell(SyncState.OFFLINE, "The hub does not answer.")

    assert named(waiting.window.drawer, "Resume sending", QAbstractButton).isVisible()


def test_a_new_try_is_asked_for(waiting: Office) -> None:
    named(waiting.window.drawer, "Sync now", QAbstractButton).click()

    assert waiting.controls.asked == ["sync now"]


def test_a_new_try_while_paused_says_what_waits_and_offers_to_resume(waiting: Office) -> None:
    waiting.do("pending.pause")

    waiting.do("pending.sync_now")

    told = waiting.said.messages[-1]
    assert told.text == "Sending is paused. What others did is fetched; what you did waits here."
    assert told.action is not None
    told.action.run()
    assert waiting.controls.asked == ["pause", "sync now", "resume"]


def test_opening_a_change_shows_its_record(qtbot: QtBot, waiting: Office) -> None:
    changes(waiting).opened.emit(changes(waiting).lines[0].id)

    qtbot.waitUntil(lambda: waiting.leads.pane.lead is not None)
    assert not waiting.window.drawer.is_open


def test_where_nothing_waits_it_says_so(office: Office) -> None:
    office.do("window.pending")

    assert "Nothing waits" in texts(office.window.drawer)


def test_escape_closes_the_drawer(qtbot: QtBot, waiting: Office) -> None:
    qtbot.keyClick(changes(waiting), Qt.Key.Key_Escape)

    assert not waiting.window.drawer.is_open


@pytest.fixture
def batch(qtbot: QtBot, office: Office) -> Office:
    """Three hundred tags in one batch, and the drawer open."""
    now = office.clock.now()
    acts = [TagLead(id=new_id(), issued_at=now, lead_id=STORY, add=(f"tag {number}",)) for number in range(300)]
    office.store.perform_batch("batch-1", acts, sentence=lambda rows: f"Tagged {rows} times")
    office.tell(SyncState.OFFLINE)
    office.do("window.pending")
    qtbot.waitUntil(lambda: len(changes(office).lines) == 1 and office.idle())
    return office


def test_a_large_batch_is_discarded_with_what_came_to_it_since(qtbot: QtBot, batch: Office) -> None:
    batch.do("pending.discard")
    more = TagLead(id=new_id(), issued_at=batch.clock.now(), lead_id=STORY, add=("late",))
    batch.store.perform_batch("batch-1", [more], sentence=lambda _rows: "Tagged 301 times")
    batch.dialog(ConfirmationDialog).accept()
    qtbot.waitUntil(lambda: bool(batch.said.texts) and batch.said.texts[-1] == "301 changes were discarded.")
    assert not batch.store.batches()


def test_discarding_shows_how_far_it_is_and_can_be_stopped(qtbot: QtBot, batch: Office) -> None:
    seen = []
    under_way = batch.bench.acts.under_way

    def moved() -> None:
        if under_way.far is not None:
            seen.append(under_way.far)
            batch.do("pending.stop")

    under_way.changed.connect(moved)
    batch.do("pending.discard")
    batch.dialog(ConfirmationDialog).accept()
    qtbot.waitUntil(lambda: bool(batch.said.texts) and "discarded" in batch.said.texts[-1])
    assert (seen[0].what, seen[0].of) == ("Discarding “Tagged 300 times”", 300)
    if not batch.store.batches():
        assert batch.said.texts[-1] == "300 changes were discarded."
    else:
        assert batch.said.texts[-1].endswith("The rest still waits.")
