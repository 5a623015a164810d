"""The small windows over an opened vault lock when nobody is there or the machine sleeps, whatever they wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from fleetdesk.direct.database_address import DatabaseAddress
from fleetdesk.direct.keys import DirectKeys
from fleetdesk.direct.own_hub import OwnHub
from fleetdesk.errors import Unavailable
from fleetdesk.locking.lock_keeper import Clocks
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.locking import Why
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.engine.handing_in import HandedOver
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.sync.signin.session import Farewell
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import Counts
from fleetdesk.team.farewell import FarewellDialog
from fleetdesk.team.lease_window import Contact, LeaseWindow, reach_the_hub
from fleetdesk.team.revoked import RevokedDialog
from fleetdesk.team.window_guard import WindowGuard

SLEEPS = 60.0


class Time:
    """The clocks that nobody sets."""

    def __init__(self) -> None:
        self.always = self.awake = 1_000.0

    def sleeps(self, seconds: float) -> None:
        self.always += seconds


class Stalled:
    """What answers once it may, or never; knows whether it was given up."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.given_up = threading.Event()

    async def wait(self) -> None:
        self.begun.set()
        try:
            while not self.may_end.is_set():  # noqa: ASYNC110  (another thread sets it)
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.given_up.set()
            raise

    async def gives_up_laptop(self) -> HandedOver:
        await self.wait()
        return HandedOver()

    async def signs_out(self) -> Farewell:
        await self.wait()
        return Farewell("")

    async def signs_in(self) -> SignedInAs:
        await self.wait()
        return SignedInAs("user_1", "Mona", "mona@example.com")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def guard(qapp: QApplication, time: Time) -> Iterator[WindowGuard]:
    with closing(SleepWatch("unix:path=/nowhere")) as sleep:
        yield WindowGuard(sleep, clocks=Clocks(lambda: time.always, lambda: time.awake))


@pytest.fixture
def stalled() -> Iterator[Stalled]:
    stalled = Stalled()
    yield stalled
    stalled.may_end.set()


def looking(contact: Contact, qtbot: QtBot, theme: Theme, guard: WindowGuard) -> LeaseWindow:
    """A window, under the guard's eyes, that looks for the hub."""
    window = LeaseWindow(contact, theme, "team", 0)
    qtbot.addWidget(window)
    guard.attend(window)
    window.show()
    window.begin()
    return window


def test_a_machine_that_slept_locks_the_lease_window_whose_look_for_the_hub_ends(
    qtbot: QtBot, theme: Theme, guard: WindowGuard, time: Time, stalled: Stalled
) -> None:
    window = looking(stalled.wait, qtbot, theme, guard)
    assert stalled.begun.wait(20)
    time.sleeps(SLEEPS)
    guard.look()
    window.end()
    assert (guard.why, window.isVisible(), window.result()) == (Why.SLEEP, False, QDialog.DialogCode.Rejected)
    assert stalled.given_up.is_set()


class StalledKeys(DirectKeys):
    """Tells where the database is once it may."""

    def __init__(self) -> None:
        super().__init__(MemoryVault(), "own")
        self.asked = threading.Event()
        self.may_end = threading.Event()

    def database(self) -> DatabaseAddress:
        self.asked.set()
        self.may_end.wait()
        raise Unavailable("The disk does not answer.")


def test_a_hub_of_ones_own_that_does_not_start_holds_up_no_lock(
    qtbot: QtBot, theme: Theme, guard: WindowGuard, time: Time, tmp_path: Path
) -> None:
    keys = StalledKeys()
    connection = Connection(
        name="own", kind=ConnectionKind.DIRECT, issuer="http://127.0.0.1:9", client_id="desk", organisation_id="org_1"
    )
    with OwnHub(connection, keys, tmp_path) as own:
        window = looking(own.wait, qtbot, theme, guard)
        assert keys.asked.wait(20)
        time.sleeps(SLEEPS)
        guard.look()
        ended = window.runner.stop()
        keys.may_end.set()
    assert (guard.why, ended) == (Why.SLEEP, True)


def test_it_locks_after_the_minutes_that_were_chosen(
    qtbot: QtBot, theme: Theme, guard: WindowGuard, stalled: Stalled
) -> None:
    window = LeaseWindow(stalled.wait, theme, "team", 0)
    qtbot.addWidget(window, before_close_func=lambda _window: window.end())
    guard.attend(window)
    window.show()
    guard.look()
    before = window.isVisible()
    guard.minutes = 0
    guard.look()
    assert (before, guard.why, window.isVisible()) == (True, Why.IDLE, False)


def test_a_sign_in_before_the_lease_window_goes_with_it(
    qtbot: QtBot, qapp: QApplication, guard: WindowGuard, time: Time, stalled: Stalled
) -> None:
    attended = 0

    def attend(window: object) -> None:
        nonlocal attended
        attended += 1
        guard.attend(window)  # type: ignore[arg-type]
        if isinstance(window, LeaseWindow):
            QTimer.singleShot(0, window, window.sign_in)
        else:
            time.sleeps(SLEEPS)
            QTimer.singleShot(0, window, guard.look)  # type: ignore[call-overload]

    assert not reach_the_hub(stalled.wait, stalled.signs_in, "team", 0, attend)
    assert (attended, guard.why) == (2, Why.SLEEP)


def test_what_a_revoked_laptop_hands_in_goes_on_while_nobody_is_there_and_then_it_locks(
    qtbot: QtBot, theme: Theme, guard: WindowGuard, stalled: Stalled
) -> None:
    dialog = RevokedDialog(stalled.gives_up_laptop, theme)
    qtbot.addWidget(dialog, before_close_func=lambda _window: dialog.end())
    guard.attend(dialog)
    dialog.show()
    dialog.begin()
    guard.minutes = 0
    guard.look()
    assert (guard.why, dialog.isVisible()) == (Why.IDLE, True)
    stalled.may_end.set()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert dialog.told[0] == "FleetDesk's data on this laptop is deleted"


def test_but_a_machine_that_is_to_sleep_does_not_wait_for_it(
    qtbot: QtBot, theme: Theme, guard: WindowGuard, time: Time, stalled: Stalled
) -> None:
    dialog = RevokedDialog(stalled.gives_up_laptop, theme)
    qtbot.addWidget(dialog)
    guard.attend(dialog)
    dialog.show()
    dialog.begin()
    assert stalled.begun.wait(20)
    time.sleeps(SLEEPS)
    guard.look()
    assert not dialog.isVisible()
    dialog.end()
    assert stalled.given_up.is_set()


def test_a_sign_out_that_is_under_way_ends_before_it_locks(
    qtbot: QtBot, theme: Theme, guard: WindowGuard, time: Time, stalled: Stalled
) -> None:
    dialog = FarewellDialog(stalled.signs_out, Counts(waiting=0, inbox=0), theme)
    qtbot.addWidget(dialog, before_close_func=lambda _window: dialog.end())
    guard.attend(dialog)
    dialog.show()
    dialog.begin()
    time.sleeps(SLEEPS)
    guard.look()
    assert dialog.isVisible()
    stalled.may_end.set()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert dialog.told[0] == "You are signed out"


def test_once_it_locked_the_next_window_does_not_stay_either(
    qtbot: QtBot, theme: Theme, guard: WindowGuard, stalled: Stalled
) -> None:
    guard.why = Why.IDLE
    window = LeaseWindow(stalled.wait, theme, "team", 0)
    qtbot.addWidget(window, before_close_func=lambda _window: window.end())
    window.show()
    guard.attend(window)
    qtbot.waitUntil(lambda: not window.isVisible())
