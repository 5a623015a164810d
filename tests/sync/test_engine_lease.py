"""The lease begins anew with each contact that the hub took, and with nothing else."""

from __future__ import annotations

import datetime as dt

from fleetdesk.models.lease import Lease
from fleetdesk.models.status import SyncState
from tests.faults import FaultProxy
from tests.sync.running import Laptops, ShiftedClock

SPAN = dt.timedelta(hours=72)
LONG = dt.timedelta(hours=80)


def test_a_contact_begins_the_lease_anew(laptops: Laptops) -> None:
    clock = ShiftedClock()
    laptop = laptops.new(clock=clock, start=False)
    laptop.store.note_time()
    clock.ahead = LONG
    assert laptop.store.note_time().left(SPAN) <= dt.timedelta()
    laptop.start()
    laptop.wait_until(lambda: laptop.store.note_time().left(SPAN) > dt.timedelta())


def test_what_the_hub_does_not_answer_is_none(laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.new(start=False)
    network.cut()
    laptop.start()
    laptop.wait_for_state(SyncState.OFFLINE)
    assert Lease.read(laptop.store.kept.get("lease")) is None
