"""The real window over a real store: what the tests and the pictures of the screens work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.desktop import Desktop, build_desktop, own_shortcuts
from fleetdesk.models.access import Access, Grant, Permission, Role, Scope
from fleetdesk.models.diagnosis import Diagnosis
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import Safe
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import MessageRecorder
from fleetdesk.qt.saver import Saver
from fleetdesk.qt.sync_status import SyncStatusHolder
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.team.words import lock_words
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.home.page import HomePage
from fleetdesk.views.inbox.page import InboxPage
from fleetdesk.views.leads.page import LeadsPage
from fleetdesk.views.remembered import Remembered
from fleetdesk.views.settings.page import SettingsPage
from fleetdesk.views.shell.memory import ShellMemory, TabMemory, WindowMemory, windows_value
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.workbench import Workbench
from tests.gui.views.filled import ME, NOW, StillClock, store_person

__all__ = ["Controls", "Office", "is_named", "named", "read_only", "texts"]

DialogT = TypeVar("DialogT", bound=QDialog)
WidgetT = TypeVar("WidgetT", bound=QWidget)


ABOUT = About(
    "team",
    "https://hub.example.com",
    "Its keys are in the keyring of this machine.",
    kind="A team’s hub",
    lock=lock_words(sleep_is_told=True),
)


class Controls:
    """Notes what a person asked of the synchronisation."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.paused = False
        self.examines = True
        self.found: Callable[[Diagnosis], None] = lambda _report: None
        self.failed: Callable[[Exception], None] = lambda _error: None

    def pause(self) -> None:
        self.paused = True
        self.asked.append("pause")

    def resume(self) -> None:
        self.paused = False
        self.asked.append("resume")

    def sync_now(self) -> None:
        self.asked.append("sync now")

    def examine(
        self, on_done: Callable[[Diagnosis], None], on_failure: Callable[[Exception], None], *, owner: QObject
    ) -> bool:
        self.asked.append("examine")
        self.found, self.failed = on_done, on_failure
        return self.examines

    def fetch(self, document_id: str, sha256: str, size: int) -> None:
        self.asked.append(f"fetch {document_id}")


@dataclass
class Office:
    """A desktop over a store, and what was said in it."""

    store: LocalStore
    desktop: Desktop
    controls: Controls
    status: SyncStatusHolder
    saver: Saver
    clock: StillClock
    said: MessageRecorder
    sign_outs: list[None] = field(default_factory=list)
    locks: list[None] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        store: LocalStore,
        theme: Theme,
        clock: StillClock,
        *,
        person_id: str = ME,
        memory: ShellMemory | None = None,
        screen: str = "leads",
        platform: Platform | None = None,
        session: bool = False,
        safe: Safe | None = None,
        shut_out: bool = False,
        log: Callable[[], tuple[str, ...]] = tuple,
    ) -> Office:
        """Show someone's window over a store, as it is while the hub answers; it was left at `screen`.

        `platform` may give them other rights. With a `session`, they can sign out, which `sign_outs` then notes.
        With a `safe`, they can lock it, which `locks` notes.
        `shut_out`: the hub does not let them in.
        """
        sign_outs: list[None] = []
        locks: list[None] = []
        controls, status, saver = Controls(), SyncStatusHolder(), Saver()
        remembered = Remembered(store, saver)
        if screen and remembered.get("shell.windows") is None:
            left = WindowMemory("window-1", (TabMemory("tab-1", screen),))
            remembered.keep("shell.windows", windows_value((left,)))
        person = store.person or store_person(person_id)
        desktop = build_desktop(
            person.model_copy(update={"scopes": ()}) if shut_out else person,
            memory or ShellMemory(theme.look),
            theme=theme,
            laptop=store,
            controls=controls,
            platform=platform or fleet_platform(),
            clock=clock,
            status=status,
            drafts=Drafts(store, saver),
            remembered=remembered,
            shortcuts=own_shortcuts(remembered),
            about=ABOUT,
            log=log,
            sign_out=(lambda: sign_outs.append(None)) if session else None,
            safe=safe,
            lock=lambda: locks.append(None),
            elsewhere=lambda: controls.asked.append("elsewhere"),
        )
        said = MessageRecorder(desktop.bench.notifier)
        office = cls(store, desktop, controls, status, saver, clock, said, sign_outs, locks)
        office.tell(SyncState.LIVE)
        desktop.window.show()
        return office

    @property
    def window(self) -> MainWindow:
        return self.desktop.window

    @property
    def bench(self) -> Workbench:
        return self.desktop.bench

    @property
    def home(self) -> HomePage:
        page = self.window.page("home")
        assert isinstance(page, HomePage)
        return page

    @property
    def leads(self) -> LeadsPage:
        page = self.window.page("leads")
        assert isinstance(page, LeadsPage)
        return page

    @property
    def settings(self) -> SettingsPage:
        page = self.window.page("settings")
        assert isinstance(page, SettingsPage)
        return page

    @property
    def inbox(self) -> InboxPage:
        page = self.window.page("inbox")
        assert isinstance(page, InboxPage)
        return page

    def tell(self, state: SyncState, detail: str = "") -> None:
        """Tell the window the state of the synchronisation, with the store's own figures."""
        counts = self.store.counts()
        self.status.update(
            SyncStatus(state, pending=counts.waiting, inbox=counts.inbox, last_contact=NOW, detail=detail)
        )

    def do(self, action: str) -> None:
        """Do what a key or a menu would."""
        self.bench.actions.trigger(action)

    def dialog(self, kind: type[DialogT]) -> DialogT:
        """The dialog of this kind that is open."""
        found = [dialog for dialog in self.window.findChildren(kind) if dialog.isVisible()]
        assert found, f"no {kind.__name__} is open"
        return found[-1]

    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self.bench.runner.active

    def close(self) -> None:
        """Close the window, then the store; what was told at the last moment is told to nobody."""
        self.desktop.close()
        QCoreApplication.processEvents()
        self.saver.close()
        self.store.close()


def read_only() -> Platform:
    """A platform whose sales people may read leads, and change nothing."""
    fleet = fleet_platform()
    reads = Grant(frozenset({Permission.STAFF_READ, Permission.LEADS_READ}), frozenset({Scope.STAFF, Scope.LEADS}))
    return Platform(fleet.schema, fleet.commands, Access({Role.COMMERCIAL: reads}))


def texts(widget: QWidget) -> list[str]:
    """The labels in sight, as people read them."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def is_named(widget: QWidget, name: str) -> bool:
    """Whether something in sight is called so by a screen reader."""
    return any(child.isVisible() and child.accessibleName() == name for child in widget.findChildren(QWidget))


def named(widget: QWidget, name: str, kind: type[WidgetT]) -> WidgetT:
    """The widget of this kind in sight that a screen reader calls so."""
    found = [child for child in widget.findChildren(kind) if child.isVisible() and child.accessibleName() == name]
    assert found, f"nothing in sight is called {name!r}"
    return found[0]
