"""Roles that come and go while a laptop is busy with the last change of them."""

from __future__ import annotations

from fleetdesk.models.access import Role
from fleetdesk.models.status import SyncState
from tests.faults import FaultProxy, Refuse
from tests.hub.support import Hosted, insert_lead, person_id
from tests.sync.running import Laptops, RunningLaptop

_LEADS = "/v1/load/sys_demo_lead"
_AFTER_LEADS = "/v1/load/sys_demo_lead_activity"


def test_a_role_lost_before_its_rows_were_loaded_does_not_hold_up_what_follows(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    laptop = _halfway_into_sales(hosted, laptops, network, at=_LEADS)

    _give_role(hosted, Role.FINANCE)
    network.heal()
    laptop.engine.sync_now()

    laptop.wait_until(lambda: not laptop.store.scopes_to_load and laptop.status.state is SyncState.LIVE)


def test_rows_of_a_role_lost_before_all_were_loaded_go(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = _halfway_into_sales(hosted, laptops, network, at=_AFTER_LEADS)
    assert laptop.company(lead) == "Al Noor"

    _give_role(hosted, Role.FINANCE)
    network.heal()
    laptop.engine.sync_now()

    laptop.wait_for_company(lead, None)


def test_a_role_that_comes_again_brings_all_its_rows(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = _halfway_into_sales(hosted, laptops, network, at=_AFTER_LEADS)
    _give_role(hosted, Role.FINANCE)
    network.heal()
    laptop.engine.sync_now()
    laptop.wait_for_company(lead, None)

    _give_role(hosted, Role.COMMERCIAL)

    laptop.wait_for_company(lead, "Al Noor")


def test_a_role_that_went_and_came_during_a_first_load_misses_no_row(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")
    _give_role(hosted, Role.COMMERCIAL)

    laptop = _loading_while_the_role_is(Role.FINANCE, hosted, laptops, network)
    _give_role(hosted, Role.COMMERCIAL)
    network.heal()
    laptop.engine.sync_now()

    laptop.wait_for_state(SyncState.LIVE)
    laptop.wait_for_company(lead, "Al Noor")


def test_a_role_that_came_and_went_during_a_first_load_leaves_no_row(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")

    laptop = _loading_while_the_role_is(Role.COMMERCIAL, hosted, laptops, network)
    _give_role(hosted, Role.FINANCE)
    network.heal()
    laptop.engine.sync_now()

    laptop.wait_for_state(SyncState.LIVE)
    assert laptop.company(lead) is None


def _loading_while_the_role_is(role: Role, hosted: Hosted, laptops: Laptops, network: FaultProxy) -> RunningLaptop:
    """A new laptop whose person has another role from when leads are to be loaded on, and that is past them."""
    network.play(*[Refuse()] * 1_000, path=_LEADS)
    laptop = laptops.new(role=Role.FINANCE)
    laptop.wait_for_state(SyncState.OFFLINE)
    _give_role(hosted, role)
    network.heal()
    network.play(*[Refuse()] * 1_000, path=_AFTER_LEADS)
    laptop.engine.sync_now()
    laptop.wait_until(lambda: any(seen.path == _AFTER_LEADS for seen in network.seen))
    return laptop


def _halfway_into_sales(hosted: Hosted, laptops: Laptops, network: FaultProxy, *, at: str) -> RunningLaptop:
    """A laptop of finance whose person went to sales, and which cannot load what comes at that table."""
    laptop = laptops.live(role=Role.FINANCE)
    network.play(*[Refuse()] * 1_000, path=at)
    _give_role(hosted, Role.COMMERCIAL)
    laptop.wait_for_state(SyncState.OFFLINE)
    return laptop


def _insert(hosted: Hosted, company: str) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection, company=company)


def _give_role(hosted: Hosted, role: Role) -> None:
    hosted.execute("UPDATE adm_members SET role = %s WHERE user_id = %s", role, person_id(Role.FINANCE))
