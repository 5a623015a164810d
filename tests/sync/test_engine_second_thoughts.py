"""What stays on the laptop for second thoughts is sent by itself once they are over."""

from __future__ import annotations

import datetime as dt

from fleetdesk.commands.leads import MoveLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import Stage
from fleetdesk.models.status import SyncState
from tests.hub.support import Hosted, insert_lead
from tests.sync.running import Laptops


def test_a_move_is_sent_when_it_is_due_without_anything_else_happening(hosted: Hosted, laptops: Laptops) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection, activity_count=1)
    laptop = laptops.new(second_thoughts=dt.timedelta(seconds=0.2))
    laptop.wait_for_state(SyncState.LIVE)
    laptop.wait_for_company(lead, "Al Noor Transport")
    now = laptop.clock.now()
    move = MoveLead(id=new_id(), issued_at=now, lead_id=lead, base=Stage.NEW, to=Stage.CONTACTED, activity_id=new_id())
    assert laptop.store.perform(move)[0].settled

    laptop.wait_until_settled()

    assert dt.timedelta(seconds=0.2) < laptop.clock.now() - now < dt.timedelta(seconds=4.5)
    assert hosted.rows("SELECT status FROM sys_demo_lead WHERE id = %s", lead) == [("contacted",)]
