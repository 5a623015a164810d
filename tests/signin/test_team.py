"""A laptop on a team's hub: from nothing to the window, offline, as someone else, and out again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from fleetdesk.app import OpenDesktop, open_desktop
from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import Offline, Refused
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import Why
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import Person
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection
from fleetdesk.sync.signin.provider import Provider
from fleetdesk.sync.signin.registration import Registration
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import Counts, LocalStore
from fleetdesk.team.cli import leave
from fleetdesk.team.dialog import SignInDialog
from fleetdesk.team.farewell import FarewellDialog
from fleetdesk.team.laptop import TeamLaptop
from fleetdesk.team.lease_window import LeaseWindow
from fleetdesk.team.lock_loop import Around
from fleetdesk.team.outcome import Outcome
from fleetdesk.team.signing_in_again import SigningInAgain
from fleetdesk.team.window import TeamWindows
from fleetdesk.team.words import locked_before
from fleetdesk.views.leaving.sign_out import SignOutDialog
from fleetdesk.views.shell.window import MainWindow
from tests.gui.views.locking_scenes import StillSafe
from tests.hub.support import Hosted, insert_lead, person_id
from tests.logind import logind
from tests.signin.provider import CLIENT, Browser, RealProvider
from tests.sync.running import QUICK, RunningHub

SALES, FINANCE = f"user_{Role.COMMERCIAL}", f"user_{Role.FINANCE}"
PASSPHRASE = "correct horse battery"


class Machine:
    """One machine: its data folder and keyring, and whoever sits before it."""

    def __init__(self, provider: RealProvider, hub: RunningHub, folder: Path) -> None:
        self.connection = Connection(name="team", hub_url=hub.url, issuer=provider.issuer, client_id=CLIENT)
        self.settings = replace(QUICK, data_dir=folder)
        self.vault = MemoryVault()
        self._provider = provider
        self.said: list[str] = []

    def laptop(self, login: str = SALES, provider: Provider | None = None) -> TeamLaptop:
        """FleetDesk as it starts, with that person at the browser."""
        return TeamLaptop(
            self.connection,
            self.settings,
            self.vault,
            fleet_platform(),
            SystemClock(),
            browse=Browser(login),
            provider=provider or Provider(self._provider.registration()),
        )

    def sign_in(self, login: str = SALES) -> SignedInAs:
        return asyncio.run(self.laptop(login).sign_in())

    def who(self) -> SignedInAs | None:
        """Who is signed in, as the next start finds it."""
        return asyncio.run(self.laptop().session().person())

    def leave(self, *, export: Path | None = None, anyway: bool = False) -> int:
        """Sign out; the exit status."""
        who = self.who()
        assert who is not None
        return leave(
            self.laptop(), who, export=export, anyway=anyway, passphrase=lambda: PASSPHRASE, say=self.said.append
        )


@pytest.fixture
def machine(provider: RealProvider, hub: RunningHub, tmp_path: Path) -> Machine:
    return Machine(provider, hub, tmp_path / "data")


@pytest.fixture
def working(machine: Machine) -> Callable[[], None]:
    """Whoever signed in writes a lead down, offline."""

    def work() -> None:
        store, _ = machine.laptop().open_store(machine.sign_in())
        act = CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": "Bolt"})
        with closing(store):
            assert store.perform(act)[0].settled

    return work


def test_who_signs_in_is_the_person_of_the_files(machine: Machine) -> None:
    store, person = machine.laptop().open_store(machine.sign_in())
    store.close()
    assert (person.id, person.role) == (person_id(Role.COMMERCIAL), Role.COMMERCIAL)


def test_the_next_start_needs_no_browser(machine: Machine) -> None:
    who = machine.sign_in()
    assert machine.who() == who


@pytest.mark.parametrize("login", ["user_elsewhere", "user_alone", "user_unknown"])
def test_whom_the_hub_refuses_is_not_left_signed_in(machine: Machine, login: str) -> None:
    with pytest.raises(Refused):
        machine.sign_in(login)
    assert machine.who() is None


class Noting(Provider):
    """Notes what it had revoked."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(registration)
        self.revoked: list[str] = []

    async def revoke(self, token: str) -> None:
        await super().revoke(token)
        self.revoked.append(token)


