"""The connections that a person can open, by name: one small file in the data folder. It holds no secret and no person.

Who works with a connection, signing in tells; a token or a name in here would be a way around that, and is refused.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from fleetdesk.errors import BadFile, BadSettings, DiskFull
from fleetdesk.sync.network.addresses import checked_address
from fleetdesk.sync.signin.registration import Registration

__all__ = ["Connection", "ConnectionKind", "Connections"]

_FILE = "connections.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class ConnectionKind(StrEnum):
    """How the hosted side is reached (ARCHITECTURE.md)."""

    HUB = "hub"
    DIRECT = "direct"
    DEMO = "demo"


class Connection(BaseModel):
    """One connection. A hub's needs all addresses, a direct one those of the sign-in; the demo names itself alone.

    Where a direct one's database is, the vault alone knows: the address holds a password. `ca_file`: certificates of
    authorities that are believed besides the known ones. `organisation_id`: the staff organisation's id at the sign-in
    service, which a team's hub knows by itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: ConnectionKind = ConnectionKind.HUB
    hub_url: str = ""
    issuer: str = ""
    client_id: str = ""
    organisation_id: str = ""
    ca_file: Path | None = None

    @property
    def registration(self) -> Registration:
        """What the provider knows of FleetDesk."""
        return Registration(self.issuer, self.client_id, self.ca_file)

    def demand_whole(self) -> None:
        """Raise BadSettings, saying what is missing or wrong."""
        if not _NAME.fullmatch(self.name):
            raise BadSettings(
                f"“{self.name}” is no name of a connection.", do="Use small letters, digits and dashes, 40 at most."
            )
        given = {what for what, value in self._addresses.items() if value}
        missing = [what for what in self._addresses if what in _NEEDED[self.kind] - given]
        if missing:
            raise BadSettings(
                f"The connection {self.name} lacks its {' and its '.join(missing)}.", do="Ask your administrator."
            )
        odd = [what for what in self._addresses if what in given - _NEEDED[self.kind] - _PERHAPS[self.kind]]
        if odd:
            raise BadSettings(f"The connection {self.name} ({self.kind}) has no {odd[0]}.", do="Leave it out.")
        for address, what in ((self.hub_url, "a hub"), (self.issuer, "a sign-in service")):
            if address:
                checked_address(address, what)

    @property
    def _addresses(self) -> dict[str, object]:
        return {
            _HUB: self.hub_url,
            _ISSUER: self.issuer,
            _CLIENT: self.client_id,
            _ORGANISATION: self.organisation_id,
            _AUTHORITIES: self.ca_file,
        }


_HUB, _ISSUER, _CLIENT = "hub's address", "sign-in service", "client id"
_ORGANISATION, _AUTHORITIES = "organisation id", "certificate authority"
_NEEDED = {
    ConnectionKind.HUB: {_HUB, _ISSUER, _CLIENT},
    ConnectionKind.DIRECT: {_ISSUER, _CLIENT},
    ConnectionKind.DEMO: set(),
}
_PERHAPS = {
    ConnectionKind.HUB: {_AUTHORITIES},
    ConnectionKind.DIRECT: {_AUTHORITIES, _ORGANISATION},
    ConnectionKind.DEMO: set(),
}


class Connections:
    """The file of a data folder. It is read anew each time: another process may have changed it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE

    def all(self) -> dict[str, Connection]:
        """All connections, by name. Raises BadFile where the file cannot be understood, naming what is wrong."""
        try:
            plain = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, orjson.JSONDecodeError) as error:
            raise self._broken("it is no JSON, or cannot be read") from error
        if not isinstance(plain, dict) or plain.keys() != {"connections"} or not isinstance(plain["connections"], list):
            raise self._broken("it is no list of connections")
        found: dict[str, Connection] = {}
        for entry in plain["connections"]:
            connection = self._read(entry)
            if connection.name in found:
                raise self._broken(f"two connections are called {connection.name}")
            found[connection.name] = connection
        return found

    def get(self, name: str) -> Connection:
        """The connection of that name; the only one there is if no name is given. Raises BadSettings, BadFile."""
        known = self.all()
        if not name and len(known) == 1:
            return next(iter(known.values()))
        if name in known:
            return known[name]
        names = f"There are {', '.join(sorted(known))}." if known else "There is none yet."
        raise BadSettings(
            f"There is no connection {name}." if name else "Which connection?",
            do=f"{names} `fleetdesk connect NAME --hub … --issuer … --client …` makes one.",
        )

    def keep(self, connection: Connection) -> None:
        """Add a connection, or put it in the place of the one of its name. Raises BadSettings, BadFile, DiskFull."""
        connection.demand_whole()
        self._write(self.all() | {connection.name: connection})

    def remove(self, name: str) -> None:
        """Take a connection out of the file; what lies in its folder stays. Raises BadSettings, BadFile, DiskFull."""
        kept = self.all()
        del kept[self.get(name).name]
        self._write(kept)

    def _write(self, kept: dict[str, Connection]) -> None:
        content = {"connections": [each.model_dump(mode="json", exclude_defaults=True) for each in kept.values()]}
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with fresh.open("wb") as file:
                file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise DiskFull(
                f"The connections cannot be kept: {error.strerror}.", do="Free some space and try again."
            ) from error

    def _read(self, entry: object) -> Connection:
        try:
            connection = Connection.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            raise self._broken(f"{'.'.join(map(str, first['loc'])) or 'an entry'}: {first['msg']}") from error
        try:
            connection.demand_whole()
        except BadSettings as error:
            raise self._broken(error.what.rstrip(".")) from error
        return connection

    def _broken(self, why: str) -> BadFile:
        return BadFile(
            f"The list of connections, “{self._path}”, cannot be used: {why}.",
            kept="It was left as it is.",
            do="Mend it, or move it away and add the connections again.",
        )
