"""The procedure of docs/operating.md: a dump, work after it, a restore elsewhere, and the laptops come back to that."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from fleetdesk.commands.devices import RevokeDevice
from fleetdesk.demo.postgres import Database, Dsn
from fleetdesk.demo.postgres.binaries import Binaries, find_binaries
from fleetdesk.hub.cli import hub_cli
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.models.status import SyncState
from fleetdesk.sync.doctor import diagnose
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from tests.devices import key_of, signer_of
from tests.hub.acts import note
from tests.hub.support import Hosted
from tests.sync.running import Laptops, RunningHub, RunningLaptop

pytestmark = pytest.mark.anyio


@pytest.fixture
def programs(hosted: Hosted) -> Binaries:
    """PostgreSQL's own programs, of the server's version."""
    with psycopg.connect(hosted.database.admin.url) as admin:
        return find_binaries(admin.info.server_version // 10_000)


@pytest.fixture
def elsewhere(hosted: Hosted) -> Iterator[Database]:
    """A new, empty database with the same roles, as another server would have it."""
    database = hosted.database.on(f"{hosted.database.name}_restored")
    with psycopg.connect(database.admin.to("postgres").url, autocommit=True) as admin:
        name, owner = sql.Identifier(database.name), sql.Identifier(database.owner.user)
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(name, owner))
        yield database
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


async def test_a_restored_database_gets_back_what_laptops_did_after_the_dump_once_and_nothing_is_lost(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, programs: Binaries, elsewhere: Database, tmp_path: Path
) -> None:
    one, two = laptops.live("one"), laptops.live("two")
    before = one.create("before the dump")
    one.wait_until_settled()
    hosted.hub().sealer.seal()
    noted = seal_of(hosted.database)
    dump = dumped(programs, hosted.database, tmp_path)

    after = [one.create("after the dump"), two.create("after it, by the other")]
    two.wait_until(lambda: two.company(before) is not None)
    two.rename(before, "before the dump", "renamed after it")
    two.store.perform(note(before, "a call after the dump"))
    settled(one, two)
    hub.stop()
    waiting = one.create("while the hub was away")

    restore(programs, dump, hosted, elsewhere)
    hub.start()
    settled(one, two)
    for laptop in (one, two):
        laptop.wait_until(lambda laptop=laptop: laptop.company(waiting) is not None)  # type: ignore[misc]

    assert Counter(hosted.rows("SELECT id, company FROM sys_demo_lead")) == Counter(
        {
            (before, "renamed after it"): 1,
            (after[0], "after the dump"): 1,
            (after[1], "after it, by the other"): 1,
            (waiting, "while the hub was away"): 1,
        }
    )
    assert hosted.rows("SELECT id FROM sys_demo_lead_activity") == [("a call after the dump",)]
    assert hosted.rows("SELECT activity_count FROM sys_demo_lead WHERE id = %s", before) == [(1,)]
    assert [laptop.store.counts().inbox for laptop in (one, two)] == [0, 0]
    hosted.hub().sealer.seal()
    assert "as they were sealed" in hub_command(elsewhere, "verify-audit", "--noted", noted)
    await looked_at_by_doctor(two, hub)


async def test_a_laptop_that_was_revoked_after_the_dump_is_revoked_again_once_the_admins_laptop_is_back(
    hosted: Hosted, hub: RunningHub, laptops: Laptops, programs: Binaries, elsewhere: Database, tmp_path: Path
) -> None:
    admin = laptops.live("admin", role=Role.SUPER_ADMIN)
    dump = dumped(programs, hosted.database, tmp_path)
    lost = key_of(f"user_{Role.COMMERCIAL}").device_id
    admin.store.perform(RevokeDevice(id=new_id(), issued_at=admin.clock.now(), device_id=lost, reason="Lost"))
    settled(admin)
    hub.stop()

    restore(programs, dump, hosted, elsewhere)
    revoked = "SELECT id FROM sys_device WHERE revoked_at IS NOT NULL"
    assert hosted.rows(revoked) == []
    hub.start()
    admin.wait_until(lambda: hosted.rows(revoked) == [(lost,)])


def dumped(programs: Binaries, database: Database, folder: Path) -> Path:
    dump = folder / "fleetdesk.dump"
    run(programs, "pg_dump", database.owner, "--format=custom", f"--file={dump}")
    return dump


def restore(programs: Binaries, dump: Path, hosted: Hosted, elsewhere: Database) -> None:
    """As it stands there, from the restoring on until the hubs may start."""
    run(programs, "pg_restore", elsewhere.owner, "--exit-on-error", "--single-transaction", str(dump))
    hosted.database = elsewhere
    for command in ("migrate", "new-epoch"):
        hub_command(elsewhere, command)


def settled(*laptops: RunningLaptop) -> None:
    for laptop in laptops:
        laptop.wait_until(
            lambda laptop=laptop: laptop.status.state is SyncState.LIVE and not laptop.store.counts().waiting  # type: ignore[misc]
        )


async def looked_at_by_doctor(laptop: RunningLaptop, hub: RunningHub) -> None:
    """As `fleetdesk doctor` does: every table compared with the hub's."""
    laptop.stop()
    subject = f"user_{Role.COMMERCIAL}"
    async with HubClient(hub.url, StaticTokens(subject), silence=5.0, signer=signer_of(subject)) as client:
        report = await diagnose(laptop.store, client, schema_version=SCHEMA_VERSION, clock=laptop.clock)
    assert report.tables
    assert all(comparison.equal for comparison in report.tables)


def seal_of(database: Database) -> str:
    """The last seal, as an operator notes it elsewhere."""
    return hub_command(database, "verify-audit").strip().rpartition(" ")[2]


def hub_command(database: Database, *arguments: str) -> str:
    """`fleetdesk hub …` before that database; what it says."""
    environment = {
        "FLEETDESK_DATABASE_URL": database.hub.url,
        "FLEETDESK_OWNER_DATABASE_URL": database.owner.url,
    }
    result = CliRunner().invoke(hub_cli, [*arguments], env=environment)
    assert result.exit_code == 0, result.output
    return result.output


def run(programs: Binaries, name: str, login: Dsn, *arguments: str) -> None:
    """One of PostgreSQL's programs, as that login; the password stands on no command line."""
    subprocess.run(
        [
            programs.program(name),
            f"--host={login.host}",
            f"--port={login.port}",
            f"--username={login.user}",
            f"--dbname={login.database}",
            *arguments,
        ],
        env={**os.environ, "PGPASSWORD": login.password},
        check=True,
    )
