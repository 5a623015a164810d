"""What the command line does with connections: add and change them, open one, list and remove them, keep secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fleetdesk.direct.database_address import DatabaseAddress
from fleetdesk.direct.keys import DATABASE, ENTRIES, entry_words, variable_of
from fleetdesk.errors import BadSettings, DiskFull, Refused, Unavailable
from fleetdesk.process.collecting import no_collection
from fleetdesk.settings import LaptopSettings, laptop_settings
from fleetdesk.sync.files.vault import Vault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.team.book import ConnectionBook, Unsent
from fleetdesk.team.laptop import connection_folder
from fleetdesk.team.listing import DEMO, address_of, kind_words, listed
from fleetdesk.team.vaults import vault_of
from fleetdesk.terminal import agreed, demand_display, has_display, passphrase_of_files, say, secret_line

__all__ = ["Given", "connect", "connection_secret", "list_connections", "remove_connection"]

_ANYWAY = "`--anyway` keeps it although it cannot be reached now."


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says of a connection; empty where it says nothing."""

    hub: str = ""
    direct: bool = False
    issuer: str = ""
    client: str = ""
    organisation: str = ""
    ca_file: Path | None = None

    @property
    def any(self) -> bool:
        """Whether it says anything."""
        return self.direct or bool(self.parts)

    @property
    def kind(self) -> ConnectionKind | None:
        """The kind that it says. Raises BadSettings for two of them."""
        if self.direct and self.hub:
            raise BadSettings("A connection goes to a hub or directly to the database.", do="Leave one of both out.")
        if self.direct:
            return ConnectionKind.DIRECT
        return ConnectionKind.HUB if self.hub else None

    @property
    def parts(self) -> Mapping[str, object]:
        """The parts of a connection that it says."""
        said = {
            "hub_url": self.hub,
            "issuer": self.issuer,
            "client_id": self.client,
            "organisation_id": self.organisation,
            "ca_file": None if self.ca_file is None else self.ca_file.absolute(),
        }
        return {part: value for part, value in said.items() if value}


def connect(name: str, given: Given, *, anyway: bool, choose: bool, open_demo: Callable[[], int]) -> int:
    """`fleetdesk connect`: keeps the connection if parts of it are given, and opens it, or the one that is chosen."""
    settings = laptop_settings()
    connections = Connections(settings.data_dir)
    if given.any:
        connection = _kept(settings, name, given, anyway=anyway)
    elif choose or (not name and has_display() and len(connections.all()) != 1):
        demand_display()
        chosen = _chosen(settings)
        if chosen is None:
            return 0
        connection = chosen
    elif name == DEMO.name and name not in connections.all():
        connection = DEMO
    else:
        connection = connections.get(name)
    return _open(connection, settings, open_demo)


def list_connections() -> int:
    """`fleetdesk connections`: one line each, the one that was used last first."""
    found = listed(laptop_settings())
    for each in found:
        used = "never opened" if each.last_used is None else f"opened {each.last_used.astimezone():%Y-%m-%d %H:%M}"
        parts = (each.connection.name, kind_words(each.connection), address_of(each.connection), used)
        sys.stdout.write(" · ".join(filter(None, parts)) + "\n")
    if not found:
        say("There is none yet. `fleetdesk connect NAME --hub … --issuer … --client …` makes one.")
    return 0


def remove_connection(name: str, *, with_unsent: bool) -> int:
    """`fleetdesk connections remove`: 1, and nothing done, if the person does not agree."""
    settings = laptop_settings()
    connection = Connections(settings.data_dir).get(name)
    book = _book(settings)
    unsent = book.unsent(connection)
    if unsent.any:
        say(_waits(unsent, with_unsent=with_unsent))
    if not agreed(f"Remove the connection {connection.name} from this laptop?"):
        say("Nothing was done.")
        return 1
    notice = book.remove(connection, with_unsent=with_unsent)
    say(f"The connection {connection.name} is removed.")
    if notice:
        say(notice)
    return 0


