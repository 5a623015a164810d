"""The window on a connection: sign in unless that was done, open the files, show the window, sign out and in again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

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
from fleetdesk.qt.unlocking import Behind, unlock
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import OpenedVault, Vault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import Counts, LocalStore
from fleetdesk.team.dialog import WAITING, ask_to_sign_in
from fleetdesk.team.farewell import FarewellDialog, say_farewell
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.listing import address_of, kind_words, note_use
from fleetdesk.team.signing_in_again import SigningInAgain
from fleetdesk.team.vaults import vault_of

__all__ = ["TeamWindows", "choose_elsewhere", "run_team"]


_STARTING = "FleetDesk looks whether the database answers. Then your browser shows the sign-in page."


def run_team(connection: Connection, settings: LaptopSettings, say: Callable[[str], None], *, link: str = "") -> int:
    """Open the window until it is closed; the exit code, 1 if nobody signed in.

    A session that the vault holds is gone on with, offline too. Who signs out may sign in again, as anybody.
    Raises what `open_store` raises, Unavailable, and BadSettings where a direct connection has no database.
    """
    folder = connection_folder(settings, connection)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_application()
    opened = unlock(vault_of(settings, connection), Behind(connection.name), elsewhere=choose_elsewhere)
    say(opened.where)
    note_use(folder)
    with _own_hub(connection, opened.vault, folder) as own:
        door = None if own is None else own.door
        laptop = TeamLaptop(connection, settings, opened.vault, fleet_platform(), SystemClock(), door=door)
        about = _about(connection, opened, own)
        team = TeamWindows(laptop, about, own, settings=settings, doorbell=Doorbell(folder))
        while True:
            who = team.signed_in()
            if who is None:
                say("Nobody signed in.")
                return 1
            left = team.work(who, link)
            if isinstance(left, int):
                return left
            if not team.say_farewell(who, left):
                return 0
            link = ""


def choose_elsewhere() -> None:
    """Show the list of connections, in a program of its own: this window stays as it is."""
    QProcess.startDetached(sys.executable, ["-m", "fleetdesk", "connect", "--choose"])


class TeamWindows:
    """The windows of whoever is signed in, one person after the other. `own` is the hub of a direct connection."""

    def __init__(
        self,
        laptop: TeamLaptop,
        about: About,
        own: OwnHub | None,
        *,
        settings: LaptopSettings,
        doorbell: Doorbell,
    ) -> None:
        self._laptop = laptop
        self._about = about
        self._own = own
        self._doorbell = doorbell
        self._settings = replace(settings, data_dir=laptop.folder)

    def signed_in(self) -> SignedInAs | None:
        """Whoever is signed in, or signs in now; None if they give up."""
        who = asyncio.run(self._laptop.session().person())
        if who is not None:
            return who
        waiting = WAITING if self._own is None else _STARTING
        return ask_to_sign_in(self._sign_in, self._about.connection, waiting=waiting)

    def work(self, who: SignedInAs, link: str) -> int | Counts:
        """One person's windows, until they are closed: the exit code, or what waits where the person signs out."""
        laptop, own = self._laptop, self._own
        wishes: list[None] = []

        def stand_by(desktop: OpenDesktop) -> None:
            SigningInAgain(desktop, laptop, who, self._about.connection)
            if own is not None:
                own.running = lambda: desktop.desktop.base.sync.sync_now()  # noqa: PLW0108 (another role, another desktop)

        store, person = self._open_store(who)
        with closing(store):
            code = run_desktop(
                make_application(),
                store,
                laptop.client(laptop.session(who)),
                person,
                platform=fleet_platform(),
                settings=self._settings,
                clock=SystemClock(),
                doorbell=self._doorbell,
                about=self._about,
                elsewhere=choose_elsewhere,
                link=link,
                beside=stand_by,
                sign_out=lambda: wishes.append(None),
            )
            if own is not None:
                own.running = lambda: None
            return store.counts() if wishes else code

    def say_farewell(self, who: SignedInAs, left: Counts) -> bool:
        """End the session and tell how that went; whether somebody wants to sign in again. Who rings, sees that."""
        return say_farewell(partial(self._laptop.sign_out, who), left, self._attend)

    def _attend(self, dialog: FarewellDialog) -> None:
        self._doorbell.rung.connect(dialog.come_forward)

    async def _sign_in(self) -> SignedInAs:
        if self._own is not None:  # before the browser: what is wrong with its database, nobody has to sign in to hear
            await asyncio.to_thread(self._own.wait)
        return await self._laptop.sign_in()

    def _open_store(self, who: SignedInAs) -> tuple[LocalStore, Person]:
        """The files; whoever the hub has not met yet needs its hub for that, which may be starting."""
        try:
            return self._laptop.open_store(who)
        except Offline:
            if self._own is None:
                raise
        self._own.wait()
        return self._laptop.open_store(who)


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
