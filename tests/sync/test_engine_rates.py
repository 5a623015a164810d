"""A laptop that asks more often than the hub lets it: it waits, and nothing is lost or doubled by that."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection

from fleetdesk.errors import Busy, TooMany
from fleetdesk.hub.receipts import Receipts
from fleetdesk.protocol import Verdict, WireCommand
from tests.faults import FaultProxy, Refuse
from tests.hub.support import Hosted, insert_lead
from tests.sync.running import Laptops, RunningHub

PER_PERSON = 1_200
MINE = "user_platform_commercial"


@pytest.fixture
def strict(hosted: Hosted) -> Iterator[RunningHub]:
    """A hub that counts, where the person has used up what they may ask; twenty requests a second come back."""
    with RunningHub(hosted, requests_each=PER_PERSON) as hub:
        with contextlib.suppress(TooMany):
            while True:
                hub.hub.rates.admit_person(MINE)
        yield hub


def test_what_is_done_while_the_hub_refuses_arrives_once(
    hosted: Hosted, strict: RunningHub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "fleetdesk.sync.engine")
    with Laptops(strict.url, tmp_path) as laptops:
        laptop, other = laptops.new("one"), laptops.new("other")
        leads = []
        for number in range(30):
            leads.append(laptop.create(f"Taxi {number}"))
            laptop.wait_until_settled()
        other.wait_until(lambda: all(other.company(lead) for lead in leads))
    told = [record for record in caplog.records if getattr(record, "reason", "") == "Busy"]
    assert told, "nobody was told to wait"
    assert hosted.rows("SELECT count(*), count(DISTINCT target_id) FROM sys_audit_event") == [(30, 30)]
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead") == [(30,)]


class _BusyAtFirst(Receipts):
    """Lets the first push wait for half an hour."""

    def __init__(self) -> None:
        self.pushes = 0

    def known(
        self, connection: Connection, person_id: str, commands: Mapping[int, WireCommand], last_sequence: int
    ) -> dict[str, Verdict]:
        self.pushes += 1
        if self.pushes == 1:
            raise Busy("Not now.", seconds=1_800.0)
        return super().known(connection, person_id, commands, last_sequence)


def test_a_push_that_was_told_to_wait_waits_though_a_pull_finds_the_hub_again(hosted: Hosted, tmp_path: Path) -> None:
    receipts = _BusyAtFirst()
    with (
        RunningHub(hosted, receipts=receipts) as hub,
        FaultProxy(hub.address) as network,
        Laptops(network.url, tmp_path) as laptops,
    ):
        laptop = laptops.live()
        laptop.create("mine")
        laptop.wait_until(lambda: receipts.pushes == 1)
        network.play(Refuse(), path="/v1/pull")
        for company in ("one", "another"):
            with hosted.owner() as connection:
                lead = insert_lead(connection, company=company)
            laptop.wait_for_company(lead, company)
        assert (network.waiting, receipts.pushes) == (0, 1)
        laptop.engine.sync_now()
        laptop.wait_until_settled()
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead WHERE company = 'mine'") == [(1,)]
