"""A revoked laptop: nothing is answered to it any more, and it hands in what waits there, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import httpx
import pytest

from fleetdesk.commands.devices import RevokeDevice
from fleetdesk.errors import NoRoom
from fleetdesk.hub import quarantine as hub_quarantine
from fleetdesk.hub.quarantine import Quarantine
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import HandedIn, HandedInEdit, TakenIn, VerdictKind
from tests.devices import key_of
from tests.hub.support import Hosted, Laptop, listening, person_id
from tests.hub.test_devices import Network, code_of
from tests.hub.test_events import Listener

SALES = f"user_{Role.COMMERCIAL}"
DEVICE = key_of(SALES).device_id
EDIT = HandedInEdit(
    id="c1",
    kind="waiting",
    name="leads.edit",
    sentence="Edited a\0 lead",
    target_table="sys_demo_lead",
    target_id="l",
    made_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
    payload={"lead_id": "l", "text": "a\0b"},
)


def revoking(hosted: Hosted, device_id: str = DEVICE, *, reason: str = "Left in a taxi") -> RevokeDevice:
    return RevokeDevice(id=new_id(), issued_at=hosted.clock.now(), device_id=device_id, reason=reason)


@pytest.fixture
def admin(hosted: Hosted) -> Laptop:
    return Laptop(hosted.hub(), Role.SUPER_ADMIN)


@pytest.fixture
def network(hosted: Hosted) -> Iterator[Network]:
    network = Network(hosted.hub())
    yield network
    network.close()


def hand_in(network: Network, number: int, *edits: HandedInEdit, last: bool = True) -> httpx.Response:
    """As the revoked laptop does: by its signature alone."""
    body = HandedIn(edits=edits, last=last).model_dump_json().encode()
    path = "/v1/quarantine"
    headers = key_of(SALES).signed(number, method="POST", path=path, body=body, authorization=None)
    return network.send(headers, path="/v1/quarantine", body=body)


def test_a_revoked_laptop_is_answered_nothing_any_more(hosted: Hosted, admin: Laptop, network: Network) -> None:
    network.ask(number=1)
    admin.push(revoking(hosted))
    assert code_of(network.ask(number=2)) == (403, "device_revoked")


def test_others_laptops_go_on(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    assert network.ask(number=1, subject=f"user_{Role.SUPPORT}").status_code == 200


def test_who_revoked_it_and_why_is_kept(hosted: Hosted, admin: Laptop) -> None:
    admin.push(revoking(hosted))
    assert hosted.rows("SELECT revoked_by, revocation_reason FROM sys_device WHERE revoked_at IS NOT NULL") == [
        (person_id(Role.SUPER_ADMIN), "Left in a taxi")
    ]
    assert hosted.rows("SELECT actor_id FROM sys_audit_event WHERE action = 'devices.revoke'") == [
        (person_id(Role.SUPER_ADMIN),)
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_why_has_to_be_said(hosted: Hosted, admin: Laptop, reason: str) -> None:
    assert admin.push(revoking(hosted, reason=reason))[0].kind is VerdictKind.REJECTED
    assert hosted.rows("SELECT FROM sys_device WHERE revoked_at IS NOT NULL") == []


@pytest.mark.parametrize("role", [Role.COMMERCIAL, Role.SUPPORT, Role.FINANCE])
def test_super_admins_alone_revoke(hosted: Hosted, role: Role) -> None:
    verdict = Laptop(hosted.hub(), role).push(revoking(hosted))[0]
    assert verdict.code == "not_allowed"
    assert hosted.rows("SELECT FROM sys_device WHERE revoked_at IS NOT NULL") == []


def test_to_revoke_twice_changes_nothing(hosted: Hosted, admin: Laptop) -> None:
    admin.push(revoking(hosted))
    assert admin.push(revoking(hosted, reason="again"))[0].kind is VerdictKind.MERGED
    assert hosted.rows("SELECT revocation_reason FROM sys_device WHERE id = %s", DEVICE) == [("Left in a taxi",)]


def test_its_live_stream_ends_and_no_other(hosted: Hosted) -> None:
    hub = hosted.hub()
    with listening(hub) as url:
        ending, staying = Listener(url, Role.COMMERCIAL), Listener(url, Role.SUPPORT)
        for listener in (ending, staying):
            assert listener.hear() != ""
        Laptop(hub, Role.SUPER_ADMIN).push(revoking(hosted))
        while ending.hear() != "":
            pass
        assert staying.hears_no_end_for(0.3)
    for listener in (ending, staying):
        listener.join()


def test_it_hands_in_what_waits_and_super_admins_hold_it(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    assert TakenIn.model_validate_json(hand_in(network, 5, EDIT).content).kept == 1
    admin.load()
    (edit,) = admin.rows["sys_quarantine"].values()
    assert (edit["person_id"], edit["kind"], edit["sentence"]) == (
        person_id(Role.COMMERCIAL),
        "waiting",
        "Edited a lead",
    )
    assert admin.rows["sys_device"][DEVICE]["handed_in_at"] is not None


def test_what_is_handed_in_twice_is_there_once(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    changed = EDIT.model_copy(update={"sentence": "Something else"})
    hand_in(network, 1, EDIT, last=False)
    answer = hand_in(network, 2, changed, EDIT.model_copy(update={"id": "c2"}))
    assert TakenIn.model_validate_json(answer.content).kept == 2
    assert hosted.rows("SELECT DISTINCT sentence FROM sys_quarantine") == [("Edited a lead",)]
    assert hosted.rows("SELECT count(*) FROM sys_audit_event WHERE action = 'devices.take_in'") == [(1,)]


@pytest.mark.parametrize("name", ["id", "name", "sentence", "target_table", "target_id"])
def test_a_character_that_cannot_be_kept_keeps_no_edit_away(
    hosted: Hosted, admin: Laptop, network: Network, name: str
) -> None:
    admin.push(revoking(hosted))
    assert hand_in(network, 1, EDIT.model_copy(update={name: "a\0b"})).status_code == 200
    assert hosted.rows(f"SELECT {name} FROM sys_quarantine")[0][0].endswith("ab")


@pytest.mark.parametrize(
    "time",
    [
        dt.datetime(2026, 5, 1),  # noqa: DTZ001 (a laptop may send one)
        dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14))),
        dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(-dt.timedelta(hours=14))),
    ],
    ids=["without a zone", "before the years", "after them"],
)
def test_a_time_that_is_none_keeps_no_edit_away(
    hosted: Hosted, admin: Laptop, network: Network, time: dt.datetime
) -> None:
    admin.push(revoking(hosted))
    assert hand_in(network, 1, EDIT.model_copy(update={"made_at": time})).status_code == 200
    assert hosted.rows("SELECT made_at = received_at FROM sys_quarantine") == [(True,)]


def test_after_the_last_part_none_is_added(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    hand_in(network, 1, EDIT)
    answer = hand_in(network, 2, EDIT, EDIT.model_copy(update={"id": "c2"}))
    assert TakenIn.model_validate_json(answer.content).kept == 1
    assert hosted.rows("SELECT count(*) FROM sys_audit_event WHERE action = 'devices.take_in'") == [(1,)]


def test_asked_again_it_answers_as_at_the_first_time(hosted: Hosted, admin: Laptop) -> None:
    admin.push(revoking(hosted))
    quarantine = Quarantine(admin.hub.database, hosted.platform, hosted.clock)
    quarantine.take(HandedIn(edits=(EDIT,), last=False), DEVICE)
    assert quarantine.take(HandedIn(edits=(), last=True, left_out=3), DEVICE) == TakenIn(kept=1, left_out=3)
    again = HandedIn(edits=(EDIT, EDIT.model_copy(update={"id": "c2"})), last=False)
    assert quarantine.take(again, DEVICE) == TakenIn(kept=1, left_out=3)
    assert quarantine.take(HandedIn(edits=(), last=True), DEVICE) == TakenIn(kept=1, left_out=3)


@pytest.mark.parametrize("told", ["many", -1, None, {"left_out": 1}])
def test_an_edit_that_takes_the_place_of_that_figure_fools_nobody(hosted: Hosted, admin: Laptop, told: object) -> None:
    admin.push(revoking(hosted))
    quarantine = Quarantine(admin.hub.database, hosted.platform, hosted.clock)
    odd = EDIT.model_copy(update={"id": "left-out", "payload": {"left_out": told}})
    quarantine.take(HandedIn(edits=(odd,), last=True), DEVICE)
    assert quarantine.take(HandedIn(edits=(), last=True), DEVICE).left_out == 0


def test_before_the_last_part_it_has_not_handed_in(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    hand_in(network, 1, EDIT, last=False)
    assert hosted.rows("SELECT handed_in_at FROM sys_device WHERE id = %s", DEVICE) == [(None,)]


def test_a_laptop_that_is_not_revoked_hands_in_nothing(hosted: Hosted, network: Network) -> None:
    assert code_of(hand_in(network, 1, EDIT)) == (403, "bad_signature")
    assert hosted.rows("SELECT FROM sys_quarantine") == []


def test_nobody_hands_in_for_another_laptop(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    body = HandedIn(edits=(EDIT,), last=True).model_dump_json().encode()
    other = key_of(f"user_{Role.SUPPORT}").signed(
        1, method="POST", path="/v1/quarantine", body=body, authorization=None
    )
    forged = key_of(SALES).signed(1, method="POST", path="/v1/quarantine", body=b"", authorization=None)
    for headers in (other, forged | {"Content-Digest": other["Content-Digest"]}, {}):
        assert network.send(headers, path="/v1/quarantine", body=body).status_code == 403
    assert hosted.rows("SELECT FROM sys_quarantine") == []


@pytest.mark.parametrize("large", [{"payload": {"x": "é" * 400}}, {"sentence": "é" * 400}, {"name": "é" * 400}])
def test_too_much_is_refused_whole(hosted: Hosted, admin: Laptop, large: dict[str, object]) -> None:
    admin.push(revoking(hosted))
    quarantine = Quarantine(admin.hub.database, hosted.platform, hosted.clock, most_bytes=1_200)
    quarantine.take(HandedIn(edits=(EDIT, EDIT.model_copy(update={"id": "c2"})), last=False), DEVICE)
    hosted.execute("DELETE FROM sys_quarantine")
    hosted.execute("UPDATE sys_device_turn SET handed_in = 0, handed_in_bytes = 0")
    edit = EDIT.model_copy(update={"id": "c2", **large})
    with pytest.raises(NoRoom, match="more than the hub keeps"):
        quarantine.take(HandedIn(edits=(EDIT, edit), last=True), DEVICE)
    assert hosted.rows("SELECT FROM sys_quarantine") == []


@pytest.fixture
def full(hosted: Hosted, admin: Laptop) -> Quarantine:
    """One that has room for no more than what is there."""
    admin.push(revoking(hosted))
    Quarantine(admin.hub.database, hosted.platform, hosted.clock).take(HandedIn(edits=(EDIT,), last=False), DEVICE)
    ((size,),) = hosted.rows("SELECT handed_in_bytes FROM sys_device_turn WHERE device_id = %s", DEVICE)
    assert isinstance(size, int)
    return Quarantine(admin.hub.database, hosted.platform, hosted.clock, most_bytes=size)


def test_what_is_refused_was_never_written(hosted: Hosted, full: Quarantine) -> None:
    ((before,),) = hosted.rows("SELECT pg_relation_size('sys_quarantine')")
    edits = tuple(EDIT.model_copy(update={"id": f"c{number}", "sentence": "x" * 1_000}) for number in range(100))
    with pytest.raises(NoRoom):
        full.take(HandedIn(edits=edits, last=False), DEVICE)
    assert hosted.rows("SELECT pg_relation_size('sys_quarantine')") == [(before,)]


def test_what_comes_again_needs_no_room(full: Quarantine) -> None:
    assert full.take(HandedIn(edits=(EDIT, EDIT), last=False), DEVICE).kept == 1


def test_that_all_was_handed_in_always_has_room(hosted: Hosted, full: Quarantine) -> None:
    assert full.take(HandedIn(edits=(), last=True, left_out=7), DEVICE) == TakenIn(kept=1, left_out=7)
    assert hosted.rows("SELECT sentence FROM sys_quarantine WHERE name = 'left-out'") == [("7 edits are missing",)]


def test_there_is_no_room_for_any_number_of_edits_however_small(
    hosted: Hosted, admin: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.push(revoking(hosted))
    monkeypatch.setattr(hub_quarantine, "MOST_EDITS", 2)
    quarantine = Quarantine(admin.hub.database, hosted.platform, hosted.clock)
    edits = [EDIT.model_copy(update={"id": f"c{number}"}) for number in range(3)]
    quarantine.take(HandedIn(edits=tuple(edits[:2]), last=False), DEVICE)
    with pytest.raises(NoRoom):
        quarantine.take(HandedIn(edits=tuple(edits[2:]), last=False), DEVICE)


def test_a_revoked_key_does_not_register_again(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    assert code_of(network.register(key=key_of(SALES))) == (403, "device_revoked")


def test_its_person_registers_anew_by_another_key(hosted: Hosted, admin: Laptop, network: Network) -> None:
    admin.push(revoking(hosted))
    assert network.register().status_code == 200
