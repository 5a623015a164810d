"""What happened with a lead is written down: once, with its time, and nothing that is typed is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.leads import EditLead, LogActivity
from fleetdesk.models.drafts import Draft
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import CallOutcome, Lead
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.qt.widgets.shrinking_area import ShrinkingArea
from fleetdesk.views.shell.window import MainWindow
from tests.gui.views.filled import StillClock, load, open_store
from tests.gui.views.lead_pane import lead, open_lead, performed, write
from tests.gui.views.office import Office, named, texts
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

    qtbot.waitUntil(lambda: opened.store.drafts == {Lead.key_of(STORY): (Draft("note", "Half a thought about"),)})


def test_what_was_written_down_is_no_draft_any_more(qtbot: QtBot, opened: Office) -> None:
    editor = write(opened, "Left a message.")
    qtbot.waitUntil(lambda: bool(opened.store.drafts))

    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: not opened.store.drafts)


def test_what_could_not_be_kept_stays_in_the_composer(qtbot: QtBot, opened: Office) -> None:
    editor = write(opened, "Too late.")
    opened.store.perform(DeleteLead(id=new_id(), issued_at=opened.clock.now(), lead_id=STORY, reason="Entered twice"))
    named(opened.leads.pane, "Add the note", QAbstractButton).click()

    qtbot.waitUntil(lambda: "This lead was deleted." in " ".join(opened.said.texts))
    assert editor.toPlainText() == "Too late."


def test_each_kind_of_entry_has_a_draft_of_its_own_after_a_restart(
    qtbot: QtBot, theme: Theme, clock: StillClock, tmp_path: Path
) -> None:
    store = open_store(tmp_path / "kept", clock)
    load(store, sample(3))
    before = open_lead(qtbot, Office.open(store, theme, clock), "lead-00001")
    write(before, "Prefers the phone.")
    before.do("leads.write_call")
    write(before, "Half a thought about")
    choose(before, "How the call went", "no_answer")
    before.close()

    after = open_lead(qtbot, Office.open(open_store(tmp_path / "kept", clock), theme, clock), "lead-00001")

    assert named(after.leads.pane, "What came of the call?", QPlainTextEdit).toPlainText() == "Half a thought about"
    assert named(after.leads.pane, "How the call went", ChoiceBox).key == "no_answer"
    named(after.leads.pane, "Note, not finished", QAbstractButton).click()
    assert named(after.leads.pane, "Write a note…", QPlainTextEdit).toPlainText() == "Prefers the phone."
    qtbot.waitUntil(after.idle)
    after.close()


# The same lead in two windows


@pytest.fixture
def beside(qtbot: QtBot, opened: Office) -> tuple[MainWindow, MainWindow]:
    """The lead of the story in two windows; the second is in front."""
    first = opened.window
    opened.desktop.windows.open_another()
    open_lead(qtbot, opened, STORY)
    return first, opened.window


def editor_in(window: MainWindow) -> QPlainTextEdit:
    return named(window, "Write a note…", QPlainTextEdit)


def test_two_windows_show_what_is_written_about_their_lead_in_either(
    qtbot: QtBot, beside: tuple[MainWindow, MainWindow]
) -> None:
    one, other = map(editor_in, beside)

    qtbot.keyClicks(one, "They want ")
    other.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(other, "forty vans")

    assert one.toPlainText() == other.toPlainText() == "They want forty vans"


def test_what_was_written_in_either_window_is_kept_whichever_closes_last(
    qtbot: QtBot, opened: Office, beside: tuple[MainWindow, MainWindow]
) -> None:
    first, second = beside
    qtbot.keyClicks(editor_in(second), "Forty vans")

    second.close()
    first.close()

    opened.saver.close()
    assert opened.store.drafts == {Lead.key_of(STORY): (Draft("note", "Forty vans"),)}


def test_what_one_window_sent_stands_in_the_other_no_more(
    qtbot: QtBot, opened: Office, beside: tuple[MainWindow, MainWindow]
) -> None:
    one, other = map(editor_in, beside)
    qtbot.keyClicks(one, "Forty vans")

    qtbot.keyClick(other, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: not one.toPlainText() and not other.toPlainText())
    assert len(performed(opened)) == 1


# What is given beside the text


def choose(office: Office, name: str, key: str) -> None:
    box = named(office.leads.pane, name, ChoiceBox)
    box.set_key(key)
    box.chosen.emit(key)


def test_a_call_says_how_it_went(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.write_call")
    write(opened, "Nobody there.")
    choose(opened, "How the call went", "no_answer")

    named(opened.leads.pane, "Log the call", QAbstractButton).click()

    qtbot.waitUntil(lambda: len(performed(opened)) == 1)
    [logged] = performed(opened)
    assert isinstance(logged, LogActivity)
    assert logged.outcome is CallOutcome.NO_ANSWER
    qtbot.waitUntil(lambda: named(opened.leads.pane, "How the call went", ChoiceBox).key == "")


def test_a_task_may_have_a_day_on_which_it_is_due(qtbot: QtBot, opened: Office) -> None:
    due = opened.clock.now() + dt.timedelta(days=3)
    opened.do("leads.write_task")
    write(opened, "Send the contract.")
    named(opened.leads.pane, "Due on", QAbstractButton).click()
    named(opened.leads.pane, "Due on", DateTimeField).show_instant(due)

    named(opened.leads.pane, "Add the task", QAbstractButton).click()

    qtbot.waitUntil(lambda: len(performed(opened)) == 1)
    [logged] = performed(opened)
    assert isinstance(logged, LogActivity)
    assert logged.due_at == due


def plan(office: Office, what: str) -> None:
    """Ask for a next step, for tomorrow."""
    named(office.leads.pane, "Set the next step", QAbstractButton).click()
    field = named(office.leads.pane, "What is to be done next?", QLineEdit)
    field.setText(what)
    field.textEdited.emit(what)


def test_a_call_is_logged_and_the_next_step_set_in_one_act(qtbot: QtBot, opened: Office) -> None:
    before = lead(opened).next_activity
    opened.do("leads.write_call")
    write(opened, "Wants an offer.")
    plan(opened, "Send the offer")

    named(opened.leads.pane, "Log the call", QAbstractButton).click()

    qtbot.waitUntil(lambda: lead(opened).next_activity == "Send the offer")
    assert [command.name for command in performed(opened)] == ["leads.log_activity", "leads.edit"]
    qtbot.waitUntil(lambda: opened.idle() and opened.bench.outbox.undo is not None)
    opened.do("window.undo")
    qtbot.waitUntil(lambda: lead(opened).next_activity == before)
    assert performed(opened) == []


def area_around(widget: QWidget) -> ShrinkingArea:
    """What scrolls where a widget has too little room."""
    above = widget.parentWidget()
    while not isinstance(above, ShrinkingArea):
        assert above is not None
        above = above.parentWidget()
    return above


@pytest.mark.parametrize("width", [1280, 1024])
def test_a_call_with_its_next_step_fits_into_the_panel(qtbot: QtBot, opened: Office, width: int) -> None:
    opened.window.resize(width, 800)
    opened.do("leads.write_call")
    write(opened, "Wants an offer.")
    plan(opened, "Send the offer")
    parts = (
        named(opened.leads.pane, "In a month", QAbstractButton),
        named(opened.leads.pane, "What is to be done next?", QLineEdit),
    )
    area = area_around(parts[0])

    def whole() -> bool:
        port = area.viewport()
        return all(port.rect().contains(QRect(part.mapTo(port, QPoint()), part.size())) for part in parts)

    qtbot.waitUntil(lambda: whole() and area.verticalScrollBar().maximum() == 0)


def test_a_step_that_came_meanwhile_is_shown_before_it_is_replaced(qtbot: QtBot, opened: Office) -> None:
    write(opened, "Wants an offer.")
    plan(opened, "Send the offer")
    before = lead(opened)
    edits = {"next_activity": FieldEdit(base=before.next_activity, new="Visit them")}
    opened.store.perform(EditLead(id=new_id(), issued_at=opened.clock.now(), lead_id=STORY, edits=edits))
    qtbot.waitUntil(lambda: lead(opened).next_activity == "Visit them")

    named(opened.leads.pane, "Add the note", QAbstractButton).click()
    assert any("Meanwhile this was planned: Visit them" in text for text in texts(opened.leads.pane))
    assert len(performed(opened)) == 1

    named(opened.leads.pane, "Add the note", QAbstractButton).click()
    qtbot.waitUntil(lambda: lead(opened).next_activity == "Send the offer")
