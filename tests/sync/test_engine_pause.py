"""A pause outlives the process that was asked for it."""

from __future__ import annotations

from fleetdesk.models.status import SyncState
from tests.hub.support import Hosted
from tests.sync.running import Laptops


def _sent(hosted: Hosted, lead_id: str) -> bool:
    return bool(hosted.rows("SELECT 1 FROM sys_demo_lead WHERE id = %s", lead_id))


def test_a_pause_lasts_through_a_restart(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    laptop.engine.pause()
    lead = laptop.create("mine")
    laptops.close(laptop)

    again = laptops.new()
    again.wait_for_state(SyncState.PAUSED)

    assert (again.engine.paused, _sent(hosted, lead)) == (True, False)


def test_a_pause_is_on_the_disk_while_it_runs(laptops: Laptops) -> None:
    laptop = laptops.live()
    laptop.engine.pause()

    laptop.wait_until(lambda: laptop.store.paused)


def test_a_laptop_that_was_resumed_sends_after_a_restart(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    laptop.engine.pause()
    laptop.engine.resume()
    laptops.close(laptop)

    again = laptops.new()
    lead = again.create("mine")
    again.wait_until_settled()

    assert _sent(hosted, lead)
