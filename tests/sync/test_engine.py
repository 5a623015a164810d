"""The engine over a real store, hub and PostgreSQL: what happens on most days, and what it says of them."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from fleetdesk.errors import ReplicaUnusable
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.models.access import Role
from fleetdesk.models.status import SyncState
from fleetdesk.settings import LaptopSettings
from tests.faults import FaultProxy, Refuse
from tests.hub.support import Hosted, insert_lead, person_id
from tests.sync.running import Laptops, RunningHub, ShiftedClock

_REFUSED = Refuse()


def _insert(hosted: Hosted, company: str) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection, company=company)


def _companies(hosted: Hosted, lead_id: str) -> list[str]:
    return [row[0] for row in hosted.rows("SELECT company FROM sys_demo_lead WHERE id = %s", lead_id)]


def _give_role(hosted: Hosted, person: Role, role: Role) -> None:
    hosted.execute("UPDATE adm_members SET role = %s WHERE user_id = %s", role, person_id(person))


def test_a_new_laptop_loads_what_the_person_may_see(hosted: Hosted, laptops: Laptops) -> None:
    lead = _insert(hosted, "Al Noor")
    assert laptops.live().company(lead) == "Al Noor"


def test_a_new_laptop_tells_how_its_load_goes(hosted: Hosted, laptops: Laptops) -> None:
    _insert(hosted, "Al Noor")
    laptop = laptops.live()
    assert laptop.states == [SyncState.STARTING, SyncState.LOADING, SyncState.LIVE]


def test_a_laptop_that_has_loaded_begins_where_it_ended(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.live()
    laptops.close(laptop)
    lead = _insert(hosted, "Al Noor")
    loads = [seen for seen in network.seen if seen.path.startswith("/v1/load")]
    laptops.live().wait_for_company(lead, "Al Noor")
    assert [seen for seen in network.seen if seen.path.startswith("/v1/load")] == loads


def test_a_change_made_by_sql_reaches_the_laptop(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    lead = _insert(hosted, "Al Noor")
    laptop.wait_for_company(lead, "Al Noor")


def test_a_row_deleted_by_sql_leaves_the_laptop(hosted: Hosted, laptops: Laptops) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live()
    hosted.execute("DELETE FROM sys_demo_lead WHERE id = %s", lead)
    laptop.wait_for_company(lead, None)


def test_what_a_person_does_reaches_the_hosted_rows(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    lead = laptop.create("Al Noor")
    laptop.wait_until_settled()
    assert _companies(hosted, lead) == ["Al Noor"]


def test_what_one_person_does_reaches_the_others_laptop(hosted: Hosted, laptops: Laptops) -> None:
    one, other = laptops.live("one"), laptops.live("other", role=Role.SUPER_ADMIN)
    lead = one.create("Al Noor")
    other.wait_for_company(lead, "Al Noor")


def test_a_day_of_work_without_a_network_arrives_once(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.live()
    network.cut()
    laptop.wait_for_state(SyncState.OFFLINE)
    leads = laptop.create_many(1_100)
    network.restore()
    laptop.engine.network_changed()
    laptop.wait_until_settled()
    created = hosted.rows("SELECT target_id, count(*) FROM sys_audit_event WHERE action = 'leads.create' GROUP BY 1")
    assert sorted(created) == sorted((lead, 1) for lead in leads)


def test_two_laptops_on_one_field_leave_a_conflict_with_both_values(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live()
    network.cut()
    laptop.wait_for_state(SyncState.OFFLINE)
    laptop.rename(lead, "Al Noor", "mine")
    hosted.execute("UPDATE sys_demo_lead SET company = 'theirs' WHERE id = %s", lead)
    network.restore()
    laptop.engine.network_changed()
    laptop.wait_until(lambda: laptop.status.inbox == 1)
    verdict = laptop.pending[0].verdict
    assert verdict is not None
    assert [(conflict.mine, conflict.theirs) for conflict in verdict.conflicts] == [("mine", "theirs")]


def test_paused_sends_nothing_and_still_receives(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    laptop.engine.pause()
    mine = laptop.create("mine")
    theirs = _insert(hosted, "theirs")
    laptop.wait_for_company(theirs, "theirs")
    laptop.wait_for_state(SyncState.PAUSED)
    assert (_companies(hosted, mine), laptop.status.pending) == ([], 1)


def test_resumed_sends_what_waited(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    laptop.engine.pause()
    lead = laptop.create("mine")
    laptop.engine.resume()
    laptop.wait_until_settled()
    assert _companies(hosted, lead) == ["mine"]


def test_a_hub_that_restarts_is_found_again(hosted: Hosted, hub: RunningHub, laptops: Laptops) -> None:
    laptop = laptops.live()
    hub.stop()
    laptop.wait_for_state(SyncState.OFFLINE)
    lead = laptop.create("Al Noor")
    hub.start()
    laptop.engine.sync_now()
    laptop.wait_until_settled()
    assert _companies(hosted, lead) == ["Al Noor"]


def test_a_hub_that_is_back_is_found_without_being_asked_to(hub: RunningHub, laptops: Laptops) -> None:
    laptop = laptops.live()
    hub.stop()
    laptop.wait_for_state(SyncState.OFFLINE)
    hub.start()
    laptop.wait_for_state(SyncState.LIVE)


def test_a_new_epoch_brings_back_what_the_restored_database_had_lost(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    lead = laptop.create("Al Noor")
    laptop.wait_until_settled()
    # What a dump of an hour ago lacks: the lead, its receipt, and the laptop's last sequence.
    hosted.execute("DELETE FROM sys_demo_lead")
    hosted.execute("DELETE FROM sys_receipt")
    hosted.execute("DELETE FROM sys_laptop")
    new_epoch(hosted.database.owner.url)
    laptop.engine.sync_now()
    laptop.wait_until(lambda: _companies(hosted, lead) == ["Al Noor"])
    laptop.wait_until_settled()
    assert laptop.company(lead) == "Al Noor"


def test_work_goes_on_while_all_is_loaded_anew(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    old = _insert(hosted, "old")
    laptop = laptops.live()
    network.delay(20, seconds=0.05)
    new_epoch(hosted.database.owner.url)
    laptop.engine.sync_now()
    laptop.wait_for_state(SyncState.LOADING)
    assert laptop.company(old) == "old"
    lead = laptop.create("new")
    laptop.wait_for_state(SyncState.LIVE)
    laptop.wait_until_settled()
    assert laptop.company(lead) == "new"


def test_a_role_taken_away_takes_its_rows_along(hosted: Hosted, laptops: Laptops) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live()
    _give_role(hosted, Role.COMMERCIAL, Role.FINANCE)
    laptop.wait_for_company(lead, None)


def test_edits_that_wait_when_the_role_goes_are_in_the_inbox(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live()
    network.cut()
    laptop.wait_for_state(SyncState.OFFLINE)
    laptop.rename(lead, "Al Noor", "mine")
    _give_role(hosted, Role.COMMERCIAL, Role.FINANCE)
    network.restore()
    laptop.engine.network_changed()
    laptop.wait_until(lambda: laptop.status.inbox == 1)
    assert _companies(hosted, lead) == ["Al Noor"]


def test_a_role_gained_brings_its_rows(hosted: Hosted, laptops: Laptops) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live(role=Role.FINANCE)
    assert laptop.company(lead) is None
    _give_role(hosted, Role.FINANCE, Role.COMMERCIAL)
    laptop.wait_for_company(lead, "Al Noor")


def test_rows_of_a_gained_role_are_kept_up_to_date(hosted: Hosted, laptops: Laptops) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live(role=Role.FINANCE)
    _give_role(hosted, Role.FINANCE, Role.COMMERCIAL)
    laptop.wait_for_company(lead, "Al Noor")
    hosted.execute("UPDATE sys_demo_lead SET company = 'Al Bahr' WHERE id = %s", lead)
    laptop.wait_for_company(lead, "Al Bahr")


def test_a_gained_role_is_loaded_though_the_network_breaks_in_between(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live(role=Role.FINANCE)
    network.play(_REFUSED, _REFUSED, path="/v1/load")
    _give_role(hosted, Role.FINANCE, Role.COMMERCIAL)
    laptop.wait_for_company(lead, "Al Noor")


def test_someone_who_was_suspended_is_told_so(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.live()
    hosted.execute("UPDATE adm_members SET status = 'suspended' WHERE user_id = %s", person_id(Role.COMMERCIAL))
    laptop.engine.sync_now()
    laptop.wait_for_state(SyncState.SHUT_OUT)
    assert laptop.status.detail.startswith("Your access was suspended.")


@pytest.mark.parametrize("hours", [-9, 9])
def test_a_clock_hours_wrong_is_told_and_hinders_nothing(hosted: Hosted, laptops: Laptops, hours: int) -> None:
    laptop = laptops.new(clock=ShiftedClock(dt.timedelta(hours=hours)))
    laptop.wait_for_state(SyncState.LIVE)
    lead = laptop.create("Al Noor")
    laptop.wait_until_settled()
    assert _companies(hosted, lead) == ["Al Noor"]
    assert "clock is 9 h" in laptop.status.detail


def test_an_older_laptop_is_told_to_update_and_keeps_its_work(laptops: Laptops) -> None:
    laptop = laptops.new(schema_version=99)
    lead = laptop.create("Al Noor")
    laptop.wait_until(lambda: laptop.status.state is SyncState.ERROR and laptop.status.pending == 1)
    assert "update" in laptop.status.detail.lower()
    assert laptop.company(lead) == "Al Noor"


def test_stopping_leaves_no_thread_and_no_connection(hub: RunningHub, laptops: Laptops) -> None:
    before = set(threading.enumerate())
    laptop = laptops.live()
    laptops.close(laptop)
    assert not {thread.name for thread in set(threading.enumerate()) - before if "AnyIO" not in thread.name}


def test_stopped_before_it_began_it_never_begins(laptops: Laptops) -> None:
    laptop = laptops.new(start=False)
    laptop.engine.stop()
    laptop.start()
    laptop.stop()
    assert not laptop.statuses


def test_a_change_that_no_event_tells_of_comes_with_the_slow_poll(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    network.play(*[_REFUSED] * 1_000, path="/v1/events")
    laptop = laptops.new(settings=LaptopSettings(pull_interval=0.02, poll_interval=0.1))
    laptop.wait_for_state(SyncState.LIVE)
    lead = _insert(hosted, "Al Noor")
    laptop.wait_for_company(lead, "Al Noor")
    assert "later" in laptop.status.detail


def test_a_replica_damaged_under_the_engine_is_loaded_again_and_nothing_is_lost(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    old = _insert(hosted, "old")
    laptop = laptops.live()
    network.cut()
    laptop.wait_for_state(SyncState.OFFLINE)
    mine = laptop.create("mine")
    laptops.damage_replica("one")
    with pytest.raises(ReplicaUnusable):
        laptop.company(old)
    network.restore()
    laptop.engine.network_changed()
    laptop.wait_until(lambda: (laptop.company(old), laptop.company(mine)) == ("old", "mine"))
    laptop.wait_until_settled()
    assert _companies(hosted, mine) == ["mine"]


def test_paused_before_it_began_it_sends_nothing(hosted: Hosted, laptops: Laptops) -> None:
    laptop = laptops.new(start=False)
    laptop.engine.pause()
    lead = laptop.create("mine")
    laptop.start()
    laptop.wait_for_state(SyncState.PAUSED)
    assert _companies(hosted, lead) == []


def test_what_is_asked_of_it_after_its_end_is_ignored(laptops: Laptops) -> None:
    laptop = laptops.live()
    laptop.stop()
    told = len(laptop.statuses)
    laptop.engine.pause()
    laptop.create("mine")
    assert len(laptop.statuses) == told


def test_another_network_gets_another_live_stream(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.live()
    laptop.wait_until(lambda: _streams(network) == 1)
    laptop.engine.network_changed()
    laptop.wait_until(lambda: _streams(network) == 2)
    lead = _insert(hosted, "Al Noor")
    laptop.wait_for_company(lead, "Al Noor")


def _streams(network: FaultProxy) -> int:
    return sum(seen.path == "/v1/events" for seen in network.seen)
