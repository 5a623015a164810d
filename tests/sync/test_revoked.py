"""A running laptop that is revoked: it stops within moments; what waits on it is handed in, in parts if need be."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from fleetdesk.commands.devices import RevokeDevice
from fleetdesk.hub.quarantine import Quarantine
from fleetdesk.models.access import Role
from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import HANDED_IN_LIMIT, HandedIn, TakenIn
from fleetdesk.sync.engine.handing_in import HandedOver, hand_in
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from tests.devices import key_of, signer_of
from tests.hub.support import Hosted, Laptop
from tests.sync.running import Laptops, RunningHub, RunningLaptop

SALES = f"user_{Role.COMMERCIAL}"


def revoke(hosted: Hosted) -> None:
    command = RevokeDevice(
        id=new_id(), issued_at=hosted.clock.now(), device_id=key_of(SALES).device_id, reason="Left in a taxi"
    )
    assert Laptop(hosted.hub(), Role.SUPER_ADMIN).push(command)[0].settled


class ClientOfAnOlderHub(HubClient):
    """Of one that does not say how many were left out."""

    async def hand_in(self, edits: HandedIn) -> TakenIn:
        return TakenIn(kept=(await super().hand_in(edits)).kept)


def handed_over(hub: RunningHub, laptop: RunningLaptop, kind: type[HubClient] = HubClient) -> HandedOver:
    async def send() -> HandedOver:
        async with kind(hub.url, StaticTokens("dead"), silence=10.0, signer=signer_of(SALES)) as client:
            return await hand_in(client, laptop.store)

    return asyncio.run(send())


def handed_in(hub: RunningHub, laptop: RunningLaptop) -> int | None:
    return handed_over(hub, laptop).kept


def too_full(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> RunningLaptop:
    """A revoked laptop with seven edits of one size, before a hub that has room for about five."""
    laptop = laptops.live()
    revoke(hosted)
    laptop.wait_for_state(SyncState.REVOKED)
    laptop.create_many(7)
    [large] = {len(orjson.dumps(edit.payload)) for edit in laptop.store.edits_to_hand_in()}
    hub.hub.quarantine = Quarantine(hub.hub.database, hosted.platform, hosted.clock, most_bytes=5 * (large + 500))
    return laptop


def test_a_connected_laptop_hears_of_it_and_asks_for_nothing_more(
    hosted: Hosted, hub: RunningHub, laptops: Laptops
) -> None:
    assert hub.hosted is hosted
    laptop = laptops.live()
    revoke(hosted)
    laptop.wait_for_state(SyncState.REVOKED)
    laptop.stop()
    laptop.create("Bolt")
    assert laptop.status.state is SyncState.REVOKED
    assert hosted.rows("SELECT FROM sys_demo_lead") == []


def test_what_waits_is_handed_in_in_parts(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    laptop = laptops.live()
    revoke(hosted)
    laptop.wait_for_state(SyncState.REVOKED)
    laptop.create_many(HANDED_IN_LIMIT + 1)
    laptop.store.keep_draft(Key("sys_demo_lead", "l"), Draft("note", "half a sentence"))
    laptop.store.keep("form.leads.new", {"company": "Careem"})
    assert handed_in(hub, laptop) == HANDED_IN_LIMIT + 3
    assert handed_in(hub, laptop) == HANDED_IN_LIMIT + 3
    assert hosted.rows("SELECT kind, count(*) FROM sys_quarantine GROUP BY kind ORDER BY kind") == [
        ("draft", 2),
        ("waiting", HANDED_IN_LIMIT + 1),
    ]


def test_what_the_hub_has_no_room_for_is_left_out_and_super_admins_read_that(
    hosted: Hosted, hub: RunningHub, laptops: Laptops
) -> None:
    laptop = too_full(hosted, hub, laptops)
    in_order = [edit.id for edit in laptop.store.edits_to_hand_in()]
    kept = handed_in(hub, laptop)
    assert kept is not None
    assert 0 < kept < 7
    device = key_of(SALES).device_id
    ids = {row[0].removeprefix(f"{device}:") for row in hosted.rows("SELECT id FROM sys_quarantine")}
    assert ids == {*in_order[:kept], "left-out"}
    [(said,)] = hosted.rows("SELECT sentence FROM sys_quarantine WHERE name = 'left-out'")
    assert said.startswith(f"{7 - kept} edit")
    assert said.endswith("missing")
    assert hosted.rows("SELECT handed_in_at IS NOT NULL FROM sys_device WHERE id = %s", device) == [(True,)]


@pytest.mark.parametrize("kind", [HubClient, ClientOfAnOlderHub])
def test_what_is_lost_is_told_whatever_hub_says_so(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, kind: type[HubClient]
) -> None:
    laptop = too_full(hosted, hub, laptops)
    became = handed_over(hub, laptop, kind)
    kept = hosted.rows("SELECT FROM sys_quarantine WHERE name <> 'left-out'")
    assert became == HandedOver(len(kept), left_out=7 - len(kept))
    assert became.left_out


def test_after_a_last_answer_that_was_lost_it_tells_what_the_hub_kept(
    hosted: Hosted, hub: RunningHub, laptops: Laptops
) -> None:
    laptop = too_full(hosted, hub, laptops)
    unheard = handed_over(hub, laptop)
    assert unheard.left_out
    assert handed_over(hub, laptop) == unheard


def test_a_laptop_whose_counter_was_lost_goes_on_by_itself(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    laptops.live("one")
    hosted.execute("UPDATE sys_device_turn SET highest = highest + 1000000")
    late = laptops.live("two")
    lead = late.create("Bolt")
    late.wait_until_settled()
    assert hosted.rows("SELECT id FROM sys_demo_lead") == [(lead,)]


def test_it_tells_the_hub_how_long_it_opens_without_it(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    laptops.live()
    assert hosted.rows("SELECT lease_hours FROM sys_device_turn WHERE device_id = %s", key_of(SALES).device_id) == [
        (72.0,)
    ]
