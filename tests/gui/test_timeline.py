"""The timeline: entries that are read out whole and opened by keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QLabel,
)
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.painting import wrapped
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry
from tests.gui.conftest import Show

ENTRIES = (
    TimelineEntry("2", "phone", "Called", "You", "09:24", "Wants <b>prices</b>.", "Today", badge="Waiting"),
    TimelineEntry("1", "star", "Asked for a demo", "", "08:15"),
)


@pytest.fixture
def timeline(theme: Theme, show: Show) -> Timeline:
    timeline = Timeline(theme, "Timeline", nothing="Nothing has happened yet.")
    show(timeline)
    timeline.show_entries(ENTRIES)
    return timeline


def test_an_entry_is_read_out_whole(timeline: Timeline) -> None:
    said = timeline.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)

    assert said == "Today. Called. You. 09:24. Wants <b>prices</b>.. Waiting"


def test_an_entry_with_a_body_is_higher(timeline: Timeline) -> None:
    heights = [timeline.visualRect(timeline.model().index(row, 0)).height() for row in (0, 1)]

    assert heights[0] > heights[1]


def test_the_current_entry_stays_current_when_another_comes(timeline: Timeline) -> None:
    timeline.setCurrentIndex(timeline.model().index(1, 0))

    timeline.show_entries((TimelineEntry("3", "phone", "Called", "You", "10:00"), *ENTRIES))

    assert timeline.currentIndex().row() == 2


def test_another_record_begins_at_the_top(timeline: Timeline) -> None:
    many = tuple(TimelineEntry(str(number), "phone", "Called", "You", "10:00", "Words.") for number in range(80))
    timeline.show_entries(many)
    timeline.setCurrentIndex(timeline.model().index(70, 0))
    timeline.scrollToBottom()

    timeline.begin()
    timeline.show_entries(tuple(replace(entry, id=f"other {entry.id}") for entry in many))

    assert timeline.verticalScrollBar().value() == 0
    assert timeline.current is None


def test_enter_opens_an_entry(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.setCurrentIndex(timeline.model().index(1, 0))

    with qtbot.waitSignal(timeline.opened) as opened:
        qtbot.keyClick(timeline, Qt.Key.Key_Return)

    assert opened.args == [ENTRIES[1]]


def test_an_empty_timeline_says_so(timeline: Timeline) -> None:
    nothing = timeline.findChildren(QLabel)[0]
    hidden_with_entries = nothing.isHidden()

    timeline.show_entries(())

    assert (hidden_with_entries, nothing.isHidden()) == (True, False)


def test_no_line_of_a_cut_text_goes_on_in_the_line_before(theme: Theme) -> None:
    text = "Score: 34\nSecond phone: 12\nTags: chauffeur"

    assert wrapped(text, theme.font(), 400, 2) == ["Score: 34", "Second phone: 12…"]
