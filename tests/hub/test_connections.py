"""Connections under abuse, over real sockets: what is not plainly one request is refused, who stalls is hung up on."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from fleetdesk.hub.connection import LONGEST_TARGET, MOST_HEAD, MOST_HEADERS, CarefulProtocol, Doors
from fleetdesk.hub.rates import Rates
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello, Problem, PullRequest
from fleetdesk.settings import HubSettings
from tests.devices import SigningForBearer, key_of, signer_of
from tests.hub.support import Hosted, Laptop, listening

SMUGGLED = b"GET /readyz HTTP/1.1\r\nHost: hub\r\n\r\n"
PATIENT: dict[str, Any] = {"head_seconds": 30.0, "body_seconds": 30.0, "answer_seconds": 30.0}
BRISK: dict[str, Any] = {"head_seconds": 0.5, "body_seconds": 0.5, "answer_seconds": 0.5}


@pytest.fixture
def requests(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """The requests that the hub carried out so far, as its log tells of them."""
    caplog.set_level(logging.INFO, "fleetdesk.hub")
    with contextlib.suppress(AttributeError):
        yield caplog.records


def carried_out(records: list[Any]) -> list[str]:
    return [record.path for record in records if record.getMessage() == "request"]


def connected(url: str) -> socket.socket:
    address = urlsplit(url)
    assert address.hostname is not None
    return socket.create_connection((address.hostname, address.port or 80), timeout=30)


def said(connection: socket.socket) -> bytes:
    """All that comes until the hub ends the connection."""
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            heard += piece
    return heard


def one_answer(connection: socket.socket) -> bytes:
    """An answer that is one JSON object, and leaves the connection open."""
    heard = b""
    while not heard.endswith(b"}"):
        heard += connection.recv(65_536)
    return heard


def spoken(url: str, sent: bytes) -> bytes:
    """What the hub answers to these bytes until it ends the connection."""
    with connected(url) as connection:
        connection.sendall(sent)
        return said(connection)


def post(headers: bytes, body: bytes = b"") -> bytes:
    return b"POST /v1/hello HTTP/1.1\r\nHost: hub\r\n" + headers + b"\r\n" + body


def pulling(laptop: Laptop) -> bytes:
    """The body of a pull since the laptop's cursor."""
    pull = PullRequest(laptop_id=laptop.id, cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION)
    return pull.model_dump_json().encode()


def pulled(url: str, laptop: Laptop) -> httpx.Response:
    headers = {"Authorization": f"Bearer user_{laptop.role}", "Content-Type": "application/json"}
    return httpx.post(f"{url}/v1/pull", content=pulling(laptop), headers=headers, auth=SigningForBearer(), timeout=60)


def signed(role: Role, path: str, content: bytes) -> bytes:
    """A post of that role's person, signed by their laptop, as bytes to be sent."""
    subject, number = f"user_{role}", signer_of(f"user_{role}").next_number()
    headers = {"Authorization": f"Bearer {subject}", "Content-Type": "application/json"}
    headers |= key_of(subject).signed(
        number, method="POST", path=path, body=content, authorization=headers["Authorization"]
    )
    head = f"POST {path} HTTP/1.1\r\nHost: hub\r\nContent-Length: {len(content)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode() + b"\r\n" + content


