"""The window on a connection: sign in unless that was done, open the files, show the window, sign out and in again."""

from __future__ import annotations

import asyncio
import datetime as dt
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
from fleetdesk.errors import DeviceRevoked, NotStaff
from fleetdesk.locking.logind import SleepWatch
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.local_copy import About
from fleetdesk.models.locking import MINUTES, Safe, Why, minutes_from
from fleetdesk.protocol import Person
from fleetdesk.qt.doorbell import Doorbell
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.small_window import SmallWindow
from fleetdesk.qt.unlocking import Behind
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.engine.handing_in import HandedOver
from fleetdesk.sync.files.vault import OpenedVault, Vault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import Counts, LocalStore
from fleetdesk.team.dialog import WAITING, ask_to_sign_in
from fleetdesk.team.farewell import say_farewell
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.lease_window import reach_the_hub
from fleetdesk.team.listing import address_of, kind_words, note_use
from fleetdesk.team.lock_loop import Around, between_locks
from fleetdesk.team.outcome import Outcome
from fleetdesk.team.revoked import give_up_laptop
from fleetdesk.team.revoked_watch import RevokedWatch
from fleetdesk.team.signing_in_again import SigningInAgain
from fleetdesk.team.vaults import vault_of
from fleetdesk.team.window_guard import WindowGuard
from fleetdesk.team.words import behind, lock_words, locked_before

__all__ = ["TeamWindows", "choose_elsewhere", "run_team"]


_STARTING = "FleetDesk looks whether the database answers. Then your browser shows the sign-in page."


def run_team(connection: Connection, settings: LaptopSettings, say: Callable[[str], None], *, link: str = "") -> int:
    """Open the window until it is closed; the exit code, 1 if nobody unlocked it or signed in.

    A session that the vault holds is gone on with, offline too. Who signs out may sign in again, as anybody. What is
    locked waits for whoever unlocks it: until then nothing of it is open, and no key is held. Raises what
    `vault_of` and `open_store` raise, Unavailable, and BadSettings where a direct connection has no database.
    """
    folder = connection_folder(settings, connection)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_application().setQuitOnLastWindowClosed(False)  # between two windows there is none
    wanted = [link]

    def work(opened: OpenedVault, around: Around) -> int | Behind:
        note_use(folder)
        left = _work(connection, settings, opened, around, say=say, link=wanted[-1])
        wanted[:] = [""]  # from here on, what is rung for waits for the next unlocking
        return left

    with closing(Doorbell(folder)) as doorbell:
        doorbell.rung.connect(wanted.append)
        return between_locks(
            lambda: vault_of(settings, connection),
            work,
            doorbell,
            name=connection.name,
            say=say,
            elsewhere=choose_elsewhere,
            folder=folder,
        )


def _work(
    connection: Connection,
    settings: LaptopSettings,
    opened: OpenedVault,
    around: Around,
    *,
    say: Callable[[str], None],
    link: str,
) -> int | Behind:
    """The windows over an opened vault, of one person after the other: the exit code, or what was locked."""
    with _own_hub(connection, opened.vault, connection_folder(settings, connection)) as own:
        door = None if own is None else own.door
        laptop = TeamLaptop(connection, settings, opened.vault, fleet_platform(), SystemClock(), door=door)
        about = _about(connection, opened, own, around.sleep)
        team = TeamWindows(laptop, about, own, opened.vault, settings=settings, around=around)
        left = _in_turn(team, laptop, say=say, link=link)
        return left.code if left.locked is None else left.locked


