"""The desktop put together: the one place where screens, toolkit, store and synchronisation meet."""

from __future__ import annotations

import datetime as dt
import logging
import os
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QApplication

from fleetdesk.commands.platform import Platform
from fleetdesk.desktop import Catalog, Desktop, build_desktop, own_shortcuts
from fleetdesk.locking.lock_keeper import LockKeeper
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.access import normalise_role
from fleetdesk.models.changes import Changes
from fleetdesk.models.diagnosis import Diagnosis
from fleetdesk.models.ids import Clock
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import Safe, Why
from fleetdesk.models.staff import Member
from fleetdesk.process.collecting import let_stand, no_collection
from fleetdesk.process.standard_error import log_to_standard_error
from fleetdesk.protocol import Person
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.idle_collector import IdleCollector
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.presence import Presence
from fleetdesk.qt.qt_messages import log_qt_messages
from fleetdesk.qt.saver import Saver
from fleetdesk.qt.sync_bridge import SyncBridge
from fleetdesk.qt.sync_status import SyncStatusHolder
from fleetdesk.qt.tasks import waited_for
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.doctor import diagnose
from fleetdesk.sync.engine.carrying import Wish
from fleetdesk.sync.engine.engine import SyncEngine
from fleetdesk.sync.files.app_log import keeping_log, last_lines
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.catalog import screens
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.remembered import Remembered
from fleetdesk.views.shell.cut_off import settle_cut_off
from fleetdesk.views.shell.memory import ShellMemory, load_memory, save_memory
from fleetdesk.views.shell.offers import offer_left_forms
from fleetdesk.views.words import role_name

__all__ = ["EngineControls", "OpenDesktop", "make_application", "open_desktop", "quit_on_signals", "run_desktop"]

_MEMORY_FILE = "window.json"
_SIGNAL_PAUSE_MS = 200
_FIRST_SIGHT = 250  # milliseconds for the window to show its first rows, before the network is turned to
_MOMENT = 2000  # milliseconds that a lock waits for what goes on: a machine that is to sleep waits for five seconds
_SETTLED = 1500  # milliseconds after which the windows and what they first show are there
_ROLE_CHANGED = "You see what it allows. Changes that it does not allow wait in the Inbox."


class EngineControls:
    """What the screens may ask of the engine."""

    def __init__(
        self,
        engine: SyncEngine,
        bridge: SyncBridge,
        examination: Callable[[], Coroutine[object, object, Diagnosis]],
    ) -> None:
        self._engine = engine
        self._bridge = bridge
        self._examination = examination
        self._paused = engine.paused

    @property
    def paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        self._paused = True
        self._engine.pause()

    def resume(self) -> None:
        self._paused = False
        self._engine.resume()

    def sync_now(self) -> None:
        self._engine.sync_now()

    def fetch(self, document_id: str, sha256: str, size: int) -> None:
        self._engine.fetch(Wish(document_id, sha256, size))

    def examine(
        self, on_done: Callable[[Diagnosis], None], on_failure: Callable[[Exception], None], *, owner: QObject
    ) -> bool:
        return self._bridge.ask(self._examination, on_done, on_failure, owner=owner)


