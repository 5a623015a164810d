"""What the hub takes and what its answers carry, whoever asks: rates, sizes, forms, headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import httpx
import orjson
import pytest

from fleetdesk.errors import BadSettings
from fleetdesk.hub import holding_back
from fleetdesk.hub.bodies import DEEPEST, SMALL_BODY
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.serve import server_config
from fleetdesk.models.access import Role
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import BYTES_PIECE, Hello, Problem
from fleetdesk.signatures import DeviceKey
from tests.devices import Signing, SigningForBearer, insert_device, key_of
from tests.hub.support import Hosted, OfAnotherOrganisation, person_id

SIGNED_IN = {"Authorization": f"Bearer user_{Role.SUPPORT}"}
HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION).model_dump()

FORGED = SIGNED_IN | key_of(f"user_{Role.SUPPORT}").signed(
    1, method="GET", path="/v1/hello", body=b"", authorization=SIGNED_IN["Authorization"]
)
"""The headers of a request by which that laptop signed another."""


class Asker:
    """Asks a hub's whole application, as uvicorn runs it, from an address; signs for whoever names a session."""

    def __init__(self, hosted: Hosted, *, address: str = "192.0.2.7", **settings: Any) -> None:  # noqa: ANN401 (what the settings take)
        config = server_config(hosted.hub(**{"hold_back_seconds": 0.0} | settings), host="127.0.0.1", port=0)
        config.load()
        transport = httpx.ASGITransport(config.loaded_app, raise_app_exceptions=False, client=(address, 1))
        self._http = httpx.AsyncClient(transport=transport, base_url="http://hub", auth=SigningForBearer())
        self._runner = asyncio.Runner()

    def __call__(self, path: str = "/livez", *, method: str = "GET", **request: Any) -> httpx.Response:  # noqa: ANN401 (what httpx takes)
        return self._runner.run(self._http.request(method, path, **request))

    def hello(self, **headers: str) -> httpx.Response:
        return self("/v1/hello", method="POST", json=HELLO, headers=SIGNED_IN | headers)

    @contextmanager
    def meanwhile(self, path: str, **request: Any) -> Iterator[asyncio.Task[httpx.Response]]:  # noqa: ANN401 (what httpx takes)
        """Asked while other things are, and given up at the end."""
        asked = self._runner.get_loop().create_task(self._http.request(url=path, **request))
        yield asked
        asked.cancel()
        with suppress(asyncio.CancelledError):
            self._runner.run(_settled(asked))

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()


async def _settled(task: asyncio.Task[httpx.Response]) -> None:
    await asyncio.wait({task})


@pytest.fixture
def ask(hosted: Hosted) -> Iterator[Asker]:
    with closing(Asker(hosted)) as asker:
        yield asker


def problem(answer: httpx.Response) -> tuple[int, str]:
    told = Problem.model_validate_json(answer.content)
    assert told.request_id == answer.headers["X-Request-Id"]
    return answer.status_code, told.code


# -------------------------------------------------------------------------------------------------------------- rates


def test_a_person_who_asks_too_often_is_told_how_long_to_wait(hosted: Hosted) -> None:
    with closing(Asker(hosted, requests_each=3)) as ask:
        assert [ask.hello().status_code for _ in range(3)] == [200] * 3
        refused = ask.hello()
    told = Problem.model_validate_json(refused.content)
    assert problem(refused) == (429, "rate_limited")
    assert told.retry_after is not None
    assert int(refused.headers["Retry-After"]) >= told.retry_after > 0


def test_a_person_who_asks_too_often_keeps_nobody_else_out(hosted: Hosted) -> None:
    with closing(Asker(hosted, requests_each=1)) as ask:
        ask.hello()
        ask.hello()
        assert ask.hello(Authorization=f"Bearer user_{Role.FINANCE}").status_code == 200


