"""A process on a disk of its own that is full to the last byte: unlocks a vault, reads the files, locks, destroys all.

The disk is a small one in memory: `unshare --map-root-user --mount` lets anybody mount it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import DiskFull, Invalid
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.sync.files.condemned import Condemned, Stage
from fleetdesk.sync.files.vault import LockedVault, Vault, file_keys
from fleetdesk.sync.store.local_store import LocalStore
from tests.unit.sync.keyrings import no_keyring

PASSPHRASE = "correct horse battery"
CLOCK = SystemClock()


def unlocked(folder: Path, typed: str = PASSPHRASE) -> Vault:
    return LockedVault(folder, backend=no_keyring()).unlock(typed).vault


def opened(folder: Path, vault: Vault) -> LocalStore:
    return LocalStore.open(
        folder / "laptop",
        keys=file_keys(vault, "hub.team.1"),
        platform=fleet_platform(),
        clock=CLOCK,
        actor=Actor("person-1", Role.COMMERCIAL),
    )


def create(store: LocalStore) -> None:
    store.perform(CreateLead(id=new_id(), issued_at=CLOCK.now(), lead_id=new_id(), values={"company": "Acme"}))


def fill(folder: Path) -> None:
    """Take every byte that is left."""
    with (folder / "of another program").open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def rows(store: LocalStore) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM sys_demo_lead").scalar_one())


def guess(folder: Path) -> str:
    """Try a wrong one: how that is answered."""
    try:
        unlocked(folder, "something else")
    except (DiskFull, Invalid) as error:
        return type(error).__name__
    return "opened"


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def main(folder: Path) -> None:
    """Say how each step ends."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], check=True)
    with closing(opened(folder, unlocked(folder))) as store:
        for _ in range(5):
            create(store)
        store.note_contact()
    for _ in range(2):
        fill(folder)
        with closing(opened(folder, unlocked(folder))) as store:
            fill(folder)
            lease = store.note_time()
            say("read", rows(store), len(store.pending()), lease.contact < lease.highest)
    vault = unlocked(folder)
    fill(folder)
    say("guessed", *(guess(folder) for _ in range(3)), json.loads((folder / "vault.attempts").read_text())["wrong"])
    (folder / "vault.attempts").unlink()
    fill(folder)
    say("uncounted", guess(folder))
    (folder / "of another program").unlink()
    opened(folder, vault).close()
    fill(folder)
    condemned = Condemned(folder / "laptop")
    condemned.note(Stage.TOLD)
    fill(folder)
    opened(folder, vault).close()
    fill(folder)
    say("condemned", condemned.stage)
    condemned.destroy(vault, "hub.team.1")
    say("destroyed", (folder / "laptop").exists(), b"hub.team.1" in (folder / "vault.json").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
