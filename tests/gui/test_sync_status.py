"""Every state of the synchronisation has its words, its icon and its meaning, the same wherever it is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.sync_status import SyncIndicator, SyncStatusHolder, sync_icon, sync_text, sync_tooltip

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("state", SyncState)
def test_every_state_has_words_a_meaning_and_an_icon_that_exists(theme: Theme, state: SyncState) -> None:
    status = SyncStatus(state)

    assert sync_text(status)
    assert sync_tooltip(status, NOW).endswith(".")
    assert theme.icons.character(sync_icon(state))


def test_no_two_states_are_told_alike() -> None:
    assert len({sync_text(SyncStatus(state)) for state in SyncState}) == len(SyncState)
    assert len({sync_icon(state) for state in SyncState}) == len(SyncState)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (SyncStatus(SyncState.LIVE), "Up to date"),
        (SyncStatus(SyncState.LOADING, progress=LoadProgress(12_000, 50_000)), "Loading 24 %"),
        (SyncStatus(SyncState.LOADING, progress=LoadProgress(12_000)), "Loading"),
        (SyncStatus(SyncState.OFFLINE, pending=1), "Offline · 1 change waits"),
        (SyncStatus(SyncState.OFFLINE, pending=12, inbox=2), "Offline · 12 changes wait · 2 need you"),
        (SyncStatus(SyncState.ERROR, inbox=1), "Cannot sync · 1 needs you"),
    ],
)
def test_the_words_hold_the_figures_that_matter(status: SyncStatus, text: str) -> None:
    assert sync_text(status) == text


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (-timedelta(minutes=5), "just now"),
    ],
)
def test_the_last_contact_is_told_as_people_say_it(ago: timedelta, words: str) -> None:
    status = SyncStatus(SyncState.OFFLINE, last_contact=NOW - ago)

    assert f"Last contact: {words}." in sync_tooltip(status, NOW)


def test_offline_says_that_work_goes_on_and_is_kept() -> None:
    tooltip = sync_tooltip(SyncStatus(SyncState.OFFLINE, pending=3, detail="The proxy was cut."), NOW)

    assert "Go on working" in tooltip
    assert "The proxy was cut." in tooltip
    assert "3 changes wait to be sent." in tooltip


def test_offline_says_once_why() -> None:
    why = "The hub cannot be reached."

    assert sync_tooltip(SyncStatus(SyncState.OFFLINE, detail=why), NOW).count(why) == 1


def test_the_same_status_is_not_told_twice(qtbot: QtBot) -> None:
    holder = SyncStatusHolder()
    holder.update(SyncStatus(SyncState.LIVE))

    with qtbot.assertNotEmitted(holder.changed):
        holder.update(SyncStatus(SyncState.LIVE))


def test_all_indicators_of_one_holder_say_the_same(qtbot: QtBot, theme: Theme) -> None:
    holder = SyncStatusHolder()
    indicators = [SyncIndicator(holder, theme), SyncIndicator(holder, theme)]
    for indicator in indicators:
        qtbot.addWidget(indicator)

    holder.update(SyncStatus(SyncState.OFFLINE, pending=2))

    assert [indicator.text() for indicator in indicators] == ["Offline · 2 changes wait"] * 2
    assert indicators[0].accessibleName() == "Synchronisation: Offline · 2 changes wait"


def test_a_tooltip_tells_the_time_of_when_it_is_read(qtbot: QtBot, theme: Theme) -> None:
    clock = [NOW]
    holder = SyncStatusHolder()
    holder.update(SyncStatus(SyncState.OFFLINE, last_contact=NOW))
    indicator = SyncIndicator(holder, theme, now=lambda: clock[0])
    qtbot.addWidget(indicator)

    clock[0] = NOW + timedelta(minutes=7)
    QApplication.sendEvent(indicator, QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), QPoint(1, 1)))

    assert "7 minutes ago" in indicator.toolTip()