@pytest.fixture
def held_back(hosted: Hosted, caplog: pytest.LogCaptureFixture) -> Iterator[Asker]:
    """Asks where a refusal is on its way, and held back for an hour."""
    caplog.set_level("INFO")
    with closing(Asker(hosted, requests_each=1, strangers_per_address=0, hold_back_seconds=3600.0)) as ask:
        ask.hello()
        with ask.meanwhile("/v1/hello", method="POST", json=HELLO, headers=SIGNED_IN) as refused:
            while not any(getattr(record, "status", 0) == 429 for record in caplog.records):
                ask()
            yield ask
            assert not refused.done()


def test_who_asks_too_often_waits_for_the_refusal_and_nobody_else_does(held_back: Asker) -> None:
    assert held_back.hello(Authorization=f"Bearer user_{Role.FINANCE}").status_code == 200


def test_refusals_beyond_those_that_can_be_held_back_come_at_once(
    held_back: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding_back, "_MOST_HELD", 1)
    assert problem(held_back.hello()) == (429, "rate_limited")


@pytest.mark.parametrize("signature", [{}, FORGED], ids=["no signature", "a forged one"])
def test_a_copied_token_uses_up_nothing_of_its_persons(hosted: Hosted, signature: dict[str, str]) -> None:
    with closing(Asker(hosted, requests_each=1)) as ask:
        for _ in range(3):
            copied = ask("/v1/hello", method="POST", json=HELLO, headers=SIGNED_IN | signature, auth=None)
            assert copied.status_code == 403
        assert ask("/openapi.json", headers=SIGNED_IN, auth=None).status_code == 200
        assert ask.hello().status_code == 200


def test_whoever_asks_by_a_copied_token_is_counted_as_a_stranger(hosted: Hosted) -> None:
    with closing(Asker(hosted, strangers_per_address=2)) as ask:
        copied = [ask("/v1/hello", method="POST", json=HELLO, headers=SIGNED_IN, auth=None) for _ in range(3)]
        assert [answer.status_code for answer in copied] == [403, 403, 429]
        assert ask.hello().status_code == 200


def test_an_id_that_a_laptop_gives_itself_is_no_new_allowance(hosted: Hosted) -> None:
    with closing(Asker(hosted, requests_each=1)) as ask:
        ask.hello()
        again = ask("/v1/hello", method="POST", json=HELLO | {"laptop_id": "another"}, headers=SIGNED_IN)
    assert problem(again) == (429, "rate_limited")


def test_a_laptop_that_asks_too_often_is_told_how_long_to_wait_and_keeps_the_persons_other_one_going(
    hosted: Hosted,
) -> None:
    other = DeviceKey(b"o" * 32)
    with hosted.owner() as connection:
        insert_device(connection, f"user_{Role.SUPPORT}", person_id(Role.SUPPORT), other)
    with closing(Asker(hosted, requests_per_device=2)) as ask:
        statuses = [ask.hello().status_code for _ in range(3)]
        refused = ask.hello()
        elsewhere = ask("/v1/hello", method="POST", json=HELLO, headers=SIGNED_IN, auth=Signing(key=other))
    assert statuses == [200, 200, 429]
    assert problem(refused) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
    assert elsewhere.status_code == 200


def test_whoever_signs_for_a_laptop_wrongly_uses_up_nothing_of_its_own(hosted: Hosted) -> None:
    with closing(Asker(hosted, requests_per_device=1)) as ask:
        for _ in range(3):
            forged = ask("/v1/hello", method="POST", json=HELLO, headers=FORGED, auth=None)
            assert problem(forged) == (403, "bad_signature")
        assert ask.hello().status_code == 200


