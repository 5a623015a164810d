"""A window of its own process, which a test kills: `python -m tests.journeys.killed_window FOLDER`, keys by stdin.

It does what a person would, says on standard output that it stands, and waits for the end. `opened` is the same window.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit

from fleetdesk.app import OpenDesktop, open_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.ids import SystemClock
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.command_dialog import CommandDialog
from tests.gui.views.filled import ME, load, store_person
from tests.gui.views.sample import sample

_NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody answers
SETTLED = 1.5
"""Seconds within which what changed is surely kept."""


def opened(app: QApplication, folder: Path, keys: FileKeys) -> tuple[OpenDesktop, LocalStore]:
    """Layla's desktop over the files in a folder, offline."""
    platform, clock, person = fleet_platform(), SystemClock(), store_person(ME)
    new = not (folder / "laptop").exists()
    actor = Actor(person.id, normalise_role(person.role))
    store = LocalStore.open(folder / "laptop", keys=keys, platform=platform, clock=clock, actor=actor)
    if new:
        load(store, sample(40))
    settings = replace(LaptopSettings(), data_dir=folder)
    client = HubClient(_NOWHERE, StaticTokens("nobody"))
    return open_desktop(app, store, client, person, platform=platform, settings=settings, clock=clock), store


def work(desktop: OpenDesktop) -> None:
    """Two windows, a tab more, the drawer, another look, and half a lead."""
    windows = desktop.desktop.windows
    windows.open_another()
    window = desktop.desktop.window
    window.show_screen("inbox")
    window.bench.actions.trigger("look.compact")
    window.bench.actions.trigger("tab.new")
    window.show_screen("leads")
    window.drawer.open_drawer()
    window.bench.actions.trigger("leads.new")
    [dialog] = window.findChildren(CommandDialog)
    field = next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "Last name")
    field.setText("Belkacem")
    field.textEdited.emit("Belkacem")


def main() -> None:
    """See the module."""
    replica, outbox = (bytes.fromhex(line) for line in sys.stdin.read().split())
    app = QApplication([])
    desktop, _store = opened(app, Path(sys.argv[1]), FileKeys(replica=replica, outbox=outbox, documents=b"d" * 32))
    work(desktop)
    QTimer.singleShot(int(1000 * SETTLED), lambda: print("stands", flush=True))  # noqa: T201
    threading.Timer(60, sys.exit).start()
    app.exec()


if __name__ == "__main__":
    main()
