"""The desktop put together: the one place where screens, toolkit, store and synchronisation meet."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QTimer
from PySide6.QtWidgets import QApplication

from fleetdesk.commands.pending import CommandDesk
from fleetdesk.commands.platform import Platform
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import Clock
from fleetdesk.models.staff import Member
from fleetdesk.protocol import Person
from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.acting.own_shortcuts import OwnShortcuts
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.minute_hand import MinuteHand
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.saver import Saver
from fleetdesk.qt.sync_bridge import SyncBridge
from fleetdesk.qt.sync_status import SyncStatusHolder
from fleetdesk.qt.tasks import TaskRunner
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.engine.engine import SyncEngine
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.catalog import allowed_screens, screens
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.outbox import OutboxBoard
from fleetdesk.views.pending.drawer import PendingPanel
from fleetdesk.views.records import RecordKinds
from fleetdesk.views.remembered import Place, Remembered
from fleetdesk.views.replica import Reader, Readings
from fleetdesk.views.shell.memory import WindowMemory, load_memory, save_memory
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.words import role_name
from fleetdesk.views.workbench import Acts, Navigator, Screen, SyncControls, Workbench

__all__ = ["Desktop", "EngineControls", "OpenDesktop", "build_desktop", "open_desktop", "own_shortcuts", "run_desktop"]

_MEMORY_FILE = "window.json"
_SHORTCUTS = "shell.shortcuts"
_ROLE_CHANGED = "You see what it allows. Changes that it does not allow wait in the Inbox."

T = TypeVar("T")
Catalog = Callable[[], tuple[Screen, ...]]
"""The screens that there are: those of `views.catalog`, and in a test perhaps one more."""


@dataclass(frozen=True)
class Desktop:
    """A window with everything behind it. `close` ends it; the store stays the caller's."""

    window: MainWindow
    bench: Workbench
    unsubscribe: Callable[[], None]

    def close(self) -> None:
        """Close the window and end the work that is under way; nothing begins any more after the window is gone."""
        self.unsubscribe()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)
        self.bench.runner.stop()


class EngineControls:
    """What the screens may ask of the engine."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine
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


class Laptop(CommandDesk, Reader, Protocol):
    """What the desktop asks of the store."""

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back after each commit that changed rows; returns what ends it."""
        ...


def build_desktop(
    person: Person,
    memory: WindowMemory,
    *,
    theme: Theme,
    laptop: Laptop,
    controls: SyncControls,
    platform: Platform,
    clock: Clock,
    status: SyncStatusHolder,
    drafts: Drafts,
    remembered: Remembered,
    shortcuts: OwnShortcuts,
    catalog: Catalog = screens,
) -> Desktop:
    """Make the window for one person over an opened store. It is not shown yet.

    Figures and dates follow the language of the texts, which is English so far.
    """
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    notifier = Notifier()
    runner = TaskRunner(notifier)
    changes = ChangeFeed()
    actor = Actor(person.id, normalise_role(person.role))
    allowed = allowed_screens(catalog(), actor, platform.access)
    records = RecordKinds(kind for screen in allowed for kind in screen.records)
    bench = Workbench(
        person=person,
        actor=actor,
        platform=platform,
        readings=Readings(laptop, runner),
        acts=Acts(laptop, runner, notifier),
        sync=controls,
        status=status,
        outbox=OutboxBoard(
            desk=laptop,
            reader=laptop,
            records=records,
            runner=runner,
            notifier=notifier,
            changes=changes,
            status=status,
        ),
        drafts=drafts,
        remembered=remembered,
        place=Place(remembered, "1"),
        navigator=Navigator(),
        records=records,
        editors={name: editor for screen in allowed for name, editor in screen.editors.items()},
        runner=runner,
        changes=changes,
        actions=ActionRegistry(notifier, theme, own=shortcuts),
        notifier=notifier,
        theme=theme,
        clock=clock,
        minute=MinuteHand(),
    )
    window = MainWindow(bench, allowed, PendingPanel, memory)
    bench.outbox.setParent(window)
    bench.minute.setParent(window)
    bench.outbox.refresh()
    return Desktop(window, bench, laptop.subscribe(changes.publish))