MALFORMED = {
    "two lengths that agree": post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"),
    "two lengths": post(b"Content-Length: 5\r\nContent-Length: 0\r\n", b"hello"),
    "a list of lengths": post(b"Content-Length: 5, 5\r\n", b"hello"),
    "a length with a sign": post(b"Content-Length: +5\r\n", b"hello"),
    "a length and chunks": post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunks and a length": post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n"),
    "chunks twice": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunks of something": post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
    "identity and chunks": post(b"Transfer-Encoding: identity, chunked\r\n", b"0\r\n\r\n"),
    "chunks that are none": post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    "chunks before they were invented": b"POST /v1/hello HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk without a size": post(b"Transfer-Encoding: chunked\r\n", b"zz\r\n\r\n"),
    "a chunk of less than nothing": post(b"Transfer-Encoding: chunked\r\n", b"-1\r\n\r\n"),
    "a chunk with a base": post(b"Transfer-Encoding: chunked\r\n", b"0x1\r\na\r\n0\r\n\r\n"),
    "a chunk beyond all sizes": post(b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffffff\r\na"),
    "a chunk longer than it says": post(b"Transfer-Encoding: chunked\r\n", b"1\r\nabc0\r\n\r\n"),
    "chunks with bare line feeds": post(b"Transfer-Encoding: chunked\r\n", b"1\na\n0\n\n"),
    "a header behind the body": post(b"Transfer-Encoding: chunked\r\n", b"0\r\nAuthorization: Bearer x\r\n\r\n"),
    "a folded header": post(b"X-Long: a\r\n b\r\n"),
    "a fold before the first header": b"GET /livez HTTP/1.1\r\n Host: hub\r\n\r\n",
    "bare line feeds": b"GET /livez HTTP/1.1\nHost: hub\n\n",
    "one bare line feed": b"GET /livez HTTP/1.1\r\nHost: hub\nX-Other: a\r\n\r\n",
    "a bare carriage return": b"GET /livez HTTP/1.1\r\nHost: hub\r\nX-Other: a\rX-Third: b\r\n\r\n",
    "NUL in a value": b"GET /livez HTTP/1.1\r\nHost: hub\r\nX-Other: a\0b\r\n\r\n",
    "NUL in a name": b"GET /livez HTTP/1.1\r\nHost: hub\r\nX-Oth\0er: a\r\n\r\n",
    "a space before the colon": post(b"Content-Length : 5\r\n", b"hello"),
    "a tab before the colon": post(b"Content-Length\t: 5\r\n", b"hello"),
    "a header without a name": post(b": 5\r\n"),
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: hub\r\nHost: other\r\n\r\n",
    "a host with a name before it": b"GET /livez HTTP/1.1\r\nHost: hub@other\r\n\r\n",
    "two tokens": post(b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
    "two ids": post(b"X-Request-Id: a\r\nX-Request-Id: b\r\n"),
    "two types": post(b"Content-Type: application/json\r\nContent-Type: text/plain\r\n"),
    "two signatures": post(b"Signature: a=:eA==:\r\nSignature: a=:eA==:\r\n"),
    "two inputs of a signature": post(b"Signature-Input: a=()\r\nSignature-Input: b=()\r\n"),
    "two digests": post(b"Content-Digest: sha-256=:eA==:\r\nContent-Digest: sha-256=:eA==:\r\n"),
    "a whole address": b"GET http://other/livez HTTP/1.1\r\nHost: hub\r\n\r\n",
    "an address that begins with two slashes": b"GET //other/livez HTTP/1.1\r\nHost: hub\r\n\r\n",
    "an address without a slash": b"GET livez HTTP/1.1\r\nHost: hub\r\n\r\n",
    "an address with a place in it": b"GET /livez#/readyz HTTP/1.1\r\nHost: hub\r\n\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: hub\r\n\r\n",
    "a tunnel": b"CONNECT other:80 HTTP/1.1\r\nHost: other:80\r\n\r\n",
    "another protocol in its place": post(b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n", b"hello"),
    "a version that is none": b"GET /livez HTTP/1.2\r\nHost: hub\r\n\r\n",
    "no version": b"GET /livez\r\n\r\n",
    "another version's greeting": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method in small letters": b"get /livez HTTP/1.1\r\nHost: hub\r\n\r\n",
    "a method that is none": b"FROB /livez HTTP/1.1\r\nHost: hub\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.fixture(scope="module")
def module_hub(module_hosted: Hosted) -> Hub:
    return module_hosted.hub(**PATIENT)


@pytest.fixture(scope="module")
def url(module_hub: Hub) -> Iterator[str]:
    with listening(module_hub) as url:
        yield url


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_plainly_one_request_is_refused_and_what_follows_is_not_heard(
    url: str, requests: list[Any], sent: bytes
) -> None:
    heard = spoken(url, sent + SMUGGLED)
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert heard.count(b"HTTP/1.1 ") == 1
    assert "/readyz" not in carried_out(requests)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * LONGEST_TARGET + b" HTTP/1.1\r\nHost: hub\r\n\r\n", 414),
        (b"GET /livez HTTP/1.1\r\nHost: hub\r\n" + b"X-Other: a\r\n" * MOST_HEADERS + b"\r\n", 431),
        (b"GET /livez HTTP/1.1\r\nHost: hub\r\nX-Other: " + b"a" * MOST_HEAD + b"\r\n\r\n", 431),
        (b"GET /livez HTTP/1.1\r\nHost: hub\r\nX-Other: " + b"a" * 2 * MOST_HEAD, 431),
    ],
)
def test_a_head_beyond_all_sizes_is_refused(url: str, sent: bytes, status: int) -> None:
    assert spoken(url, sent).startswith(b"HTTP/1.1 %d " % status)


