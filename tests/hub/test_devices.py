"""Laptops by their keys: who registers one, which requests are its own, and that none is taken twice."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import itertools
import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from fleetdesk.hub.api import create_app
from fleetdesk.hub.devices import MOST_DEVICES, WINDOW
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello, NewDevice, Problem, PullRequest, Registered
from fleetdesk.signatures import Commitment, DeviceKey
from tests.devices import key_of
from tests.hub.support import Hosted, Laptop, at_once, person_id

SALES, SUPPORT = f"user_{Role.COMMERCIAL}", f"user_{Role.SUPPORT}"
HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION)
NEW = DeviceKey(b"n" * 32)


class Network:
    """Sends requests as they are given, to the hub's application, without a socket between."""

    def __init__(self, hub: Hub) -> None:
        transport = httpx.ASGITransport(create_app(hub), raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://hub")
        self._runner = asyncio.Runner()

    def ask(
        self,
        *,
        number: int,
        key: DeviceKey | None = None,
        subject: str = SALES,
        path: str = "/v1/hello",
        method: str = "POST",
        body: bytes = HELLO.model_dump_json().encode(),
        changed: dict[str, str] | None = None,
    ) -> httpx.Response:
        """A request of that person, signed by that key, by default their laptop's; then headers are changed."""
        bearer = f"Bearer {subject}"
        headers = (key or key_of(subject)).signed(number, method=method, path=path, body=body, authorization=bearer)
        return self.send(headers | {"Authorization": bearer} | (changed or {}), path=path, method=method, body=body)

    def send(
        self,
        headers: dict[str, str] | list[tuple[str, str]],
        *,
        path: str = "/v1/hello",
        method: str = "POST",
        body: bytes = HELLO.model_dump_json().encode(),
    ) -> httpx.Response:
        sent = list(headers.items()) if isinstance(headers, dict) else headers
        sent = [*sent, ("Content-Type", "application/json")]
        return self._runner.run(self._http.request(method, path, content=body, headers=sent))

    def register(
        self,
        *,
        key: DeviceKey = NEW,
        subject: str = SALES,
        signed_in: str = SALES,
        devices: tuple[str, ...] | None = None,
        number: int = 1,
        **changed: Any,  # noqa: ANN401  # of the message
    ) -> httpx.Response:
        commitment = Commitment((key.device_id,) if devices is None else devices)
        message = NewDevice(
            id_token=f"{signed_in} {commitment.nonce}",
            devices=commitment.devices,
            salt=commitment.salt,
            public_key=base64.urlsafe_b64encode(key.public).rstrip(b"=").decode(),
            name="hers",
            system="Linux 6",
            app_version="1",
        ).model_copy(update=changed)
        body = message.model_dump_json().encode()
        return self.ask(number=number, key=key, subject=subject, path="/v1/devices", body=body)

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()


@pytest.fixture
def network(hosted: Hosted) -> Iterator[Network]:
    network = Network(hosted.hub())
    yield network
    network.close()


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, Problem.model_validate_json(answer.content).code


# --------------------------------------------------------------------------------------------------- signed requests


def test_what_a_registered_laptop_signs_is_answered(network: Network) -> None:
    assert network.ask(number=1).status_code == 200


EVERYTHING = [
    ("POST", "/v1/hello"),
    ("POST", "/v1/push"),
    ("POST", "/v1/pull"),
    ("POST", "/v1/load"),
    ("POST", "/v1/load/sys_demo_lead"),
    ("GET", "/v1/events"),
    ("POST", "/v1/documents/d/bytes"),
    ("PUT", "/v1/documents/d/bytes/0"),
    ("GET", "/v1/documents/d/bytes/0"),
]


@pytest.mark.parametrize("path", ["/v1/push", "/v1/quarantine"])
@pytest.mark.parametrize("size", [10, 200_000])
def test_what_no_laptop_signed_is_not_even_looked_at(network: Network, path: str, size: int) -> None:
    body = b'{"commands":[' + b"{}," * size + b"{}]}"
    headers = {"Authorization": f"Bearer {SALES}"} if path == "/v1/push" else {}
    assert code_of(network.send(headers, path=path, body=body)) == (403, "device_unknown")


def test_of_many_faults_one_is_named(network: Network) -> None:
    body = b'{"laptop_id":"l","first_sequence":1,"confirmed":0,"commands":[' + b"{}," * 200_000 + b"{}]}"
    answer = network.ask(number=1, path="/v1/push", body=body)
    assert code_of(answer) == (422, "bad_request")
    assert "commands.0.id" in answer.text


def test_a_person_has_so_many_laptops_at_most(hosted: Hosted, network: Network) -> None:
    keys = [DeviceKey(number.to_bytes(32)) for number in range(1, MOST_DEVICES + 1)]
    last = [network.register(key=key) for key in keys][-2:]
    assert [last[0].status_code, *code_of(last[1])] == [200, 403, "not_allowed"]
    assert network.register(key=keys[0], number=2).status_code == 200
    hosted.execute("UPDATE sys_device SET revoked_at = now() WHERE id = %s", keys[1].device_id)
    assert network.register(key=keys[-1]).status_code == 200


def test_every_endpoint_is_looked_at(hosted: Hosted) -> None:
    paths = create_app(hosted.hub()).openapi()["paths"]
    there = {
        (method.upper(), path.replace("{document_id}", "d").replace("{place}", "0").replace("{table}", "sys_demo_lead"))
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/v1/") and path not in ("/v1/hooks/clerk", "/v1/devices", "/v1/quarantine")
    }
    assert there == set(EVERYTHING)


BODIES = {
    "/v1/push": b'{"laptop_id":"l","first_sequence":1,"confirmed":0,"commands":[]}',
    "/v1/pull": b'{"laptop_id":"l","cursor":"","confirmed":0,"schema_version":9}',
    "/v1/load": b'{"laptop_id":"l","schema_version":9}',
    "/v1/load/sys_demo_lead": b'{"laptop_id":"l","columns":["id"]}',
    "/v1/hello": HELLO.model_dump_json().encode(),
}


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_a_copied_token_is_worth_nothing_without_the_laptops_key(network: Network, method: str, path: str) -> None:
    answer = network.send({"Authorization": f"Bearer {SALES}"}, path=path, method=method, body=BODIES.get(path, b""))
    assert code_of(answer) == (403, "device_unknown")


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_nor_is_it_with_a_key_of_ones_own(network: Network, method: str, path: str) -> None:
    answer = network.ask(number=1, key=NEW, path=path, method=method, body=BODIES.get(path, b""))
    assert code_of(answer) == (403, "device_unknown")


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_nor_is_it_with_the_key_of_a_colleagues_laptop(network: Network, method: str, path: str) -> None:
    answer = network.ask(number=1, key=key_of(SUPPORT), path=path, method=method, body=BODIES.get(path, b""))
    assert code_of(answer) == (403, "bad_signature")


def test_a_forged_signature_is_refused_and_uses_up_no_number(network: Network) -> None:
    forged = key_of(SALES).signed(5, method="POST", path="/v1/hello", body=b"", authorization=f"Bearer {SALES}")
    assert code_of(network.ask(number=5, changed={"Signature": forged["Signature"]})) == (403, "bad_signature")
    assert network.ask(number=5).status_code == 200


@pytest.mark.parametrize("name", ["Content-Digest", "Signature", "Signature-Input", "Authorization"])
def test_of_a_header_that_stands_there_twice_nobody_chooses_one(network: Network, name: str) -> None:
    bearer, body = f"Bearer {SALES}", HELLO.model_dump_json().encode()
    signed = key_of(SALES).signed(1, method="POST", path="/v1/hello", body=body, authorization=bearer)
    headers = [*signed.items(), ("Authorization", bearer)]
    doubled = next(value for header, value in headers if header == name)
    assert code_of(network.send([*headers, (name, doubled)])) == (403, "bad_signature")


def test_a_request_that_is_sent_again_is_refused_and_told_the_next_number(network: Network) -> None:
    network.ask(number=9)
    answer = network.ask(number=9)
    assert code_of(answer) == (409, "out_of_turn")
    assert Problem.model_validate_json(answer.content).next_number == 10


def test_requests_may_overtake_each_other_but_none_comes_twice(network: Network) -> None:
    numbers = list(range(1, 41))
    random.Random(7).shuffle(numbers)
    assert [network.ask(number=number).status_code for number in numbers] == [200] * 40
    assert [network.ask(number=number).status_code for number in numbers] == [409] * 40


def test_what_is_far_below_the_highest_number_is_refused(network: Network) -> None:
    highest = 1_000
    network.ask(number=highest)
    assert network.ask(number=highest - WINDOW + 1).status_code == 200
    assert network.ask(number=highest - WINDOW).status_code == 409


def test_the_window_follows_a_leap(network: Network) -> None:
    for number in (1, 2**62, 2**62 + 1):
        assert network.ask(number=number).status_code == 200
    assert [network.ask(number=number).status_code for number in (1, 2, 2**62, 2**62 + 1)] == [409] * 4
    assert network.ask(number=2**62 - 1).status_code == 200


def test_the_windows_edge_is_where_the_arithmetic_says(network: Network) -> None:
    """Against a set of the numbers that were seen, for every step around the window's width."""
    seen: set[int] = set()
    for step, number in enumerate(
        itertools.chain.from_iterable((n, n - WINDOW, n - WINDOW + 1) for n in (500, 501, 755, 756, 757, 1_013))
    ):
        top = max(seen, default=0)
        fresh = number not in seen and number > top - WINDOW
        assert (network.ask(number=number).status_code == 200) == fresh, (step, number)
        seen |= {number} if fresh else set()


def test_of_the_same_request_at_two_hubs_at_once_one_is_taken(hosted: Hosted) -> None:
    networks = [Network(hosted.hub()) for _ in range(2)]
    statuses: list[int] = []

    def send(network: Network, number: int) -> None:
        statuses.append(network.ask(number=number).status_code)

    for number, network in enumerate(networks, start=11):
        network.ask(number=number)  # the first request of an application makes it ready, which two cannot be at once
    for number in range(1, 11):
        at_once(*(partial(send, network, number) for network in networks))
    for network in networks:
        network.close()
    assert sorted(statuses) == [200] * 10 + [409] * 10


def test_a_laptop_that_the_database_forgot_is_not_known_by_memory(network: Network, hosted: Hosted) -> None:
    network.ask(number=1)
    hosted.execute("DELETE FROM sys_device_turn")
    assert code_of(network.ask(number=2)) == (403, "device_unknown")


def test_a_refused_signature_is_audited_once_a_minute(network: Network, hosted: Hosted) -> None:
    for number in (1, 2, 3):
        network.ask(number=number, key=key_of(SUPPORT))
    assert hosted.rows("SELECT actor_id, action, outcome FROM sys_audit_event") == [
        (person_id(Role.COMMERCIAL), "hub.device", "bad_signature")
    ]


def test_the_hubs_own_doors_need_no_signature(network: Network) -> None:
    assert [network.send({}, path=path, method="GET", body=b"").status_code for path in ("/livez", "/readyz")] == [
        200
    ] * 2


# ------------------------------------------------------------------------------------------------------ registration


def test_who_just_signed_in_registers_the_key_that_the_sign_in_committed_to(network: Network, hosted: Hosted) -> None:
    answer = network.register()
    assert Registered.model_validate_json(answer.content).device_id == NEW.device_id
    assert hosted.rows("SELECT person_id, name, system, scope FROM sys_device WHERE id = %s", NEW.device_id) == [
        (person_id(Role.COMMERCIAL), "hers", "Linux 6", "members")
    ]
    assert network.ask(number=2, key=NEW).status_code == 200


def test_a_sign_in_may_commit_to_several_keys(network: Network) -> None:
    assert network.register(devices=("another", NEW.device_id)).status_code == 200


@pytest.mark.parametrize(
    "flaw",
    [
        {"salt": "another"},
        {"devices": ("another",)},
        {"devices": ()},
        {"public_key": base64.urlsafe_b64encode(key_of(SALES).public).rstrip(b"=").decode()},
        {"public_key": "?"},
        {"public_key": "AA"},
    ],
)
def test_a_key_that_the_sign_in_did_not_commit_to_is_refused(network: Network, hosted: Hosted, flaw: Any) -> None:  # noqa: ANN401
    devices = flaw.pop("devices", None)
    answer = network.register(devices=devices, **flaw) if devices is not None else network.register(**flaw)
    assert code_of(answer) == (403, "bad_signature")
    assert hosted.rows("SELECT FROM sys_device WHERE id = %s", NEW.device_id) == []


def test_a_sign_in_of_somebody_else_registers_nothing(network: Network) -> None:
    assert code_of(network.register(signed_in=SUPPORT)) == (403, "bad_signature")


def test_a_laptop_of_one_person_does_not_become_anothers(network: Network) -> None:
    assert code_of(network.register(key=key_of(SUPPORT))) == (403, "bad_signature")
    assert network.ask(number=5, subject=SUPPORT).status_code == 200


def test_who_is_no_staff_registers_nothing(network: Network, hosted: Hosted) -> None:
    answer = network.register(subject="user_of_a_client", signed_in="user_of_a_client")
    assert code_of(answer) == (403, "not_staff")
    assert hosted.rows("SELECT FROM sys_device WHERE id = %s", NEW.device_id) == []


def test_signing_in_again_keeps_the_laptop_and_its_numbers(network: Network, hosted: Hosted) -> None:
    network.register(number=10)
    network.ask(number=11, key=NEW)
    assert network.register(number=12, name="renamed").status_code == 200
    assert hosted.rows("SELECT name FROM sys_device WHERE id = %s", NEW.device_id) == [("renamed",)]
    assert code_of(network.ask(number=11, key=NEW)) == (409, "out_of_turn")


def test_a_registration_is_not_taken_twice(network: Network) -> None:
    network.register(number=10)
    assert code_of(network.register(number=10)) == (409, "out_of_turn")


def test_a_registration_is_told_to_the_audit_log(network: Network, hosted: Hosted) -> None:
    network.register()
    assert hosted.rows("SELECT actor_id, action, target_id FROM sys_audit_event") == [
        ("hub", "devices.register", NEW.device_id)
    ]


# ---------------------------------------------------------------------------------------------------------- contacts


def test_contact_version_and_what_waits_are_told_in_one_go(network: Network, hosted: Hosted) -> None:
    hub = hosted.hub()
    hosted.clock.advance(minutes=6)
    told = HELLO.model_copy(update={"app_version": "2", "waiting": 3, "lease_hours": 72.0})
    network.ask(number=1, body=told.model_dump_json().encode())
    hub.devices.tell_contacts()
    version, waiting, contact, lease = hosted.rows(
        "SELECT app_version, waiting, last_contact_at, lease_until FROM sys_device WHERE id = %s",
        key_of(SALES).device_id,
    )[0]
    assert (version, waiting, lease - contact) == ("2", 3, dt.timedelta(hours=72))
    assert hosted.clock.now() - contact < dt.timedelta(minutes=1)


def test_who_is_there_all_the_time_is_told_of_every_five_minutes(network: Network, hosted: Hosted) -> None:
    hub = hosted.hub()
    xid = "SELECT xid::text FROM sys_device WHERE id = %s"
    before = hosted.rows(xid, key_of(SALES).device_id)
    network.ask(number=1)
    hub.devices.tell_contacts()
    assert hosted.rows(xid, key_of(SALES).device_id) == before
    hosted.clock.advance(minutes=6)
    network.ask(number=2)
    hub.devices.tell_contacts()
    assert hosted.rows(xid, key_of(SALES).device_id) != before


def test_a_lease_that_is_made_shorter_is_told_though_the_last_contact_is_fresh(
    network: Network, hosted: Hosted
) -> None:
    """Else a laptop that goes offline at once would show the longer one for good."""
    hub = hosted.hub()
    for number, hours in enumerate((72.0, 24.0), start=1):
        network.ask(number=number, body=HELLO.model_copy(update={"lease_hours": hours}).model_dump_json().encode())
        hub.devices.tell_contacts()
    lease = hosted.rows("SELECT lease_until - last_contact_at FROM sys_device WHERE id = %s", key_of(SALES).device_id)
    assert lease == [(dt.timedelta(hours=24),)]


def test_a_pull_tells_what_waits(network: Network, hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    pull = PullRequest(laptop_id="l", cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION, waiting=8)
    network.ask(number=1, path="/v1/pull", body=pull.model_dump_json().encode())
    hosted.hub().devices.tell_contacts()
    assert hosted.rows("SELECT waiting FROM sys_device WHERE id = %s", key_of(SALES).device_id) == [(8,)]


def test_super_admins_alone_hold_laptops(hosted: Hosted) -> None:
    held = {}
    for role in (Role.SUPER_ADMIN, Role.SUPPORT, Role.COMMERCIAL):
        laptop = Laptop(hosted.hub(), role)
        laptop.load()
        held[role] = bool(laptop.rows.get("sys_device"))
    assert held == {Role.SUPER_ADMIN: True, Role.SUPPORT: False, Role.COMMERCIAL: False}
