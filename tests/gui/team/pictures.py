"""Pictures of the windows before the window, light and dark: `python -m tests.gui.team.pictures FOLDER`."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget

from fleetdesk.errors import BadFile, DiskFull, Invalid, Offline, SignInNeeded, Unavailable
from fleetdesk.models.locking import Why
from fleetdesk.models.passphrases import Wanted, Word
from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.unlocking import Behind, UnlockWindow
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.engine.handing_in import HandedOver, NotDestroyed
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.sync.signin.session import Farewell
from fleetdesk.sync.store.local_store import Counts
from fleetdesk.team.book import Unsent
from fleetdesk.team.chooser import Chooser
from fleetdesk.team.connection_dialog import ConnectionDialog
from fleetdesk.team.farewell import FarewellDialog
from fleetdesk.team.lease_window import LeaseWindow
from fleetdesk.team.listing import DEMO
from fleetdesk.team.removal_dialog import RemovalDialog
from fleetdesk.team.revoked import RevokedDialog
from fleetdesk.team.trouble import TroubleWindow
from fleetdesk.team.words import behind

TEAM = Connection(
    name="team", hub_url="https://hub.fleetcore.example", issuer="https://clerk.fleetcore.example", client_id="desktop"
)
OWN = Connection(
    name="production", kind=ConnectionKind.DIRECT, issuer="https://clerk.fleetcore.example", client_id="desktop"
)

FOREIGN = BadFile(
    "The files in “/home/layla/.local/share/fleetdesk/connections/team/5f3a0c” were encrypted with keys that are not on"
    " this machine.",
    kept="They were left as they are.",
    do="Open them where they were made; or move the folder away, and sign in here to begin anew.",
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
    left = Counts(waiting=3, inbox=1)
    for name, errand in (
        ("revoked-done", RevokedDialog(handed_in, theme)),
        ("revoked-in-part", RevokedDialog(in_part, theme)),
        ("revoked-failed", RevokedDialog(no_contact, theme)),
        ("revoked-not-destroyed", RevokedDialog(not_destroyed, theme)),
        ("revoked-waits", RevokedDialog(not_yet, theme)),
        ("farewell-done", FarewellDialog(signed_off, left, theme)),
        ("farewell-failed", FarewellDialog(no_contact, left, theme)),
    ):
        errand.show()
        errand.begin()
        while errand.waits and name != "revoked-waits":
            QCoreApplication.processEvents()
            time.sleep(0.01)
        save(errand, folder / f"{name}-{appearance}.png")
        errand.end()
        errand.close()
    chooser.end()
    chooser.close()
    draw_locks(theme, folder, appearance)


def draw_locks(theme: Theme, folder: Path, appearance: Appearance) -> None:
    """The window before the windows, in each of its states; and the one of a lease that is over."""
    left = Counts(waiting=3, inbox=1)
    for name, wanted, told in (
        ("pin", Wanted(Word.PIN), Behind("team")),
        ("locked", Wanted(Word.PIN), behind("team", "Layla Haddad", left, Why.IDLE, dt.timedelta(hours=71))),
        ("waiting", Wanted(Word.PIN, wait=75), Behind("team")),
        ("passphrase", Wanted(Word.PASSPHRASE), Behind("team")),
        ("new-pin", Wanted(Word.PIN, new=True), Behind("team")),
        ("new-passphrase", Wanted(Word.PASSPHRASE, new=True), Behind("team")),
        ("moving", Wanted(Word.PIN, new=True, moving=True), Behind("team")),
    ):
        window = UnlockWindow(theme, Shut(wanted), wanted, told, elsewhere=lambda: None)
        window.show()
        save(window, folder / f"unlock-{name}-{appearance}.png")
        if name == "pin":
            window.form.type_in("wrong")
            window.submit()
            while window.runner.active:
                QCoreApplication.processEvents()
            save(window, folder / f"unlock-wrong-{appearance}.png")
        window.end()
        window.close()
    for name, error, look in (
        ("file", FOREIGN, lambda: None),
        ("full", DiskFull("The disk is full.", kept="What you saved before is kept.", do="Free some space."), None),
        ("unforeseen", RuntimeError("boom"), None),
    ):
        trouble = TroubleWindow(message_for(error), theme, "team", elsewhere=lambda: None, look=look)
        trouble.show()
        save(trouble, folder / f"trouble-{name}-{appearance}.png")
        trouble.end()
        trouble.close()
    for name, contact, met in (
        ("looking", forever, True),
        ("offline", offline, True),
        ("sign-in", signed_out, True),
        ("unmet-looking", forever, False),
        ("unmet-offline", offline, False),
    ):
        lease = LeaseWindow(contact, theme, "team", 4 if met else 0, met=met)
        lease.show()
        if contact is forever:
            lease._tell("Looking for the hub …")  # noqa: SLF001
        else:
            lease.begin()
            while lease.looks:
                QCoreApplication.processEvents()
        save(lease, folder / f"lease-{name}-{appearance}.png")
        lease.end()
        lease.close()


class Shut:
    """A lock to which nothing that is typed is right."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted

    def unlock(self, typed: str) -> None:
        raise Invalid("pin", "That is not the PIN of this data.", do="Try again.")


async def forever() -> None:
    await asyncio.Event().wait()


async def offline() -> None:
    raise Offline("The hub cannot be reached.", do="Try again when the network is back.")


async def signed_out() -> None:
    raise SignInNeeded("Your session has ended.", kept="What waits to be sent is kept.", do="Sign in again.")


async def handed_in() -> HandedOver:
    return HandedOver(3)


async def signed_off() -> Farewell:
    return Farewell("The sign-in service could not be told. Its session ends by itself.")


async def in_part() -> HandedOver:
    return HandedOver(1200, left_out=340)


async def not_destroyed() -> NoReturn:
    raise NotDestroyed(await in_part(), Unavailable("The keyring of this computer does not answer.", do="Unlock it."))


async def no_contact() -> NoReturn:
    raise Offline("The hub cannot be reached.", kept="What waits to be sent is kept.")


async def not_yet() -> HandedOver:
    await asyncio.sleep(0.5)
    return HandedOver()


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
