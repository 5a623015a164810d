"""The hosted database gets a newer version's schema while laptops work through a hub of this one."""

from __future__ import annotations

import threading
from collections import Counter

from fleetdesk.errors import Unavailable
from fleetdesk.hub.migrate import migrate
from fleetdesk.models.status import SyncState
from tests.hub.releases import NEXT
from tests.hub.support import Hosted
from tests.sync.running import Laptops, RunningHub, RunningLaptop

_MORE_EACH = 15
"""How many leads each laptop makes once the migration is through."""


class Worker:
    """A person who makes leads and renames each, without a pause, until told to come to an end."""

    def __init__(self, laptop: RunningLaptop, name: str) -> None:
        self.laptop = laptop
        self.companies: list[str] = []
        self._name = name
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def end(self) -> None:
        """Have them do a few things more, and then wait until the hub has all of it."""
        self._ending.set()
        self._thread.join()
        self.laptop.wait_until_settled()

    def _work(self) -> None:
        more = _MORE_EACH
        while more:
            company = f"{self._name} {len(self.companies)}"
            lead = self.laptop.create(f"{company}, as first written")
            self.laptop.rename(lead, f"{company}, as first written", company)
            self.companies.append(company)
            more -= self._ending.is_set()


def test_laptops_that_push_and_pull_all_the_time_lose_nothing_while_a_newer_version_migrates(
    hub: RunningHub, laptops: Laptops, hosted: Hosted
) -> None:
    one, two = laptops.live("one"), laptops.live("two")
    workers = [Worker(one, "one"), Worker(two, "two")]
    try:
        two.wait_until(lambda: bool(leads_at(one)) and bool(leads_at(two)))
        migrate(hosted.database.owner.url, hosted.database.hub.user, release=NEXT)
    finally:
        for worker in workers:
            worker.end()
    made = Counter(company for worker in workers for company in worker.companies)
    assert Counter(company for (company,) in hosted.rows("SELECT company FROM sys_demo_lead")) == made
    for laptop in (one, two):
        laptop.wait_until(lambda laptop=laptop: Counter(leads_at(laptop)) == made)  # type: ignore[misc]
        assert not {SyncState.ERROR, SyncState.REFUSED, SyncState.SHUT_OUT} & set(laptop.states)
        assert laptop.store.counts().inbox == 0
    still_ready(hosted)


def leads_at(laptop: RunningLaptop) -> list[str]:
    return [company for (company,) in laptop.rows("SELECT company FROM sys_demo_lead")]


def still_ready(hosted: Hosted) -> None:
    try:
        hosted.hub().demand_ready()
    except Unavailable as error:
        raise AssertionError("the hub of the version before is not ready any more") from error
