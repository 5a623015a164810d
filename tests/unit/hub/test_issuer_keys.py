"""The issuer's keys follow the issuer, without anybody being able to have it asked at will."""

from __future__ import annotations

import datetime as dt
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from fleetdesk.errors import BadSettings, Unavailable
from fleetdesk.hub.issuer_keys import LONGEST_KNOWN, SOONEST_AGAIN, IssuerKeys, read_jwks
from tests.unit.sync.test_ways import Authority

ADDRESS = "https://issuer.example.com/.well-known/jwks.json"


class Watch:
    """A clock that tests wind."""

    def __init__(self) -> None:
        self.time = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.time


class Issuer:
    """Has the keys that the test gives it, and counts how often it is asked."""

    def __init__(self, *key_ids: str) -> None:
        self.key_ids = key_ids
        self.asked = 0
        self.away = False

    def read(self) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        return jwks(*self.key_ids)


def jwks(*key_ids: str) -> dict[str, Any]:
    public = Ed25519PrivateKey.generate().public_key()
    return {"keys": [json.loads(OKPAlgorithm.to_jwk(public)) | {"kid": key_id} for key_id in key_ids]}


def test_a_key_that_the_issuer_has_since_is_found() -> None:
    issuer, watch = Issuer("old"), Watch()
    keys = IssuerKeys(issuer.read, watch)
    issuer.key_ids = ("old", "new")
    watch.time += SOONEST_AGAIN
    assert keys.find("new") is not None


def test_a_thousand_unknown_keys_have_the_issuer_asked_once_a_minute() -> None:
    issuer, watch = Issuer("old"), Watch()
    keys = IssuerKeys(issuer.read, watch)
    for number in range(1_000):
        watch.time += SOONEST_AGAIN / 500
        keys.find(f"unknown {number}")
    assert issuer.asked == 1 + 2


def test_known_keys_are_looked_up_without_asking() -> None:
    issuer, watch = Issuer("old"), Watch()
    keys = IssuerKeys(issuer.read, watch)
    watch.time += LONGEST_KNOWN - dt.timedelta(seconds=1)
    assert keys.find("old") is not None
    assert issuer.asked == 1


def test_a_key_that_was_withdrawn_is_believed_for_an_hour_at_most() -> None:
    issuer, watch = Issuer("old", "other"), Watch()
    keys = IssuerKeys(issuer.read, watch)
    issuer.key_ids = ("other",)
    watch.time += LONGEST_KNOWN
    assert keys.find("old") is None


def test_while_the_issuer_is_away_its_known_keys_stay() -> None:
    issuer, watch = Issuer("old"), Watch()
    keys = IssuerKeys(issuer.read, watch)
    issuer.away = True
    watch.time += LONGEST_KNOWN
    assert keys.find("old") is not None


def test_keys_are_read_from_a_file_by_its_path_or_its_address(tmp_path: Path) -> None:
    file = tmp_path / "the keys.json"
    file.write_text(json.dumps(jwks("k")))
    assert read_jwks(str(file)) == read_jwks(file.as_uri())


def test_keys_are_fetched_from_the_issuers_own_address() -> None:
    served = jwks("k")
    transport = httpx.MockTransport(lambda request: httpx.Response(200 if request.url == ADDRESS else 404, json=served))
    assert read_jwks(ADDRESS, transport=transport) == served


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(302, headers={"Location": ADDRESS})])
def test_an_address_that_gives_no_keys_just_now_may_be_asked_again(answer: httpx.Response) -> None:
    with pytest.raises(Unavailable):
        read_jwks(ADDRESS, transport=httpx.MockTransport(lambda _: answer))


@pytest.mark.parametrize("location", ["http://issuer.example.com/jwks.json", "ftp://x/y"])
def test_keys_that_anybody_on_the_way_could_change_are_not_taken(location: str) -> None:
    with pytest.raises(BadSettings):
        read_jwks(location)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/jwks", "http://localhost/jwks"])
def test_plain_http_is_enough_for_an_issuer_on_this_machine(address: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=jwks("k")))
    assert len(read_jwks(address, transport=transport)["keys"]) == 1


def test_plain_http_is_not_enough_for_an_issuer_elsewhere() -> None:
    with pytest.raises(BadSettings):
        read_jwks("http://issuer.example.com/jwks")


def test_a_key_that_messages_are_encrypted_with_is_passed_over() -> None:
    keys = jwks("signs", "encrypts")
    keys["keys"][1] |= {"use": "enc", "alg": "ECDH-ES"}
    known = IssuerKeys(lambda: keys, Watch())
    assert (known.find("signs") is not None, known.find("encrypts")) == (True, None)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server of keys on this machine, by TLS with a context; gives its port."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(jwks("a")).encode())

        def log_message(self, *_: object) -> None: ...

    class Server(HTTPServer):
        def handle_error(self, *_: object) -> None: ...

    with Server(("127.0.0.1", 0), Keys) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_an_issuer_of_an_unknown_authority_is_not_believed(tmp_path: Path) -> None:
    with serving(Authority(tmp_path).server("127.0.0.1")) as port, pytest.raises(Unavailable):
        read_jwks(f"https://127.0.0.1:{port}/jwks")


def test_an_authority_of_ones_own_is_believed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with serving(authority.server("127.0.0.1")) as port:
        found = read_jwks(f"https://127.0.0.1:{port}/jwks", ca_file=str(authority.file))
    assert len(found["keys"]) == 1


def test_a_file_without_authorities_is_the_settings_fault(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="holds no certificates"):
        read_jwks(ADDRESS, ca_file=str(tmp_path / "nothing.pem"))


def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving() as port:
        assert len(read_jwks(f"http://127.0.0.1:{port}/jwks")["keys"]) == 1
