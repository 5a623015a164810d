"""A hub process stops while laptops work, and another takes its place: they notice nothing but a pause."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.models.access import Role
from fleetdesk.models.status import SyncState
from tests.hub.processes import address, process
from tests.hub.support import Hosted
from tests.sync.running import Laptops, RunningLaptop

_LEADS = 40_000
_MESSAGE = 200
"""Letters in each lead's message, so that the load comes in several blocks."""


@pytest.fixture
def token(issuer: DemoIssuer) -> str:
    return issuer.token(f"user_{Role.COMMERCIAL}", "platform_commercial")


def hubs(settings: dict[str, str], folder: Path) -> Generator[str]:
    """The address of hubs, one after the other; each next one is there when the one before was asked to stop."""
    port = "0"
    while True:
        with process(settings | {"FLEETDESK_PORT": port}, folder / "log") as hub:
            url = address(hub)
            port = url.rsplit(":", 1)[1]
            yield url
            hub.send_signal(signal.SIGTERM)
            assert hub.wait(30) == 0


def test_a_laptop_at_work_loses_and_doubles_nothing(
    hosted: Hosted, settings: dict[str, str], token: str, tmp_path: Path
) -> None:
    with closing(hubs(settings, tmp_path)) as one_after_another, Laptops(next(one_after_another), tmp_path) as laptops:
        laptop = laptops.new(token=token)
        laptop.wait_for_state(SyncState.LIVE)
        made = laptop.create_many(700)
        laptop.wait_until(lambda: laptop.store.counts().waiting < 700)
        next(one_after_another)
        made += laptop.create_many(10)
        laptop.wait_until_settled()
    assert Counter(id for (id,) in hosted.rows("SELECT id FROM sys_demo_lead")) == Counter(made)


def test_a_load_under_way_goes_on_at_the_next_hub(
    hosted: Hosted, settings: dict[str, str], token: str, tmp_path: Path
) -> None:
    hosted.execute(
        "INSERT INTO sys_demo_lead (id, company, message, scope, status, tags, activity_count, search_key,"
        " stage_changed_at, created_at, updated_at) SELECT 'lead-' || n, 'Company ' || n, repeat('x', %s), 'leads',"
        " 'new', '[]', 0, '', now(), now(), now() FROM generate_series(1, %s) AS n",
        _MESSAGE,
        _LEADS,
    )
    with closing(hubs(settings, tmp_path)) as one_after_another, Laptops(next(one_after_another), tmp_path) as laptops:
        laptop = laptops.new(token=token)
        laptop.wait_until(lambda: loaded(laptop) > 0)
        asked_at = loaded(laptop)
        next(one_after_another)
        laptop.wait_for_state(SyncState.LIVE)
        assert laptop.rows("SELECT count(*) FROM sys_demo_lead") == [(_LEADS,)]
    assert asked_at < _LEADS


def loaded(laptop: RunningLaptop) -> int:
    """The rows that a load under way has brought so far, by its latest word."""
    return max((status.progress.rows for status in laptop.statuses if status.progress), default=0)
