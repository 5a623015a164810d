"""The window on a team's hub: sign in unless that was done, open the files, show the window, sign out and in again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial

import keyring
from PySide6.QtWidgets import QApplication

from fleetdesk.app import quit_on_signals, run_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.local_copy import About
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.passphrase import until_right
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import open_vault
from fleetdesk.sync.signin.connections import Connection
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import Counts
from fleetdesk.team.dialog import ask_to_sign_in
from fleetdesk.team.farewell import FarewellDialog, say_farewell
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.signing_in_again import SigningInAgain

__all__ = ["TeamWindows", "run_team"]


def run_team(connection: Connection, settings: LaptopSettings, say: Callable[[str], None], *, link: str = "") -> int:
    """Open the window until it is closed; the exit code, 1 if nobody signed in.

    A session that the vault holds is gone on with, offline too. Who signs out may sign in again, as anybody.
    Raises what `open_store` raises, Unavailable.
    """
    folder = connection_folder(settings, connection)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("FleetDesk")
    quit_on_signals(app)
    opened = until_right(lambda ask: open_vault(folder, backend=keyring.get_keyring(), ask=ask))
    say(opened.where)
    laptop = TeamLaptop(connection, settings, opened.vault, fleet_platform(), SystemClock())
    team = TeamWindows(app, laptop, connection, settings=settings, doorbell=Doorbell(folder), where=opened.where)
    while True:
        who = asyncio.run(laptop.session().person()) or ask_to_sign_in(laptop.sign_in, connection.name)
        if who is None:
            say("Nobody signed in.")
            return 1
        left = team.work(who, link)
        if isinstance(left, int):
            return left
        if not say_farewell(partial(laptop.sign_out, who), left, team.attend):
            return 0
        link = ""


class TeamWindows:
    """The windows of whoever is signed in, one person after the other."""

    def __init__(
        self,
        app: QApplication,
        laptop: TeamLaptop,
        connection: Connection,
        *,
        settings: LaptopSettings,
        doorbell: Doorbell,
        where: str,
    ) -> None:
        self._app = app
        self._laptop = laptop
        self._connection = connection
        self._settings = replace(settings, data_dir=laptop.folder)
        self._doorbell = doorbell
        self._about = About(connection.name, connection.hub_url, where)

    def work(self, who: SignedInAs, link: str) -> int | Counts:
        """One person's windows, until they are closed: the exit code, or what waits where the person signs out."""
        laptop, name = self._laptop, self._connection.name
        wishes: list[None] = []
        store, person = laptop.open_store(who)
        with closing(store):
            code = run_desktop(
                self._app,
                store,
                laptop.client(laptop.session(who)),
                person,
                platform=fleet_platform(),
                settings=self._settings,
                clock=SystemClock(),
                doorbell=self._doorbell,
                about=self._about,
                link=link,
                beside=partial(SigningInAgain, laptop=laptop, who=who, connection=name),
                sign_out=lambda: wishes.append(None),
            )
            return store.counts() if wishes else code

    def attend(self, dialog: FarewellDialog) -> None:
        """Whoever rings while somebody signs out sees the dialog."""
        self._doorbell.rung.connect(dialog.come_forward)
