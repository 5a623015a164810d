"""A hub process that is asked to stop: what runs is finished, what is new goes elsewhere, and it ends in its time."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello, PushAnswer, PushRequest
from tests.devices import Signing
from tests.hub.acts import note, wired
from tests.hub.processes import address, process
from tests.hub.support import Hosted

_COMMANDS = 500
_SALES = f"user_{Role.COMMERCIAL}"


@dataclass
class Busy:
    """A hub process with a push of 500 commands under way, which waits for a row that somebody holds."""

    hub: subprocess.Popen[str]
    url: str
    push: Future[httpx.Response]
    release: Callable[[], None]


@contextmanager
def busy(hosted: Hosted, settings: dict[str, str], issuer: DemoIssuer, lead: str, folder: Path) -> Iterator[Busy]:
    request = PushRequest(
        laptop_id=new_id(),
        first_sequence=1,
        confirmed=0,
        commands=tuple(wired(hosted, *(note(lead, f"note-{number}") for number in range(_COMMANDS)))),
    )
    with process(settings, folder / "log") as hub, ThreadPoolExecutor(1) as pool, hosted.owner() as holder:
        url = address(hub)
        holder.execute("SELECT FROM sys_demo_lead FOR UPDATE")
        push = pool.submit(
            httpx.post,
            url + "/v1/push",
            content=request.model_dump_json(),
            headers={**bearer(issuer), "Content-Type": "application/json"},
            auth=Signing(_SALES),
            timeout=60,
        )
        wait_for_a_waiting_lock(hosted)
        try:
            yield Busy(hub, url, push, holder.rollback)
        finally:
            holder.rollback()


def test_a_push_under_way_is_answered_and_whole(
    hosted: Hosted, settings: dict[str, str], issuer: DemoIssuer, lead: str, tmp_path: Path
) -> None:
    with busy(hosted, settings, issuer, lead, tmp_path) as busily:
        busily.hub.send_signal(signal.SIGTERM)
        until(lambda: refuses(busily.url))
        busily.release()
        answer = PushAnswer.model_validate_json(busily.push.result().content)
        assert busily.hub.wait(30) == 0
    assert [receipt.verdict.settled for receipt in answer.receipts] == [True] * _COMMANDS
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead_activity") == [(_COMMANDS,)]


def test_what_does_not_end_in_its_time_is_cut_and_the_process_has_stopped(
    hosted: Hosted, settings: dict[str, str], issuer: DemoIssuer, lead: str, tmp_path: Path
) -> None:
    with busy(hosted, settings | {"FLEETDESK_GRACE_SECONDS": "0.2"}, issuer, lead, tmp_path) as busily:
        busily.hub.send_signal(signal.SIGTERM)
        assert busily.hub.wait(30) == 0
        assert isinstance(busily.push.exception(), httpx.RemoteProtocolError) or busily.push.result().status_code >= 500
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead_activity") == [(0,)]


def test_a_chore_that_does_not_come_to_an_end_holds_up_nobody(
    hosted: Hosted, settings: dict[str, str], tmp_path: Path
) -> None:
    with hosted.owner() as holder, process(settings | {"FLEETDESK_GRACE_SECONDS": "0.2"}, tmp_path / "log") as hub:
        # Sealing waits for it, without a limit of its own.
        holder.execute("LOCK TABLE sys_audit_seal")
        address(hub)
        wait_for_a_waiting_lock(hosted)
        hub.send_signal(signal.SIGTERM)
        assert hub.wait(30) == 0
        holder.rollback()


def test_asked_twice_it_ends_at_once(
    hosted: Hosted, settings: dict[str, str], issuer: DemoIssuer, lead: str, tmp_path: Path
) -> None:
    with busy(hosted, settings | {"FLEETDESK_GRACE_SECONDS": "600"}, issuer, lead, tmp_path) as busily:
        busily.hub.send_signal(signal.SIGTERM)
        until(lambda: refuses(busily.url))
        busily.hub.send_signal(signal.SIGTERM)
        assert busily.hub.wait(30) == 128 + signal.SIGTERM
        busily.push.exception()
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead_activity") == [(0,)]


def test_behind_a_balancer_it_says_that_it_stops_and_still_serves_for_a_while(
    settings: dict[str, str], issuer: DemoIssuer, tmp_path: Path
) -> None:
    with process(settings | {"FLEETDESK_DRAIN_SECONDS": "600"}, tmp_path / "log") as hub:
        url = address(hub)
        hub.send_signal(signal.SIGTERM)
        until(lambda: httpx.get(url + "/readyz").status_code == 503)
        hello = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION).model_dump()
        greeted = httpx.post(url + "/v1/hello", json=hello, headers=bearer(issuer), auth=Signing(_SALES))
        said = httpx.get(url + "/readyz").json()["title"]
    assert (greeted.status_code, said) == (200, "The hub is stopping.")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_has_stopped_well_when_asked_by(settings: dict[str, str], tmp_path: Path, sent: signal.Signals) -> None:
    with process(settings, tmp_path / "log") as hub:
        address(hub)
        hub.send_signal(sent)
        assert hub.wait(30) == 0


def bearer(issuer: DemoIssuer) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token(_SALES, 'platform_commercial')}"}


def refuses(url: str) -> bool:
    try:
        httpx.get(url + "/livez")
    except (httpx.ConnectError, httpx.ReadError):  # the second, if it was taken in as the listener closed
        return True
    return False


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        pass


def wait_for_a_waiting_lock(hosted: Hosted) -> None:
    with psycopg.connect(hosted.database.admin.url, autocommit=True) as admin:
        until(lambda: bool(admin.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall()))
