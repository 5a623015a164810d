"""A direct connection: a super admin's own hub, with a real provider and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.app import open_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.direct.keys import DATABASE, DirectKeys
from fleetdesk.direct.own_hub import OwnHub, try_hub
from fleetdesk.errors import BadSettings, NotAllowed, Offline, Unavailable
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import RUN_HEADER
from fleetdesk.sync.engine.backoff import Backoff
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.sync.signin.provider import Provider
from fleetdesk.team.laptop import TeamLaptop
from tests.hub.support import Hosted, insert_lead, person_id
from tests.signin.provider import CLIENT, STAFF, Browser, RealProvider
from tests.sync.running import QUICK, Haste

ADMIN, SALES = f"user_{Role.SUPER_ADMIN}", f"user_{Role.COMMERCIAL}"


@pytest.fixture
def connection(provider: RealProvider) -> Connection:
    return Connection(
        name="own", kind=ConnectionKind.DIRECT, issuer=provider.issuer, client_id=CLIENT, organisation_id=STAFF
    )


@pytest.fixture
def keys(vault: MemoryVault, hosted: Hosted) -> DirectKeys:
    """The secrets of the connection: its database's address."""
    keys = DirectKeys(vault, "own")
    keys.keep(DATABASE, hosted.database.hub.url)
    return keys


@pytest.fixture
def own(connection: Connection, keys: DirectKeys, tmp_path: Path) -> Iterator[OwnHub]:
    """Its hub, which serves."""
    with OwnHub(connection, keys, tmp_path, backoff=Backoff(Haste("own"), first=0.1)) as own:
        asyncio.run(own.wait())
        yield own


def laptop(
    connection: Connection, provider: RealProvider, vault: MemoryVault, own: OwnHub, folder: Path, login: str
) -> TeamLaptop:
    """FleetDesk as it starts, with that person at the browser."""
    return TeamLaptop(
        connection,
        replace(QUICK, data_dir=folder),
        vault,
        fleet_platform(),
        SystemClock(),
        browse=Browser(login),
        provider=Provider(provider.registration()),
        door=own.door,
    )


def test_a_super_admin_signs_in_and_sees_the_database(
    qtbot: QtBot,
    qapp: QApplication,
    connection: Connection,
    provider: RealProvider,
    vault: MemoryVault,
    own: OwnHub,
    hosted: Hosted,
    tmp_path: Path,
) -> None:
    with hosted.owner() as owner:
        lead = insert_lead(owner)
    machine = laptop(connection, provider, vault, own, tmp_path, ADMIN)
    who = asyncio.run(machine.sign_in())
    store, person = machine.open_store(who)
    opened = open_desktop(
        qapp,
        store,
        machine.client(machine.session(who), who),
        person,
        platform=fleet_platform(),
        settings=replace(QUICK, data_dir=tmp_path),
        clock=SystemClock(),
    )
    status = opened.desktop.base.status
    try:
        qtbot.waitUntil(lambda: status.status.state is SyncState.LIVE, timeout=30_000)
        with store.reading() as here:
            found = [tuple(row) for row in here.exec_driver_sql("SELECT id FROM sys_demo_lead")]

        # The hub dies: the window says that it is offline, and is back by itself.
        before, told = own.pid, []
        assert before is not None
        status.changed.connect(lambda each: told.append(each.state))
        own.running = opened.desktop.base.sync.sync_now
        os.kill(before, signal.SIGKILL)
        qtbot.waitUntil(lambda: SyncState.OFFLINE in told, timeout=30_000)
        qtbot.waitUntil(lambda: status.status.state is SyncState.LIVE, timeout=60_000)
    finally:
        opened.close()
        store.close()
    assert (person.id, found) == (person_id(Role.SUPER_ADMIN), [(lead,)])
    assert own.pid not in (None, before)


def test_a_sales_person_is_sent_to_their_teams_hub(
    connection: Connection, provider: RealProvider, vault: MemoryVault, own: OwnHub, tmp_path: Path
) -> None:
    machine = laptop(connection, provider, vault, own, tmp_path, SALES)
    with pytest.raises(NotAllowed, match="for a super admin alone") as told:
        asyncio.run(machine.sign_in())
    assert "team's hub" in told.value.do
    assert asyncio.run(machine.session().person()) is None


def test_another_program_without_the_secret_gets_nothing(own: OwnHub) -> None:
    door = own.door()
    assert httpx.get(door.url + "/readyz").status_code == 403
    assert httpx.get(door.url + "/readyz", headers={RUN_HEADER: door.secret}).status_code == 200


def test_each_start_has_a_secret_of_its_own(connection: Connection, keys: DirectKeys, tmp_path: Path) -> None:
    secrets = set()
    for _ in range(2):
        with OwnHub(connection, keys, tmp_path) as own:
            asyncio.run(own.wait())
            secrets.add(own.door().secret)
    assert len(secrets) == 2