def test_tokens_that_nobody_may_use_here_are_given_back(machine: Machine, provider: RealProvider) -> None:
    who = machine.sign_in()
    noting = Noting(provider.registration())
    with pytest.raises(Refused, match="another person"):
        asyncio.run(machine.laptop(FINANCE, noting).sign_in(who))
    assert (len(noting.revoked), machine.who()) == (1, who)


def test_what_was_damaged_while_nobody_looked_is_told_when_the_window_opens(
    machine: Machine, working: Callable[[], None]
) -> None:
    working()
    [outbox] = machine.settings.data_dir.rglob("outbox.db")
    outbox.write_bytes(b"\0" * 50_000)
    who = machine.who()
    assert who is not None
    store, _ = machine.laptop().open_store(who)
    with closing(store):
        assert [notice.what for notice in store.notices] == ["The list of your waiting changes was damaged."]


def test_another_person_gets_files_of_their_own(machine: Machine, working: Callable[[], None]) -> None:
    working()
    machine.leave(anyway=True)
    store, person = machine.laptop().open_store(machine.sign_in(FINANCE))
    with closing(store):
        assert (person.id, store.counts().waiting) == (person_id(Role.FINANCE), 0)


def test_a_hub_that_is_away_leaves_the_session_for_the_next_start(machine: Machine, hub: RunningHub) -> None:
    hub.stop()
    try:
        with pytest.raises(Offline):
            machine.sign_in()
    finally:
        hub.start()
    assert machine.who() is not None


# ------------------------------------------------------------------------------------------------------------- window


def test_from_the_browser_to_a_window_with_the_hubs_leads(
    qtbot: QtBot, qapp: QApplication, machine: Machine, hosted: Hosted
) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    laptop = machine.laptop()
    dialog = SignInDialog(laptop.sign_in, "team", Theme(qapp))
    qtbot.addWidget(dialog)
    dialog.begin()
    qtbot.waitUntil(lambda: dialog.who is not None, timeout=20_000)
    dialog.end()
    assert dialog.who is not None
    store, person = laptop.open_store(dialog.who)
    opened = open_desktop(
        qapp,
        store,
        laptop.client(laptop.session(), dialog.who),
        person,
        platform=fleet_platform(),
        settings=machine.settings,
        clock=SystemClock(),
    )
    try:
        qtbot.waitUntil(lambda: opened.desktop.base.status.status.state is SyncState.LIVE, timeout=20_000)
        with store.reading() as connection_here:
            found = connection_here.exec_driver_sql("SELECT id FROM sys_demo_lead").fetchall()
    finally:
        opened.close()
        store.close()
    assert [tuple(row) for row in found] == [(lead,)]


def test_with_a_known_session_the_window_opens_offline(
    qtbot: QtBot, qapp: QApplication, machine: Machine, hub: RunningHub
) -> None:
    who = machine.sign_in()
    store, person = machine.laptop().open_store(who)
    opened = open_desktop(
        qapp,
        store,
        machine.laptop().client(machine.laptop().session(), who),
        person,
        platform=fleet_platform(),
        settings=machine.settings,
        clock=SystemClock(),
    )
    qtbot.waitUntil(lambda: opened.desktop.base.status.status.state is SyncState.LIVE, timeout=20_000)
    opened.close()
    store.close()
    hub.stop()
    try:
        assert machine.who() == who
        again, same = machine.laptop().open_store(who)
        again.close()
    finally:
        hub.start()
    assert same == person


def test_a_session_that_ends_while_the_window_is_open_is_renewed_by_signing_in(
    qtbot: QtBot, qapp: QApplication, machine: Machine
) -> None:
    laptop = machine.laptop()
    who = asyncio.run(laptop.sign_in())
    store, person = laptop.open_store(who)
    # What the hub refuses, and the provider does not renew.
    machine.vault.keep("hub.team.session", dead(machine.vault.secret("hub.team.session")))
    machine.vault.forget("hub.team.access")
    with at_the_window(qapp, machine, laptop, who, store, person) as (opened, again):
        dialog = asked(qtbot, again)
        told = dialog.told
        dialog.begin()
        qtbot.waitUntil(lambda: opened.desktop.base.status.status.state is SyncState.LIVE, timeout=20_000)
        assert "session has ended" in told


