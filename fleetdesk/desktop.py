"""The windows of one person put together over whatever stands for a laptop: neither store nor hub is known here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtWidgets import QSystemTrayIcon

from fleetdesk.commands.pending import CommandDesk
from fleetdesk.commands.platform import Platform
from fleetdesk.models.access import OUTSIDE, Actor, Permission, normalise_role
from fleetdesk.models.changes import Changes
from fleetdesk.models.document_bytes import BytesKeeper
from fleetdesk.models.ids import Clock
from fleetdesk.models.local_copy import About, FileSizes
from fleetdesk.models.locking import Safe
from fleetdesk.protocol import Person
from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.acting.own_shortcuts import OwnShortcuts
from fleetdesk.qt.alerts import Alerts
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.minute_hand import MinuteHand
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.sync_status import SyncStatusHolder
from fleetdesk.qt.tasks import TaskRunner
from fleetdesk.views.catalog import allowed_screens, screens, watches
from fleetdesk.views.documents import Documents
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.leaving.actions import LeavingActions
from fleetdesk.views.locking.actions import LockActions
from fleetdesk.views.long_acts import UnderWay
from fleetdesk.views.outbox import OutboxBoard
from fleetdesk.views.pending.drawer import PendingPanel
from fleetdesk.views.records import RecordKinds
from fleetdesk.views.remembered import Place, Remembered
from fleetdesk.views.reminders.actions import ReminderActions
from fleetdesk.views.reminders.service import Reminders, forget_reminders
from fleetdesk.views.reminders.words import KEY, alert
from fleetdesk.views.replica import Reader, Readings
from fleetdesk.views.shell.forgetting import forget_other_screens
from fleetdesk.views.shell.memory import ShellMemory, WindowMemory
from fleetdesk.views.shell.outside_links import OutsideLinks
from fleetdesk.views.shell.tray import Tray
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.shell.windows import Windows
from fleetdesk.views.workbench import Acts, Navigator, Screen, SyncControls, Workbench

__all__ = ["Catalog", "Desktop", "Laptop", "build_desktop", "own_shortcuts"]

_SHORTCUTS = "shell.shortcuts"

Catalog = Callable[[], tuple[Screen, ...]]
"""The screens that there are: those of `views.catalog`, and in a test perhaps one more."""


@dataclass(frozen=True)
class Desktop:
    """A person's windows with everything behind them. `close` ends it; the store stays the caller's.

    `base` is the workbench of no window: what is not a window's own works with it. `reminders` are those of next steps,
    None for whoever sees no leads.
    """

    windows: Windows
    base: Workbench
    links: OutsideLinks
    tray: Tray | None
    unsubscribe: Callable[[], None]
    reminders: Reminders | None = None

    @property
    def window(self) -> MainWindow:
        """The window that the person turned to last."""
        window = self.windows.front
        assert window is not None, "all windows are closed"
        return window

    @property
    def bench(self) -> Workbench:
        """What that window works with."""
        return self.window.bench

    @property
    def busy(self) -> bool:
        """Whether anything goes on behind the screens."""
        return bool(self.base.runner.active) or self.base.acts.under_way.far is not None

    def close(self) -> None:
        """Close the windows and end the work that is under way; nothing begins any more after they are gone."""
        self.unsubscribe()
        if self.reminders is not None:
            self.reminders.stop()
        if self.tray is not None:
            self.tray.end()
        self.windows.close()
        self.base.documents.close()
        self.windows.deleteLater()
        QCoreApplication.sendPostedEvents(self.windows, QEvent.Type.DeferredDelete)
        self.base.runner.stop()


class Laptop(CommandDesk, Reader, Protocol):
    """What the desktop asks of the store."""

    @property
    def laptop_id(self) -> str:
        """This laptop's name, as what it wrote bears it. Reads no file."""
        ...

    def sizes(self) -> FileSizes:
        """What its files take on the disk. Asks the disk."""
        ...

    @property
    def documents(self) -> BytesKeeper:
        """The bytes of documents on this laptop."""
        ...

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back after each commit that changed rows; returns what ends it."""
        ...


def build_desktop(
    person: Person,
    memory: ShellMemory,
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
    about: About | None = None,
    elsewhere: Callable[[], None] | None = None,
    keep_memory: Callable[[ShellMemory], None] = lambda _memory: None,
    catalog: Catalog = screens,
    sign_out: Callable[[], None] | None = None,
    safe: Safe | None = None,
    lock: Callable[[], None] = lambda: None,
    log: Callable[[], tuple[str, ...]] = tuple,
) -> Desktop:
    """Make the windows of one person over an opened store. They are not shown yet.

    A person who is shut out has the screens that need no row. `sign_out` is called where the person signs out, once
    their windows are gone; None where there is no session to end. `safe` is what the keys are in, None where nothing
    has to be typed for them; `lock` is called where the person locks it. Figures and dates follow the language of the
    texts, which is English so far. `log` gives the newest lines of FleetDesk's own log, and reads a file for it.
    """
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    if person.shut_out:
        platform = replace(platform, access=OUTSIDE)
    notifier = Notifier()
    runner = TaskRunner(notifier)
    changes = ChangeFeed()
    actor = Actor(person.id, normalise_role(person.role), laptop.laptop_id)
    allowed = allowed_screens(catalog(), actor, platform.access)
    forget_other_screens(catalog(), allowed, remembered, drafts)
    opened, every = ([kind for screen in some for kind in screen.records] for some in (allowed, catalog()))
    records = RecordKinds(opened, named=every)
    base = Workbench(
        person=person,
        actor=actor,
        platform=platform,
        readings=Readings(laptop, runner),
        acts=Acts(laptop, runner, notifier, UnderWay()),
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
        documents=Documents(laptop.documents, runner, controls.fetch),
        drafts=drafts,
        remembered=remembered,
        place=Place(remembered, ""),
        navigator=Navigator(),
        records=records,
        editors={name: editor for screen in allowed for name, editor in screen.editors.items()},
        runner=runner,
        changes=changes,
        actions=ActionRegistry(notifier, theme, own=shortcuts),
        notifier=notifier,
        alerts=Alerts(),
        theme=theme,
        clock=clock,
        minute=MinuteHand(),
        about=about or About(),
        sizes=laptop.sizes,
        log=log,
    )

    reminders = Reminders(base) if base.allows(Permission.LEADS_READ) else None
    if reminders is None:
        forget_reminders(remembered)

    def make(window: WindowMemory) -> MainWindow:
        mouth = Notifier()
        own = replace(
            base,
            acts=Acts(laptop, runner, mouth, base.acts.under_way),
            navigator=Navigator(),
            actions=ActionRegistry(mouth, theme, own=shortcuts),
            notifier=mouth,
        )
        if elsewhere is not None:
            own.actions.register(_choosing(elsewhere))
        # Before the window, whose screens show some of the actions.
        beside: list[ReminderActions | LeavingActions | LockActions] = []
        if reminders is not None:
            beside.append(ReminderActions(own, reminders))
        if sign_out is not None:
            beside.append(LeavingActions(own, lambda: windows.quit_for(sign_out)))
        if safe is not None:
            beside.append(LockActions(own, safe, lock))
        made = MainWindow(own, allowed, PendingPanel, window)
        for actions in beside:
            actions.attend(made)
        return made

    windows = Windows(base, make, memory, keep_memory)
    base.outbox.setParent(windows)
    base.minute.setParent(windows)
    base.minute.moved.connect(base.documents.tidy)
    if reminders is not None:
        reminders.setParent(windows)
        reminders.due.connect(lambda steps: base.alerts.tell(alert(steps, clock.now())))
        reminders.withdrawn.connect(partial(notifier.withdraw, KEY))
    base.outbox.refresh()
    for watch in watches():
        watch(base).setParent(windows)
    tray = None
    if QSystemTrayIcon.isSystemTrayAvailable():
        tray = Tray(windows, base, QSystemTrayIcon())
        tray.show()
    links = OutsideLinks(windows, {screen.id: screen.title for screen in catalog()})
    return Desktop(windows, base, links, tray, laptop.subscribe(changes.publish), reminders)


def _choosing(elsewhere: Callable[[], None]) -> Action:
    return Action(
        "window.connections",
        tr("Open another connection"),
        elsewhere,
        icon="arrows-left-right",
        group=tr("Window"),
        keywords="hub direct demo profile switch connect",
    )


def own_shortcuts(remembered: Remembered) -> OwnShortcuts:
    """The keys that a person chose, for all windows of theirs."""
    return OwnShortcuts(remembered.get(_SHORTCUTS), partial(remembered.keep, _SHORTCUTS))