def test_a_refusal_is_a_problem_with_an_id_and_the_headers_of_every_answer(url: str) -> None:
    head, _, body = spoken(url, MALFORMED["two hosts"]).partition(b"\r\n\r\n")
    headers = {line.split(b": ")[0]: line.split(b": ")[1] for line in head.splitlines()[1:]}
    problem = Problem.model_validate_json(body)
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"x-request-id"].decode() == problem.request_id
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"connection"] == b"close"


def test_who_goes_on_sending_what_is_no_request_is_not_answered_any_more(hosted: Hosted) -> None:
    with listening(hosted.hub(**PATIENT, strangers_per_address=2)) as url:
        heard = [spoken(url, MALFORMED["two hosts"])[:12] for _ in range(3)]
    assert heard == [b"HTTP/1.1 400", b"HTTP/1.1 400", b""]


def test_a_request_beside_one_that_is_not_answered_yet_is_not_heard(url: str, requests: list[Any]) -> None:
    body = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION).model_dump_json().encode()
    assert spoken(url, signed(Role.SUPPORT, "/v1/hello", body) + SMUGGLED) == b""
    assert "/readyz" not in carried_out(requests)


def test_a_request_after_an_answer_is_heard_on_the_same_connection(url: str) -> None:
    with connected(url) as connection:
        for _ in range(3):
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: hub\r\n\r\n")
            assert one_answer(connection).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_nobody_read_is_no_request(url: str, requests: list[Any]) -> None:
    """The answer is over before the body is: what the body holds is thrown away, and the next request is heard."""
    body = SMUGGLED.ljust(200_000, b" ")
    with connected(url) as connection:
        connection.sendall(post(b"Content-Length: %d\r\n" % len(body)) + body)
        assert one_answer(connection).startswith(b"HTTP/1.1 401 ")
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n")
        assert said(connection).count(b"HTTP/1.1 200 ") == 1
    assert "/readyz" not in carried_out(requests)


def test_empty_lines_keep_no_connection(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: hub\r\n\r\n")
        one_answer(connection)
        connection.sendall(b"\r\n")
        assert said(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 408),
        (b"GET /livez HTTP/1.1\r\nHost: h", 408),
        (post(b"Authorization: Bearer user_platform_support\r\nContent-Length: 100\r\n", b"{"), 408),
    ],
    ids=["silent", "half a head", "half a body"],
)
def test_who_keeps_the_hub_waiting_is_hung_up_on(hosted: Hosted, sent: bytes, status: int) -> None:
    with listening(hosted.hub(**BRISK)) as url:
        assert spoken(url, sent).startswith(b"HTTP/1.1 %d " % status)


def test_a_body_that_was_refused_and_never_ends_is_not_answered_twice(hosted: Hosted) -> None:
    with listening(hosted.hub(**BRISK)) as url:
        heard = spoken(url, post(b"Content-Length: 200000\r\n", b"{"))
    assert (heard.startswith(b"HTTP/1.1 401 "), heard.count(b"HTTP/1.1 ")) == (True, 1)


def test_who_sends_a_byte_at_a_time_is_hung_up_on(hosted: Hosted) -> None:
    with listening(hosted.hub(**BRISK)) as url, connected(url) as connection:
        connection.settimeout(0.05)
        connection.sendall(b"GET /livez HTTP/1.1\r\nX-Other: ")
        heard = b""
        while not heard:
            with contextlib.suppress(TimeoutError):
                heard = connection.recv(65_536)
            with contextlib.suppress(OSError):
                connection.sendall(b"a")
        assert heard.startswith(b"HTTP/1.1 408 ")


@pytest.mark.timeout(50)  # without an end to the wait for its reader, the first pull keeps its place for a minute
def test_who_never_reads_an_answer_frees_its_place(hosted: Hosted) -> None:
    """Half the pool's connections but one may pull: here one, which whoever does not read must not keep."""
    hub = hosted.hub(**BRISK)
    laptop = Laptop(hub)
    laptop.load()
    hosted.execute(
        "INSERT INTO sys_demo_lead (id, scope, status, company, tags, activity_count, search_key, stage_changed_at,"
        " created_at, updated_at, message) SELECT 'l' || n, 'leads', 'new', 'c', '[]', 0, 'c', now(), now(), now(),"
        " (SELECT string_agg(md5(n::text || part::text), '') FROM generate_series(1, 300) AS part)"
        " FROM generate_series(1, 2000) AS n"
    )
    with listening(hub) as url, connected(url) as idle:
        idle.sendall(signed(laptop.role, "/v1/pull", pulling(laptop)))
        assert idle.recv(1)
        answer = pulled(url, laptop)
        while answer.status_code == 503:
            answer = pulled(url, laptop)
    assert answer.status_code == 200