def test_who_goes_on_without_is_not_asked_again(qtbot: QtBot, qapp: QApplication, machine: Machine) -> None:
    laptop = machine.laptop()
    who = asyncio.run(laptop.sign_in())
    store, person = laptop.open_store(who)
    asyncio.run(laptop.session().sign_out())
    with at_the_window(qapp, machine, laptop, who, store, person) as (opened, again):
        asked(qtbot, again).reject()
        opened.desktop.base.sync.sync_now()
        qtbot.wait(500)
        assert not again.asks
        assert opened.desktop.base.status.status.state is SyncState.REFUSED


def test_a_lock_takes_away_what_asks_to_sign_in(qtbot: QtBot, qapp: QApplication, machine: Machine) -> None:
    laptop = machine.laptop()
    who = asyncio.run(laptop.sign_in())
    store, person = laptop.open_store(who)
    asyncio.run(laptop.session().sign_out())
    with at_the_window(qapp, machine, laptop, who, store, person) as (opened, again):
        asked(qtbot, again)
        opened.lock(Why.ASKED)
        assert not again.asks


def test_whom_the_hub_does_not_let_in_no_sign_in_is_offered(
    qtbot: QtBot, qapp: QApplication, machine: Machine, hosted: Hosted
) -> None:
    laptop = machine.laptop()
    who = asyncio.run(laptop.sign_in())
    store, person = laptop.open_store(who)
    with at_the_window(qapp, machine, laptop, who, store, person) as (opened, again):
        qtbot.waitUntil(lambda: opened.desktop.base.status.status.state is SyncState.LIVE, timeout=20_000)
        hosted.execute("UPDATE adm_members SET status = 'suspended' WHERE user_id = %s", person.id)
        opened.desktop.base.sync.sync_now()
        qtbot.waitUntil(lambda: opened.desktop.base.status.status.state is SyncState.SHUT_OUT, timeout=20_000)
        qtbot.waitUntil(lambda: opened.desktop.base.person.shut_out, timeout=20_000)
        assert not again.asks
    assert machine.who() == who


@contextmanager
def at_the_window(
    qapp: QApplication, machine: Machine, laptop: TeamLaptop, who: SignedInAs, store: LocalStore, person: Person
) -> Iterator[tuple[OpenDesktop, SigningInAgain]]:
    """The window of whoever signed in, and what watches their session."""
    opened = open_desktop(
        qapp,
        store,
        laptop.client(laptop.session(who), who),
        person,
        platform=fleet_platform(),
        settings=machine.settings,
        clock=SystemClock(),
    )
    again = SigningInAgain(opened, laptop, who, "team")
    try:
        yield opened, again
    finally:
        again.close()
        opened.close()
        store.close()


def asked(qtbot: QtBot, again: SigningInAgain) -> SignInDialog:
    """The dialog, once it asks."""
    qtbot.waitUntil(lambda: again.asks, timeout=20_000)
    assert again.dialog is not None
    return again.dialog


def dead(session: str | None) -> str:
    """The session's entry, with a refresh token that the provider never gave."""
    assert session is not None
    return json.dumps(json.loads(session) | {"refresh": "never given"})


# ------------------------------------------------------------------------------------------------------------ sign-out


@pytest.fixture
def windows(qapp: QApplication, machine: Machine) -> Iterator[TeamWindows]:
    laptop = machine.laptop()
    doorbell = Doorbell(laptop.folder)
    about = About(machine.connection.name, machine.connection.hub_url)
    sleep = SleepWatch("unix:path=/nowhere")
    yield TeamWindows(laptop, about, None, StillSafe(), settings=machine.settings, around=Around(doorbell, sleep))
    sleep.close()
    doorbell.close()


