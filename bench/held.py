"""How long a window is held up while its laptop loads and sends: real desktop, engine and hub; a process of its own.

It is worked as `bench.window` is. A stretch is the time from one turn of the GUI thread's event loop to the next.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from sqlalchemy import text

from bench.figures import NotMeasured
from bench.record import ROLE, EditProspect, Prospect, bench_platform
from bench.watched import Watch, rest
from bench.window import serve
from fleetdesk.app import open_desktop
from fleetdesk.commands.core import FieldEdit
from fleetdesk.models.access import ACCESS
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import Person
from fleetdesk.settings import LaptopSettings
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["Held"]

_KEYS = FileKeys(replica=bytes(32), outbox=bytes(32), documents=bytes(32))
_PERSON = Person(
    id="bench", name="Bench", email="bench@example.com", role=ROLE, scopes=tuple(sorted(ACCESS.scopes(ROLE, "bench")))
)
_QUIET = 2.0
_TABLE = Prospect.__tablename__


class Held:
    """Answers the bench's requests: seconds that the work took, and the longest stretch meanwhile in milliseconds."""

    def __init__(self, app: QApplication, config: dict[str, str]) -> None:
        folder = Path(config["folder"])
        self._store = LocalStore.open(folder, keys=_KEYS, platform=bench_platform(), clock=SystemClock())
        key = DeviceKey(bytes.fromhex(config["device"]))
        self._opened = open_desktop(
            app,
            self._store,
            HubClient(config["url"], StaticTokens(config["token"]), signer=DeviceSigner(lambda: key)),
            _PERSON,
            platform=bench_platform(),
            settings=LaptopSettings(data_dir=folder),
            clock=SystemClock(),
        )
        self._bench = self._opened.desktop.bench
        self._bench.navigator.show_screen("leads")

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked."""
        return self.load() if request["do"] == "load" else self.push(request["edits"])

    def close(self) -> None:
        """Close the window, then the files."""
        self._opened.close()
        self._store.close()

    def load(self) -> dict[str, Any]:
        """The first load, from the start of the window on."""
        watch, status = Watch(), self._bench.status
        watch.until(lambda: status.status.state is SyncState.LIVE and not self._store.needs_load, "first load")
        return _told(watch)

    def push(self, edits: int) -> dict[str, Any]:
        """So many edits, made while sending was paused, until all have verdicts."""
        self._bench.sync.pause()
        rest(_QUIET)
        done: list[int] = []
        self._bench.runner.run(
            lambda _cancel: self._edit(edits), on_success=done.append, owner=self._bench.runner, cancel_key="edits"
        )
        Watch().until(lambda: bool(done), "edits")
        rest(_QUIET)
        watch, status = Watch(), self._bench.status
        self._bench.sync.resume()
        watch.until(lambda: not status.status.pending and status.status.state is SyncState.LIVE, "verdicts")
        if status.status.inbox:
            raise NotMeasured(f"{status.status.inbox} edits were not accepted")
        return _told(watch)

    def _edit(self, edits: int) -> int:
        rng = random.Random(edits)
        with self._store.reading() as connection:
            last: int = connection.scalar(text(f"SELECT max(row_key) FROM {_TABLE}")) or 0
            apart = text(f"SELECT id, fleet_size FROM {_TABLE} WHERE row_key % :apart = 0 LIMIT :edits")
            rows = connection.execute(apart, {"apart": max(1, last // edits), "edits": edits}).all()
        for row in rows:
            edit = {"fleet_size": FieldEdit(row.fleet_size, rng.randint(1_000, 1_000_000))}
            self._store.perform(
                EditProspect(id=new_id(), issued_at=SystemClock().now(), prospect_id=row.id, edits=edit)
            )
        return len(rows)


def _told(watch: Watch) -> dict[str, Any]:
    return {"held": 1000 * watch.longest, "own": 1000 * watch.longest_own}


if __name__ == "__main__":
    serve(Held)
