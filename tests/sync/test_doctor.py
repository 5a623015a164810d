"""The doctor finds what is wrong, says what it could not look at, and changes nothing but to bring rows up to date."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from fleetdesk.errors import AlreadyRunning, BadSettings, FleetDeskError
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.models.access import Role
from fleetdesk.models.diagnosis import Diagnosis, Finding, render
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.sync.doctor import diagnose, to_json
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from tests.devices import signer_of
from tests.faults import FaultProxy
from tests.hub.support import Hosted, insert_lead, person_id
from tests.sync.running import Laptops, RunningHub, RunningLaptop, ShiftedClock

pytestmark = pytest.mark.anyio

_TOKEN = f"user_{Role.COMMERCIAL}"


async def _examined(
    store: LocalStore | FleetDeskError,
    hub: RunningHub | FaultProxy | FleetDeskError,
    *,
    clock: ShiftedClock | None = None,
    schema_version: int = SCHEMA_VERSION,
) -> Diagnosis:
    clock = clock or ShiftedClock()
    if isinstance(hub, FleetDeskError):
        return await diagnose(store, hub, schema_version=schema_version, clock=clock)
    async with HubClient(hub.url, StaticTokens(_TOKEN), silence=5.0, signer=signer_of(_TOKEN)) as client:
        return await diagnose(store, client, schema_version=schema_version, clock=clock)


def _findings(report: Diagnosis, name: str) -> set[Finding]:
    return {check.finding for check in report.checks if check.name == name}


def _loaded(laptops: Laptops, hosted: Hosted) -> LocalStore:
    """A store that has loaded, of a laptop that no longer runs."""
    return _stopped(laptops, hosted).store


def _stopped(laptops: Laptops, hosted: Hosted) -> RunningLaptop:
    with hosted.owner() as connection:
        insert_lead(connection, company="Al Noor")
    laptop = laptops.live()
    laptop.stop()
    return laptop


async def test_a_laptop_in_step_with_its_hub_is_well(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    report = await _examined(_loaded(laptops, hosted), hub)
    assert report.exit_status == 0
    assert all(comparison.equal for comparison in report.tables)


async def test_every_table_is_compared(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    report = await _examined(_loaded(laptops, hosted), hub)
    assert tuple(comparison.table for comparison in report.tables) == hosted.platform.schema.tables


async def test_what_changed_meanwhile_is_brought_in_before_the_comparison(
    hosted: Hosted, hub: RunningHub, laptops: Laptops
) -> None:
    store = _loaded(laptops, hosted)
    with hosted.owner() as connection:
        insert_lead(connection, company="new")
    report = await _examined(store, hub)
    assert [(c.rows_here, c.rows_there) for c in report.tables if c.table == "sys_demo_lead"] == [(2, 2)]


async def test_changes_that_wait_here_are_no_difference(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    laptop = _stopped(laptops, hosted)
    laptop.create("mine")
    report = await _examined(laptop.store, hub)
    assert report.exit_status == 0
    assert _findings(report, "outbox") == {Finding.NOTE}


async def test_a_row_that_differs_is_found(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    store = _loaded(laptops, hosted)
    # As if a removal had been missed: deleted, and no word of it.
    hosted.execute("DELETE FROM sys_demo_lead")
    hosted.execute("DELETE FROM sys_removal")
    report = await _examined(store, hub)
    assert report.exit_status == 1
    assert [c.table for c in report.tables if not c.equal] == ["sys_demo_lead"]


async def test_offline_it_says_what_it_could_not_check(hosted: Hosted, network: FaultProxy, laptops: Laptops) -> None:
    store = _loaded(laptops, hosted)
    network.cut()
    report = await _examined(store, network)
    unknown = {check.name for check in report.checks if check.finding is Finding.UNKNOWN}
    assert (report.exit_status, unknown) == (2, {"connection", "clock", "epoch", "tables"})


async def test_offline_the_local_files_are_looked_at_all_the_same(
    hosted: Hosted, network: FaultProxy, laptops: Laptops
) -> None:
    store = _loaded(laptops, hosted)
    network.cut()
    report = await _examined(store, network)
    assert _findings(report, "cursor") == {Finding.WELL}


async def test_without_an_address_it_says_so(hosted: Hosted, laptops: Laptops) -> None:
    report = await _examined(_loaded(laptops, hosted), BadSettings("No hub is set.", do="Set it."))
    assert _findings(report, "connection") == {Finding.UNKNOWN}


async def test_files_in_use_by_the_window_are_left_alone(hub: RunningHub) -> None:
    report = await _examined(AlreadyRunning("FleetDesk is open."), hub)
    assert (report.exit_status, _findings(report, "session")) == (2, {Finding.WELL})


@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_wrong_clock_is_found(hosted: Hosted, hub: RunningHub, laptops: Laptops, hours: int) -> None:
    report = await _examined(_loaded(laptops, hosted), hub, clock=ShiftedClock(dt.timedelta(hours=hours)))
    assert (_findings(report, "clock"), report.exit_status) == ({Finding.WRONG}, 1)


async def test_a_restored_database_is_noticed(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    store = _loaded(laptops, hosted)
    new_epoch(hosted.database.owner.url)
    report = await _examined(store, hub)
    assert (_findings(report, "epoch"), report.tables) == ({Finding.NOTE}, ())


async def test_a_laptop_that_never_loaded_is_told_to(hub: RunningHub, network: FaultProxy, laptops: Laptops) -> None:
    network.cut()
    laptop = laptops.new()
    laptop.stop()
    report = await _examined(laptop.store, hub)
    assert (_findings(report, "cursor"), _findings(report, "tables")) == ({Finding.NOTE}, {Finding.UNKNOWN})


async def test_someone_who_left_is_wrong(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    store = _loaded(laptops, hosted)
    hosted.execute("UPDATE adm_members SET status = 'suspended' WHERE user_id = %s", person_id(Role.COMMERCIAL))
    report = await _examined(store, hub)
    assert (_findings(report, "session"), report.exit_status) == ({Finding.WRONG}, 1)


async def test_versions_that_do_not_fit_are_wrong(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    report = await _examined(_loaded(laptops, hosted), hub, schema_version=99)
    assert _findings(report, "session") == {Finding.WRONG}


async def test_the_text_names_every_table_and_ends_with_what_it_means(
    hosted: Hosted, hub: RunningHub, laptops: Laptops
) -> None:
    told = render(await _examined(_loaded(laptops, hosted), hub))
    assert all(table in told for table in hosted.platform.schema.tables)
    assert told.endswith("All is well.\n")


async def test_the_json_holds_what_the_text_says(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    report = await _examined(_loaded(laptops, hosted), hub)
    told = json.loads(to_json(report))
    assert told["exit_status"] == 0
    assert [table["table"] for table in told["tables"]] == [comparison.table for comparison in report.tables]
    assert told["versions"]["schema"] == str(SCHEMA_VERSION)
