"""When FleetDesk locks by itself: nobody was there, the machine slept, the lease is over; and a warning before that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.locking.lock_keeper import Clocks, LockKeeper
from fleetdesk.models.locking import MINUTES, Why
from fleetdesk.qt.presence import Presence
from tests.gui.views.office import Office

HOUR = 3600.0


class Time:
    """The clocks that nobody sets, as a test winds them."""

    def __init__(self) -> None:
        self.always = self.awake = 1_000.0

    def goes(self, seconds: float, *, asleep: bool = False) -> None:
        self.always += seconds
        self.awake += 0 if asleep else seconds


class Case:
    """A keeper over an office, and what it wanted."""

    def __init__(self, app: QApplication, office: Office, time: Time) -> None:
        self.office = office
        self.time = time
        self.wanted: list[Why] = []
        self.away = 0.0
        self.presence = Presence(app, lambda: self.away)
        self.keeper = LockKeeper(
            lambda: office.desktop,
            office.store,
            self.presence,
            lease=dt.timedelta(hours=72),
            clocks=Clocks(lambda: time.always, lambda: time.awake),
        )
        self.keeper.wanted.connect(self.wanted.append)

    def after(self, minutes: float) -> list[Why]:
        """What it wants once nobody was there for so long."""
        self.away += 60 * minutes
        self.keeper.look()
        return self.wanted

    def offline_for(self, qtbot: QtBot, hours: float) -> None:
        """Somebody works, and the hub is not reached for so long."""
        self.office.clock.instant += dt.timedelta(hours=hours)
        self.time.goes(hours * HOUR)
        self.keeper.look()
        qtbot.waitUntil(self.office.idle)


@pytest.fixture
def case(qapp: QApplication, office: Office) -> Iterator[Case]:
    case = Case(qapp, office, Time())
    office.store.note_contact()
    yield case
    case.keeper.stop()
    case.presence.stop()


def test_it_locks_after_a_quarter_of_an_hour_without_anybody(case: Case) -> None:
    assert case.after(14.9) == []
    assert case.after(0.2) == [Why.IDLE]


@pytest.mark.parametrize("minutes", [5, 60])
def test_or_after_as_long_as_was_chosen(case: Case, minutes: int) -> None:
    case.office.bench.remembered.keep(MINUTES, minutes)
    assert case.after(minutes - 0.1) == []
    assert case.after(0.2) == [Why.IDLE]


@pytest.mark.parametrize("kept", [0, 10_000, "never", None])
def test_what_nobody_could_choose_counts_as_the_usual_time(case: Case, kept: int | str | None) -> None:
    case.office.bench.remembered.keep(MINUTES, kept)
    assert case.after(15.1) == [Why.IDLE]


def test_a_machine_that_slept_without_a_word_locks_as_it_wakes_up(case: Case) -> None:
    case.time.goes(120, asleep=True)
    case.keeper.look()
    assert case.wanted == [Why.SLEEP]


def test_a_lease_that_is_over_locks(qtbot: QtBot, case: Case) -> None:
    case.offline_for(qtbot, 71)
    assert case.wanted == []
    case.offline_for(qtbot, 2)
    assert case.wanted == [Why.LEASE]


def test_some_hours_before_that_it_is_said_and_again_with_each_hour(qtbot: QtBot, case: Case) -> None:
    case.offline_for(qtbot, 60)
    assert not case.office.said.messages
    case.offline_for(qtbot, 6)
    assert "FleetDesk locks in 6 hours unless it reaches the hub." in case.office.said.messages[-1].text
    case.offline_for(qtbot, 0.1)
    case.offline_for(qtbot, 1)
    assert [message.key for message in case.office.said.messages] == ["lease", "lease", "lease"]
    assert "in 4 hours" in case.office.said.messages[-1].text


def test_once_the_hub_is_reached_it_is_said_no_longer(qtbot: QtBot, case: Case) -> None:
    case.offline_for(qtbot, 66)
    assert case.office.window.toasts.messages
    case.office.store.note_contact()
    case.offline_for(qtbot, 0.1)
    assert not case.office.window.toasts.messages


def test_a_clock_that_is_turned_back_does_not_put_it_off(qtbot: QtBot, case: Case) -> None:
    case.offline_for(qtbot, 70)
    case.office.clock.instant -= dt.timedelta(hours=60)
    case.time.goes(3 * HOUR)
    case.keeper.look()
    qtbot.waitUntil(case.office.idle)
    assert case.wanted == [Why.LEASE]
