"""Undo and redo by key, palette and message."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import APPLIED, FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead, MoveLead
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import Stage
from fleetdesk.qt.availability import WhyNot
from fleetdesk.qt.look.theme import Theme
from tests.gui.views.filled import StillClock, answer, load, open_store
from tests.gui.views.office import Office, texts
from tests.gui.views.sample import STORY, sample


def _says(office: Office, words: str) -> bool:
    """Whether a message in sight begins so."""
    return any(text.startswith(words) for text in texts(office.window))


def edit(office: Office) -> EditLead:
    edits = {"score": FieldEdit(base=70, new=85)}
    return EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits)


@pytest.fixture
def edited(qtbot: QtBot, office: Office) -> Office:
    """The office after a score was edited."""
    office.store.perform(edit(office))
    qtbot.waitUntil(lambda: office.bench.outbox.undo is not None)
    return office


def test_undo_is_called_by_what_it_takes_back(edited: Office) -> None:
    text = edited.bench.actions["window.undo"].text
    assert text.startswith("Undo: Edited score, ")


def test_what_was_done_is_taken_back(qtbot: QtBot, edited: Office) -> None:
    edited.do("window.undo")
    qtbot.waitUntil(lambda: edited.bench.outbox.redo is not None)
    assert edited.store.pending() == ()


def test_what_is_told_of_an_undo_takes_the_place_of_what_was_told_of_the_act(qtbot: QtBot, office: Office) -> None:
    """Else an Undo would stand there that has nothing to undo any more."""
    office.bench.acts.perform(edit(office), owner=office.window, on_done=lambda: None, said="The score is 85 now.")
    qtbot.waitUntil(lambda: _says(office, "The score is 85 now.") and office.bench.outbox.undo is not None)

    office.do("window.undo")

    qtbot.waitUntil(lambda: _says(office, "Undone: "))
    assert not _says(office, "The score is 85 now.")


def test_what_was_taken_back_is_done_again(qtbot: QtBot, edited: Office) -> None:
    edited.do("window.undo")
    qtbot.waitUntil(lambda: edited.bench.outbox.redo is not None)
    edited.do("window.redo")
    qtbot.waitUntil(lambda: edited.bench.outbox.redo is None)
    [change] = edited.store.pending()
    assert change.sentence == "Edited score"


def test_a_message_offers_to_do_it_again(qtbot: QtBot, edited: Office) -> None:
    edited.do("window.undo")
    qtbot.waitUntil(lambda: bool(edited.said.messages))
    action = edited.said.messages[-1].action
    assert action is not None
    assert action.text == "Redo"


# -- what cannot be undone ---------------------------------------------------------------------------------------------


def move(office: Office) -> MoveLead:
    return MoveLead(
        id=new_id(),
        issued_at=office.clock.now(),
        lead_id="lead-00001",
        base=Stage.NEW,
        to=Stage.LOST,
        activity_id=new_id(),
        reason="Too dear",
    )


@pytest.fixture
def moved(qtbot: QtBot, edited: Office) -> Office:
    """The office after another lead was lost, too, and all of it was sent."""
    [verdict] = edited.store.perform(move(edited))
    assert verdict.settled, verdict
    answer(edited.store, APPLIED, APPLIED)
    edited.bench.outbox.refresh()
    qtbot.waitUntil(lambda: edited.bench.outbox.stays is not None)
    return edited


def test_undo_says_once_what_stays_and_then_goes_on(qtbot: QtBot, moved: Office) -> None:
    assert moved.bench.actions["window.undo"].text.startswith("Undo: Edited score, ")

    moved.do("window.undo")

    [told] = moved.said.texts
    assert told.startswith("“Moved a lead from new to lost, ")
    assert "cannot be undone. This lead was new, and a lost lead can only be reopened as contacted." in told
    assert told.partition("Undo again takes back “Edited score, ")[1]

    moved.do("window.undo")

    qtbot.waitUntil(lambda: moved.said.texts[-1].startswith("Undone: Edited score, "))


def test_undo_is_not_offered_where_nothing_can_be_undone(qtbot: QtBot, office: Office) -> None:
    office.store.perform(move(office))
    answer(office.store, APPLIED)
    office.bench.outbox.refresh()
    qtbot.waitUntil(lambda: office.bench.outbox.stays is not None)

    availability = office.bench.actions.availability("window.undo")

    assert isinstance(availability, WhyNot)
    assert availability.reason.startswith("“Moved a lead from new to lost” cannot be undone. This lead was new")


def test_a_move_says_for_how_long_it_can_be_undone_and_no_longer(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    clock = StillClock()
    store = open_store(tmp_path, clock, second_thoughts=dt.timedelta(seconds=10))
    leads = sample(3)
    leads.leads[0].fleet_size = 42
    load(store, leads)
    office = Office.open(store, theme, clock)
    office.leads.doing.move_to(STORY, Stage.QUALIFIED)
    qtbot.waitUntil(lambda: bool(office.said.messages))

    [message] = office.said.messages

    assert message.do == "It can be undone until it is sent, for 10 seconds at least."
    assert message.seconds == 10
    assert store.next_batch(10) is None
    office.close()


def test_undo_says_why_there_is_nothing_to_undo(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(office.idle)
    assert office.bench.actions.availability("window.undo") == WhyNot("There is nothing to undo.")


def test_a_batch_is_one_line_of_the_drawer(qtbot: QtBot, office: Office) -> None:
    office.store.perform_batch("batch", [replace(edit(office))], sentence=lambda rows: f"Scored {rows} leads")
    qtbot.waitUntil(lambda: bool(office.bench.outbox.batches))
    assert office.bench.outbox.changes == ()
    assert office.bench.outbox.undo is not None
    assert office.bench.outbox.undo.act.sentence == "Scored 1 leads"


def act_on(qtbot: QtBot, office: Office, leads: int) -> None:
    now = office.clock.now()
    acts = [
        CreateLead(id=new_id(), issued_at=now, batch="b", lead_id=new_id(), values={"company": f"Cars {n}"})
        for n in range(leads)
    ]
    office.store.perform_batch("b", acts, sentence=lambda rows: f"Imported {rows} leads")
    qtbot.waitUntil(lambda: office.bench.outbox.undo is not None and office.idle())


def test_undoing_many_rows_asks_first_and_names_what_goes(qtbot: QtBot, office: Office) -> None:
    act_on(qtbot, office, 51)

    office.do("window.undo")

    [pending] = office.said.pending
    assert pending.question.title == "Undo “Imported 51 leads”?"
    assert office.bench.outbox.undo is not None
    office.said.confirm()
    qtbot.waitUntil(lambda: office.bench.outbox.undo is None)
    assert office.said.texts[-1] == "Undone: Imported 51 leads."


def test_undoing_a_few_rows_asks_nothing(qtbot: QtBot, office: Office) -> None:
    act_on(qtbot, office, 50)

    office.do("window.undo")

    qtbot.waitUntil(lambda: office.bench.outbox.undo is None)
    assert office.said.pending == []


def test_what_was_asked_about_is_not_undone_once_something_else_came_after_it(qtbot: QtBot, office: Office) -> None:
    act_on(qtbot, office, 51)
    office.do("window.undo")
    office.store.perform(edit(office))

    office.said.confirm()

    qtbot.waitUntil(lambda: bool(office.said.texts))
    assert office.said.texts == ["There is nothing left to do here."]
    assert [change.sentence for change in office.store.pending()] == ["Edited score"]


# -- a long act --------------------------------------------------------------------------------------------------------


class HeldUp:
    """Holds the store up after some of its commits, until it may go on."""

    def __init__(self, after: int) -> None:
        self.reached = threading.Event()
        self.may_go_on = threading.Event()
        self._left = after

    def __call__(self, _changes: Changes) -> None:
        self._left -= 1
        if self._left == 0:
            self.reached.set()
            self.may_go_on.wait(30)


@pytest.fixture
def half_undone(qtbot: QtBot, office: Office) -> Iterator[HeldUp]:
    """An undo of 250 leads of which 100 are told to be done, and as many more are."""
    now = office.clock.now()
    office.store.perform(
        *(CreateLead(id=new_id(), issued_at=now, lead_id=new_id(), values={"company": f"Cars {n}"}) for n in range(250))
    )
    qtbot.waitUntil(lambda: office.bench.outbox.undo is not None and office.idle())
    held_up = HeldUp(after=2)
    unsubscribe = office.store.subscribe(held_up)
    office.do("window.undo")
    office.said.confirm()
    qtbot.waitUntil(held_up.reached.is_set)
    qtbot.waitUntil(lambda: office.bench.acts.under_way.far is not None)
    yield held_up
    held_up.may_go_on.set()
    unsubscribe()


def test_a_long_undo_says_how_far_it_is(qtbot: QtBot, office: Office, half_undone: HeldUp) -> None:
    assert any(text.endswith("100 of 250 rows") for text in texts(office.window.status))

    half_undone.may_go_on.set()

    qtbot.waitUntil(lambda: bool(office.said.messages))
    assert not any(text.endswith("rows") for text in texts(office.window.status))


def test_the_window_asks_before_it_closes_on_a_long_undo(office: Office, half_undone: HeldUp) -> None:
    assert not office.window.close()
    [pending] = office.said.pending
    assert "100 of 250 rows" in pending.question.text


def test_an_undo_that_is_stopped_ends_the_window_and_can_be_gone_on_with(
    qtbot: QtBot, office: Office, half_undone: HeldUp
) -> None:
    office.window.close()
    office.said.confirm()
    assert office.window.isVisible()

    half_undone.may_go_on.set()

    qtbot.waitUntil(lambda: not office.desktop.windows.all)
    rest = office.store.history().undo
    assert rest is not None
    assert rest.rows == 50
