"""A desktop of its own process, in which planted words are worked with: `python -m tests.journeys.planted_desktop HUB`.

By stdin come the PIN or passphrase, then what is to be done, a word a line; it says “done” on standard output after
each, or else why not. The keyring of its machine is a file that `KEYRING` names; without that there is none.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.backends.SecretService import Keyring as SecretService
from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QPlainTextEdit

from fleetdesk.app import OpenDesktop, make_application, run_desktop
from fleetdesk.commands.leads import CreateLead, LogActivity
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.commands.saved_views import SaveView
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import Why
from fleetdesk.models.reminders import ReminderSettings
from fleetdesk.models.types import instant_text
from fleetdesk.protocol import Person
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.unlocking import Behind, UnlockWindow
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import LockedVault, OpenedVault, file_keys
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.team.lock_loop import Around, between_locks
from fleetdesk.team.words import behind
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.leads.exporting.dialog import ExportDialog
from fleetdesk.views.leads.importing.wizard import ImportWizard, Step
from fleetdesk.views.leads.page import LeadsPage
from fleetdesk.views.shell.window import MainWindow
from tests.journeys.planted import PLANTED, TOKEN, Used
from tests.unit.sync.keyrings import DesktopKeyring, no_keyring

_LONG = 25.0


class FileKeyring(DesktopKeyring):
    """A session's keyring that is there again after a kill: in a file, which stands for the keyring's own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        kept = json.loads(file.read_text("utf-8")) if file.exists() else []
        super().__init__({(service, name): text for service, name, text in kept})

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        self._file.write_text(json.dumps([[*names, text] for names, text in self.secrets.items()]), "utf-8")


FileKeyring.__module__ = SecretService.__module__


def keyring() -> KeyringBackend:
    """That of this machine."""
    return FileKeyring(Path(os.environ["KEYRING"])) if "KEYRING" in os.environ else no_keyring()


def until(condition: Callable[[], bool], what: str) -> None:
    """Let the window live until something holds."""
    end = time.monotonic() + _LONG
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        QTest.qWait(20)


