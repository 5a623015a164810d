"""A laptop that asks more often than the hub lets it: it waits, and nothing is lost or doubled by that."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.errors import TooMany
from tests.hub.support import Hosted
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
