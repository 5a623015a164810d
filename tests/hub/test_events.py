"""The live signal: it reaches those whose scopes changed, tells them nothing, and ends with the session."""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import psycopg
import pytest

from fleetdesk.hub.events import GATHERING_SECONDS, Watcher
from fleetdesk.hub.service import Hub
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import Role, own_scope
from fleetdesk.models.ids import Clock
from tests.devices import Signing
from tests.hub.support import Hosted, TrustingVerifier, insert_lead, listening, person_id

CHANGED = "event: changed\ndata:\n\n"
RIGHTS = "event: rights\ndata:\n\n"
PATIENCE = 20.0


class Listener:
    """Collects what comes over one connection."""

    def __init__(self, url: str, role: Role) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer user_{role}"}
        self._heard: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._client = httpx.Client(timeout=PATIENCE, auth=Signing(f"user_{role}"))
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def hear(self) -> str:
        """The next piece; fails if none comes in a long time, and is empty when the stream has ended."""
        return self._heard.get(timeout=PATIENCE)

    def hears_nothing_for(self, seconds: float) -> bool:
        try:
            self._heard.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def hears_no_end_for(self, seconds: float) -> bool:
        """Whether the stream goes on, whatever comes meanwhile."""
        try:
            while self._heard.get(timeout=seconds):
                pass
        except queue.Empty:
            return True
        return False

    def join(self) -> None:
        self._thread.join(PATIENCE)
        self._client.close()

    def _listen(self) -> None:
        with self._client.stream("GET", self._url + "/v1/events", headers=self._headers) as answer:
            for text in answer.iter_text():
                self._heard.put(text)
        self._heard.put("")


