"""A process that creates leads, one after the other, and names each command once it is kept; until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.sync.store.local_store import FileKeys, LocalStore


def main() -> None:
    """Work on the folder named on the command line."""
    clock = SystemClock()
    keys = FileKeys(replica=b"r" * 32, outbox=b"o" * 32, documents=b"d" * 32)
    store = LocalStore.open(Path(sys.argv[1]), keys=keys, platform=fleet_platform(), clock=clock)
    while True:
        act = CreateLead(id=new_id(), issued_at=clock.now(), lead_id=new_id(), values={"company": "Acme"})
        store.perform(act)
        sys.stdout.write(f"{act.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