class Viewer(QObject):
    """The system's program for files: it is told which, and leaves them alone."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.files.append(Path(url.toLocalFile()))


class Work:
    """What a person does with the planted words."""

    def __init__(self, opened: OpenDesktop, store: LocalStore, viewer: Viewer) -> None:
        self._opened = opened
        self._store = store
        self._viewer = viewer
        self._chosen = Path(os.environ["CHOSEN"])
        self._planted = Used()
        self._alerts: list[Alert] = []
        opened.desktop.base.alerts.raised.connect(self._alerts.append)

    @property
    def _window(self) -> MainWindow:
        return self._opened.desktop.window

    @property
    def _page(self) -> LeadsPage:
        page = self._window.page("leads")
        assert isinstance(page, LeadsPage)
        return page

    def _idle(self) -> bool:
        return not self._opened.desktop.busy

    def do(self) -> None:
        """All of it."""
        until(lambda: self._store.cursor is not None, "the load")
        self._window.show_screen("leads")
        until(lambda: self._page.model.rowCount() > 0, "the list")
        self._open_lead()
        for way in ("Write to", "Call"):  # which no program here takes, of which Qt complains
            self._buttons(self._page.pane, way)[0].click()
        editor = next(each for each in self._page.pane.findChildren(QPlainTextEdit) if each.isVisible())
        QTest.keyClicks(editor, self._planted["draft"])
        reminders = self._opened.desktop.reminders
        assert reminders is not None
        reminders.choose(ReminderSettings(quiet=None))  # at night too
        self._perform_commands()
        self._window.bench.actions.trigger("window.undo")
        self._page.doing.documents.attach([self._chosen / self._planted["document"]])
        until(self._idle, "the document")
        self.open_document()
        self._export()
        self._import(self._chosen / self._planted["folder"] / "import.csv")
        self._press("Import 1 lead")
        until(self._idle, "the import itself")
        self._wizard().reject()
        self._find()
        self._open_tab()
        self._half_a_form()
        self._page.listing.type(self._planted["query"])
        until(self._idle, "the search")
        self._window.show_screen("settings")
        self._window.show_screen("leads")
        self._window.bench.notifier.error(self._planted["message"], kept=self._planted["company"])
        self._fail()
        self._import(self._chosen / self._planted["folder"] / "half.csv")  # and it stays open
        step = self._planted["step"]
        until(lambda: any(step in alert.what for alert in self._alerts), "the reminder")
        # These lie in what others have planted: at the hub, in files, by whoever typed.
        for name in ("last name", "email", "tag", "person", "person's email", "token", "passphrase", "pin"):
            self._planted[name]
        for name in ("bytes", "imported", "half imported", "error"):
            self._planted[name]
        assert not self._planted.left, self._planted.left
        QTest.qWait(2_500)  # what changed is kept by then
        self._store.idle_checkpoint()

    def open_document(self) -> None:
        """Open the attached document in another program."""
        self._open_lead()
        card = self._page.pane.facts.documents
        until(lambda: bool(self._buttons(card, "Open")), "the document's line")
        before = len(self._viewer.files)
        self._buttons(card, "Open")[0].click()
        until(lambda: len(self._viewer.files) > before, "the document's copy")
        assert self._viewer.files[-1].exists()

    def _open_lead(self) -> None:
        self._window.show_screen("leads")
        self._page.open_record("lead-planted")
        until(lambda: self._idle() and self._page.pane.lead is not None, "the pane")

    def _perform_commands(self) -> None:
        """A note, a view, and a lead with a next step of which it reminds in a moment."""
        planted, now = self._planted, SystemClock().now()
        view = {"name": planted["view"], "kind": "table", "query": planted["query"], "sort": [], "columns": []}
        values = {
            "company": planted["created"],
            "first_name": planted["first name"],
            "phone": planted["phone"],
            "owner_id": "person-1",
            "next_activity": planted["step"],
            "next_activity_at": instant_text(now + dt.timedelta(seconds=2)),
        }
        commands = (
            LogActivity(
                id=new_id(),
                issued_at=now,
                lead_id="lead-planted",
                activity_id=new_id(),
                kind=ActivityKind.NOTE,
                body=planted["note"],
                happened_at=now,
            ),
            CreateLead(id=new_id(), issued_at=now, lead_id=new_id(), values=values),
            SaveView(id=new_id(), issued_at=now, view_id=new_id(), screen="leads", values=view),
        )
        for command in commands:
            self._window.bench.acts.perform(command, owner=self._window, on_done=lambda: None)
            until(self._idle, command.name)

    def _export(self) -> None:
        """By Qt's own dialog, which remembers things."""
        self._window.bench.actions.trigger("leads.export")
        until(lambda: bool(self._window.findChildren(ExportDialog)), "the export")
        until(self._idle, "the export's figures")
        [dialog] = self._window.findChildren(ExportDialog)
        self._buttons(dialog, "Choose where")[0].click()
        [asks] = dialog.findChildren(QFileDialog)
        file = self._chosen / self._planted["folder"] / self._planted["export"]
        asks.setDirectory(str(file.parent))
        asks.selectFile(str(file))
        QTest.qWait(200)
        asks.accept()
        until(lambda: file.exists() and self._idle(), "the exported file")

    def _import(self, file: Path) -> None:
        """As far as the check of all rows."""
        self._window.bench.actions.trigger("leads.import")
        [asks] = [each for each in self._page.findChildren(QFileDialog) if each.isVisible()]
        asks.setDirectory(str(file.parent))
        asks.selectFile(str(file))
        QTest.qWait(200)
        asks.accept()
        until(lambda: any(each.isVisible() for each in self._window.findChildren(ImportWizard)), "the import")
        for step in (Step.COLUMNS, Step.CHECK):
            until(self._idle, "the import's file")
            self._press("Next")
            until(partial(self._at, step), "the import's step")

    def _wizard(self) -> ImportWizard:
        [wizard] = [each for each in self._window.findChildren(ImportWizard) if each.isVisible()]
        return wizard

    def _at(self, step: Step) -> bool:
        return self._wizard().step >= step and self._idle()

    def _press(self, name: str) -> None:
        self._buttons(self._wizard(), name)[0].click()

    def _buttons(self, inside: QObject, name: str) -> list[QAbstractButton]:
        buttons = [each for each in inside.findChildren(QAbstractButton) if each.isVisible()]
        return [each for each in buttons if name in each.accessibleName() or each.text() == name]

    def _find(self) -> None:
        """By the palette: what is not there, and the lead, which it knows from then on."""
        self._window.bench.actions.trigger("window.palette")
        [palette] = [each for each in self._window.findChildren(CommandPalette) if each.isVisible()]
        field = palette.findChildren(QLineEdit)[0]
        for text in (self._planted["finder"], self._planted["company"]):
            field.setText(text)
            until(self._idle, "what is found")
        QTest.keyClick(palette, Qt.Key.Key_Return)
        until(lambda: self._idle() and self._page.pane.lead is not None, "the lead that was found")

    def _open_tab(self) -> None:
        """One that bears the lead's name."""
        self._window.bench.actions.trigger("leads.in_tab")
        until(lambda: self._window.area.count == 2 and self._idle(), "the tab")
        self._window.bench.actions.trigger("tab.previous")
        until(self._idle, "the tab before")

    def _half_a_form(self) -> None:
        self._window.bench.actions.trigger("leads.new")
        dialog = [each for each in self._window.findChildren(CommandDialog) if each.isVisible()][-1]
        field = next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "Last name")
        QTest.keyClicks(field, self._planted["form"])
        QTest.keyClick(field, Qt.Key.Key_Tab)

    def _fail(self) -> None:
        """In every way in which Python, or the code of others, says something that nobody asked for."""
        thread = threading.Thread(target=fail, args=[self._planted["thread"]])
        thread.start()
        thread.join()
        warnings.warn(self._planted["warning"], stacklevel=1)
        try:
            fail(self._planted["library"])
        except ValueError:
            logging.getLogger("library").exception("failed with %s", self._planted["library"])
        task = partial(fail, self._planted["task"])
        self._window.bench.runner.run(lambda _cancel: task(), on_success=lambda _: None, owner=self._window)
        until(self._idle, "the failures")