@contextmanager
def watched(look: Callable[[], object]) -> Iterator[None]:
    """Look every 50 ms, until it is left and no longer."""
    timer = QTimer(interval=50)
    timer.timeout.connect(look)
    timer.start()
    try:
        yield
    finally:
        timer.stop()


@contextmanager
def at_once(qapp: QApplication, act: Callable[[MainWindow], None]) -> Iterator[None]:
    """Do this once, in the window as soon as there is one that is in touch with the hub."""
    acted = False

    def look() -> None:
        nonlocal acted
        for window in qapp.topLevelWidgets():
            if not acted and isinstance(window, MainWindow) and window.bench.status.status.state is SyncState.LIVE:
                acted = True
                act(window)

    with watched(look):
        yield


def sign_out_of(window: MainWindow) -> None:
    window.bench.actions.trigger("session.sign_out")
    window.findChildren(SignOutDialog)[0].submit()


def test_who_signs_out_of_the_window_is_signed_out_and_another_person_may_sign_in(
    qtbot: QtBot, qapp: QApplication, machine: Machine, windows: TeamWindows
) -> None:
    who = machine.sign_in()
    with at_once(qapp, sign_out_of):
        left = windows.work(who, "")
    assert left == Outcome(signed_out=Counts(waiting=0, inbox=0))
    assert left.signed_out is not None
    dialog = FarewellDialog(partial(machine.laptop().sign_out, who), left.signed_out, Theme(qapp))
    qtbot.addWidget(dialog)
    dialog.begin()
    qtbot.waitUntil(lambda: not dialog.waits, timeout=20_000)
    dialog.end()
    assert (dialog.told, machine.who()) == (("You are signed out", ""), None)
    assert machine.sign_in(FINANCE).subject == FINANCE


def test_who_closes_the_window_stays_signed_in(qapp: QApplication, machine: Machine, windows: TeamWindows) -> None:
    who = machine.sign_in()
    with at_once(qapp, lambda window: window.bench.actions.trigger("window.quit")):
        assert windows.work(who, "") == Outcome()
    assert machine.who() == who


def test_two_persons_after_each_other_have_windows_in_one_process(
    qapp: QApplication, machine: Machine, windows: TeamWindows
) -> None:
    seen: list[str] = []

    def look(window: MainWindow) -> None:
        seen.append(window.bench.person.id)
        sign_out_of(window)

    for login in (SALES, FINANCE):
        who = machine.sign_in(login)
        with at_once(qapp, look):
            windows.work(who, "")
        asyncio.run(machine.laptop().sign_out(who))
    assert seen == [person_id(Role.COMMERCIAL), person_id(Role.FINANCE)]


def test_signing_out_ends_the_session(machine: Machine) -> None:
    machine.sign_in()
    assert (machine.leave(), machine.who(), machine.said) == (0, None, ["You are signed out."])


def test_while_work_waits_it_warns_and_does_nothing(machine: Machine, working: Callable[[], None]) -> None:
    working()
    assert machine.leave() == 1
    assert machine.who() is not None
    assert "1 change to be sent" in machine.said[0]


def test_who_says_so_signs_out_anyway_and_finds_the_work_again(machine: Machine, working: Callable[[], None]) -> None:
    working()
    assert machine.leave(anyway=True) == 0
    store, _ = machine.laptop().open_store(machine.sign_in())
    with closing(store):
        assert store.counts().waiting == 1


def test_work_that_was_taken_along_waits_on_another_machine(
    provider: RealProvider, hub: RunningHub, machine: Machine, working: Callable[[], None], tmp_path: Path
) -> None:
    working()
    assert machine.leave(export=tmp_path / "work.fleetdesk") == 0
    other = Machine(provider, hub, tmp_path / "other")
    store, _ = other.laptop().open_store(other.sign_in())
    with closing(store):
        assert store.take_in(tmp_path / "work.fleetdesk", PASSPHRASE).taken == 1
        assert store.counts().waiting == 1


# --------------------------------------------------------------------------------------------------------------- lease