async def _as_much_as_asked(scope: Scope, receive: Receive, send: Send) -> None:
    """An application whose path says how many bytes its answer has."""
    content = b"x" * int(scope["path"][1:])
    headers = [(b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@contextlib.contextmanager
def _answering(**settings: Any) -> Iterator[socket.socket]:  # noqa: ANN401 (what the settings take)
    """A connection, narrow at both ends, to a server that answers as much as it is asked for."""
    chosen = HubSettings(**settings)
    protocol: Any = partial(CarefulProtocol, doors=Doors(chosen, Rates(chosen)))
    with socket.socket() as listens, socket.socket() as connection:
        listens.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8_192)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        listens.bind(("127.0.0.1", 0))
        listens.listen()
        server = uvicorn.Server(uvicorn.Config(_as_much_as_asked, log_config=None, http=protocol, lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listens],))
        thread.start()
        try:
            connection.settimeout(30)
            connection.connect(listens.getsockname())
            yield connection
        finally:
            connection.close()
            server.should_exit = True
            thread.join()


def _read_answer(connection: socket.socket, size: int) -> bool:
    """Whether an answer of that many bytes comes, to its end."""
    heard = b""
    while len(heard.partition(b"\r\n\r\n")[2]) < size:
        piece = connection.recv(65_536)
        if not piece:
            return False
        heard += piece
    return True


def test_each_answer_has_a_time_of_its_own_to_be_read_in() -> None:
    """Of the first a little waits in the server until it is read; the time for that does not end the second."""
    with _answering(answer_seconds=2.0) as connection:
        for size in (24_000, 60_000):
            connection.sendall(b"GET /%d HTTP/1.1\r\nHost: hub\r\n\r\n" % size)
            time.sleep(1.2)
            assert _read_answer(connection, size)


def test_one_address_has_no_more_connections_than_it_may(hosted: Hosted) -> None:
    with listening(hosted.hub(**PATIENT, connections_per_address=2)) as url, connected(url), connected(url):
        assert spoken(url, b"GET /livez HTTP/1.1\r\nHost: hub\r\n\r\n") == b""


def test_addresses_of_a_trusted_proxy_are_not_counted_as_one(hosted: Hosted) -> None:
    hub = hosted.hub(**PATIENT, connections_per_address=1, trusted_proxies="127.0.0.0/8")
    with listening(hub) as url, connected(url):
        assert httpx.get(f"{url}/livez").status_code == 200


def test_of_too_many_connections_the_oldest_that_asked_nothing_ends(hosted: Hosted) -> None:
    with listening(hosted.hub(**PATIENT, connections=2)) as url, connected(url) as first, connected(url):
        assert httpx.get(f"{url}/livez").status_code == 200
        assert said(first) == b""


def test_a_connection_that_was_answered_and_kept_gives_way_too(hosted: Hosted) -> None:
    with listening(hosted.hub(**PATIENT, connections=2)) as url, connected(url) as first, connected(url) as second:
        for connection in (first, second):
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: hub\r\n\r\n")
            one_answer(connection)
        assert httpx.get(f"{url}/livez").status_code == 200
        assert said(first) == b""


def test_many_silent_and_trickling_connections_keep_no_laptop_from_pulling(hosted: Hosted) -> None:
    hub = hosted.hub(head_seconds=1.0, body_seconds=1.0, connections=600, connections_per_address=0x7FFF)
    laptop = Laptop(hub)
    laptop.load()
    with listening(hub) as url, contextlib.ExitStack() as open_ones:
        silent = [open_ones.enter_context(connected(url)) for _ in range(500)]
        trickling = [open_ones.enter_context(connected(url)) for _ in range(200)]
        for connection in trickling:
            with contextlib.suppress(OSError):
                connection.sendall(b"POST /v1/pull HTTP/1.1\r\nHost: hub\r\n")
        answer = pulled(url, laptop)
        assert answer.status_code == 200
        for connection in silent + trickling:
            said(connection)  # each is ended by the hub
