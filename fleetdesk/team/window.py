"""The window on a team's hub: sign in unless that was done, open the files, show the window, synchronise."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
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
from fleetdesk.team.dialog import ask_to_sign_in
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.signing_in_again import SigningInAgain

__all__ = ["run_team"]


def run_team(connection: Connection, settings: LaptopSettings, say: Callable[[str], None], *, link: str = "") -> int:
    """Open the window until it is closed; the exit code, 1 if nobody signed in.

    A session that the vault holds is gone on with, offline too. Raises what `open_store` raises, Unavailable.
    """
    platform, clock = fleet_platform(), SystemClock()
    folder = connection_folder(settings, connection)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("FleetDesk")
    quit_on_signals(app)
    opened = until_right(lambda ask: open_vault(folder, backend=keyring.get_keyring(), ask=ask))
    say(opened.where)
    laptop = TeamLaptop(connection, settings, opened.vault, platform, clock)
    who = asyncio.run(laptop.session().person()) or ask_to_sign_in(laptop.sign_in, connection.name)
    if who is None:
        say("Nobody signed in.")
        return 1
    store, person = laptop.open_store(who)
    try:
        return run_desktop(
            app,
            store,
            laptop.client(laptop.session(who)),
            person,
            platform=platform,
            settings=replace(settings, data_dir=folder),
            clock=clock,
            doorbell=Doorbell(folder),
            about=About(connection.name, connection.hub_url, opened.where),
            link=link,
            beside=partial(SigningInAgain, laptop=laptop, who=who, connection=connection.name),
        )
    finally:
        store.close()