@pytest.fixture
def unleased(qapp: QApplication, machine: Machine) -> Iterator[TeamWindows]:
    """Windows whose lease is over as soon as they are opened."""
    laptop = machine.laptop()
    doorbell, sleep = Doorbell(laptop.folder), SleepWatch("unix:path=/nowhere")
    settings = replace(machine.settings, lease_hours=0.0)
    about = About(machine.connection.name, machine.connection.hub_url)
    yield TeamWindows(laptop, about, None, StillSafe(), settings=settings, around=Around(doorbell, sleep))
    sleep.close()
    doorbell.close()


def worked(qapp: QApplication, windows: TeamWindows, who: SignedInAs) -> None:
    """They are open until they are in touch with the hub, and are quit then."""
    with at_once(qapp, lambda window: window.bench.actions.trigger("window.quit")):
        assert windows.work(who, "") == Outcome()


def contact_of(machine: Machine, who: SignedInAs) -> str:
    """When the hub was reached last, as the files have it."""
    store, _ = machine.laptop().open_store(who)
    with closing(store):
        return store.note_time().contact.isoformat()


def test_a_lease_that_is_over_begins_anew_as_the_hub_is_reached(
    qapp: QApplication, machine: Machine, unleased: TeamWindows
) -> None:
    who = machine.sign_in()
    before = contact_of(machine, who)
    worked(qapp, unleased, who)
    assert contact_of(machine, who) > before


def test_offline_it_stays_locked_and_what_waits_is_counted_and_kept(
    qapp: QApplication, machine: Machine, unleased: TeamWindows, working: Callable[[], None], hub: RunningHub
) -> None:
    worked(qapp, unleased, machine.sign_in())
    working()
    who = machine.who()
    assert who is not None
    hub.stop()
    seen: list[str] = []

    def look() -> None:
        for window in qapp.topLevelWidgets():
            assert not isinstance(window, MainWindow) or not window.isVisible()
            if isinstance(window, LeaseWindow) and window.isVisible() and not window.looks:
                seen.extend(label.text() for label in window.findChildren(QLabel))
                window.reject()

    try:
        with watched(look):
            assert unleased.work(who, "") == Outcome()
    finally:
        hub.start()
    assert any("1 change waits to be sent" in text for text in seen)
    store, _ = machine.laptop().open_store(who)
    with closing(store):
        assert store.counts().waiting == 1


def test_whom_the_hub_has_not_met_waits_for_it_in_a_window(
    qapp: QApplication, machine: Machine, windows: TeamWindows, hub: RunningHub
) -> None:
    who = machine.sign_in()
    hub.stop()
    told: list[str] = []

    def look() -> None:
        for window in qapp.topLevelWidgets():
            if isinstance(window, LeaseWindow) and window.isVisible() and not window.looks:
                if not told:
                    hub.start()
                told.extend(label.text() for label in window.findChildren(QLabel))
                window.begin()

    with watched(look):
        worked(qapp, windows, who)
    assert any("has not told this laptop yet who you are" in text for text in told)
    assert any("cannot be reached" in text for text in told)


@pytest.mark.parametrize("met", [True, False])
def test_a_machine_that_goes_to_sleep_locks_what_looks_for_the_hub(
    qapp: QApplication,
    machine: Machine,
    unleased: TeamWindows,
    hub: RunningHub,
    tmp_path_factory: pytest.TempPathFactory,
    met: bool,
) -> None:
    who = machine.sign_in()
    if met:
        worked(qapp, unleased, who)
    hub.stop()
    settings = replace(machine.settings, lease_hours=0.0)
    doorbell = Doorbell(machine.laptop().folder)
    try:
        with logind(tmp_path_factory.mktemp("bus")) as system, closing(SleepWatch(system.address)) as sleep:
            windows = TeamWindows(
                machine.laptop(), About("team"), None, StillSafe(), settings=settings, around=Around(doorbell, sleep)
            )

            def look() -> None:
                if any(isinstance(each, LeaseWindow) and each.isVisible() for each in qapp.topLevelWidgets()):
                    system.sleeps(begins=True)

            with watched(look):
                left = windows.work(who, "")
            assert left == Outcome(locked=locked_before("team", Why.SLEEP))
    finally:
        doorbell.close()
        hub.start()
