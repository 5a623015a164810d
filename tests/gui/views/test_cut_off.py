"""What a start tells of acts over many leads that a crash cut off, and what can be done about them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads import CreateLead, TagLead
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.qt.availability import ENABLED, WhyNot
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Message
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import AnyOf, Filter, Term
from fleetdesk.queries.leads import LeadQuery, lead_ids, lead_keys
from fleetdesk.sync.store.batches import PORTION
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.leads.doing.bulk_dialog import GO_ON, BulkDialog
from fleetdesk.views.left_acts import LeftAct, keep_act
from fleetdesk.views.shell.cut_off import settle_cut_off
from tests.gui.views.filled import StillClock, open_store
from tests.gui.views.office import Office
from tests.gui.views.sample import open_sample

MANY = PORTION + 20
EVERYTHING = Filter()


class Cut(BaseException):
    """The machine stops."""


@pytest.fixture
def store(tmp_path: Path, clock: StillClock) -> LocalStore:
    """Leads enough for more than one portion."""
    return open_sample(tmp_path / "laptop", clock, MANY)


@pytest.fixture
def office(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> Iterator[Office]:
    office = Office.open(store, theme, clock)
    qtbot.waitUntil(lambda: office.idle() and office.leads.model.rowCount() == MANY)
    yield office
    office.close()


def ids_of(store: LocalStore, filter_: Filter = EVERYTHING) -> list[str]:
    def read(replica: Connection) -> list[str]:
        return lead_ids(replica, lead_keys(replica, LeadQuery(filter_), NO_ONE))

    with store.reading() as replica:
        return read(replica)


def tagged(store: LocalStore) -> int:
    return len(ids_of(store, Filter((Term("tag", AnyOf(("autumn",))),))))


def tag(lead_id: str) -> Command:
    return TagLead(id=new_id(), issued_at=SystemClock().now(), lead_id=lead_id, add=("autumn",))


def cut_batch(store: LocalStore) -> list[str]:
    """Tag all leads, but for the machine that stops after the first portion; which they are."""
    ids = ids_of(store)

    def cut(_rows: int) -> bool:
        raise Cut

    with pytest.raises(Cut):
        store.perform_batch("batch", map(tag, ids), sentence="Tagged {} leads".format, go_on=cut)
    return ids


def left_behind(store: LocalStore, theme: Theme, clock: StillClock, ids: list[str]) -> Office:
    """The office at the start after the one in which the batch was to tag these leads."""
    first = Office.open(store, theme, clock)
    keep_act(first.bench.remembered, LeftAct("batch", GO_ON, "tag", "autumn", tuple(ids)))
    first.desktop.close()
    first.saver.close()
    return Office.open(store, theme, clock)


def told(qtbot: QtBot, office: Office) -> Message:
    """What the start says."""
    settle_cut_off(office.window)
    qtbot.waitUntil(lambda: bool(office.said.messages))
    return office.said.messages[-1]


def choose(message: Message, text: str) -> None:
    actions = [message.action, *message.more]
    next(action for action in actions if action is not None and action.text == text).run()


def test_a_start_after_a_good_end_tells_nothing(qtbot: QtBot, office: Office) -> None:
    settle_cut_off(office.window)
    qtbot.waitUntil(office.idle)
    assert office.said.texts == []


def test_what_was_done_of_an_act_is_told_and_taken_back(qtbot: QtBot, office: Office) -> None:
    cut_batch(office.store)
    message = told(qtbot, office)
    assert message.what == f"This was cut off when FleetDesk ended: Tagged {PORTION} leads."
    assert message.kept == f"{PORTION} rows are done, the others not."
    choose(message, "Undo this")
    qtbot.waitUntil(lambda: office.idle() and tagged(office.store) == 0)
    assert office.store.cut_off() == ()


def test_what_shall_stand_is_not_told_again(qtbot: QtBot, office: Office) -> None:
    cut_batch(office.store)
    choose(told(qtbot, office), "Leave it so")
    qtbot.waitUntil(lambda: office.store.cut_off() == ())
    assert tagged(office.store) == PORTION


def test_one_goes_on_with_the_rest(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> None:
    office = left_behind(store, theme, clock, cut_batch(store))
    choose(told(qtbot, office), "Do the rest")
    qtbot.waitUntil(lambda: bool(office.window.findChildren(BulkDialog)))
    dialog = office.dialog(BulkDialog)
    assert (dialog.windowTitle(), dialog.form.value("value")) == (f"Tag {MANY - PORTION} leads", "autumn")
    next(each for each in dialog.findChildren(QPushButton) if each.isDefault()).click()
    qtbot.waitUntil(lambda: office.idle() and tagged(store) == MANY)
    assert store.cut_off() == ()
    assert office.bench.remembered.names("act.") == ()
    office.close()


def test_who_thinks_better_of_it_can_still_go_on_with_the_rest(
    qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    office = left_behind(store, theme, clock, cut_batch(store))
    choose(told(qtbot, office), "Do the rest")
    qtbot.waitUntil(lambda: bool(office.window.findChildren(BulkDialog)))
    office.dialog(BulkDialog).reject()
    qtbot.waitUntil(lambda: not office.window.findChildren(BulkDialog))
    assert [cut.batch_id for cut in store.cut_off()] == ["batch"]

    office.do(GO_ON)

    qtbot.waitUntil(lambda: bool(office.window.findChildren(BulkDialog)))
    assert office.dialog(BulkDialog).windowTitle() == f"Tag {MANY - PORTION} leads"
    office.close()


def test_an_act_that_came_to_its_end_just_before_a_crash_is_not_gone_on_with(
    qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    ids = ids_of(store)
    store.perform_batch("batch", map(tag, ids), sentence="Tagged {} leads".format)
    office = left_behind(store, theme, clock, ids)

    settle_cut_off(office.window)

    why_not = WhyNot("No act over many leads was cut off.")
    qtbot.waitUntil(lambda: office.bench.actions.availability(GO_ON) == why_not)
    assert office.bench.remembered.names("act.") == ()
    assert office.said.texts == []
    office.close()


def test_an_act_that_did_not_begin_before_a_crash_is_gone_on_with(
    qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    office = left_behind(store, theme, clock, ids_of(store))

    settle_cut_off(office.window)

    qtbot.waitUntil(office.idle)
    assert office.bench.actions.availability(GO_ON) == ENABLED
    office.close()


def test_an_act_that_fleetdesk_ends_unasked_is_cut_off(
    qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    office = left_behind(store, theme, clock, ids_of(store))
    office.do(GO_ON)
    qtbot.waitUntil(lambda: bool(office.window.findChildren(BulkDialog)))
    reached, released = threading.Event(), threading.Event()

    def hold(_changes: Changes) -> None:
        reached.set()
        released.wait(5)

    leave = store.subscribe(hold)
    office.dialog(BulkDialog).submit()
    qtbot.waitUntil(reached.is_set)
    leave()
    threading.Timer(0.5, released.set).start()
    office.desktop.close()

    assert [cut.rows for cut in store.cut_off()] == [PORTION]
    office.saver.close()
    again = Office.open(store, theme, clock)
    assert again.bench.actions.availability(GO_ON) == ENABLED
    again.close()


def test_an_undoing_is_gone_on_with(qtbot: QtBot, office: Office) -> None:
    store = office.store
    done = store.perform_batch("batch", map(tag, ids_of(store)), sentence="Tagged {} leads".format)
    assert done.act is not None

    def cut(_rows: int) -> bool:
        raise Cut

    with pytest.raises(Cut):
        store.undo(done.act, go_on=cut)
    message = told(qtbot, office)
    assert message.what == f"This was being undone when FleetDesk ended: Tagged {MANY} leads."
    assert message.kept == f"{PORTION} rows are through, {MANY - PORTION} are not yet."
    choose(message, "Go on")
    qtbot.waitUntil(lambda: office.idle() and tagged(store) == 0)
    assert store.cut_off() == ()


def test_an_import_is_taken_out_and_that_is_told(
    qtbot: QtBot, tmp_path: Path, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    def stop(_rows: int) -> None:
        if not (tmp_path / "after").exists():
            shutil.copytree(tmp_path / "laptop", tmp_path / "after")

    lead = CreateLead(id=new_id(), issued_at=clock.now(), lead_id=new_id(), values={"company": "Half done"})
    store.perform_whole("import", [lead], sentence="Imported {} leads".format, heard=stop)
    store.close()
    office = Office.open(open_store(tmp_path / "after", clock), theme, clock)
    message = told(qtbot, office)
    assert message.what == "This was cut off: Imported 1 leads."
    assert message.kept == "Nothing of it was kept: what had come in was taken out again."
    assert len(ids_of(office.store)) == MANY
    office.close()


def test_what_is_taken_out_in_part_can_be_gone_on_with(
    qtbot: QtBot, tmp_path: Path, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    many = 4 * PORTION

    def stop(rows: int) -> None:
        if rows == many and not (tmp_path / "after").exists():
            shutil.copytree(tmp_path / "laptop", tmp_path / "after")

    leads = [
        CreateLead(id=new_id(), issued_at=clock.now(), lead_id=new_id(), values={"company": "Half done"})
        for _ in range(many)
    ]
    store.perform_whole("import", leads, sentence="Imported {} leads".format, heard=stop)
    store.close()
    office = Office.open(open_store(tmp_path / "after", clock), theme, clock)
    qtbot.waitUntil(office.idle)
    stopped, portions = threading.Event(), iter(range(many))
    under_way = office.bench.acts.under_way

    def end() -> None:
        under_way.end()
        stopped.set()

    under_way.changed.connect(end)

    def wait(_changes: Changes) -> None:
        """Behind the second portion, when it has been told how far the first one came."""
        if next(portions) == 1:
            stopped.wait(5)

    leave = office.store.subscribe(wait)
    message = told(qtbot, office)
    leave()
    under_way.changed.disconnect(end)
    assert message.kept == "A part of it is still in the lists. None of it is sent."
    assert office.store.next_batch(many) is None
    choose(message, "Go on")
    qtbot.waitUntil(lambda: office.idle() and office.store.cut_off() == ())
    assert len(ids_of(office.store)) == MANY
    office.close()