def test_an_address_that_asks_too_often_is_refused_whoever_asks(hosted: Hosted) -> None:
    with closing(Asker(hosted, requests_per_address=2)) as ask:
        ask.hello()
        ask.hello()
        assert problem(ask.hello(Authorization=f"Bearer user_{Role.FINANCE}")) == (429, "rate_limited")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/readyz", {}),
        ("/readyz", {"Authorization": "Bearer x"}),
        ("/v1/hooks/clerk", {"Authorization": "Bearer x"}),
        ("/v1/events", {}),
        ("/nowhere", {}),
    ],
)
def test_who_proves_no_session_has_a_tighter_allowance(hosted: Hosted, path: str, headers: dict[str, str]) -> None:
    with closing(Asker(hosted, strangers_per_address=2)) as ask:
        ask(path, headers=headers)
        ask(path, headers=headers)
        assert problem(ask(path, headers=headers)) == (429, "rate_limited")
        assert ask.hello().status_code == 200


def test_a_token_that_proves_nothing_counts_as_none(hosted: Hosted) -> None:
    with closing(Asker(hosted, strangers_per_address=2, verifier=OfAnotherOrganisation())) as ask:
        assert [ask.hello().status_code for _ in range(3)] == [403, 403, 429]


# ---------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("variable", ["", "*"])
def test_what_a_stranger_says_of_the_address_is_not_believed(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", variable)  # uvicorn's own variable
    with closing(Asker(hosted, address="127.0.0.1", strangers_per_address=2)) as ask:
        answers = [ask(headers={"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_what_a_trusted_proxy_says_of_the_address_is_believed(hosted: Hosted) -> None:
    proxied = Asker(hosted, address="10.1.2.3", trusted_proxies="10.0.0.0/8, 192.0.2.1", strangers_per_address=2)
    with closing(proxied) as ask:
        told = [f"203.0.113.9, 198.51.100.{number}" for number in (1, 2, 3, 1, 1)]
        answers = [ask(headers={"X-Forwarded-For": addresses}) for addresses in told]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]


def test_a_proxy_that_is_no_address_is_no_setting(hosted: Hosted) -> None:
    with pytest.raises(BadSettings, match="FLEETDESK_TRUSTED_PROXIES"):
        Asker(hosted, trusted_proxies="proxy.example.com")


# ------------------------------------------------------------------------------------------------------------- bodies


@pytest.mark.parametrize("path", ["/v1/hello", "/v1/pull", "/v1/load", "/v1/load/sys_demo_lead", "/v1/hooks/clerk"])
def test_only_a_push_is_large(ask: Asker, path: str) -> None:
    assert problem(ask(path, method="POST", content=b" " * (SMALL_BODY + 1), headers=SIGNED_IN)) == (413, "too_large")


def test_a_piece_of_a_document_is_no_larger_than_pieces_are(ask: Asker) -> None:
    path = "/v1/documents/x/bytes/0"
    too_large = ask(path, method="PUT", content=b"a" * (BYTES_PIECE + 1), headers=SIGNED_IN)
    assert problem(too_large) == (413, "too_large")
    right = ask(
        path, method="PUT", content=b"a" * BYTES_PIECE, headers={"Authorization": "Bearer user_platform_commercial"}
    )
    assert right.status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eA=="}])
def test_a_large_body_is_not_read_of_who_names_no_session(hosted: Hosted, headers: dict[str, str]) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"[" * SMALL_BODY

    with closing(Asker(hosted)) as ask:
        headers |= {"Content-Type": "application/json"}
        answer = ask("/v1/push", method="POST", content=body(), headers=headers, auth=None)
    assert (problem(answer), read) == ((401, "sign_in"), 0)


@pytest.mark.parametrize("coding", ["gzip", "zstd", "br", "identity, gzip"])
def test_a_packed_body_is_refused(ask: Asker, coding: str) -> None:
    assert problem(ask.hello(**{"Content-Encoding": coding})) == (415, "bad_request")


@pytest.mark.parametrize(("opened", "closed"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_what_is_nested_too_deep_is_refused_before_anybody_walks_it(ask: Asker, opened: bytes, closed: bytes) -> None:
    def push(depth: int) -> httpx.Response:
        deep = opened * depth + b"1" + closed * depth
        body = orjson.dumps({"laptop_id": "l", "first_sequence": 1, "confirmed": 0, "commands": []})[:-1]
        content = body + b',"more_of_it":' + deep + b"}"
        headers = SIGNED_IN | {"Content-Type": "application/json"}
        return ask("/v1/push", method="POST", content=content, headers=headers)

    assert push(DEEPEST - 1).status_code == 200
    assert problem(push(DEEPEST)) == (400, "bad_request")
    assert problem(push(900)) == (400, "bad_request")
    assert problem(push(5_000)) == (422, "bad_request")


# ------------------------------------------------------------------------------------------------------------ answers


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/v1/events", "/v1/push", "/openapi.json"])
def test_every_answer_tells_browsers_to_keep_away(ask: Asker, path: str) -> None:
    headers = ask(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Server" not in headers
    assert "Strict-Transport-Security" not in headers


def test_behind_https_every_answer_asks_for_https(hosted: Hosted) -> None:
    with closing(Asker(hosted, address="10.1.2.3", trusted_proxies="10.1.2.3")) as ask:
        assert "Strict-Transport-Security" in ask(headers={"X-Forwarded-Proto": "https"}).headers


@pytest.mark.parametrize("path", ["/livez", "/v1/push", "/v1/events", "/openapi.json"])
def test_no_other_site_may_read_an_answer(ask: Asker, path: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    preflight = ask(path, method="OPTIONS", headers=asked)
    assert problem(preflight) == (405, "bad_request")
    for answer in (preflight, ask(path, headers=SIGNED_IN | asked, method="GET" if path == "/livez" else "POST")):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_requests_id_is_the_hubs_own(ask: Asker) -> None:
    given = "01890000-0000-7000-8000-000000000000"
    assert ask(headers={"X-Request-Id": given}).headers["X-Request-Id"] != given


@pytest.mark.parametrize(
    ("openapi", "headers", "status"),
    [
        ("staff", {}, 401),
        ("staff", {"Authorization": "Bearer user_of_a_client"}, 403),
        ("staff", SIGNED_IN, 200),
        ("open", {}, 200),
        ("off", SIGNED_IN, 404),
    ],
)
def test_the_document_is_for_staff_unless_set_otherwise(
    hosted: Hosted, openapi: str, headers: dict[str, str], status: int
) -> None:
    with closing(Asker(hosted, openapi=openapi)) as ask:
        assert ask("/openapi.json", headers=headers).status_code == status


def test_another_word_for_who_may_read_the_document_is_no_setting(hosted: Hosted) -> None:
    with pytest.raises(BadSettings, match="FLEETDESK_OPENAPI"):
        hosted.hub(openapi="everybody")


# ------------------------------------------------------------------------------------------------------------ database


def test_a_statement_for_a_person_ends_by_itself_and_leaves_nothing_to_its_connection(hosted: Hosted) -> None:
    database = hosted.hub(pool_size=1).database
    with database.reading() as connection:
        set_claims(connection, Claims(person="p", role=Role.SUPPORT))
        during = connection.exec_driver_sql("SHOW statement_timeout").scalar_one()
    with database.reading() as connection:
        after = connection.exec_driver_sql("SHOW statement_timeout").scalar_one()
    assert (during, after) == ("2min", "0")


def test_a_person_has_no_more_event_streams_than_they_may(hosted: Hosted) -> None:
    watcher = hosted.hub(streams_each=2).watcher
    scopes = frozenset({"staff"})
    with (
        watcher.subscribe(scopes, listener="user_1") as oldest,
        watcher.subscribe(scopes, listener="user_1") as second,
        watcher.subscribe(scopes, listener="user_2") as other,
        watcher.subscribe(scopes, listener="user_1") as newest,
    ):
        ended = [subscription.ended for subscription in (oldest, second, other, newest)]
    assert ended == [True, False, False, False]
