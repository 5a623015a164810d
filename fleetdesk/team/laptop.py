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
from fleetdesk.errors import DeviceRevoked, FleetDeskError, Offline, Refused, SignInNeeded
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import Person
from fleetdesk.settings import LaptopSettings
from fleetdesk.signatures import Commitment, DeviceKey
from fleetdesk.sync.engine.clocks import ClockWatch
from fleetdesk.sync.engine.handing_in import HandedOver, give_up
from fleetdesk.sync.engine.session import greet
from fleetdesk.sync.files.condemned import Condemned, Stage, sweep
from fleetdesk.sync.files.key_check import demand_own_keys
from fleetdesk.sync.files.vault import Vault, file_keys
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import Door, StaticTokens, TokenSource
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.sync.signin.device import DeviceShelf, new_device, new_seed
from fleetdesk.sync.signin.session import Farewell, SignedIn
from fleetdesk.sync.signin.tokens import SignedInAs, Tokens, TokenShelf
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
        sweep(self.folder)
        self._connection = connection
        self._settings = settings
        self._vault = vault
        self._platform = platform
        self._clock = clock
        self._browse = browse
        self._provider = provider
        self._door = door or _no_door
        self._met: dict[str, Person] = {}
        self._signers: dict[str, DeviceSigner] = {}
        self._unread: list[FleetDeskError] = []

    def session(self, who: SignedInAs | None = None) -> SignedIn:
        """The session that the vault holds, for one event loop; that person's, if one is named."""
        return SignedIn(self._at_provider, self._shelf(), self.folder / "session.lock", self._clock, person=who)

    def client(self, session: SignedIn, who: SignedInAs) -> HubClient:
        """The way to the hub, for the loop of that session, signed by the key of that person's files."""
        return self._client(session, _place(who))

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

        The sign-in registers the key of their files here. Raises what `sign_in` and `begin` raise. Whom the hub refuses
        is signed out again, to sign in as someone else.
        """
        from fleetdesk.sync.signin.flow import sign_in, system_browser

        candidate = new_seed()  # whose files it will be, nobody knows yet
        known = await asyncio.to_thread(self._devices)
        commitment = Commitment((*(key.device_id for key in known.values()), DeviceKey(candidate).device_id))
        tokens = await sign_in(
            self._at_provider(),
            browse=self._browse or system_browser,
            clock=self._clock,
            nonce=commitment.nonce,
        )
        session = self.session(who)
        try:
            await session.begin(tokens)
        except Refused:
            with contextlib.suppress(FleetDeskError):  # nobody uses them: the provider need not keep them
                await self._at_provider().revoke(tokens.refresh)
            raise
        try:
            key = known.get(_place(tokens.person))
            if key is None:
                key = await asyncio.to_thread(self._device(_place(tokens.person)).keep, candidate)
            await self._register(session, tokens, commitment, key)
            if who is None:  # else their files are open, and the engine greets
                await self.meet(tokens.person)
        except (Refused, SignInNeeded) as refusal:
            if isinstance(refusal, DeviceRevoked):
                await asyncio.to_thread(self.condemn, tokens.person)
            await session.sign_out()
            raise
        return tokens.person

    def condemned(self, who: SignedInAs | None) -> list[str]:
        """The folders that are to be destroyed: of that person, or of whomever if nobody is signed in."""
        places = self.places() if who is None else [_place(who)]
        return [place for place in places if Condemned(self.folder / place).stage is not None]

    def condemn(self, who: SignedInAs) -> None:
        """Note that the hub revoked that person's files here: no window opens on them any more. Raises DiskFull."""
        condemned = Condemned(self.folder / _place(who))
        if condemned.stage is None:
            condemned.note(Stage.TOLD)

    async def give_up(self, place: str) -> HandedOver:
        """Hand in what waits in that folder, then destroy all of it and its keys; what became of the edits.

        See `handing_in.give_up`.
        """
        # By the laptop's signature alone: the session may have been ended as well.
        client = self._client(StaticTokens(""), place)
        condemned = Condemned(self.folder / place)
        return await give_up(condemned, lambda: self.open_place(place), client, lambda: self._destroy(place))

    async def contact(self, who: SignedInAs, laptop_id: str) -> None:
        """Have the hub take that person's session, whose files are closed: the lease may begin anew then.

        Raises what `greet` raises: SignInNeeded where the session is over, Offline.
        """
        await self._introduced(self.session(who), who, laptop_id)

    async def sign_out(self, who: SignedInAs) -> Farewell:
        """End that person's session. Raises what `SignedIn.sign_out` raises."""
        return await self.session(who).sign_out()

    def open_store(self, who: SignedInAs) -> tuple[LocalStore, Person]:
        """The files of whoever signed in, and whom the hub takes them for.

        The hub is asked where it has not told yet: neither within a running event loop nor in a window's thread. Raises
        what `LocalStore.open` and `meet` raise.
        """
        if (met := self.open_met(who)) is not None:
            return met
        asyncio.run(self.meet(who))
        met = self.open_met(who)
        assert met is not None
        return met

    async def meet(self, who: SignedInAs) -> None:
        """Have the hub tell who that is, for `open_met`. Raises what `LocalStore.open` and `greet` raise."""
        laptop_id = await asyncio.to_thread(self._name_of, who)
        self._met[who.subject] = await self._introduced(self.session(who), who, laptop_id)

    def open_met(self, who: SignedInAs) -> tuple[LocalStore, Person] | None:
        """See `open_store`; None where the hub has not told yet who that is. Asks no network."""
        store = self._open(_place(who))
        person = self._met.get(who.subject) or store.person
        if person is None:
            self._unread = list(store.notices)
            store.close()
            return None
        self._unread = []
        store.introduce(Actor(person.id, normalise_role(person.role)))
        if who.subject in self._met:
            store.note_contact()
        return store, person

    def _client(self, tokens: TokenSource, place: str) -> HubClient:
        connection = self._connection
        return HubClient(
            self._door if connection.kind is ConnectionKind.DIRECT else connection.hub_url,
            tokens,
            silence=self._settings.request_timeout,
            ca_file=connection.ca_file,
            signer=self._signers.setdefault(place, DeviceSigner(self._device(place).made)),
        )

    def _shelf(self) -> TokenShelf:
        return TokenShelf(self._vault, session_name(self._connection), self._connection.registration)

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

    def _destroy(self, place: str) -> None:
        shelf = self._shelf()
        kept = shelf.read()
        if kept is not None and _place(kept.person) == place:
            shelf.forget()
        Condemned(self.folder / place).destroy(self._vault, self.keys_of(place))
        self._signers.pop(place, None)
        self._met.clear()

    def _devices(self) -> dict[str, DeviceKey]:
        """The keys that there are, by the folders of those whose they are."""
        found = {place: self._device(place).read() for place in self.places()}
        return {place: key for place, key in found.items() if key is not None}

    def _device(self, place: str) -> DeviceShelf:
        return DeviceShelf(self._vault, self.keys_of(place))

    async def _register(self, session: SignedIn, tokens: Tokens, commitment: Commitment, key: DeviceKey) -> None:
        async with self.client(session, tokens.person) as client:
            await client.register(new_device(tokens.id_token, commitment, key))

    async def _introduced(self, session: SignedIn, who: SignedInAs, laptop_id: str) -> Person:
        async with self.client(session, who) as client:
            welcome = await greet(client, laptop_id, self._platform.schema.version, ClockWatch(self._clock))
        return welcome.person

    def _open(self, place: str) -> LocalStore:
        keys = file_keys(self._vault, self.keys_of(place))
        demand_own_keys(self.folder / place, keys)
        return LocalStore.open(
            self.folder / place,
            keys=keys,
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
