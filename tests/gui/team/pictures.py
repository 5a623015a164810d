"""Pictures of the windows before the window, light and dark: `python -m tests.gui.team.pictures FOLDER`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget

from fleetdesk.errors import Offline, Unavailable
from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.team.book import Unsent
from fleetdesk.team.chooser import Chooser
from fleetdesk.team.connection_dialog import ConnectionDialog
from fleetdesk.team.listing import DEMO
from fleetdesk.team.removal_dialog import RemovalDialog
from fleetdesk.team.revoked import RevokedDialog

TEAM = Connection(
    name="team", hub_url="https://hub.fleetcore.example", issuer="https://clerk.fleetcore.example", client_id="desktop"
)
OWN = Connection(
    name="production", kind=ConnectionKind.DIRECT, issuer="https://clerk.fleetcore.example", client_id="desktop"
)


def main(arguments: list[str]) -> int:
    """Draw them all into a folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    theme = Theme(app)
    for appearance in (Appearance.LIGHT, Appearance.DARK):
        theme.set_look(Look(appearance))
        with tempfile.TemporaryDirectory() as place:
            draw_all(theme, LaptopSettings(data_dir=Path(place)), folder, appearance)
    return 0


def draw_all(theme: Theme, settings: LaptopSettings, folder: Path, appearance: Appearance) -> None:
    """The list, empty and filled; the form of each kind, and one that failed; the question before removal."""
    chooser = opened(theme, settings)
    save(chooser, folder / f"connections-none-{appearance}.png")
    connections = Connections(settings.data_dir)
    for connection in (TEAM, OWN, TEAM.model_copy(update={"name": "staging", "hub_url": "https://staging.example"})):
        connections.keep(connection)
    used = settings.data_dir / "connections" / "team"
    used.mkdir(parents=True)
    (used / "used").touch()
    chooser.read()
    wait(chooser)
    save(chooser, folder / f"connections-{appearance}.png")
    for name, known in (("add", None), ("change", TEAM), ("change-direct", OWN)):
        dialog = ConnectionDialog(theme, chooser._runner, out_of_reach, chooser, known=known)  # noqa: SLF001
        dialog.show()
        save(dialog, folder / f"connection-{name}-{appearance}.png")
        if name == "add":
            dialog.kind.set_key(ConnectionKind.DIRECT)
            dialog.kind.chosen.emit(ConnectionKind.DIRECT)
            save(dialog, folder / f"connection-add-direct-{appearance}.png")
        else:
            dialog.save.click()
            wait(chooser)
            save(dialog, folder / f"connection-{name}-failed-{appearance}.png")
        dialog.close()
    for name, unsent in (("nothing", Unsent()), ("unsent", Unsent(12, 1, 2))):
        question = RemovalDialog("team", unsent, chooser)
        question.show()
        save(question, folder / f"removal-{name}-{appearance}.png")
        question.close()
    for name, give_up in (("done", handed_in), ("failed", no_contact), ("waits", not_yet)):
        revoked = RevokedDialog(give_up, theme)
        revoked.show()
        revoked.begin()
        while revoked.waits and name != "waits":
            QCoreApplication.processEvents()
            time.sleep(0.01)
        save(revoked, folder / f"revoked-{name}-{appearance}.png")
        revoked.end()
        revoked.close()
    chooser.end()
    chooser.close()


async def handed_in() -> int:
    return 3


async def no_contact() -> int:
    raise Offline("The hub cannot be reached.", kept="What waits to be sent is kept.")


async def not_yet() -> int:
    await asyncio.sleep(0.5)
    return 0


def opened(theme: Theme, settings: LaptopSettings) -> Chooser:
    chooser = Chooser(settings, theme, lambda _connection: MemoryVault(), DEMO)
    chooser.show()
    wait(chooser)
    return chooser


def wait(chooser: Chooser) -> None:
    while chooser.busy:
        QCoreApplication.processEvents()
        time.sleep(0.01)
    QCoreApplication.processEvents()


def out_of_reach(
    _name: str, _kind: ConnectionKind, _parts: Mapping[str, object], _secrets: Mapping[str, str], _anyway: bool
) -> Connection:
    raise Unavailable(
        "The hub cannot be reached. The sign-in service clerk.fleetcore.example cannot be reached.",
        do="Try again when the network is back.",
    )


def save(widget: QWidget, file: Path) -> None:
    for _ in range(5):
        QCoreApplication.processEvents()
    widget.grab().save(str(file))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