class OpenDesktop(QObject):
    """A desktop whose windows are shown and whose synchronisation runs, until `close`.

    Where the hub takes the person for someone of another role, windows of that role take the present ones' place; so do
    those of someone who is shut out, and those of someone who is let in again.
    """

    ended = Signal()  # the last window was closed, and nothing is to go on without one
    locked = Signal(object)  # Why: nothing goes on any more, and the windows are to go

    def __init__(
        self,
        app: QApplication,
        make: Callable[..., Desktop],
        person: Person,
        store: LocalStore,
        bridge: SyncBridge,
        *,
        saver: Saver,
        memory_file: Path,
    ) -> None:
        super().__init__()
        self._make = make
        self._store = store
        self._bridge = bridge
        self._saver = saver
        self._memory_file = memory_file
        self.presence = Presence(app)
        self._collector = IdleCollector(self.presence, busy=lambda: self.desktop.busy)
        self._locks_for: Why | None = None
        self._moment = QTimer(self, singleShot=True, interval=_MOMENT)
        self._moment.timeout.connect(self._lock_now)
        self.desktop = self._open(person, waited_for(partial(load_memory, memory_file)))
        self._first_sight = QTimer(self, singleShot=True, interval=_FIRST_SIGHT)
        self._first_sight.timeout.connect(bridge.start)
        self._first_sight.start()
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED)
        self._settled.timeout.connect(let_stand)
        self._settled.start()

    def follow(self, link: str) -> None:
        """Bring the window forward, and ask whether to go where a link leads; say so where it leads nowhere."""
        self.desktop.links.follow(link)

    def lock(self, why: Why) -> None:
        """Tell `locked` as soon as what goes on over many rows has ended where it is, or after a moment."""
        if self._locks_for is None:
            self._locks_for = why
            under_way = self.desktop.base.acts.under_way
            under_way.changed.connect(self._look_whether_all_ended)
            self._moment.start()
            under_way.end()
            self._look_whether_all_ended()

    def _look_whether_all_ended(self) -> None:
        if self.desktop.base.acts.under_way.far is None:
            self._lock_now()

    def _lock_now(self) -> None:
        why, self._locks_for = self._locks_for, None
        self._moment.stop()
        if why is not None:
            self.locked.emit(why)

    def close(self) -> None:
        """Close the windows, stop synchronising, and remember how all stood and what was being written."""
        self.desktop.close()
        self._first_sight.stop()
        self._settled.stop()
        self._bridge.stop()
        self._saver.close()
        self._collector.stop()
        self.presence.stop()
        self.presence.deleteLater()
        self.desktop.base.theme.deleteLater()  # the next person's windows have one of their own

    def _open(self, person: Person, memory: ShellMemory) -> Desktop:
        desktop = self._make(person, memory, keep_memory=self._keep)
        self._bridge.crashed.connect(desktop.base.notifier.failed)
        self._saver.failed.connect(desktop.base.notifier.failed)
        desktop.base.changes.changed.connect(self._look_who_it_is)
        desktop.windows.ended.connect(self.ended)
        desktop.windows.show()
        return desktop

    def _keep(self, memory: ShellMemory) -> None:
        self._saver.save(self._memory_file, partial(save_memory, self._memory_file, memory))

    def _look_who_it_is(self, changes: Changes) -> None:
        if changes.touches(Member.__tablename__) or changes.tables:  # with a lost scope, whole tables go
            base, windows = self.desktop.base, self.desktop.windows
            base.runner.run(lambda _cancel: self._store.person, on_success=self._is, owner=windows, cancel_key="person")

    def _is(self, person: Person | None) -> None:
        before = self.desktop.base.person
        if person is not None and (person.role, person.shut_out) != (before.role, before.shut_out):
            QTimer.singleShot(0, self.desktop.windows, partial(self._become, person))

    def _become(self, person: Person) -> None:
        self.desktop.close()
        self.desktop = self._open(person, self.desktop.windows.memory)
        if not person.shut_out:  # of that, the window speaks as long as it lasts
            role = role_name(normalise_role(person.role))
            self.desktop.base.notifier.info(tr("Your role is %1 now.").replace("%1", role), do=tr(_ROLE_CHANGED))
        settle_cut_off(self.desktop.window)  # what was told of it, or was under way, went with the windows


