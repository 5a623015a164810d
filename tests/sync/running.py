"""A hub that listens and laptops that run, in threads of the test's own process."""

from __future__ import annotations

import datetime as dt
import random
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from sqlalchemy import text

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead
from fleetdesk.commands.pending import PendingChange
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.demo.laptop import HeadlessLaptop
from fleetdesk.hub.serve import server_config
from fleetdesk.hub.service import Hub
from fleetdesk.hub.tokens import Verifier
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.protocol import Verdict
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.store.local_store import FileKeys, LocalStore
from tests.devices import signer_of
from tests.hub.support import Hosted, person_id

KEYS = FileKeys(replica=b"r" * 32, outbox=b"o" * 32, documents=b"d" * 32)
QUICK = LaptopSettings(pull_interval=0.02, poll_interval=5.0, request_timeout=5.0)


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class RunningHub:
    """One hub process's worth of threads; the same address however often it is stopped and started."""

    def __init__(self, hosted: Hosted, verifier: Verifier | None = None, **settings: Any) -> None:  # noqa: ANN401 (what the settings take)
        """Without a verifier it trusts every token."""
        self.hosted = hosted
        self._settings = settings
        self._verifier = verifier
        self._port = 0
        self._hub: Hub | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def hub(self) -> Hub:
        assert self._hub is not None
        return self._hub

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self._port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._hub = self.hosted.hub(verifier=self._verifier, **self._settings)
        self._server = _Server(server_config(self._hub, host="127.0.0.1", port=self._port))
        self._thread = threading.Thread(target=self._server.run, name="hub")
        self._thread.start()
        assert self._server.listening.wait(30)
        self._port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        assert self._server is not None
        assert self._thread is not None
        assert self._hub is not None
        self._hub.watcher.close()
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Haste(random.Random):
    """Chance that makes every wait short: what tests of the waits themselves do not use."""

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.random() / 20


class ShiftedClock:
    """The machine's clock, some hours wrong."""

    def __init__(self, ahead: dt.timedelta = dt.timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


class RunningLaptop(HeadlessLaptop):
    """A laptop with shorthand for what tests do and look at; it keeps every status that was reported."""

    def __post_init__(self) -> None:
        self.statuses: list[SyncStatus] = []
        super().__post_init__()

    def _note(self, status: SyncStatus) -> None:
        self.statuses.append(status)
        super()._note(status)

    @property
    def states(self) -> list[SyncState]:
        """The states so far, in order, each once for as long as it lasted."""
        states = [status.state for status in self.statuses]
        return [state for place, state in enumerate(states) if not place or states[place - 1] is not state]

    def wait_for_state(self, *states: SyncState) -> None:
        self.wait_until(lambda: self.status.state in states)

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """What a screen would read."""
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def company(self, lead_id: str) -> str | None:
        """The lead's company here; None if the lead is not."""
        found = self.rows("SELECT company FROM sys_demo_lead WHERE id = :id", id=lead_id)
        return found[0][0] if found else None

    def wait_for_company(self, lead_id: str, company: str | None) -> None:
        self.wait_until(lambda: self.company(lead_id) == company)

    def create(self, company: str) -> str:
        """Make a lead; gives its id."""
        command = self._creation(company)
        assert self.store.perform(command)[0].settled
        return command.lead_id

    def create_many(self, count: int) -> list[str]:
        """Make leads in one act; gives their ids."""
        commands = [self._creation(f"Company {number}") for number in range(count)]
        assert all(verdict.settled for verdict in self.store.perform(*commands))
        return [command.lead_id for command in commands]

    def _creation(self, company: str) -> CreateLead:
        return CreateLead(id=new_id(), issued_at=self.clock.now(), lead_id=new_id(), values={"company": company})

    def rename(self, lead_id: str, base: str | None, new: str) -> Verdict:
        """Edit a lead's company."""
        edits = {"company": FieldEdit(base=base, new=new)}
        command = EditLead(id=new_id(), issued_at=self.clock.now(), lead_id=lead_id, edits=edits)
        return self.store.perform(command)[0]

    @property
    def pending(self) -> Sequence[PendingChange]:
        return self.store.pending()

    def close(self) -> None:
        self.stop()
        self.store.close()


class Laptops:
    """Opens laptops on folders under `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._open: list[RunningLaptop] = []

    def new(
        self,
        name: str = "one",
        *,
        role: Role = Role.COMMERCIAL,
        clock: ShiftedClock | None = None,
        settings: LaptopSettings = QUICK,
        schema_version: int | None = None,
        platform: Platform | None = None,
        second_thoughts: dt.timedelta = dt.timedelta(),
        start: bool = True,
        token: str = "",
    ) -> RunningLaptop:
        """A laptop of the person of that role, which begins to load; the same files under the same name.

        `token` is for a hub that does not trust every one.
        """
        clock = clock or ShiftedClock()
        platform = platform or fleet_platform()
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        store = LocalStore.open(
            folder,
            keys=KEYS,
            platform=platform,
            clock=clock,
            actor=Actor(person_id(role), role),
            second_thoughts=second_thoughts,
        )
        laptop = RunningLaptop(
            store,
            self._url,
            token or f"user_{role}",
            signer_of(f"user_{role}"),
            schema_version or platform.schema.version,
            clock,
            settings,
            Haste(name),
        )
        self._open.append(laptop)
        if start:
            laptop.start()
        return laptop

    def live(
        self, name: str = "one", *, role: Role = Role.COMMERCIAL, platform: Platform | None = None
    ) -> RunningLaptop:
        """A laptop that has loaded and is in contact."""
        laptop = self.new(name, role=role, platform=platform)
        laptop.wait_for_state(SyncState.LIVE)
        return laptop

    def damage_replica(self, name: str) -> None:
        """Overwrite the replica's files with nonsense, as a failing disk might."""
        for path in (self._folder / name).glob("replica-*.db*"):
            with path.open("r+b") as file:
                file.write(b"\xa5" * path.stat().st_size)

    def close(self, laptop: RunningLaptop) -> None:
        """Shut it down as a person would."""
        self._open.remove(laptop)
        laptop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for laptop in self._open:
            laptop.close()
