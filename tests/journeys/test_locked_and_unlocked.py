"""FleetDesk is locked in the middle of work: nothing of it is open then, and it all stands again once unlocked."""

from __future__ import annotations

import datetime as dt
import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.app import run_desktop
from fleetdesk.commands.pending import CommandDesk
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import BadFile
from fleetdesk.locking.lock_keeper import Clocks
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import Why
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.unlocking import Behind, UnlockWindow
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.folder import Folder
from fleetdesk.sync.files.key_check import demand_own_keys
from fleetdesk.sync.files.vault import LockedVault, OpenedVault, file_keys
from fleetdesk.sync.files.wrapped_vault import WrappedVault
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.team.lock_loop import Around, between_locks
from fleetdesk.team.trouble import TroubleWindow
from fleetdesk.team.words import behind
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.long_acts import Far, GoesOn
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.workbench import Workbench
from tests.gui.views.filled import ME, load, store_person
from tests.gui.views.sample import sample
from tests.logind import logind
from tests.unit.sync.keyrings import DesktopKeyring

pytestmark = pytest.mark.timeout(120)

PIN = "2468ac"
NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody answers
Story = Iterator[Callable[[], bool]]


class Teller(QObject):
    """Goes on with a story as soon as what it waits for is so."""

    def __init__(self, app: QApplication, story: Story) -> None:
        super().__init__(app)
        self._story = story
        self._waits_for = next(story)
        self._timer = QTimer(self, interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.error: BaseException | None = None
        self._app = app

    def _look(self) -> None:
        try:
            if self._waits_for():
                self._waits_for = next(self._story)
        except StopIteration:
            self._timer.stop()
        except BaseException as error:  # noqa: BLE001  (the test raises it)
            self.error = error
            self._timer.stop()
            for window in shown(MainWindow):
                window.bench.actions.trigger("window.quit")
            for window in (*shown(UnlockWindow), *shown(TroubleWindow)):
                window.reject()


def shown(kind: type) -> list:  # type: ignore[type-arg]
    """The windows of that kind in sight."""
    return [window for window in QApplication.topLevelWidgets() if isinstance(window, kind) and window.isVisible()]


def laptop(folder: Path, vault: OpenedVault) -> LocalStore:
    """Layla's files, with forty leads at first."""
    new, person = not (folder / "laptop").exists(), store_person(ME)
    keys = file_keys(vault.vault, "hub.team.1")
    demand_own_keys(folder / "laptop", keys)
    store = LocalStore.open(
        folder / "laptop",
        keys=keys,
        platform=fleet_platform(),
        clock=SystemClock(),
        actor=Actor(person.id, normalise_role(person.role)),
    )
    if new:
        load(store, sample(40))
    return store


def run(
    app: QApplication,
    folder: Path,
    story: Story,
    *,
    keyring: DesktopKeyring | None = None,
    clocks: Clocks | None = None,
    watches: list[SleepWatch] | None = None,
) -> int:
    """FleetDesk offline over the files in a folder, from its first unlocking until it is quit.

    `watches` gets what hears of the machine's sleep, with each unlocking.
    """
    backend = keyring or DesktopKeyring({})

    def work(opened: OpenedVault, around: Around) -> int | Behind:
        if watches is not None:
            watches.append(around.sleep)
        with closing(laptop(folder, opened)) as store:
            left = run_desktop(
                app,
                store,
                HubClient(NOWHERE, StaticTokens("nobody")),
                store_person(ME),
                platform=fleet_platform(),
                settings=replace(LaptopSettings(), data_dir=folder),
                clock=SystemClock(),
                doorbell=around.doorbell,
                about=About("team", keys=opened.where),
                safe=opened.vault,
                sleep=around.sleep,
            )
            if isinstance(left, Why):
                return behind("team", "Layla", store.counts(), left, dt.timedelta(hours=72))
            return left

    app.setQuitOnLastWindowClosed(False)
    teller = Teller(app, story)
    try:
        with closing(Doorbell(folder)) as doorbell:
            return between_locks(
                lambda: LockedVault(folder, backend=backend),
                work,
                doorbell,
                name="team",
                say=lambda _: None,
                clocks=clocks,
            )
    finally:
        teller.deleteLater()
        if teller.error is not None:
            raise teller.error


def unlock(*typed: str) -> None:
    [window] = shown(UnlockWindow)
    window.form.type_in(*typed)
    window.submit()


def opened(*typed: str) -> Story:
    """Unlock, and go on once the main window is there."""
    yield lambda: bool(shown(UnlockWindow))
    unlock(*typed)
    yield lambda: bool(shown(MainWindow))


def press(action: str) -> None:
    """Do this in the window that is there, and hold on to nothing of it."""
    [window] = shown(MainWindow)
    window.bench.actions.trigger(action)


def field(inside: QWidget, name: str) -> QLineEdit:
    return next(each for each in inside.findChildren(QLineEdit) if each.accessibleName() == name)


def openers() -> list[object]:
    """Every object of this process that opens files, or shows what is in them."""
    return [each for each in gc.get_objects() if isinstance(each, WrappedVault | LocalStore | Workbench)]


def test_what_is_locked_is_closed_and_stands_again_once_it_is_unlocked(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    gc.unfreeze()  # what other tests set aside is not listed, and would come back as the desktop ends
    of_others = openers()

    def story() -> Story:
        yield from opened(PIN, PIN)
        [window] = shown(MainWindow)
        window.show_screen("leads")
        window.bench.actions.trigger("tab.new")
        window.show_screen("inbox")
        window.bench.actions.trigger("leads.new")
        [dialog] = window.findChildren(CommandDialog)
        field(dialog, "Last name").setText("Belkacem")
        field(dialog, "Last name").textEdited.emit("Belkacem")
        window.bench.actions.trigger("session.lock")
        del window, dialog

        yield lambda: bool(shown(UnlockWindow))
        assert shown(MainWindow) == []
        assert [each for each in openers() if not any(each is other for other in of_others)] == []
        assert not any(b"Belkacem" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        unlock("wrong")
        [lock] = shown(UnlockWindow)
        yield lambda: "not the PIN" in lock.told
        unlock(PIN)

        yield lambda: bool(shown(MainWindow))
        [window] = shown(MainWindow)
        assert [tab.screen for tab in window.area.memories] == ["leads", "inbox"]
        assert window.area.shown == 1
        window.toasts.run_newest_action()
        yield lambda: bool(window.findChildren(CommandDialog))
        [dialog] = window.findChildren(CommandDialog)
        assert field(dialog, "Last name").text() == "Belkacem"
        window.bench.actions.trigger("window.quit")

    assert run(qapp, tmp_path, story()) == 0


def test_a_machine_that_goes_to_sleep_waits_until_all_is_locked(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bus").mkdir()
    (tmp_path / "data").mkdir()
    with logind(tmp_path / "bus") as machine:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", machine.address)

        def story() -> Story:
            yield lambda: bool(shown(UnlockWindow))
            unlock(PIN, PIN)
            yield lambda: bool(shown(MainWindow)) and machine.inhibitors == [("sleep", "FleetDesk", "delay")]
            machine.sleeps(begins=True)
            yield lambda: machine.inhibitors == []
            assert shown(MainWindow) == []
            machine.sleeps(begins=False)
            yield lambda: bool(shown(UnlockWindow))
            unlock(PIN)
            yield lambda: bool(shown(MainWindow)) and machine.inhibitors == [("sleep", "FleetDesk", "delay")]
            [window] = shown(MainWindow)
            window.bench.actions.trigger("window.quit")

        assert run(qapp, tmp_path / "data", story()) == 0


class SlowKeyring(DesktopKeyring):
    """Something happens once while it is asked."""

    def __init__(self) -> None:
        super().__init__({})
        self.meanwhile: Callable[[], None] | None = None

    def get_password(self, service: str, username: str) -> str | None:
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()
        return super().get_password(service, username)


SlowKeyring.__module__ = DesktopKeyring.__module__


def locked_while_checked(keyring: SlowKeyring, sleep: Callable[[], None]) -> Story:
    """The machine sleeps while a right PIN is checked."""
    yield lambda: bool(shown(UnlockWindow))
    unlock(PIN, PIN)
    yield lambda: bool(shown(MainWindow))
    [window] = shown(MainWindow)
    window.bench.actions.trigger("session.lock")
    del window

    yield lambda: bool(shown(UnlockWindow))
    [first] = shown(UnlockWindow)
    keyring.meanwhile = sleep
    unlock(PIN)
    yield lambda: bool(shown(MainWindow)) or any(window is not first for window in shown(UnlockWindow))
    assert shown(MainWindow) == []
    [lock] = shown(UnlockWindow)
    assert any("went to sleep" in label.text() for label in lock.findChildren(QLabel))
    unlock(PIN)
    del lock

    yield lambda: bool(shown(MainWindow))
    [window] = shown(MainWindow)
    window.bench.actions.trigger("window.quit")


def test_a_machine_that_sleeps_while_a_pin_is_checked_is_locked_when_it_wakes(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bus").mkdir()
    (tmp_path / "data").mkdir()
    keyring = SlowKeyring()
    watches: list[SleepWatch] = []
    with logind(tmp_path / "bus") as machine:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", machine.address)

        def sleep() -> None:
            [watch] = watches
            before = watch.told
            machine.sleeps(begins=True)
            machine.sleeps(begins=False)
            machine.wait_until(lambda: watch.told > before)

        story = locked_while_checked(keyring, sleep)
        assert run(qapp, tmp_path / "data", story, keyring=keyring, watches=watches) == 0


def test_its_clocks_tell_that_too_where_no_logind_does(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    keyring, slept = SlowKeyring(), [0.0]
    story = locked_while_checked(keyring, lambda: slept.append(3600.0))
    clocks = Clocks(lambda: slept[-1], lambda: 0.0)
    assert run(qapp, tmp_path, story, keyring=keyring, clocks=clocks) == 0


def test_whoever_does_not_unlock_it_quits(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    def story() -> Story:
        yield from opened(PIN, PIN)
        press("session.lock")
        yield lambda: bool(shown(UnlockWindow))
        [lock] = shown(UnlockWindow)
        lock.reject()

    assert run(qapp, tmp_path, story()) == 0


def test_what_goes_on_over_many_rows_has_ended_before_all_is_closed(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    ended = threading.Event()

    def over_many_rows(_desk: CommandDesk, go_on: GoesOn[Far]) -> None:
        while go_on(Far("Importing", 1, 1_000_000, whole=True)):
            time.sleep(0.005)
        ended.set()

    def story() -> Story:
        yield from opened(PIN, PIN)
        [window] = shown(MainWindow)
        bench = window.bench
        bench.acts.turn_round(over_many_rows, owner=bench.outbox, on_success=lambda _nothing: None)
        yield lambda: bench.acts.under_way.far is not None
        bench.actions.trigger("session.lock")
        yield lambda: not shown(MainWindow)
        assert ended.is_set()
        yield lambda: bool(shown(UnlockWindow))
        [lock] = shown(UnlockWindow)
        lock.reject()

    assert run(qapp, tmp_path, story()) == 0


def test_files_that_another_program_has_by_then_are_told_of_and_waited_for(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    def story() -> Story:
        yield from opened(PIN, PIN)
        press("session.lock")
        yield lambda: bool(shown(UnlockWindow))
        held = Folder(tmp_path / "laptop")
        unlock(PIN)
        yield lambda: any("already works on" in lock.told for lock in shown(UnlockWindow))
        held.release()
        unlock(PIN)
        yield lambda: bool(shown(MainWindow))
        press("window.quit")

    assert run(qapp, tmp_path, story()) == 0


def test_a_vault_that_cannot_be_read_after_a_lock_is_told_of_in_a_window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    vault = tmp_path / "vault.json"

    def story() -> Story:
        yield from opened(PIN, PIN)
        whole = vault.read_bytes()
        vault.write_bytes(b"{")
        press("session.lock")
        yield lambda: bool(shown(TroubleWindow))
        [trouble] = shown(TroubleWindow)
        assert "does not say where the keys are" in trouble.told
        vault.write_bytes(whole)
        trouble.accept()
        yield from opened(PIN)
        press("window.quit")

    assert run(qapp, tmp_path, story()) == 0


def test_files_that_do_not_open_are_told_of_in_a_window_and_nothing_is_held_meanwhile(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    gc.unfreeze()
    of_others = openers()

    def story() -> Story:
        yield from opened(PIN, PIN)
        (tmp_path / "laptop" / "keys.check").write_text("of another machine")
        press("session.lock")
        yield lambda: bool(shown(UnlockWindow))
        unlock(PIN)
        yield lambda: bool(shown(TroubleWindow))
        [trouble] = shown(TroubleWindow)
        assert "were encrypted with keys that are not on this machine" in trouble.told
        assert [each for each in openers() if not any(each is other for other in of_others)] == []
        trouble.reject()

    with pytest.raises(BadFile):
        run(qapp, tmp_path, story())