@no_collection()
def open_desktop(
    app: QApplication,
    store: LocalStore,
    client: HubClient,
    person: Person,
    *,
    platform: Platform,
    settings: LaptopSettings,
    clock: Clock,
    about: About | None = None,
    elsewhere: Callable[[], None] | None = None,
    catalog: Catalog = screens,
    sign_out: Callable[[], None] | None = None,
    safe: Safe | None = None,
) -> OpenDesktop:
    """Show the window and begin to synchronise. Store and person come from the caller; `about` is told in the settings.

    `elsewhere` lets the person choose another connection. `sign_out`, `safe`: as for `build_desktop`. The client is the
    synchronisation's loop's, which closes it.
    """

    async def synchronise(_bridge: SyncBridge) -> None:
        try:
            await engine.run()
        finally:
            await client.close()

    async def examined() -> Diagnosis:
        async with engine.between_pulls():
            return await diagnose(store, client, schema_version=platform.schema.version, clock=clock)

    status = SyncStatusHolder()
    bridge = SyncBridge(synchronise)
    engine = SyncEngine(
        store,
        client,
        settings=settings,
        schema_version=platform.schema.version,
        clock=clock,
        rng=random.Random(),  # noqa: S311  (spreads retries; guards nothing)
        report=bridge.deliver,
    )
    status.update(engine.status)  # who is shut out is so from the first sight on
    bridge.event_arrived.connect(status.update)
    opened: OpenDesktop
    saver = Saver()
    remembered = Remembered(store, saver)
    make = partial(
        build_desktop,
        theme=Theme(app),
        laptop=store,
        controls=EngineControls(engine, bridge, examined),
        platform=platform,
        clock=clock,
        status=status,
        drafts=Drafts(store, saver),
        remembered=remembered,
        shortcuts=own_shortcuts(remembered),
        about=about,
        elsewhere=elsewhere,
        catalog=catalog,
        sign_out=sign_out,
        safe=safe,
        lock=lambda: opened.lock(Why.ASKED),
        log=partial(last_lines, settings.data_dir),
    )
    opened = OpenDesktop(app, make, person, store, bridge, saver=saver, memory_file=settings.data_dir / _MEMORY_FILE)
    for notice in store.notices:
        opened.desktop.base.notifier.failed(notice)
    offer_left_forms(opened.desktop.window)
    settle_cut_off(opened.desktop.window)
    return opened


def run_desktop(
    app: QApplication,
    store: LocalStore,
    client: HubClient,
    person: Person,
    *,
    platform: Platform,
    settings: LaptopSettings,
    clock: Clock,
    doorbell: Doorbell,
    about: About,
    elsewhere: Callable[[], None] | None = None,
    link: str = "",
    beside: Callable[[OpenDesktop], object] = lambda _: None,
    sign_out: Callable[[], None] | None = None,
    safe: Safe | None = None,
    sleep: SleepWatch | None = None,
) -> int | Why:
    """Show the window, follow `link`, and synchronise until it is closed; the exit code, or why it is locked.

    Whoever rings the bell brings the window forward, and may have it follow another link. `beside` is called with the
    open desktop, for what goes on beside it. `sign_out`, `safe`: as for `build_desktop`; what has a safe locks by
    itself too, and when `sleep` tells.
    """
    locked: list[Why] = []
    with keeping_log(settings.data_dir):
        opened = open_desktop(
            app,
            store,
            client,
            person,
            platform=platform,
            settings=settings,
            clock=clock,
            about=about,
            elsewhere=elsewhere,
            sign_out=sign_out,
            safe=safe,
        )
        opened.locked.connect(locked.append)
        opened.locked.connect(lambda _why: app.exit(0))
        keeper = None if safe is None else _keeper(opened, store, settings, sleep)
        doorbell.rung.connect(opened.follow)
        beside(opened)
        if link:
            opened.follow(link)
        app.setQuitOnLastWindowClosed(False)  # which window is the last, and what follows, the windows know
        opened.ended.connect(partial(app.exit, 0))
        code = app.exec()
        doorbell.rung.disconnect(opened.follow)
        if keeper is not None:
            keeper.stop()
        opened.close()
        return locked[0] if locked else code


def _keeper(opened: OpenDesktop, store: LocalStore, settings: LaptopSettings, sleep: SleepWatch | None) -> LockKeeper:
    keeper = LockKeeper(
        lambda: opened.desktop,
        store,
        opened.presence,
        lease=dt.timedelta(hours=settings.lease_hours),
        sleep=sleep,
    )
    keeper.setParent(opened)
    keeper.wanted.connect(opened.lock)
    return keeper


def make_application() -> QApplication:
    """Qt's application, made unless a window before this one made it."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    # What started the windows may keep what they say there: a session's journal, or ~/.xsession-errors.
    log_to_standard_error(logging.WARNING, bare=sys.stderr is None or not sys.stderr.isatty())
    log_qt_messages()
    # Nowhere: Qt's dialogs keep there which folders somebody was in. Ours know it from what is kept encrypted.
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("FleetDesk")
    quit_on_signals(app)
    return app


def quit_on_signals(app: QApplication) -> None:
    """Close as a person would when the terminal says stop; Qt lets Python see signals only when it runs some Python."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QCoreApplication.quit())
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(_SIGNAL_PAUSE_MS)
