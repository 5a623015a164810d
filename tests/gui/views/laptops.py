"""Laptops of the staff: in use, locked, revoked, and emptied with what was handed in; names that are long or Arabic."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from fleetdesk.models.access import Scope
from fleetdesk.models.devices import Device, EditKind, QuarantinedEdit
from fleetdesk.models.types import JsonValue
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import NOW, pull

__all__ = ["EMPTIED", "LAYLAS", "LOCKED", "REVOKED", "Told", "bring_laptops", "device", "edit"]

LAYLAS, LOCKED, REVOKED, EMPTIED = "device-layla", "device-camille", "device-omar", "device-victor"


@dataclass(frozen=True)
class Told:
    """What a laptop told last, in hours ago and to come."""

    contact: float = 0.05
    waiting: int | None = 0
    lease: float | None = 71.9
    revoked: float | None = None
    handed_in: float | None = None
    names: tuple[str, str] = ("tp-layla", "Linux 6.8")
    reason: str = field(default="Left in a taxi on the way from the airport")


def _ago(hours: float | None) -> dt.datetime | None:
    return None if hours is None else NOW - dt.timedelta(hours=hours)


def device(device_id: str, person_id: str, told: Told) -> Device:
    """One laptop."""
    contact, lease = _ago(told.contact), told.lease
    assert contact is not None
    return Device(
        id=device_id,
        scope=Scope.MEMBERS,
        person_id=person_id,
        name=told.names[0],
        system=told.names[1],
        app_version="1.4.0",
        registered_at=NOW - dt.timedelta(days=200),
        last_contact_at=contact,
        waiting=told.waiting,
        lease_until=None if lease is None else NOW + dt.timedelta(hours=lease),
        revoked_at=_ago(told.revoked),
        revoked_by=None if told.revoked is None else "person-nadia",
        revocation_reason=None if told.revoked is None else told.reason,
        handed_in_at=_ago(told.handed_in),
    )


def edit(number: int, kind: EditKind, sentence: str, payload: dict[str, JsonValue], hours: float) -> QuarantinedEdit:
    """One edit that Victor's laptop handed in."""
    return QuarantinedEdit(
        id=f"{EMPTIED}:{number}",
        scope=Scope.MEMBERS,
        device_id=EMPTIED,
        person_id="person-victor",
        kind=kind,
        name="leads.edit",
        sentence=sentence,
        target_table="sys_demo_lead" if number % 2 else None,
        target_id="lead-1" if number % 2 else None,
        made_at=NOW - dt.timedelta(hours=hours),
        received_at=NOW - dt.timedelta(hours=1),
        payload=payload,
    )


def bring_laptops(store: LocalStore) -> None:
    """Six of them."""
    note = "Asked for the offer in Arabic; their new fleet manager is Mr Al Ketbi, reachable after prayer."
    pull(
        store,
        device(LAYLAS, "person-layla", Told()),
        device("device-layla-2", "person-layla", Told(names=("LAYLA-DESKTOP", "Windows 11"), contact=30, lease=42)),
        device(
            LOCKED,
            "person-camille",
            Told(names=("MacBook de Camille", "Darwin 24.1"), contact=100, lease=-28, waiting=14),
        ),
        device(
            REVOKED, "person-omar", Told(names=("حاسوب عمر", "Linux 6.1"), contact=5, waiting=3, lease=67, revoked=2)
        ),
        device(EMPTIED, "person-victor", Told(names=("victor-x1", "Windows 11"), contact=1, revoked=20, handed_in=1)),
        device(
            "device-new",
            "person-nadia",
            Told(names=("nadia-book-with-a-rather-long-host-name", "Linux 6.8"), waiting=None, lease=None),
        ),
        edit(1, EditKind.WAITING, "Edited a lead", {"edits": {"company": "Al Noor"}}, 21),
        edit(2, EditKind.WAITING, "Imported a file of leads", {}, 22),
        edit(3, EditKind.INBOX, "Moved a lead to qualified", {}, 30),
        edit(4, EditKind.DRAFT, "Was writing", {"text": note, "details": {}}, 20.5),
    )
