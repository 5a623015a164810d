"""Roles that come and go while a laptop is busy with the last change of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson

from fleetdesk.commands.members import ChangeRole
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState
from tests.faults import FaultProxy, Refuse
from tests.hub.support import Hosted, insert_lead, person_id
from tests.sync.running import QUICK, Laptops, RunningLaptop

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


def test_a_changed_role_reaches_a_connected_laptop_by_itself(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live(role=Role.FINANCE)

    _give_role(hosted, Role.COMMERCIAL)

    laptop.wait_for_company(lead, "Al Noor")
    assert laptop.store.person is not None
    assert laptop.store.person.role == Role.COMMERCIAL


def test_rows_of_a_gained_role_come_without_the_others_again(
    hosted: Hosted, laptops: Laptops, network: FaultProxy, tmp_path: Path
) -> None:
    """Into the same file, and of the gained scope alone."""
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live(role=Role.FINANCE)
    [replica] = (tmp_path / "one").glob("replica-*.db")
    staff = laptop.rows("SELECT row_key, id FROM adm_users ORDER BY row_key")
    before = len(network.seen)

    _give_role(hosted, Role.COMMERCIAL)

    laptop.wait_for_company(lead, "Al Noor")
    assert laptop.rows("SELECT row_key, id FROM adm_users ORDER BY row_key") == staff
    assert list((tmp_path / "one").glob("replica-*.db")) == [replica]
    plans = [orjson.loads(seen.body) for seen in network.seen[before:] if seen.path.startswith("/v1/load")]
    assert {tuple(plan["scopes"] or ()) for plan in plans} == {("leads",)}


def test_a_role_that_was_lost_while_the_laptop_was_away_takes_its_rows_at_the_next_contact(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")
    laptop = laptops.live(role=Role.FINANCE)
    _give_role(hosted, Role.COMMERCIAL)
    laptop.wait_for_company(lead, "Al Noor")
    network.cut()
    laptop.wait_for_state(SyncState.OFFLINE)
    laptop.rename(lead, "Al Noor", "Noor")
    _give_role(hosted, Role.FINANCE)

    network.restore()

    laptop.wait_for_company(lead, None)
    laptop.wait_until(lambda: laptop.store.counts().inbox == 1)
    [change] = laptop.pending
    assert change.verdict is not None
    # Whichever came first: the hub's refusal, or the pull that took the rows.
    assert change.verdict.code in ("not_allowed", "scope_lost")
    assert change.verdict.reason


def test_bytes_of_documents_go_with_the_role_and_wait_for_no_idle_moment(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    laptop = laptops.new(role=Role.FINANCE, settings=replace(QUICK, poll_interval=600.0))
    laptop.wait_for_state(SyncState.LIVE)
    _give_role(hosted, Role.COMMERCIAL)
    laptop.wait_until(lambda: "leads" in _scopes(laptop))
    taken = laptop.store.documents.take_bytes("licence.pdf", b"The licence")

    _give_role(hosted, Role.FINANCE)

    laptop.wait_until(lambda: not laptop.store.documents.held(frozenset({taken.sha256})))


def test_a_role_that_a_super_admin_asks_for_reaches_the_other_persons_laptop(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    lead = _insert(hosted, "Al Noor")
    admin, other = laptops.live("admin", role=Role.SUPER_ADMIN), laptops.live("other", role=Role.FINANCE)
    admin.store.perform(
        ChangeRole(
            id=new_id(),
            issued_at=admin.clock.now(),
            member_id=f"member-{Role.FINANCE}",
            base=Role.FINANCE,
            role=Role.COMMERCIAL,
        )
    )

    other.wait_for_company(lead, "Al Noor")
    admin.wait_until(lambda: admin.rows("SELECT state FROM sys_intent") == [("done",)])
    assert other.rows("SELECT id FROM sys_intent") == []


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


def _scopes(laptop: RunningLaptop) -> tuple[str, ...]:
    person = laptop.store.person
    return () if person is None else person.scopes


def _insert(hosted: Hosted, company: str) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection, company=company)


def _give_role(hosted: Hosted, role: Role) -> None:
    hosted.execute("UPDATE adm_members SET role = %s WHERE user_id = %s", role, person_id(Role.FINANCE))
