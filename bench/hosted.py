"""The bench's hosted side: a durable PostgreSQL of its own with the bench's rows, and hubs, each a process."""

from __future__ import annotations

from pathlib import Path

from bench.dataset import PERSON, build
from bench.record import ROLE
from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.demo.postgres import Database, EmbeddedPostgres, Server, prepare_database
from fleetdesk.demo.registering import registered
from fleetdesk.hub_process import HubProcess
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.signin.device import new_seed

__all__ = ["HostedSide", "Service"]

_UNCOUNTED = {
    "FLEETDESK_REQUESTS_EACH": "0",
    "FLEETDESK_REQUESTS_PER_ADDRESS": "0",
    "FLEETDESK_STRANGERS_PER_ADDRESS": "0",
}


class HostedSide:
    """One server and any number of databases in it; `stop` ends all that was started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres = EmbeddedPostgres(folder / "postgres", durable=True)
        self._server: Server | None = None
        self._issuer = DemoIssuer()
        self._services: list[Service] = []

    def database(self, name: str) -> Database:
        """A new, empty database."""
        if self._server is None:
            self._server = self._postgres.start()
        return prepare_database(self._server, name)

    def serve(self, rows: int, *, hubs: int = 1, colleagues: int = 0) -> Service:
        """A new database with so many prospects and colleagues, and hubs before it.

        Where one person does the work of many, their requests are not counted.
        """
        database = self.database(f"bench_{len(self._services)}")
        build(database, rows, colleagues=colleagues)
        folder = self._folder / f"hub-{len(self._services)}"
        service = Service(database, rows, self._issuer, folder, hubs=hubs, counted=colleagues > 0)
        self._services.append(service)
        service.start()
        return service

    def stop(self) -> None:
        """End the hubs and the server, and delete the server's files."""
        for service in self._services:
            service.stop()
        self._postgres.stop()
        self._postgres.remove()


class Service:
    """One database with its hubs; `url` is where the first one listens."""

    def __init__(
        self, database: Database, rows: int, issuer: DemoIssuer, folder: Path, *, hubs: int, counted: bool
    ) -> None:
        self.database = database
        self.rows = rows
        self._issuer = issuer
        folder.mkdir()
        keys = folder / "keys.json"
        issuer.write_keys(keys)
        settings = {
            "FLEETDESK_DATABASE_URL": database.hub.url,
            **issuer.settings(keys),
            **({} if counted else _UNCOUNTED),
        }
        self.hubs = [
            HubProcess(settings, log=folder / f"hub-{number}.log", module=("bench.hub",)) for number in range(hubs)
        ]

    def start(self) -> None:
        """Start the hubs."""
        for hub in self.hubs:
            hub.start()

    def stop(self) -> None:
        """End the hubs."""
        for hub in self.hubs:
            hub.stop()

    @property
    def url(self) -> str:
        """Where the first hub listens."""
        return self.hubs[0].url

    def access(self, provider_id: str = PERSON, *, url: str = "") -> dict[str, str]:
        """What a laptop of the bench's person, or of a colleague, needs to be known: a hub's address, a token, a key.

        The hub is the first one, unless its address is given.
        """
        seed, url = new_seed(), url or self.url
        registered(url, self._issuer, provider_id, ROLE, DeviceKey(seed))
        return {"url": url, "token": self.token(provider_id), "device": seed.hex()}

    def token(self, provider_id: str = PERSON) -> str:
        """A session token of the bench's person, or of a colleague."""
        return self._issuer.token(provider_id, ROLE)
