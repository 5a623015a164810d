"""The demo's hosted side: an embedded PostgreSQL with a data set, and a hub as a process of its own.

Everything lives under one folder; starting again finds it. A server named by `FLEETDESK_DATABASE_URL` is used in the
place of the embedded one, and is neither started nor stopped.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from fleetdesk.demo.dataset import load_dataset
from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.demo.postgres import Database, EmbeddedPostgres, Server, prepare_database
from fleetdesk.errors import AlreadyRunning, FleetDeskError
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub_process import HubProcess
from fleetdesk.models.ids import Clock, SystemClock

__all__ = ["HostedDemo"]

_DATABASE = "fleetdesk_demo"
_SEED = 20_240_501
_LOOK_SECONDS = 1.0


class HostedDemo:
    """Starts, in order: the lock, PostgreSQL, migrations, the data set, the issuer and the hub; stops them in reverse.

    `say` is told each step in one short sentence.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        say: Callable[[str], None] = lambda _: None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.folder = folder
        self._clock = clock or SystemClock()
        self._say = say
        self._server_url = environment.get("FLEETDESK_DATABASE_URL", "")
        self._postgres = EmbeddedPostgres(folder / "postgres")
        self._lock = FileLock(folder / "demo.lock")
        self._hub: HubProcess | None = None
        self._database: Database | None = None
        self.issuer = DemoIssuer(self._clock)

    @property
    def hub_url(self) -> str:
        """Where the hub listens."""
        assert self._hub is not None, "the demo is not started"
        return self._hub.url

    @property
    def database(self) -> Database:
        """The demo's database, for checks by plain SQL."""
        assert self._database is not None, "the demo is not started"
        return self._database

    def start(self) -> None:
        """Start everything. Raises AlreadyRunning, DiskFull or Unavailable, having stopped what it started."""
        self._own()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that was started, the database last."""
        if self._hub is not None:
            self._hub.stop()
        if not self._server_url:
            self._postgres.stop()
        self._lock.release()

    def reset(self) -> None:
        """Delete the demo's data, hosted and local. Raises AlreadyRunning beside a running demo."""
        if not self.folder.exists():
            return
        self._own()
        try:
            self._postgres.remove()
        finally:
            self._lock.release()
        shutil.rmtree(self.folder)

    def restart_hub(self) -> None:
        """End the hub as a crash would, and start it again at the same address."""
        assert self._hub is not None, "the demo is not started"
        self._hub.kill()
        self._hub.start()

    def mend(self) -> None:
        """Start again what died meanwhile, at the same address: the database, then the hub. Raises as `start` does."""
        assert self._hub is not None, "the demo is not started"
        if not self._server_url and not self._postgres.alive:
            self._say("The database ended; starting it again …")
            self._postgres.start()
        if not self._hub.alive:
            self._say("The hub ended; starting it again …")
            self._hub.kill()
            self._hub.start()

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Look every second, in a thread of its own, whether something died, and start it again."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(_LOOK_SECONDS):
                with contextlib.suppress(FleetDeskError):  # the windows say that the hub cannot be reached; try again
                    self.mend()

        watch = threading.Thread(target=look, name="fleetdesk-demo-watch", daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _own(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise AlreadyRunning(
                f"The demo is already running from {self.folder}.", do="Use its window, or close it first."
            ) from None

    def _start(self) -> None:
        server = Server.at(self._server_url) if self._server_url else self._start_postgres()
        self._database = prepare_database(server, _DATABASE)
        self._say("Preparing the tables …")
        migrate(self._database.owner.url)
        load_dataset(self._database.owner.url, now=self._first_start(), seed=_SEED)
        self._say("Starting the hub …")
        keys = self.folder / "issuer-keys.json"
        self.issuer.write_keys(keys)
        self._hub = HubProcess(
            {
                "FLEETDESK_DATABASE_URL": self._database.hub.url,
                **self.issuer.settings(keys),
            },
            log=self.folder / "hub.log",
        )
        self._hub.start()

    def _start_postgres(self) -> Server:
        self._say("Starting the database …")
        return self._postgres.start()

    def _first_start(self) -> dt.datetime:
        """The instant that the data set is relative to: that of the first start, remembered."""
        note = self.folder / "first-start.txt"
        if not note.exists():
            note.write_text(self._clock.now().isoformat())
        return dt.datetime.fromisoformat(note.read_text().strip())
