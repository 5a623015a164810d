"""What the command line does with a session: sign out, carry waiting changes elsewhere and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import Refused, SignInNeeded
from fleetdesk.models.ids import SystemClock
from fleetdesk.settings import LaptopSettings, laptop_settings
from fleetdesk.sync.files.sealed import demand_sealed, demand_writable
from fleetdesk.sync.files.vault import has_vault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.sync.store.local_store import Counts, LocalStore
from fleetdesk.team.laptop import TeamLaptop, connection_folder
from fleetdesk.team.vaults import vault_of
from fleetdesk.terminal import asked, chosen, passphrase_of_files, say

__all__ = ["leave", "sign_out", "take_in"]


def sign_out(name: str, *, export: Path | None, anyway: bool) -> int:
    """`fleetdesk sign-out`: 1, and nothing done, while changes wait that were neither exported nor left on purpose."""
    if export is not None:
        demand_writable(export)
    laptop, who = _signed_in(name)
    return leave(laptop, who, export=export, anyway=anyway, passphrase=_passphrase_of_export, say=say)


def leave(
    laptop: TeamLaptop,
    who: SignedInAs,
    *,
    export: Path | None,
    anyway: bool,
    passphrase: Callable[[], str],
    say: Callable[[str], None],
) -> int:
    """Sign out, unless work waits for which it is not said what becomes of it. `passphrase` is asked for the export."""
    with closing(_store(laptop, who)) as store:
        counts = store.counts()
        if counts.waiting + counts.inbox and export is None and not anyway:
            say(_warning(counts))
            return 1
        if export is not None:
            carried = store.carry_off(export, passphrase())
            say(f"{_changes(carried)} in {export}. `fleetdesk take-in` reads it, on any laptop of yours.")
    farewell = asyncio.run(laptop.session().sign_out())
    say(farewell.notice or "You are signed out.")
    return 0


def take_in(file: Path, name: str) -> int:
    """`fleetdesk take-in`: has the changes of such a file wait here."""
    demand_sealed(file)
    laptop, who = _signed_in(name)
    with closing(_store(laptop, who)) as store:
        taken = store.take_in(file, asked(f"Passphrase of {file.name}: "))
    say(f"Taken in: {_changes(taken.taken)}. Here already: {taken.known:,}.")
    return 0


def _signed_in(name: str) -> tuple[TeamLaptop, SignedInAs]:
    settings = laptop_settings()
    connection = _hub(Connections(settings.data_dir).get(name))
    if not has_vault(connection_folder(settings, connection)):
        raise _nobody()  # and no passphrase is chosen for files that nobody has
    laptop = _laptop(connection, settings)
    who = asyncio.run(laptop.session().person())
    if who is None:
        raise _nobody()
    return laptop, who


def _nobody() -> SignInNeeded:
    return SignInNeeded("Nobody is signed in.", do="`fleetdesk connect` signs you in.")


def _laptop(connection: Connection, settings: LaptopSettings) -> TeamLaptop:
    locked = vault_of(settings, connection)
    opened = locked.unlock(passphrase_of_files(locked.wanted))
    return TeamLaptop(connection, settings, opened.vault, fleet_platform(), SystemClock())


def _store(laptop: TeamLaptop, who: SignedInAs) -> LocalStore:
    store, _ = laptop.open_store(who)
    return store


def _hub(connection: Connection) -> Connection:
    if connection.kind is ConnectionKind.DEMO:
        raise Refused(
            "no_hub",
            f"The connection {connection.name} is {connection.kind}, and nobody signs in to that.",
            do="`fleetdesk demo` opens the demo.",
        )
    return connection


def _warning(counts: Counts) -> str:
    waiting, inbox = _changes(counts.waiting), _changes(counts.inbox)
    return (
        f"Nothing was done, as work waits: {waiting} to be sent, {inbox} in the Inbox."
        " `--export FILE` takes them along in a file under a passphrase; with `--anyway` they stay here, encrypted,"
        " and are sent when you sign in again on this laptop."
    )


def _changes(count: int) -> str:
    return f"{count:,} {'change' if count == 1 else 'changes'}"


def _passphrase_of_export() -> str:
    return chosen("the file")
