"""What happened with a lead is written down: once, with its time, and nothing that is typed is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit
from pytestqt.qtbot import QtBot

from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.leads import LogActivity
from fleetdesk.models.drafts import Draft
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from tests.gui.views.filled import StillClock, load, open_store
from tests.gui.views.lead_pane import open_lead, performed, write
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY, sample


def test_a_call_is_written_down_with_the_time_when_it_happened(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.write_call")
    write(opened, "Talked about the price.")
    named(opened.leads.pane, "When it happened", ChoiceBox).set_key("60")

    named(opened.leads.pane, "Log the call", QAbstractButton).click()

    qtbot.waitUntil(lambda: len(performed(opened)) == 1)
    (logged,) = performed(opened)
    assert isinstance(logged, LogActivity)
    assert logged.happened_at == opened.clock.now() - dt.timedelta(hours=1)


def test_the_composer_is_empty_once_the_note_is_kept(qtbot: QtBot, opened: Office) -> None:
    editor = write(opened, "Left a message.")

    named(opened.leads.pane, "Add the note", QAbstractButton).click()

    qtbot.waitUntil(lambda: not editor.toPlainText())


def test_a_second_enter_adds_nothing(qtbot: QtBot, opened: Office) -> None:
    editor = write(opened, "Left a message.")

    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: not editor.toPlainText() and opened.idle())
    assert len(performed(opened)) == 1


def test_what_is_being_written_stays_with_its_lead(qtbot: QtBot, opened: Office) -> None:
    editor = write(opened, "Half a thought about")
    open_lead(qtbot, opened, "lead-00001")
    qtbot.waitUntil(lambda: not editor.toPlainText())

    open_lead(qtbot, opened, STORY)

    qtbot.waitUntil(lambda: editor.toPlainText() == "Half a thought about")


def test_what_is_being_written_is_there_after_a_restart(
    qtbot: QtBot, theme: Theme, clock: StillClock, tmp_path: Path
) -> None:
    store = open_store(tmp_path / "kept", clock)
    load(store, sample(3))
    before = open_lead(qtbot, Office.open(store, theme, clock), "lead-00001")
    before.do("leads.write_call")
    write(before, "Half a thought about")
    before.close()

    after = Office.open(open_store(tmp_path / "kept", clock), theme, clock)
    open_lead(qtbot, after, "lead-00001")

    qtbot.waitUntil(lambda: named(after.leads.pane, "What came of the call?", QPlainTextEdit).isVisible())
    assert named(after.leads.pane, "What came of the call?", QPlainTextEdit).toPlainText() == "Half a thought about"
    qtbot.waitUntil(after.idle)
    after.close()


def test_what_is_being_written_is_on_the_disk_while_the_window_is_open(qtbot: QtBot, opened: Office) -> None:
    write(opened, "Half a thought about")

    qtbot.waitUntil(lambda: opened.store.drafts == {Lead.key_of(STORY): Draft("note", "Half a thought about")})


def test_what_was_written_down_is_no_draft_any_more(qtbot: QtBot, opened: Office) -> None:
    editor = write(opened, "Left a message.")
    qtbot.waitUntil(lambda: bool(opened.store.drafts))

    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: not opened.store.drafts)


def test_what_could_not_be_kept_stays_in_the_composer(qtbot: QtBot, opened: Office) -> None:
    opened.store.perform(DeleteLead(id=new_id(), issued_at=opened.clock.now(), lead_id=STORY, reason="Entered twice"))
    editor = write(opened, "Too late.")
    opened.leads.doing.write(ActivityKind.NOTE, "Too late.", opened.clock.now())

    qtbot.waitUntil(lambda: "This lead was deleted." in " ".join(opened.said.texts))
    assert editor.toPlainText() == "Too late."