def test_before_it_serves_and_after_it_is_closed_nothing_gets_through(
    connection: Connection, keys: DirectKeys, tmp_path: Path
) -> None:
    own = OwnHub(connection, keys, tmp_path)
    with pytest.raises(Offline, match="is starting"):
        own.door()
    with own:
        asyncio.run(own.wait())
        pid = own.pid
    with pytest.raises(Offline):
        own.door()
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_a_hub_that_is_gone_is_not_spoken_to_any_more(connection: Connection, keys: DirectKeys, tmp_path: Path) -> None:
    """Whoever takes its port must not hear of the secret, nor of a token."""
    with OwnHub(connection, keys, tmp_path, backoff=Backoff(random.Random(1), first=600.0)) as own:
        asyncio.run(own.wait())
        assert own.pid is not None
        hub = psutil.Process(own.pid)
        hub.kill()
        hub.wait(60)
        with pytest.raises(Offline, match="ended; it is started again"):
            own.door()


@contextmanager
def bypassing(hosted: Hosted) -> Iterator[str]:
    """The address of the database as somebody for whom no policy holds."""
    hub = hosted.database.hub
    with psycopg.connect(hosted.database.admin.url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE bypassing LOGIN BYPASSRLS PASSWORD 'pass' IN ROLE {hub.user}".encode())
        try:
            yield hub.url.replace(f"{hub.user}:{hub.password}@", "bypassing:pass@")
        finally:
            admin.execute("DROP ROLE bypassing")


def test_the_owner_of_the_tables_is_refused_with_what_to_do(
    connection: Connection, keys: DirectKeys, hosted: Hosted, tmp_path: Path
) -> None:
    keys.keep(DATABASE, hosted.database.owner.url)
    with OwnHub(connection, keys, tmp_path) as own:
        with pytest.raises(BadSettings, match="must not connect as") as told:
            asyncio.run(own.wait())
        with pytest.raises(Offline, match="must not connect as"):
            own.door()
    assert "owns no table" in told.value.do


def test_whoever_bypasses_the_policies_is_refused(
    connection: Connection, keys: DirectKeys, hosted: Hosted, tmp_path: Path
) -> None:
    with bypassing(hosted) as url:
        keys.keep(DATABASE, url)
        with pytest.raises(BadSettings, match="must not connect as “bypassing”"):
            try_hub(connection, keys, tmp_path)


def test_a_refusal_that_was_mended_is_tried_again(
    connection: Connection, keys: DirectKeys, hosted: Hosted, tmp_path: Path
) -> None:
    keys.keep(DATABASE, hosted.database.owner.url)
    with OwnHub(connection, keys, tmp_path, backoff=Backoff(Haste("own"), first=600.0)) as own:
        with pytest.raises(BadSettings):
            asyncio.run(own.wait())
        keys.keep(DATABASE, hosted.database.hub.url)
        asyncio.run(own.wait())
        own.door()


def test_a_provider_that_is_away_is_named(connection: Connection, keys: DirectKeys, tmp_path: Path) -> None:
    away = connection.model_copy(update={"issuer": "http://127.0.0.1:9"})
    with pytest.raises(Unavailable, match=r"sign-in service 127\.0\.0\.1:9 cannot be reached"):
        try_hub(away, keys, tmp_path)


def test_a_place_where_no_log_can_be_written_is_told(connection: Connection, keys: DirectKeys, tmp_path: Path) -> None:
    with OwnHub(connection, keys, tmp_path / "nowhere") as own, pytest.raises(Unavailable, match="cannot be started"):
        asyncio.run(own.wait())


def test_a_long_log_is_set_aside(connection: Connection, keys: DirectKeys, tmp_path: Path) -> None:
    (tmp_path / "hub.log").write_text("x" * 5_000_001)
    with OwnHub(connection, keys, tmp_path) as own:
        asyncio.run(own.wait())
    assert (tmp_path / "hub.log.previous").stat().st_size == 5_000_001
    assert (tmp_path / "hub.log").stat().st_size < 100_000


_APP = """
import asyncio, json, sys, time
from pathlib import Path
from fleetdesk.direct.keys import DirectKeys
from fleetdesk.direct.own_hub import OwnHub
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection

given = json.loads(sys.stdin.readline())
keys = DirectKeys(MemoryVault(), "own")
keys.keep("database", given["database"])
own = OwnHub(Connection.model_validate(given["connection"]), keys, Path(sys.argv[1]))
own.start()
asyncio.run(own.wait())
print(json.dumps([own.pid, own.door().secret]), flush=True)
time.sleep(600)
"""


def test_killed_the_app_leaves_no_hub_behind_and_secrets_are_nowhere_in_the_clear(
    connection: Connection, hosted: Hosted, tmp_path: Path
) -> None:
    given = {"database": hosted.database.hub.url, "connection": connection.model_dump(mode="json")}
    app = subprocess.Popen(
        [sys.executable, "-c", _APP, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with app:
        assert app.stdin is not None
        assert app.stdout is not None
        app.stdin.write(json.dumps(given) + "\n")
        app.stdin.flush()
        pid, secret = json.loads(app.stdout.readline())
        hub = psutil.Process(pid)
        shown = json.dumps([hub.cmdline(), hub.environ(), psutil.Process(app.pid).cmdline()])
        app.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs([hub], timeout=60)
    written = "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    assert alive == []
    assert [word for word in (secret, hosted.database.hub.password) if word in shown + written] == []
    assert "listening" not in written
