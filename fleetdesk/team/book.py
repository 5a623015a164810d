"""`ConnectionBook`: adds, changes and removes connections, for command line and window alike.

Whatever it does may take a while, and asks the network: never on the GUI thread.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.direct.keys import DATABASE, DirectKeys
from fleetdesk.direct.own_hub import try_hub
from fleetdesk.errors import BadFile, BadSettings, Unavailable
from fleetdesk.models.ids import SystemClock
from fleetdesk.process.chosen_files import demand_file
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import MemoryVault, Vault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.sync.signin.reachable import demand_reachable
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.listing import DEMO

__all__ = ["ConnectionBook", "Unsent"]

OpenVault = Callable[[Connection], Vault]


@dataclass(frozen=True, slots=True)
class Unsent:
    """What lies in a connection's folder and nowhere else: changes, those that wait in the Inbox, documents."""

    changes: int = 0
    inbox: int = 0
    documents: int = 0

    @property
    def any(self) -> bool:
        """Whether anything would be lost with the files."""
        return bool(self.changes + self.inbox + self.documents)


class ConnectionBook:
    """The connections of a data folder, with their secrets and what lies in their folders.

    `vault_of` opens the vault of a connection's folder, which may ask the person for a passphrase.
    """

    def __init__(self, settings: LaptopSettings, vault_of: OpenVault) -> None:
        self._settings = settings
        self._open_vault = vault_of
        self._vaults: dict[str, Vault] = {}
        self._connections = Connections(settings.data_dir)

    def changed(self, name: str, kind: ConnectionKind | None, given: Mapping[str, object]) -> Connection:
        """The connection of that name with these parts in the place of its own; a new one if there is none.

        Raises BadSettings where it is of another kind, is not whole, or its file of certificates cannot be read.
        """
        if name == DEMO.name and kind is not ConnectionKind.DEMO:
            raise BadSettings(f"“{name}” is the demo’s own name.", do="Choose another name.")
        known = self._connections.all().get(name)
        if known is not None and kind not in (None, known.kind):
            raise BadSettings(
                f"The connection {name} is {known.kind}, and does not become another kind.",
                do="Choose another name, or remove it first.",
            )
        before = known or Connection(name=name, kind=kind or ConnectionKind.HUB)
        connection = before.model_copy(update=dict(given))
        connection.demand_whole()
        _demand_certificates(connection)
        return connection

    def keep(self, connection: Connection, secrets: Mapping[str, str], *, anyway: bool = False) -> None:
        """Keep a connection that was seen to work, and new secrets of a direct one in the place of those there are.

        `anyway`: also one that cannot be reached now. Raises BadSettings, Unavailable, DiskFull; nothing is kept then.
        """
        if connection.kind is ConnectionKind.DEMO:
            self._connections.keep(connection)
            return
        try:
            self._demand_works(connection, secrets)
        except Unavailable:
            if not anyway:
                raise
        if secrets:
            keys = self.keys(connection)
            for entry, text in secrets.items():
                keys.keep(entry, text)
        self._connections.keep(connection)

    def keys(self, connection: Connection) -> DirectKeys:
        """The secrets of a direct connection."""
        return DirectKeys(self._vault_of(connection), connection.name)

    def unsent(self, connection: Connection) -> Unsent:
        """What would be lost with its files. Raises AlreadyRunning while its window is open, Unavailable."""
        if not connection_folder(self._settings, connection).exists():
            return Unsent()
        laptop = self._laptop(connection)
        changes = inbox = documents = 0
        for place in laptop.places():
            with closing(laptop.open_place(place)) as store:
                counts = store.counts()
                changes, inbox = changes + counts.waiting, inbox + counts.inbox
                documents += len(store.documents.to_send())
        return Unsent(changes, inbox, documents)

    def remove(self, connection: Connection, *, with_unsent: bool = False) -> str:
        """Sign out, forget its secrets, take it off the list, and delete its files unless something in them is unsent.

        `with_unsent` deletes that too. What is left is found again when a connection of the same name is added. Gives
        what the person should know; may be empty. Raises AlreadyRunning while its window is open, Unavailable.
        """
        folder = connection_folder(self._settings, connection)
        notice = ""
        if folder.exists():
            kept = self.unsent(connection).any and not with_unsent
            laptop = self._laptop(connection)
            notice = asyncio.run(laptop.session().sign_out()).notice
            self.keys(connection).forget_all()
            if not kept:
                shutil.rmtree(folder)
                self._vaults.pop(connection.name).destroy()
        self._connections.remove(connection.name)
        return notice

    def _vault_of(self, connection: Connection) -> Vault:
        if connection.name not in self._vaults:
            self._vaults[connection.name] = self._open_vault(connection)
        return self._vaults[connection.name]

    def _laptop(self, connection: Connection) -> TeamLaptop:
        return TeamLaptop(connection, self._settings, self._vault_of(connection), fleet_platform(), SystemClock())

    def _demand_works(self, connection: Connection, secrets: Mapping[str, str]) -> None:
        if connection.kind is ConnectionKind.HUB:
            asyncio.run(demand_reachable(connection))
            return
        trial = DirectKeys(MemoryVault(), connection.name)
        for entry, text in {**self._kept(connection, without=secrets), **secrets}.items():
            trial.keep(entry, text)
        with tempfile.TemporaryDirectory(prefix="fleetdesk-") as folder:
            try_hub(connection, trial, Path(folder))

    def _kept(self, connection: Connection, *, without: Mapping[str, str]) -> Mapping[str, str]:
        """The database's address that is kept already, unless another one is given."""
        if DATABASE in without or connection.name not in self._connections.all():
            return {}
        return {DATABASE: self.keys(connection).database().url}


def _demand_certificates(connection: Connection) -> None:
    if connection.ca_file is None:
        return
    try:
        demand_file(connection.ca_file)
        connection.ca_file.read_bytes()
    except (OSError, BadFile) as error:
        why = error.what if isinstance(error, BadFile) else f"{error.strerror}."
        raise BadSettings(
            f"The file of certificates, {connection.ca_file}, cannot be read: {why}",
            kept="Nothing was changed.",
            do="Name a file that is there, with certificates as PEM.",
        ) from error
    # Late: who names no file waits for nothing.
    from fleetdesk.authorities import authorities

    authorities(connection.ca_file)
