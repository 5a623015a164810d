"""What is performed from the window is one act: all of it is kept or none, and what was kept is not asked for twice."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead, LogActivity, MoveLead
from fleetdesk.commands.pending import PendingState
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.queries.lead_detail import lead_detail
from tests.gui.views.filled import answer
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY


class Told:
    """Notes what came of an act."""

    def __init__(self) -> None:
        self.done = 0
        self.refused: list[Verdict] = []

    def note_done(self) -> None:
        self.done += 1


def log(office: Office) -> LogActivity:
    now = office.clock.now()
    return LogActivity(
        id=new_id(),
        issued_at=now,
        lead_id=STORY,
        activity_id=new_id(),
        kind=ActivityKind.CALL,
        body="Called.",
        happened_at=now,
    )


def move(office: Office, base: Stage) -> MoveLead:
    return MoveLead(
        id=new_id(),
        issued_at=office.clock.now(),
        lead_id=STORY,
        base=base,
        activity_id=new_id(),
        to=Stage.LOST,
        reason="Budget",
    )


def edit(office: Office, **edits: FieldEdit) -> EditLead:
    return EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits)


@pytest.fixture
def told() -> Told:
    return Told()


def test_an_activity_is_not_kept_where_the_move_with_it_is_refused(qtbot: QtBot, office: Office, told: Told) -> None:
    commands = (log(office), move(office, Stage.VALIDATED))

    office.bench.acts.perform(*commands, owner=office.window, on_done=told.note_done, on_refused=told.refused.append)

    qtbot.waitUntil(lambda: bool(told.refused))
    assert not office.store.pending()
    assert not told.done


def test_pressed_again_after_a_refusal_it_is_done_once(qtbot: QtBot, office: Office, told: Told) -> None:
    refused, accepted = (log(office), move(office, Stage.VALIDATED)), (log(office), move(office, Stage.CONTACTED))
    office.bench.acts.perform(*refused, owner=office.window, on_done=told.note_done, on_refused=told.refused.append)
    qtbot.waitUntil(lambda: bool(told.refused))

    office.bench.acts.perform(*accepted, owner=office.window, on_done=told.note_done)

    qtbot.waitUntil(lambda: told.done == 1)
    assert tuple(change.command for change in office.store.pending()) == accepted


PARTLY = {
    "company": FieldEdit(base="An older name", new="Al Zaabi Group"),
    "next_activity": FieldEdit(base="Send the price list in Arabic", new="Call back"),
}


def test_an_edit_that_was_set_in_part_is_taken(qtbot: QtBot, office: Office, told: Told) -> None:
    command = edit(office, **PARTLY)

    office.bench.acts.perform(command, owner=office.window, on_done=told.note_done, on_refused=told.refused.append)

    qtbot.waitUntil(lambda: told.done == 1)
    assert [(each.command, each.state) for each in office.store.pending()] == [(command, PendingState.WAITING)]
    assert not told.refused


def test_an_edit_that_was_set_in_part_says_that_the_rest_is_kept(qtbot: QtBot, office: Office, told: Told) -> None:
    office.bench.acts.perform(edit(office, **PARTLY), owner=office.window, on_done=told.note_done)

    qtbot.waitUntil(lambda: bool(office.said.messages))
    assert [message.kept for message in office.said.messages] == ["The rest of yours is kept."]


def test_an_edit_that_set_nothing_is_not_kept_and_says_so(qtbot: QtBot, office: Office, told: Told) -> None:
    command = edit(office, company=PARTLY["company"])

    office.bench.acts.perform(command, owner=office.window, on_done=told.note_done)

    qtbot.waitUntil(lambda: bool(office.said.messages))
    assert [message.kept for message in office.said.messages] == ["What they wrote was left as it is."]
    assert not office.store.pending()


def test_what_was_done_is_told_with_an_undo_of_just_that(qtbot: QtBot, office: Office, told: Told) -> None:
    mine = edit(office, score=FieldEdit(base=70, new=85))
    later = edit(office, source=FieldEdit(base="web site", new="referral"))
    office.bench.acts.perform(mine, owner=office.window, on_done=told.note_done, said="The score is 85 now.")
    qtbot.waitUntil(lambda: office.said.texts == ["The score is 85 now."])
    office.store.perform(later)

    undo = office.said.messages[0].action
    assert undo is not None
    undo.run()

    qtbot.waitUntil(lambda: office.said.texts[1:] == ["It is as before."])
    with office.store.reading() as connection:
        lead = lead_detail(connection, STORY)
    assert lead is not None
    assert (lead.score, lead.source) == (70, "referral")


def test_what_cannot_be_taken_back_says_why(qtbot: QtBot, office: Office, told: Told) -> None:
    office.bench.acts.perform(
        log(office), move(office, Stage.CONTACTED), owner=office.window, on_done=told.note_done, said="Lost."
    )
    qtbot.waitUntil(lambda: bool(office.said.messages))
    answer(office.store, *[Verdict(kind=VerdictKind.APPLIED)] * 2)

    undo = office.said.messages[0].action
    assert undo is not None
    undo.run()

    qtbot.waitUntil(lambda: len(office.said.texts) == 2)
    assert office.said.texts[1].startswith("An entry of a timeline stays.")


def test_what_was_set_in_part_is_not_told_as_done(qtbot: QtBot, office: Office, told: Told) -> None:
    office.bench.acts.perform(edit(office, **PARTLY), owner=office.window, on_done=told.note_done, said="Done.")

    qtbot.waitUntil(lambda: bool(office.said.messages))
    assert "Done." not in office.said.texts
