"""A process whose files may not outgrow the replica's log: the outbox takes one more command, the replica does not."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.base import Key
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.sync.store.local_store import FileKeys, LocalStore


class _Laptop:
    """A store and what is asked of it."""

    def __init__(self, folder: Path) -> None:
        self._clock = SystemClock()
        self._folder = folder
        keys = FileKeys(replica=b"r" * 32, outbox=b"o" * 32, documents=b"d" * 32)
        self.store = LocalStore.open(folder, keys=keys, platform=fleet_platform(), clock=self._clock)

    def create(self) -> tuple[Key, str]:
        """Create a lead; its key, and how that ended."""
        act = CreateLead(id=new_id(), issued_at=self._clock.now(), lead_id=new_id(), values={"company": "Acme"})
        [verdict] = self.store.perform(act)
        return Key("sys_demo_lead", act.lead_id), "settled" if verdict.settled else "refused"

    def holds(self, key: Key) -> str:
        """Whether the row is there."""
        with self.store.reading() as connection:
            found = connection.exec_driver_sql(f"SELECT 1 FROM {key.table} WHERE id = ?", (key.id,)).one_or_none()
        return "missing" if found is None else "present"

    def log_size(self) -> int:
        """Bytes of the replica's log, which grows faster than the outbox's."""
        name = (self._folder / "replica.current").read_text()
        return (self._folder / f"{name}-wal").stat().st_size


def main() -> None:
    """Work on the folder named on the command line; with a second word, stop without closing anything."""
    laptop = _Laptop(Path(sys.argv[1]))
    for _ in range(20):
        laptop.create()
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (laptop.log_size(), most))
    key, outcome = laptop.create()
    missing = laptop.holds(key)
    if len(sys.argv) > 2:
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    _, later = laptop.create()
    sys.stdout.write(f"{outcome} {missing} {later} {laptop.holds(key)}\n")
    laptop.store.close()


if __name__ == "__main__":
    main()
