"""The bench's hosted side: a durable PostgreSQL of its own with the bench's rows, and a hub as a process of its own."""

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

    def serve(self, rows: int) -> Service:
        """A new database with so many prospects, and a hub before it."""
        database = self.database(f"bench_{len(self._services)}")
        build(database, rows)
        service = Service(database, rows, self._issuer, self._folder / f"hub-{len(self._services)}")
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
    """One database with its hub."""

    def __init__(self, database: Database, rows: int, issuer: DemoIssuer, folder: Path) -> None:
        self.database = database
        self.rows = rows
        self._issuer = issuer
        folder.mkdir()
        keys = folder / "keys.json"
        issuer.write_keys(keys)
        self._hub = HubProcess(
            {
                "FLEETDESK_DATABASE_URL": database.hub.url,
                **issuer.settings(keys),
            },
            log=folder / "hub.log",
            module=("bench.hub",),
        )

    def start(self) -> None:
        """Start the hub."""
        self._hub.start()

    def stop(self) -> None:
        """End the hub."""
        self._hub.stop()

    @property
    def url(self) -> str:
        """Where the hub listens."""
        return self._hub.url

    def access(self) -> dict[str, str]:
        """What a laptop of the bench's person needs: the hub's address, a token, and the key by which it is known."""
        seed = new_seed()
        registered(self.url, self._issuer, PERSON, ROLE, DeviceKey(seed))
        return {"url": self.url, "token": self.token(), "device": seed.hex()}

    def token(self) -> str:
        """A session token of the bench's person."""
        return self._issuer.token(PERSON, ROLE)
