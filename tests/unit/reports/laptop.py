"""A laptop's store: the real replica and outbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.ids import SystemClock
from fleetdesk.sync.store.local_store import FileKeys, LocalStore


@contextmanager
def opened(folder: Path, role: Role) -> Iterator[LocalStore]:
    """The store of someone who has loaded nothing yet."""
    store = LocalStore.open(
        folder / "laptop",
        keys=FileKeys(replica=b"r" * 32, outbox=b"o" * 32, documents=b"d" * 32),
        platform=fleet_platform(),
        clock=SystemClock(),
        actor=Actor("person-1", role),
    )
    try:
        yield store
    finally:
        store.close()
