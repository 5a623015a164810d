"""A desktop of its own process, in which planted words are worked with: `python -m tests.journeys.planted_desktop HUB`.

The passphrase comes by stdin. It says on standard output how far it is; `again` only opens what is there, and ends.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit

from fleetdesk.app import OpenDesktop, open_desktop
from fleetdesk.commands.leads import CreateLead, LogActivity
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.commands.saved_views import SaveView
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.protocol import Person
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.app_log import keeping_log
from fleetdesk.sync.files.vault import LockedVault, file_keys
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.leads.exporting.dialog import ExportDialog
from fleetdesk.views.leads.importing.wizard import ImportWizard, Step
from fleetdesk.views.leads.page import LeadsPage
from tests.journeys.planted import PLANTED, TOKEN

_LONG = 25.0


def no_keyring() -> KeyringBackend:
    """What a machine without a keyring has."""
    backend: KeyringBackend = NoKeyring()  # type: ignore[no-untyped-call]
    return backend


def until(condition: Callable[[], bool], what: str) -> None:
    """Let the window live until something holds."""
    end = time.monotonic() + _LONG
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        QTest.qWait(20)


class Work:
    """What a person does with the planted words."""

    def __init__(self, opened: OpenDesktop, store: LocalStore, chosen: Path) -> None:
        self._opened = opened
        self._store = store
        self._chosen = chosen

    @property
    def _page(self) -> LeadsPage:
        page = self._opened.desktop.window.page("leads")
        assert isinstance(page, LeadsPage)
        return page

    def _idle(self) -> bool:
        return not self._opened.desktop.bench.runner.active

    def do(self) -> None:
        """All of it."""
        window, bench = self._opened.desktop.window, self._opened.desktop.bench
        until(lambda: self._store.cursor is not None, "the load")
        window.show_screen("leads")
        until(lambda: self._page.model.rowCount() > 0, "the list")
        self._page.open_record("lead-planted")
        until(self._idle, "the pane")
        self._write_draft()
        clock = SystemClock()
        note = LogActivity(
            id=new_id(),
            issued_at=clock.now(),
            lead_id="lead-planted",
            activity_id=new_id(),
            kind=ActivityKind.NOTE,
            body=PLANTED["note"],
            happened_at=clock.now(),
        )
        values = {"company": PLANTED["created"], "first_name": PLANTED["first name"], "phone": PLANTED["phone"]}
        created = CreateLead(id=new_id(), issued_at=clock.now(), lead_id=new_id(), values=values)
        view = SaveView(
            id=new_id(),
            issued_at=clock.now(),
            view_id=new_id(),
            screen="leads",
            values={"name": PLANTED["view"], "kind": "table", "query": PLANTED["query"], "sort": [], "columns": []},
        )
        for command in (note, created, view):
            bench.acts.perform(command, owner=window, on_done=lambda: None)
            until(self._idle, command.name)
        window.bench.actions.trigger("window.undo")
        self._page.doing.documents.attach([self._chosen / PLANTED["document"]])
        until(self._idle, "the document")
        self._export()
        self._import()
        self._half_a_form()
        self._page.head.search.setText(PLANTED["query"])
        self._page.listing.type(PLANTED["query"])
        until(self._idle, "the search")
        window.show_screen("settings")
        window.show_screen("leads")
        bench.notifier.error(PLANTED["message"], kept=PLANTED["company"])
        QTest.qWait(2_500)  # what changed is kept by then
        self._store.idle_checkpoint()

    def _write_draft(self) -> None:
        editor = next(each for each in self._page.pane.findChildren(QPlainTextEdit) if each.isVisible())
        QTest.keyClicks(editor, PLANTED["draft"])

    def _export(self) -> None:
        self._opened.desktop.bench.actions.trigger("leads.export")
        until(lambda: bool(self._opened.desktop.window.findChildren(ExportDialog)), "the export")
        until(self._idle, "the export's figures")
        [dialog] = self._opened.desktop.window.findChildren(ExportDialog)
        dialog.export_to(self._chosen / "export.xlsx")
        until(lambda: (self._chosen / "export.xlsx").exists() and self._idle(), "the exported file")

    def _import(self) -> None:
        self._page.import_file(self._chosen / "import.csv")
        until(lambda: bool(self._opened.desktop.window.findChildren(ImportWizard)), "the import")
        [wizard] = self._opened.desktop.window.findChildren(ImportWizard)
        for step in (Step.COLUMNS, Step.CHECK):
            until(self._idle, "the import's file")
            self._press(wizard, "Next")
            until(partial(self._at, wizard, step), "the import's step")
        self._press(wizard, "Import 1 lead")
        until(self._idle, "the import itself")
        wizard.reject()

    def _at(self, wizard: ImportWizard, step: Step) -> bool:
        return wizard.step >= step and self._idle()

    def _press(self, wizard: ImportWizard, name: str) -> None:
        buttons = [each for each in wizard.findChildren(QAbstractButton) if each.isVisible()]
        [button] = [each for each in buttons if each.accessibleName() == name or each.text() == name]
        button.click()

    def _half_a_form(self) -> None:
        window = self._opened.desktop.window
        window.bench.actions.trigger("leads.new")
        dialog = [each for each in window.findChildren(CommandDialog) if each.isVisible()][-1]
        field = next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "Last name")
        QTest.keyClicks(field, PLANTED["form"])
        QTest.keyClick(field, Qt.Key.Key_Tab)


def main() -> None:
    """See the module."""
    hub, again = sys.argv[1], "again" in sys.argv
    passphrase = sys.stdin.readline().rstrip("\n")
    chosen = Path(os.environ["CHOSEN"])
    app = QApplication(["fleetdesk"])
    app.setApplicationName("FleetDesk")
    settings = LaptopSettings(pull_interval=0.05, poll_interval=0.5, second_thoughts=0.0)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    vault = LockedVault(settings.data_dir, backend=no_keyring()).unlock(passphrase).vault
    vault.keep("session", TOKEN)
    platform, clock = fleet_platform(), SystemClock()
    role = "platform_commercial"
    scopes = tuple(sorted(platform.access.scopes(normalise_role(role), "person-1")))
    person = Person(id="person-1", name=PLANTED["person"], email=PLANTED["person's email"], role=role, scopes=scopes)
    folder = settings.data_dir / "laptop"
    actor = Actor(person.id, normalise_role(role))
    store = LocalStore.open(folder, keys=file_keys(vault, "laptop"), platform=platform, clock=clock, actor=actor)
    client = HubClient(hub, StaticTokens(TOKEN))
    threading.Timer(240, lambda: os._exit(3)).start()
    with keeping_log(settings.data_dir):
        opened = open_desktop(app, store, client, person, platform=platform, settings=settings, clock=clock)
        bell = Doorbell(folder)
        bell.rung.connect(opened.follow)
        if not again:
            Work(opened, store, chosen).do()
        print("stands", flush=True)  # noqa: T201
        if again:
            QTest.qWait(1_500)
        else:
            app.exec()
        bell.close()
        opened.close()
    store.close()
    os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except BaseException:  # noqa: BLE001  (whatever it is, other threads must not keep the process)
        traceback.print_exc()
        os._exit(2)
