"""A colleague's laptop, as a process: loads, changes one field of one lead, waits for the verdict, and ends.

Reads one JSON object on standard input (`Errand`), because a token has no place on a command line; writes one with the
verdict to standard output.
"""

from __future__ import annotations

import dataclasses
import json
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.laptop import HeadlessLaptop
from fleetdesk.errors import Unavailable
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.queries.lead_detail import lead_detail
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["Errand", "send"]

_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Errand:
    """What the colleague does, and as whom."""

    folder: str
    hub_url: str
    token: str
    device: str
    """The private key of their laptop, in hexadecimal; the hub knows it."""
    person_id: str
    role: str
    lead_id: str
    field: str
    value: str


def send(errand: Errand) -> dict[str, str]:
    """Run the errand in a process of its own; gives what it reports. Raises Unavailable if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "fleetdesk.demo.tour.colleague"],
        input=json.dumps(dataclasses.asdict(errand)),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"The colleague's laptop failed: {done.stderr.strip()[-500:]}")
    report: dict[str, str] = json.loads(done.stdout)
    return report


def _run(errand: Errand) -> dict[str, str]:
    platform, clock = fleet_platform(), SystemClock()
    store = LocalStore.open(
        Path(errand.folder),
        keys=FileKeys(*(secrets.token_bytes(32) for _ in range(3))),
        platform=platform,
        clock=clock,
        actor=Actor(errand.person_id, Role(errand.role)),
    )
    key = DeviceKey(bytes.fromhex(errand.device))
    signer = DeviceSigner(lambda: key)
    laptop = HeadlessLaptop(store, errand.hub_url, errand.token, signer, platform.schema.version, clock)
    try:
        with laptop:
            laptop.wait_until(lambda: not store.needs_load)
            laptop.wait_until_settled()
            with store.reading() as connection:
                lead = lead_detail(connection, errand.lead_id)
            if lead is None:
                raise Unavailable("The colleague does not see the lead.")
            base = getattr(lead, errand.field)
            edit = EditLead(
                id=new_id(),
                issued_at=clock.now(),
                lead_id=errand.lead_id,
                edits={errand.field: FieldEdit(base=base, new=errand.value)},
            )
            verdict = store.perform(edit)[0]
            laptop.wait_until_settled()
    finally:
        store.close()
    return {"verdict": str(verdict.kind), "before": str(base), "after": errand.value}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(Errand(**json.loads(sys.stdin.readline())))))
