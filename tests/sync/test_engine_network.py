"""The engine on a bad network: whatever is lost, cut, doubled or late, each change arrives once and is seen by both."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.models.status import SyncState
from fleetdesk.protocol import PushRequest
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.app_log import keeping_log, last_lines
from tests.faults import CutAnswer, CutRequest, Delay, DropAnswer, Duplicate, Fault, FaultProxy, Refuse, Stall
from tests.hub.support import Hosted, insert_lead
from tests.sync.running import Laptops, RunningLaptop

_IMPATIENT = LaptopSettings(pull_interval=0.02, poll_interval=5.0, request_timeout=0.5)
_FAULTS: dict[str, tuple[Fault, ...]] = {
    "lost before the hub": (Refuse(),),
    "lost after the hub": (DropAnswer(),),
    "lost twice after the hub": (DropAnswer(), DropAnswer()),
    "request cut": (CutRequest(after=40),),
    "doubled": (Duplicate(),),
    "doubled and lost": (Duplicate(drop=True),),
    "doubled later": (Duplicate(later=0.3),),
    "late": (Delay(seconds=0.3),),
    "lost, then late": (DropAnswer(), Delay(seconds=0.2)),
    "cut in the head": (CutAnswer(after=5),),
    "cut behind the head": (CutAnswer(after=260),),
    "cut near the end": (CutAnswer(after=330),),
    "cut at several places": tuple(CutAnswer(after=after) for after in (1, 100, 200, 250, 300)),
}


def _insert(hosted: Hosted, company: str) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection, company=company)


def _events(hosted: Hosted, lead_id: str) -> list[str]:
    """What the audit log says was done to the lead: a command that ran twice would stand there twice."""
    rows = hosted.rows("SELECT action FROM sys_audit_event WHERE target_id = %s ORDER BY recorded_at, id", lead_id)
    return [row[0] for row in rows]


def _caught_up(laptop: RunningLaptop, network: FaultProxy) -> None:
    laptop.wait_until(lambda: not network.waiting)
    laptop.wait_until_settled()


@pytest.mark.parametrize("faults", _FAULTS.values(), ids=_FAULTS)
def test_a_push_arrives_once(hosted: Hosted, laptops: Laptops, network: FaultProxy, faults: tuple[Fault, ...]) -> None:
    laptop = laptops.live()
    network.play(*faults, path="/v1/push")
    lead = laptop.create("Al Noor")
    # Where one push is enough for the first command, others make the network play what is left.
    while network.waiting:
        laptop.wait_until_settled()
        laptop.create("another")
    _caught_up(laptop, network)
    laptop.rename(lead, "Al Noor", "Al Bahr")
    laptop.wait_until_settled()
    assert _events(hosted, lead) == ["leads.create", "leads.edit"]


@pytest.mark.parametrize("faults", _FAULTS.values(), ids=_FAULTS)
def test_a_pull_brings_everything(
    hosted: Hosted, laptops: Laptops, network: FaultProxy, faults: tuple[Fault, ...]
) -> None:
    laptop = laptops.live()
    network.play(*faults, path="/v1/pull")
    leads: list[str] = []
    while network.waiting or not leads:
        leads.append(_insert(hosted, "Al Noor"))
        laptop.wait_for_company(leads[-1], "Al Noor")
    assert [laptop.company(lead) for lead in leads] == ["Al Noor"] * len(leads)


@pytest.mark.parametrize("faults", _FAULTS.values(), ids=_FAULTS)
def test_a_load_brings_everything(
    hosted: Hosted, laptops: Laptops, network: FaultProxy, faults: tuple[Fault, ...]
) -> None:
    leads = [_insert(hosted, f"Company {number}") for number in range(50)]
    network.play(*faults, path="/v1/load/sys_demo_lead")
    laptop = laptops.live()
    assert sorted(laptop.rows("SELECT id FROM sys_demo_lead")) == sorted((lead,) for lead in leads)


@pytest.mark.parametrize("path", ["/v1/hello", "/v1/load"])
@pytest.mark.parametrize("name", ["lost before the hub", "lost after the hub", "cut at several places"])
def test_a_first_contact_succeeds_in_the_end(
    hosted: Hosted, laptops: Laptops, network: FaultProxy, path: str, name: str
) -> None:
    lead = _insert(hosted, "Al Noor")
    network.play(*_FAULTS[name], path=path)
    assert laptops.live().company(lead) == "Al Noor"


@pytest.mark.parametrize("after", [0, 3, 250, 400, 2_000, 5_000, 9_000])
def test_a_load_that_is_cut_goes_on_where_it_was_cut(
    hosted: Hosted, laptops: Laptops, network: FaultProxy, after: int
) -> None:
    with hosted.owner() as connection:
        leads = [insert_lead(connection, company=f"Company {number}") for number in range(400)]
    network.play(CutAnswer(after), path="/v1/load/sys_demo_lead")
    laptop = laptops.live()
    assert sorted(laptop.rows("SELECT id FROM sys_demo_lead")) == sorted((lead,) for lead in leads)


@pytest.mark.parametrize("path", ["/v1/push", "/v1/pull", "/v1/hello", "/v1/events", "/v1/load/sys_demo_lead"])
def test_silence_is_given_up_and_tried_again(hosted: Hosted, laptops: Laptops, network: FaultProxy, path: str) -> None:
    network.play(Stall(after=0), path=path)
    laptop = laptops.new(settings=_IMPATIENT)
    lead = laptop.create("Al Noor")
    laptop.wait_until_settled()
    laptop.wait_until(lambda: not network.waiting)
    assert _events(hosted, lead) == ["leads.create"]


def test_a_late_copy_of_an_old_push_does_not_disturb_those_after_it(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    laptop = laptops.live()
    network.play(Duplicate(later=0.4), path="/v1/push")
    leads = []
    for number in range(5):
        leads.append(laptop.create(f"Company {number}"))
        laptop.wait_until_settled()
    laptop.wait_until(lambda: not network.copies)
    assert [_events(hosted, lead) for lead in leads] == [["leads.create"]] * 5


def test_a_pull_does_not_wait_for_a_push(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.live()
    network.play(Delay(seconds=3600.0), path="/v1/push")
    laptop.create("mine")
    laptop.wait_until(lambda: not network.waiting)
    theirs = _insert(hosted, "theirs")
    laptop.wait_for_company(theirs, "theirs")
    assert laptop.status.pending == 1


def test_a_push_does_not_wait_for_a_pull(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.live()
    network.play(Delay(seconds=3600.0), path="/v1/pull")
    theirs = _insert(hosted, "theirs")
    laptop.wait_until(lambda: not network.waiting)
    mine = laptop.create("mine")
    laptop.wait_until(lambda: not laptop.store.counts().waiting)
    assert (_events(hosted, mine), laptop.company(theirs)) == (["leads.create"], None)


def test_a_network_that_comes_and_goes_loses_nothing(hosted: Hosted, laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.live()
    leads = []
    for number in range(8):
        leads.append(laptop.create(f"Company {number}"))
        network.cut()
        leads.append(laptop.create(f"Company {number} offline"))
        network.restore()
        laptop.engine.network_changed()
    laptop.wait_until_settled()
    assert [_events(hosted, lead) for lead in leads] == [["leads.create"]] * len(leads)


def test_commands_are_sent_in_the_order_in_which_they_were_given(
    hosted: Hosted, laptops: Laptops, network: FaultProxy
) -> None:
    laptop = laptops.live()
    network.play(DropAnswer(), Refuse(), DropAnswer(), path="/v1/push")
    ids = [laptop.create(f"Company {number}") for number in range(30)]
    _caught_up(laptop, network)
    sent = [PushRequest.model_validate_json(seen.body) for seen in network.seen if seen.path == "/v1/push"]
    numbered = {
        push.first_sequence + place: command.payload["lead_id"]
        for push in sent
        for place, command in enumerate(push.commands)
    }
    assert [numbered[number] for number in sorted(numbered)] == ids


def test_a_lost_network_is_told_at_once(laptops: Laptops, network: FaultProxy) -> None:
    laptop = laptops.live()
    network.cut()
    laptop.wait_for_state(SyncState.OFFLINE)
    assert "kept" in laptop.status.detail


def test_the_log_tells_what_failed_and_nothing_of_the_rows(
    hosted: Hosted, laptops: Laptops, network: FaultProxy, tmp_path: Path
) -> None:
    lead = _insert(hosted, "Zanzibar Cars")
    with keeping_log(tmp_path / "log"):
        laptop = laptops.live()
        laptop.rename(lead, "Zanzibar Cars", "Zanzibar Coaches")
        laptop.wait_until_settled()
        network.cut()
        laptop.engine.sync_now()
        laptop.wait_for_state(SyncState.OFFLINE)
    lines = " ".join(last_lines(tmp_path / "log"))
    assert '"event": "attempt failed", "way": "pull", "reason": "Offline"' in lines
    assert [word for word in ("Zanzibar", "example.com", "127.0.0.1", str(tmp_path)) if word in lines] == []
