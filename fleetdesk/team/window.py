"""The window on a connection: sign in unless that was done, open the files, show the window, synchronise."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import keyring
from PySide6.QtCore import QProcess

from fleetdesk.app import OpenDesktop, make_application, run_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.direct.keys import DirectKeys
from fleetdesk.direct.own_hub import OwnHub
from fleetdesk.errors import Offline
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.local_copy import About
from fleetdesk.protocol import Person
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.passphrase import until_right
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import OpenedVault, Vault, open_vault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.team.dialog import WAITING, ask_to_sign_in
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.listing import address_of, kind_words, note_use
from fleetdesk.team.signing_in_again import SigningInAgain

__all__ = ["choose_elsewhere", "run_team"]


_STARTING = "FleetDesk looks whether the database answers. Then your browser shows the sign-in page."


def run_team(connection: Connection, settings: LaptopSettings, say: Callable[[str], None], *, link: str = "") -> int:
    """Open the window until it is closed; the exit code, 1 if nobody signed in.

    A session that the vault holds is gone on with, offline too. Raises what `open_store` raises, Unavailable, and
    BadSettings where a direct connection has no database.
    """
    folder = connection_folder(settings, connection)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_application()
    opened = until_right(lambda ask: open_vault(folder, backend=keyring.get_keyring(), ask=ask))
    say(opened.where)
    note_use(folder)
    with _own_hub(connection, opened.vault, folder) as own:
        return _run(connection, settings, opened, own, say=say, link=link)


def choose_elsewhere() -> None:
    """Show the list of connections, in a program of its own: this window stays as it is."""
    QProcess.startDetached(sys.executable, ["-m", "fleetdesk", "connect", "--choose"])


def _run(
    connection: Connection,
    settings: LaptopSettings,
    opened: OpenedVault,
    own: OwnHub | None,
    *,
    say: Callable[[str], None],
    link: str,
) -> int:
    platform, clock = fleet_platform(), SystemClock()
    folder = connection_folder(settings, connection)
    door = None if own is None else own.door
    laptop = TeamLaptop(connection, settings, opened.vault, platform, clock, door=door)

    async def sign_in() -> SignedInAs:
        if own is not None:  # before the browser: what is wrong with its database, nobody has to sign in to hear
            await asyncio.to_thread(own.wait)
        return await laptop.sign_in()

    who = asyncio.run(laptop.session().person())
    if who is None:
        who = ask_to_sign_in(sign_in, connection.name, waiting=WAITING if own is None else _STARTING)
    if who is None:
        say("Nobody signed in.")
        return 1
    store, person = _open_store(laptop, who, own)

    def stand_by(desktop: OpenDesktop) -> None:
        SigningInAgain(desktop, laptop, who, connection.name)
        if own is not None:
            own.running = lambda: desktop.desktop.base.sync.sync_now()  # noqa: PLW0108 (another role, another desktop)

    try:
        return run_desktop(
            make_application(),
            store,
            laptop.client(laptop.session(who)),
            person,
            platform=platform,
            settings=replace(settings, data_dir=folder),
            clock=clock,
            doorbell=Doorbell(folder),
            about=_about(connection, opened, own),
            elsewhere=choose_elsewhere,
            link=link,
            beside=stand_by,
        )
    finally:
        store.close()


def _open_store(laptop: TeamLaptop, who: SignedInAs, own: OwnHub | None) -> tuple[LocalStore, Person]:
    """The files; whoever the hub has not met yet needs its hub for that, which may be starting."""
    try:
        return laptop.open_store(who)
    except Offline:
        if own is None:
            raise
    own.wait()
    return laptop.open_store(who)


@contextmanager
def _own_hub(connection: Connection, vault: Vault, folder: Path) -> Iterator[OwnHub | None]:
    """The hub of a direct connection, as long as its window is open; None for the others."""
    if connection.kind is not ConnectionKind.DIRECT:
        yield None
        return
    with OwnHub(connection, DirectKeys(vault, connection.name), folder) as own:
        yield own


def _about(connection: Connection, opened: OpenedVault, own: OwnHub | None) -> About:
    address = address_of(connection) if own is None else own.place
    return About(connection.name, address, opened.where, tr(kind_words(connection)))
