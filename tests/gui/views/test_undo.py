"""Undo and redo by key, palette and message."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.qt.availability import WhyNot
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY


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


def test_undo_says_why_there_is_nothing_to_undo(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(office.idle)
    assert office.bench.actions.availability("window.undo") == WhyNot("There is nothing to undo.")


def test_a_batch_is_one_line_of_the_drawer(qtbot: QtBot, office: Office) -> None:
    office.store.perform_batch("batch", [replace(edit(office))], sentence=lambda rows: f"Scored {rows} leads")
    qtbot.waitUntil(lambda: bool(office.bench.outbox.batches))
    assert office.bench.outbox.changes == ()
    assert office.bench.outbox.undo is not None
    assert office.bench.outbox.undo.act.sentence == "Scored 1 leads"