def own_shortcuts(remembered: Remembered) -> OwnShortcuts:
    """The keys that a person chose, for all windows of theirs."""
    return OwnShortcuts(remembered.get(_SHORTCUTS), partial(remembered.keep, _SHORTCUTS))


class OpenDesktop:
    """A desktop whose window is shown and whose synchronisation runs, until `close`.

    Where the hub takes the person for someone of another role, a window of that role takes the present one's place.
    """

    def __init__(
        self,
        make: Callable[[Person, WindowMemory], Desktop],
        person: Person,
        store: LocalStore,
        bridge: SyncBridge,
        *,
        saver: Saver,
        memory_file: Path,
    ) -> None:
        self._make = make
        self._store = store
        self._bridge = bridge
        self._saver = saver
        self._memory_file = memory_file
        self.desktop = self._open(person, _elsewhere(partial(load_memory, memory_file)))

    def close(self) -> None:
        """Close the window, stop synchronising, and remember how the window was and what was being written."""
        memory = self.desktop.window.remember()
        self.desktop.close()
        self._bridge.stop()
        self._saver.save(self._memory_file, partial(save_memory, self._memory_file, memory))
        self._saver.close()

    def _open(self, person: Person, memory: WindowMemory) -> Desktop:
        desktop = self._make(person, memory)
        self._bridge.crashed.connect(desktop.bench.notifier.failed)
        self._saver.failed.connect(desktop.bench.notifier.failed)
        desktop.bench.changes.changed.connect(self._look_who_it_is)
        desktop.window.show()
        return desktop

    def _look_who_it_is(self, changes: Changes) -> None:
        if changes.touches(Member.__tablename__) or changes.tables:  # with a lost scope, whole tables go
            bench, window = self.desktop.bench, self.desktop.window
            bench.runner.run(lambda _cancel: self._store.person, on_success=self._is, owner=window, cancel_key="person")

    def _is(self, person: Person | None) -> None:
        if person is not None and person.role != self.desktop.bench.person.role:
            QTimer.singleShot(0, self.desktop.window, partial(self._become, person))

    def _become(self, person: Person) -> None:
        before = self.desktop
        self.desktop = self._open(person, before.window.remember())
        before.close()
        role = role_name(normalise_role(person.role))
        self.desktop.bench.notifier.info(tr("Your role is %1 now.").replace("%1", role), do=tr(_ROLE_CHANGED))


def open_desktop(
    app: QApplication,
    store: LocalStore,
    client: HubClient,
    person: Person,
    *,
    platform: Platform,
    settings: LaptopSettings,
    clock: Clock,
    catalog: Catalog = screens,
) -> OpenDesktop:
    """Show the window and begin to synchronise. Store and person come from the caller.

    The client belongs to the synchronisation's loop, which closes it.
    """

    async def synchronise(_bridge: SyncBridge) -> None:
        try:
            await engine.run()
        finally:
            await client.close()

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
    bridge.event_arrived.connect(status.update)
    saver = Saver()
    remembered = Remembered(store, saver)
    make = partial(
        build_desktop,
        theme=Theme(app),
        laptop=store,
        controls=EngineControls(engine),
        platform=platform,
        clock=clock,
        status=status,
        drafts=Drafts(store, saver),
        remembered=remembered,
        shortcuts=own_shortcuts(remembered),
        catalog=catalog,
    )
    opened = OpenDesktop(make, person, store, bridge, saver=saver, memory_file=settings.data_dir / _MEMORY_FILE)
    for notice in store.notices:
        opened.desktop.bench.notifier.failed(notice)
    bridge.start()
    return opened


def _elsewhere(read: Callable[[], T]) -> T:
    """Read a file in another thread, and wait: there is no window yet that would stand still."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="fleetdesk-start") as threads:
        return threads.submit(read).result()


def run_desktop(
    app: QApplication,
    store: LocalStore,
    client: HubClient,
    person: Person,
    *,
    platform: Platform,
    settings: LaptopSettings,
    clock: Clock,
) -> int:
    """Show the window and synchronise until it is closed; the exit code."""
    opened = open_desktop(app, store, client, person, platform=platform, settings=settings, clock=clock)
    code = app.exec()
    opened.close()
    return code