def fail(why: str) -> None:
    """Raise what nobody catches."""
    raise ValueError(why)


class Driver(QObject):
    """Has the desktop do what the lines of standard input say."""

    _said = Signal(str)

    def __init__(self, typed: str) -> None:
        super().__init__()
        self._typed = typed
        self._viewer = Viewer()
        self._work: Work | None = None
        self._waits_for: Callable[[], bool] | None = None
        QDesktopServices.setUrlHandler("file", self._viewer, "open")  # type: ignore[arg-type]  # bytes are refused
        self._said.connect(self._do, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self, interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        threading.Thread(target=self._listen, daemon=True).start()

    def stand_by(self, store: LocalStore, opened: OpenDesktop) -> None:
        """The windows are there."""
        self._work = Work(opened, store, self._viewer)

    def gone(self) -> None:
        """The windows are gone."""
        self._work = None

    def _listen(self) -> None:
        for line in sys.stdin:
            self._said.emit(line.strip())

    def _do(self, word: str) -> None:
        try:
            self._waits_for = self._begun(word)
        except BaseException:  # noqa: BLE001  (whoever said it, hears)
            answer(traceback.format_exc())

    def _begun(self, word: str) -> Callable[[], bool]:
        """Begin what a word says; gives what is so at its end."""
        if word == "asked":
            return lambda: bool(shown())
        if word == "unlock":
            [window] = shown()
            window.form.type_in(self._typed, self._typed)
            window.submit()
            return lambda: self._work is not None
        assert self._work is not None
        if word == "work":
            self._work.do()
        elif word == "open":
            self._work.open_document()
        elif word == "fail":
            QTimer.singleShot(0, self, partial(fail, PLANTED["error"]))
        elif word in ("session.lock", "window.quit"):
            self._work._window.bench.actions.trigger(word)  # noqa: SLF001
            return lambda: bool(shown())
        return lambda: True

    def _look(self) -> None:
        if self._waits_for is not None and self._waits_for():
            self._waits_for = None
            answer("done")


def answer(text: str) -> None:
    print(text.replace("\n", " | "), flush=True)  # noqa: T201


def shown() -> list[UnlockWindow]:  # type: ignore[type-arg]
    """The window that asks for the PIN, if it is there."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, UnlockWindow) and each.isVisible()]


def main() -> None:
    """See the module."""
    hub, typed = sys.argv[1], sys.stdin.readline().rstrip("\n")
    threading.Timer(240, lambda: os._exit(3)).start()
    app = make_application()
    app.setQuitOnLastWindowClosed(False)
    settings = replace(LaptopSettings(), pull_interval=0.05, poll_interval=0.5, second_thoughts=0.0)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    driver = Driver(typed)
    platform, clock = fleet_platform(), SystemClock()
    role = "platform_commercial"
    scopes = tuple(sorted(platform.access.scopes(normalise_role(role), "person-1")))
    person = Person(id="person-1", name=PLANTED["person"], email=PLANTED["person's email"], role=role, scopes=scopes)
    actor = Actor(person.id, normalise_role(role))

    def work(opened: OpenedVault, around: Around) -> int | Behind:
        opened.vault.keep("session", TOKEN)
        keys = file_keys(opened.vault, "laptop")
        folder = settings.data_dir / "laptop"
        with closing(LocalStore.open(folder, keys=keys, platform=platform, clock=clock, actor=actor)) as store:
            left = run_desktop(
                app,
                store,
                HubClient(hub, StaticTokens(TOKEN)),
                person,
                platform=platform,
                settings=settings,
                clock=clock,
                doorbell=around.doorbell,
                about=About("team", keys=opened.where),
                beside=partial(driver.stand_by, store),
                safe=opened.vault,
                sleep=around.sleep,
            )
            driver.gone()
            if isinstance(left, Why):
                return behind("team", person.name, store.counts(), left, dt.timedelta(hours=72))
            return left

    with closing(Doorbell(settings.data_dir)) as doorbell:
        code = between_locks(
            lambda: LockedVault(settings.data_dir, backend=keyring()), work, doorbell, name="team", say=lambda _: None
        )
    os._exit(code)


if __name__ == "__main__":
    main()
