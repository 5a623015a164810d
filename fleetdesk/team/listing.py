"""The connections as people see them: what each is, where it leads, when it was last opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.team.laptop import connection_folder

__all__ = ["DEMO", "Listed", "address_of", "kind_words", "listed", "note_use"]

_USED = "used"
DEMO = Connection(name="demo", kind=ConnectionKind.DEMO)


@dataclass(frozen=True, slots=True)
class Listed:
    """One connection, and when its window was opened last on this laptop."""

    connection: Connection
    last_used: dt.datetime | None = None


def listed(settings: LaptopSettings) -> Sequence[Listed]:
    """All connections, the one that was used last first; those never used after them, by name. Raises BadFile."""
    found = [
        Listed(each, _last_used(connection_folder(settings, each)))
        for each in Connections(settings.data_dir).all().values()
    ]
    long_ago = dt.datetime.min.replace(tzinfo=dt.UTC)
    found.sort(key=lambda each: each.connection.name)
    return sorted(found, key=lambda each: each.last_used or long_ago, reverse=True)


def note_use(folder: Path) -> None:
    """Remember that a connection is opened now. It is for the list alone: a disk that is full does not matter."""
    with suppress(OSError):
        (folder / _USED).touch()


def kind_words(connection: Connection) -> str:
    """What kind of connection it is, in words."""
    return {
        ConnectionKind.HUB: "A team’s hub",
        ConnectionKind.DIRECT: "Directly to the database",
        ConnectionKind.DEMO: "The demo of this machine",
    }[connection.kind]


def address_of(connection: Connection) -> str:
    """Where it leads: the hub, or where a super admin signs in; a database's address is a secret."""
    if connection.kind is ConnectionKind.DIRECT:
        return f"sign-in at {urlsplit(connection.issuer).netloc}"
    return connection.hub_url


def _last_used(folder: Path) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp((folder / _USED).stat().st_mtime, dt.UTC)
    except OSError:
        return None