def connection_secret(name: str, entry: str, *, forget: bool, anyway: bool) -> int:
    """`fleetdesk connections secret`: replace or forget one, or say which are kept."""
    settings = laptop_settings()
    connection = Connections(settings.data_dir).get(name)
    if connection.kind is not ConnectionKind.DIRECT:
        raise Refused("no_secrets", f"The connection {connection.name} has no secrets on this laptop but its session.")
    book = _book(settings)
    if not entry:
        kept = book.keys(connection).kept()
        for each in ENTRIES:
            sys.stdout.write(f"{each} ({entry_words(each)}): {'kept' if each in kept else 'not kept'}\n")
        return 0
    variable_of(entry)
    if forget:
        book.keys(connection).forget(entry)
        say(f"Forgotten: {entry}.")
        return 0
    _keep(book, connection, {entry: _secret(entry)}, anyway=anyway)
    say(f"Kept: {entry}. A window that is open uses it from its next start.")
    return 0


def _kept(settings: LaptopSettings, name: str, given: Given, *, anyway: bool) -> Connection:
    book = _book(settings)
    connection = book.changed(name or (given.kind or ConnectionKind.HUB).value, given.kind, given.parts)
    _keep(book, connection, {DATABASE: _secret(DATABASE)} if given.direct else {}, anyway=anyway)
    say(f"The connection {connection.name} is kept.")
    return connection


def _keep(book: ConnectionBook, connection: Connection, secrets: Mapping[str, str], *, anyway: bool) -> None:
    if not anyway:
        say("Looking whether it works …")
    try:
        book.keep(connection, secrets, anyway=anyway)
    except DiskFull:
        raise
    except Unavailable as error:
        raise Unavailable(error.what, kept="Nothing was changed.", do=f"{error.do} {_ANYWAY}".strip()) from error


def _secret(entry: str) -> str:
    """A secret from the environment, the terminal or standard input. Raises BadSettings, Refused."""
    variable = variable_of(entry)
    text = os.environ.get(variable, "")
    if text:
        say(f"Taken from {variable}: the {entry_words(entry)}.")
    else:
        text = secret_line(f"The {entry_words(entry)} (it is not shown): ")
    if entry == DATABASE:
        address = DatabaseAddress.parse(text)
        say(f"The database {address.place}.")
        if not agreed("Is that the right one?"):
            raise Refused("not_agreed", "Nothing was done.")
    return text


def _open(connection: Connection, settings: LaptopSettings, open_demo: Callable[[], int]) -> int:
    if connection.kind is ConnectionKind.DEMO:
        return open_demo()
    demand_display()
    # Late, with all of Qt: the command line does without.
    with no_collection():
        from fleetdesk.qt.doorbell import ring
        from fleetdesk.team.window import run_team

    folder = connection_folder(settings, connection)
    if folder.exists() and ring(folder, ""):
        say("FleetDesk is running already; its window was brought forward.")
        return 0
    return run_team(connection, settings, say)


def _chosen(settings: LaptopSettings) -> Connection | None:
    with no_collection():
        from fleetdesk.team.chooser import choose_connection

    return choose_connection(settings, DEMO)


def _book(settings: LaptopSettings) -> ConnectionBook:
    def opened(connection: Connection) -> Vault:
        locked = vault_of(settings, connection)
        return locked.unlock(passphrase_of_files(locked.wanted)).vault

    return ConnectionBook(settings, opened)


def _waits(unsent: Unsent, *, with_unsent: bool) -> str:
    found = [
        f"{count:,} {one if count == 1 else many}"
        for count, one, many in (
            (unsent.changes, "change", "changes"),
            (unsent.inbox, "change in the Inbox", "changes in the Inbox"),
            (unsent.documents, "document", "documents"),
        )
        if count
    ]
    listing = ", ".join(found)
    if with_unsent:
        return f"What was never sent will be deleted, for good: {listing}."
    return (
        f"Never sent: {listing}. It stays on this laptop, encrypted, and is found again when a connection of the same"
        " name is added; `--with-unsent` deletes it."
    )
