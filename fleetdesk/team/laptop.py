"""What one connection has on this laptop: its vault, its session, and a folder for each person who signed in."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import FleetDeskError, NotAllowed, NotStaff, Offline, Refused, SignInNeeded
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import Person
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.engine.clocks import ClockWatch
from fleetdesk.sync.engine.session import greet
from fleetdesk.sync.files.vault import Vault, file_keys
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import Door
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.sync.signin.session import Farewell, SignedIn
from fleetdesk.sync.signin.tokens import SignedInAs, TokenShelf
from fleetdesk.sync.store.local_store import LocalStore

if TYPE_CHECKING:
    from fleetdesk.sync.signin.provider import Provider

__all__ = ["TeamLaptop", "connection_folder", "places_in", "session_name"]

_PLACE = re.compile("[0-9a-f]{16}")


def connection_folder(settings: LaptopSettings, connection: Connection) -> Path:
    """Where everything of a connection lies."""
    return settings.data_dir / "connections" / connection.name


def session_name(connection: Connection) -> str:
    """The name under which the vault keeps the connection's session, and with which all its names begin."""
    return f"hub.{connection.name}"


def places_in(folder: Path) -> list[str]:
    """The folders of those who ever signed in there, by name."""
    return sorted(path.name for path in folder.iterdir() if _PLACE.fullmatch(path.name)) if folder.exists() else []


class TeamLaptop:
    """One connection on this laptop. Coroutines may run in any loop, one after the other."""

    def __init__(
        self,
        connection: Connection,
        settings: LaptopSettings,
        vault: Vault,
        platform: Platform,
        clock: Clock,
        *,
        browse: Callable[[str], None] | None = None,
        provider: Provider | None = None,
        door: Callable[[], Door] | None = None,
    ) -> None:
        """`browse` shows a page to sign in, by default in the system's browser.

        `provider` is another view of the connection's, for tests. `door` tells where a direct connection's own hub is.
        """
        self.folder = connection_folder(settings, connection)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = connection
        self._settings = settings
        self._vault = vault
        self._platform = platform
        self._clock = clock
        self._browse = browse
        self._provider = provider
        self._door = door or _no_door
        self._met: dict[str, Person] = {}
        self._unread: list[FleetDeskError] = []

    def session(self, who: SignedInAs | None = None) -> SignedIn:
        """The session that the vault holds, for one event loop; that person's, if one is named."""
        shelf = TokenShelf(self._vault, session_name(self._connection), self._connection.registration)
        return SignedIn(self._at_provider, shelf, self.folder / "session.lock", self._clock, person=who)

    def client(self, session: SignedIn) -> HubClient:
        """The way to the hub, for the loop of that session."""
        connection = self._connection
        hub = self._door if connection.kind is ConnectionKind.DIRECT else connection.hub_url
        return HubClient(hub, session, silence=self._settings.request_timeout, ca_file=connection.ca_file)

    def places(self) -> list[str]:
        """The folders of those who ever signed in here, by name."""
        return places_in(self.folder)

    def open_place(self, place: str) -> LocalStore:
        """The files of one of them, whoever it is. Raises what `LocalStore.open` raises."""
        return self._open(place)

    def keys_of(self, place: str) -> str:
        """The name under which the vault has the keys of these files."""
        return f"{session_name(self._connection)}.{place}"

    async def sign_in(self, who: SignedInAs | None = None) -> SignedInAs:
        """Have a person, or that one, sign in in the browser, and be greeted by the hub; the session is kept then.

        Raises what `sign_in` and `begin` raise. Whom the hub refuses is signed out again, to sign in as someone else.
        """
        from fleetdesk.sync.signin.flow import sign_in, system_browser

        tokens = await sign_in(self._at_provider(), browse=self._browse or system_browser, clock=self._clock)
        session = self.session(who)
        try:
            await session.begin(tokens)
        except Refused:
            with contextlib.suppress(FleetDeskError):  # nobody uses them: the provider need not keep them
                await self._at_provider().revoke(tokens.refresh)
            raise
        try:
            if who is None:  # else their files are open, and the engine greets
                laptop_id = await asyncio.to_thread(self._name_of, tokens.person)
                self._met[tokens.person.subject] = await self._introduced(session, laptop_id)
        except (NotAllowed, NotStaff, SignInNeeded):
            await session.sign_out()
            raise
        return tokens.person

    async def contact(self, who: SignedInAs, laptop_id: str) -> None:
        """Have the hub take that person's session, whose files are closed: the lease may begin anew then.

        Raises what `greet` raises: SignInNeeded where the session is over, Offline.
        """
        await self._introduced(self.session(who), laptop_id)

    async def sign_out(self, who: SignedInAs) -> Farewell:
        """End that person's session. Raises what `SignedIn.sign_out` raises."""
        return await self.session(who).sign_out()

    def open_store(self, who: SignedInAs) -> tuple[LocalStore, Person]:
        """The files of whoever signed in, and whom the hub takes them for.

        Not within a running event loop. Raises what `LocalStore.open` raises, and Offline where the hub has not told
        yet who that is.
        """
        store = self._open(_place(who))
        try:
            person = self._met.get(who.subject) or store.person or self._introduced_now(who, store.laptop_id)
        except BaseException:
            self._unread = list(store.notices)
            store.close()
            raise
        self._unread = []
        store.introduce(Actor(person.id, normalise_role(person.role)))
        if who.subject in self._met:
            store.note_contact()
        return store, person

    def _at_provider(self) -> Provider:
        """The identity provider. What speaks to it is loaded when it is first asked, which no start does."""
        if self._provider is None:
            from fleetdesk.sync.signin.provider import Provider

            self._provider = Provider(self._connection.registration)
        return self._provider

    def _name_of(self, who: SignedInAs) -> str:
        """This laptop's name for that person's changes."""
        with closing(self._open(_place(who))) as store:
            self._unread = list(store.notices)  # whoever opens the files next has somebody to tell
            return store.laptop_id

    def _introduced_now(self, who: SignedInAs, laptop_id: str) -> Person:
        return asyncio.run(self._introduced(self.session(who), laptop_id))

    async def _introduced(self, session: SignedIn, laptop_id: str) -> Person:
        async with self.client(session) as client:
            welcome = await greet(client, laptop_id, self._platform.schema.version, ClockWatch(self._clock))
        return welcome.person

    def _open(self, place: str) -> LocalStore:
        return LocalStore.open(
            self.folder / place,
            keys=file_keys(self._vault, self.keys_of(place)),
            platform=self._platform,
            clock=self._clock,
            second_thoughts=dt.timedelta(seconds=self._settings.second_thoughts),
            unread=self._unread,
        )


def _place(who: SignedInAs) -> str:
    """Whose files: not by the subject itself, since a provider may have put anything into it."""
    return hashlib.sha256(who.subject.encode()).hexdigest()[:16]


def _no_door() -> Door:
    raise Offline("Only the open window has a hub of its own.", do="Open the connection.")