class Audience:
    """The listeners of one test; each has heard the first words, so that what it hears next is news."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def join(self, url: str, role: Role = Role.COMMERCIAL) -> Listener:
        """One listener more."""
        listener = Listener(url, role)
        self._listeners.append(listener)
        assert listener.hear() == CHANGED
        # The watcher's own first word may come a little later.
        while not listener.hears_nothing_for(1.3 * GATHERING_SECONDS + 0.3):
            pass
        return listener

    def leave(self) -> None:
        """The hub has stopped, which ends all streams."""
        for listener in self._listeners:
            listener.join()


@pytest.fixture
def audience() -> Iterator[Audience]:
    audience = Audience()
    yield audience
    audience.leave()


@pytest.fixture
def hub(hosted: Hosted) -> Hub:
    return hosted.hub()


def test_a_change_is_signalled_to_who_holds_its_scope(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url:
        sales = audience.join(url)
        with hosted.owner() as connection:
            insert_lead(connection)
        assert sales.hear() == CHANGED


def test_a_change_is_not_signalled_to_who_does_not_hold_its_scope(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url:
        finance = audience.join(url, Role.FINANCE)
        with hosted.owner() as connection:
            insert_lead(connection)
        assert finance.hears_nothing_for(0.5)


def test_a_change_of_what_is_ones_own_is_signalled_to_oneself_alone(
    hosted: Hosted, hub: Hub, audience: Audience
) -> None:
    with listening(hub) as url:
        sales, finance = audience.join(url), audience.join(url, Role.FINANCE)
        with hosted.owner() as connection:
            insert_lead(connection, scope=own_scope(person_id(Role.COMMERCIAL)))
        assert (sales.hear(), finance.hears_nothing_for(0.5)) == (CHANGED, True)


def test_a_removal_is_signalled(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with listening(hub) as url:
        sales = audience.join(url)
        hosted.execute("DELETE FROM sys_demo_lead")
        assert sales.hear() == CHANGED


def test_a_transaction_is_signalled_when_it_commits_and_not_before(
    hosted: Hosted, hub: Hub, audience: Audience
) -> None:
    with listening(hub) as url, hosted.owner() as connection:
        sales = audience.join(url)
        insert_lead(connection)
        quiet = sales.hears_nothing_for(0.5)
        connection.commit()
        assert (quiet, sales.hear()) == (True, CHANGED)


def test_a_change_behind_an_open_transaction_is_signalled(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url, hosted.owner() as held, hosted.owner() as other:
        sales = audience.join(url)
        insert_lead(held)
        insert_lead(other)
        other.commit()
        assert sales.hear() == CHANGED


def test_changes_close_upon_one_another_are_signalled_twice_at_most(
    hosted: Hosted, hub: Hub, audience: Audience
) -> None:
    with listening(hub) as url:
        sales = audience.join(url)
        for _ in range(10):
            with hosted.owner() as connection:
                insert_lead(connection)
        # One word for the first, one for the others.
        heard = [sales.hear(), sales.hear()]
        assert (heard, sales.hears_nothing_for(1.3 * GATHERING_SECONDS + 0.3)) == ([CHANGED, CHANGED], True)


@pytest.mark.parametrize(("listeners", "least", "most"), [(1, 0.375, 0.625), (20, 7.5, 12.5)])
def test_the_more_listen_the_longer_words_to_each_are_gathered(
    hosted: Hosted, hub: Hub, listeners: int, least: float, most: float
) -> None:
    watcher = Watcher(hub.database, hosted.platform, interval=1, wakes_a_second=2)
    with ExitStack() as held:
        for _ in range(listeners):
            held.enter_context(watcher.subscribe(frozenset()))
        assert all(least <= watcher.gathering() <= most for _ in range(100))


def test_nothing_is_signalled_while_nothing_changes(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url:
        sales = audience.join(url)
        with hosted.owner() as connection:
            insert_lead(connection)
            connection.rollback()
        assert sales.hears_nothing_for(0.5)


def test_a_change_made_through_one_hub_is_signalled_by_another(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as one, listening(hosted.hub()) as another:
        here, there = audience.join(one), audience.join(another)
        with hosted.owner() as connection:
            insert_lead(connection)
        assert (here.hear(), there.hear()) == (CHANGED, CHANGED)


def test_a_person_whose_role_changed_hears_of_it_and_then_of_their_new_scopes(
    hosted: Hosted, hub: Hub, audience: Audience
) -> None:
    with listening(hub) as url:
        finance = audience.join(url, Role.FINANCE)
        hosted.execute(
            "UPDATE adm_members SET role = 'platform_commercial' WHERE user_id = %s", person_id(Role.FINANCE)
        )
        told = finance.hear()
        with hosted.owner() as connection:
            insert_lead(connection)
        assert (told, finance.hear()) == (RIGHTS, CHANGED)


def test_the_role_of_another_is_no_change_of_ones_own_rights(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url:
        sales = audience.join(url)
        hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE user_id = %s", person_id(Role.SUPPORT))
        assert sales.hear() == CHANGED


def test_a_person_who_was_let_go_hears_no_more(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url:
        sales = audience.join(url)
        hosted.execute("UPDATE adm_members SET status = 'suspended'")
        assert [sales.hear(), sales.hear()] == [RIGHTS, ""]


def test_a_stream_ends_with_its_session(hosted: Hosted) -> None:
    hub = hosted.hub()
    hub.verifier = _ShortLived(hosted.clock)
    with listening(hub) as url:
        sales = Listener(url, Role.COMMERCIAL)
        heard = list(iter(sales.hear, ""))
        sales.join()
        assert heard[0] == CHANGED


def test_streams_end_when_the_hub_stops(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url:
        sales = audience.join(url)
    while sales.hear():
        pass


def test_a_watcher_survives_its_connection(hosted: Hosted, hub: Hub, audience: Audience) -> None:
    with listening(hub) as url:
        sales = audience.join(url)
        with psycopg.connect(hosted.database.admin.url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'fleetdesk_hub'")
        woken = sales.hear()
        with hosted.owner() as connection:
            insert_lead(connection)
        assert (woken, sales.hear()) == (CHANGED, CHANGED)


class _ShortLived(TrustingVerifier):
    """Gives sessions that end in a moment."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._until = clock.now() + dt.timedelta(seconds=1)

    def verify(self, token: str) -> Identity:
        return Identity(token, self._until)