def _in_turn(team: TeamWindows, laptop: TeamLaptop, *, say: Callable[[str], None], link: str) -> Outcome:
    """One person's windows after the other's, until they are closed or locked."""
    while True:
        if not team.gave_up():
            return team.left()
        who = team.signed_in()
        if who is None and laptop.condemned(None):
            continue  # that is what signing in found out
        if who is None:
            left = team.left(code=1)
            if left.locked is None:
                say("Nobody signed in.")
            return left
        left = team.work(who, link)
        if left.revoked:
            continue
        if left.signed_out is None:
            return left
        if not team.say_farewell(who, left.signed_out):
            return team.left()
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
        safe: Safe,
        *,
        settings: LaptopSettings,
        around: Around,
    ) -> None:
        self._laptop = laptop
        self._about = about
        self._own = own
        self._safe = safe
        self._around = around
        self._doorbell = around.doorbell
        self._settings = replace(settings, data_dir=laptop.folder)
        self._guard = WindowGuard(around.sleep)

    def left(self, *, code: int = 0) -> Outcome:
        """How a small window was left that was not accepted: with that exit code, unless it was locked."""
        why = self._guard.why
        return Outcome(code, locked=None if why is None else locked_before(self._about.connection, why))

    def gave_up(self) -> bool:
        """Give up what the hub revoked here, if it did; False if the person quits meanwhile, or after."""
        who = asyncio.run(self._laptop.session().person())
        places = self._laptop.condemned(who)
        return all(give_up_laptop(partial(self._give_up, place), self._attend) for place in places)

    def signed_in(self) -> SignedInAs | None:
        """Whoever is signed in, or signs in now; None if they give up."""
        who = asyncio.run(self._laptop.session().person())
        if who is not None:
            return who
        waiting = WAITING if self._own is None else _STARTING
        return ask_to_sign_in(self._sign_in, self._about.connection, self._attend, waiting=waiting)

    def work(self, who: SignedInAs, link: str) -> Outcome:
        """One person's windows, until they are closed."""
        laptop, own = self._laptop, self._own
        wishes: list[None] = []
        watches: list[RevokedWatch] = []

        def stand_by(desktop: OpenDesktop) -> None:
            SigningInAgain(desktop, laptop, who, self._about.connection)
            watches.append(RevokedWatch(desktop))
            if own is not None:
                own.running = lambda: desktop.desktop.base.sync.sync_now()  # noqa: PLW0108 (another role, another desktop)

        found = self._leased_store(who)
        if isinstance(found, Outcome):
            return found
        store, person = found
        with closing(store):
            code = run_desktop(
                make_application(),
                store,
                laptop.client(laptop.session(who), who),
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
                safe=self._safe,
                sleep=self._around.sleep,
            )
            if own is not None:
                own.running = lambda: None
            if any(watch.revoked for watch in watches):
                laptop.condemn(who)
                return Outcome(revoked=True)
            if isinstance(code, Why):
                name, lease = self._about.connection, self._lease_of(store)
                return Outcome(locked=behind(name, person.name, store.counts(), code, lease))
            return Outcome(signed_out=store.counts()) if wishes else Outcome(code)

    def say_farewell(self, who: SignedInAs, left: Counts) -> bool:
        """End the session and tell how that went; whether somebody wants to sign in again. Who rings, sees that."""
        return say_farewell(partial(self._laptop.sign_out, who), left, self._attend)

    async def _give_up(self, place: str) -> HandedOver:
        if self._own is not None:
            await self._own.wait()
        return await self._laptop.give_up(place)

    def _attend(self, window: SmallWindow) -> None:
        self._doorbell.rung.connect(window.come_forward)
        self._guard.attend(window)

    def _leased_store(self, who: SignedInAs) -> tuple[LocalStore, Person] | Outcome:
        """The files, if their lease still runs or begins anew as the hub is reached; else how that went.

        While the hub is looked for, they are closed.
        """
        met = self._laptop.open_met(who)
        if met is None:
            return self._met_store(who)
        store, person = met
        self._guard.minutes = minutes_from(store.kept.get(MINUTES))
        if self._lease_of(store) > dt.timedelta():
            return store, person
        left, laptop_id = store.counts(), store.laptop_id
        store.close()
        refused: list[NotStaff | DeviceRevoked] = []
        if not reach_the_hub(
            lambda: self._contact(who, laptop_id, refused),
            lambda: self._laptop.sign_in(who),
            self._about.connection,
            left.waiting,
            self._attend,
        ):
            return self.left()
        if any(isinstance(refusal, DeviceRevoked) for refusal in refused):
            self._laptop.condemn(who)
            return Outcome(revoked=True)
        met = self._laptop.open_met(who)
        assert met is not None  # it was
        store, person = met
        store.note_contact()
        if refused:
            store.give_up_rows()
            person = store.person or person
        return store, person

    def _met_store(self, who: SignedInAs) -> tuple[LocalStore, Person] | Outcome:
        """The files of somebody whom the hub has not met yet, once it has. See `_leased_store`."""

        async def sign_in() -> SignedInAs:
            again = await self._laptop.sign_in(who)
            await self._laptop.meet(who)
            return again

        name = self._about.connection
        if not reach_the_hub(lambda: self._meet(who), sign_in, name, 0, self._attend, met=False):
            return self.left()
        if self._laptop.condemned(who):
            return Outcome(revoked=True)
        met = self._laptop.open_met(who)
        assert met is not None
        return met

    def _lease_of(self, store: LocalStore) -> dt.timedelta:
        """What is left of it."""
        return store.note_time().left(dt.timedelta(hours=self._settings.lease_hours))

    async def _contact(self, who: SignedInAs, laptop_id: str, refused: list[NotStaff | DeviceRevoked]) -> None:
        """Have the hub take the session. One that lets nobody in any more was reached too: `refused` tells why."""
        if self._own is not None:
            await self._own.wait()
        try:
            await self._laptop.contact(who, laptop_id)
        except (NotStaff, DeviceRevoked) as error:
            refused.append(error)

    async def _meet(self, who: SignedInAs) -> None:
        """Have the hub tell who that is. Of a laptop whose access was ended, that is noted."""
        if self._own is not None:
            await self._own.wait()
        try:
            await self._laptop.meet(who)
        except DeviceRevoked:
            await asyncio.to_thread(self._laptop.condemn, who)

    async def _sign_in(self) -> SignedInAs:
        if self._own is not None:  # before the browser: what is wrong with its database, nobody has to sign in to hear
            await self._own.wait()
        return await self._laptop.sign_in()


@contextmanager
def _own_hub(connection: Connection, vault: Vault, folder: Path) -> Iterator[OwnHub | None]:
    """The hub of a direct connection, as long as its window is open; None for the others."""
    if connection.kind is not ConnectionKind.DIRECT:
        yield None
        return
    with OwnHub(connection, DirectKeys(vault, connection.name), folder) as own:
        yield own


def _about(connection: Connection, opened: OpenedVault, own: OwnHub | None, sleep: SleepWatch) -> About:
    address = address_of(connection) if own is None else own.place
    lock = lock_words(sleep_is_told=sleep.available)
    return About(connection.name, address, opened.where, tr(kind_words(connection)), lock)
