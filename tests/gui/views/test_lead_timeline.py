"""The timeline of the open lead: narrowed, paged, pinned, its tasks ticked; and the history of its fields."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QTableView
from pytestqt.qtbot import QtBot

from fleetdesk.commands.lead_timeline import PinEntry, SettleTask
from fleetdesk.models.leads import ActivityKind
from fleetdesk.qt.availability import ENABLED
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.leads.lead.history_dialog import HistoryDialog
from tests.gui.views.filled import NOW, Filling, StillClock, load, open_store
from tests.gui.views.lead_pane import open_lead, performed
from tests.gui.views.lived_in import edit, live_in
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY, sample


@pytest.fixture
def store(tmp_path: Path, clock: StillClock) -> LocalStore:
    """A store in which the lead of the long story was worked on."""
    filling = sample(40)
    story = next(lead for lead in filling.leads if lead.id == STORY)
    filling.revision(story, NOW - dt.timedelta(days=3), company=("Al Zaabi Cars", "Al Zaabi Premium Cars"))
    store = open_store(tmp_path / "laptop", clock)
    load(store, filling)
    live_in(store)
    return store


def timeline(office: Office) -> Timeline:
    return office.leads.pane.journal.timeline


def shown(office: Office) -> list[str]:
    return [entry.title for entry in timeline(office).entries]


def go_to(office: Office, entry: str) -> TimelineEntry:
    """Put the keyboard on an entry."""
    row = next(row for row, shown in enumerate(timeline(office).entries) if shown.id == entry)
    timeline(office).setCurrentIndex(timeline(office).model().index(row, 0))
    return timeline(office).entries[row]


def availability(office: Office, action: str) -> object:
    return office.bench.actions.availability(action)


def test_what_is_pinned_and_what_is_to_be_done_stand_on_top(opened: Office) -> None:
    headings = {entry.heading: entry.body for entry in timeline(opened).entries[:3] if entry.heading}
    assert headings == {
        "Pinned": "Decides with her partner Saeed; never call before ten.",
        "To do": "Send the price list in Arabic",
    }


def test_changed_fields_stand_among_the_entries_with_both_values(opened: Office) -> None:
    changed = next(entry for entry in timeline(opened).entries if entry.title == "Score")
    assert (changed.body, changed.who, changed.badge) == ("70 → 85", "You", "Waiting")
    several = next(entry for entry in timeline(opened).entries if entry.title == "Company, Fleet size")
    assert several.body.splitlines()[1] == "Fleet size: – → 42"


def test_a_call_that_nobody_took_says_so(opened: Office) -> None:
    call = next(entry for entry in timeline(opened).entries if entry.body == "Rang out.")
    assert call.title == "Call · No answer"


def test_it_is_narrowed_to_calls_and_widened_again(qtbot: QtBot, opened: Office) -> None:
    whole = shown(opened)
    named(opened.leads.pane, "Calls", QAbstractButton).click()
    qtbot.waitUntil(lambda: shown(opened) == ["Call · No answer", "Call"])
    opened.do("leads.widen_timeline")
    qtbot.waitUntil(lambda: shown(opened) == whole)


def test_it_is_narrowed_to_a_colleague(qtbot: QtBot, opened: Office) -> None:
    people = named(opened.leads.pane, "Whose entries", ChoiceBox)
    people.set_key("person-omar")
    people.chosen.emit("person-omar")
    qtbot.waitUntil(lambda: {entry.who for entry in timeline(opened).entries} == {"Omar Al Suwaidi"})


def test_what_it_is_narrowed_to_is_remembered(qtbot: QtBot, opened: Office) -> None:
    named(opened.leads.pane, "Calls", QAbstractButton).click()
    qtbot.waitUntil(lambda: opened.store.kept.get("leads.timeline") == ["call"])


@pytest.mark.parametrize("kept", ["nonsense", 7, {"call": 1}, ["dance", None]])
def test_what_cannot_be_read_of_it_narrows_nothing(opened: Office, kept: object) -> None:
    opened.leads.pane.journal.filter.restore(kept)  # type: ignore[arg-type]  # as another version might have kept it
    assert not opened.leads.pane.journal.filter.asked.narrows


def test_an_entry_is_pinned_and_unpinned_by_key(qtbot: QtBot, opened: Office) -> None:
    go_to(opened, "rang")
    opened.do("leads.pin_entry")
    qtbot.waitUntil(lambda: timeline(opened).entries[1].id == "rang")
    assert isinstance(performed(opened)[-1], PinEntry)
    go_to(opened, "rang")
    opened.do("leads.unpin_entry")
    qtbot.waitUntil(lambda: timeline(opened).entries[1].id != "rang")


def test_a_change_of_fields_cannot_be_pinned(opened: Office) -> None:
    change = next(entry for entry in timeline(opened).entries if entry.title == "Score")
    go_to(opened, change.id)
    assert availability(opened, "leads.pin_entry") != ENABLED


def test_a_task_is_ticked_with_the_mouse_and_taken_back(qtbot: QtBot, opened: Office) -> None:
    view = timeline(opened)
    row = next(row for row, entry in enumerate(view.entries) if entry.id == "list")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.box(row).center())
    qtbot.waitUntil(lambda: isinstance(performed(opened)[-1], SettleTask))
    qtbot.waitUntil(lambda: shown(opened).count("Task done") == 2)
    opened.do("window.undo")
    qtbot.waitUntil(lambda: shown(opened).count("Task done") == 1)


def test_a_task_that_is_done_is_opened_again_by_key(qtbot: QtBot, opened: Office) -> None:
    go_to(opened, "room")
    opened.do("leads.reopen_task")
    qtbot.waitUntil(lambda: "room" in [entry.id for entry in timeline(opened).entries if entry.done is False])


def test_an_entrys_text_is_copied(opened: Office) -> None:
    go_to(opened, "rang")
    opened.do("leads.copy_entry")
    assert QGuiApplication.clipboard().text() == "Rang out."


def test_a_long_timeline_is_read_as_far_as_one_scrolls(
    qtbot: QtBot, theme: Theme, clock: StillClock, tmp_path: Path
) -> None:
    filling = Filling()
    lead = filling.lead("long", first_name="Mona")
    for number in range(1_000):
        filling.activity(lead, ActivityKind.NOTE, f"Note {number}", NOW - dt.timedelta(minutes=number))
    store = open_store(tmp_path / "long", clock)
    load(store, filling)
    office = open_lead(qtbot, Office.open(store, theme, clock), "long")
    qtbot.waitUntil(office.idle)
    assert len(timeline(office).entries) < 500
    for _ in range(6):
        timeline(office).scrollToBottom()
        qtbot.waitUntil(office.idle)
        qtbot.wait(20)
    assert timeline(office).entries[-1].body == "Note 999"
    office.close()


def test_enter_shows_all_of_a_long_text_and_hides_it_again(qtbot: QtBot, opened: Office) -> None:
    view = timeline(opened)
    index = view.model().index(0, 0)
    view.show_entries((TimelineEntry("long", "phone", "Call", "You", "10:00", "\n".join("abcdefghijklmnop")),))
    index = view.model().index(0, 0)
    view.setCurrentIndex(index)
    before = view.visualRect(index).height()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.visualRect(index).height() > before)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.visualRect(index).height() == before)


def cells(office: Office) -> list[list[str]]:
    table = named(office.dialog(HistoryDialog), "History", QTableView).model()
    return [
        [str(table.index(row, column).data()) for column in range(table.columnCount(QModelIndex()))]
        for row in range(table.rowCount(QModelIndex()))
    ]


def test_the_history_tells_both_values_person_and_laptop(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.history")
    qtbot.waitUntil(lambda: len(cells(opened)) == 4)
    assert cells(opened)[0] == ["3", "Today, 08:30", "You", "This laptop, not sent yet", "Score", "70", "85"]
    assert cells(opened)[1][3:5] == ["This laptop, not sent yet", "Company"]
    assert cells(opened)[2] == ["", "", "", "", "Fleet size", "–", "42"]
    assert cells(opened)[3][2:] == [
        "Omar Al Suwaidi",
        "Laptop omar",
        "Company",
        "Al Zaabi Cars",
        "Al Zaabi Premium Cars",
    ]


def test_the_history_of_one_field_shows_that_alone(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.history")
    qtbot.waitUntil(lambda: len(cells(opened)) == 4)
    fields = named(opened.dialog(HistoryDialog), "Which field", ChoiceBox)
    fields.set_key("company")
    fields.chosen.emit("company")
    assert [row[4] for row in cells(opened)] == ["Company", "Company"]
    assert all(row[0] for row in cells(opened))


def test_the_history_follows_what_comes_in(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.history")
    qtbot.waitUntil(lambda: len(cells(opened)) == 4)
    opened.store.perform(edit(0, score=(85, 90)))
    qtbot.waitUntil(lambda: len(cells(opened)) == 5)
    assert cells(opened)[0][4:] == ["Score", "85", "90"]
