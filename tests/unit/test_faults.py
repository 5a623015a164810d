"""The proxy that plays faults does what each fault says: what the hub hears, and what the laptop gets of the answer."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.faults import CutAnswer, CutRequest, Delay, DropAnswer, Duplicate, FaultProxy, Refuse, Stall

_ANSWER = b"x" * 1_000


class _Hub:
    """Answers every POST alike, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) < int(self.headers["Content-Length"]):
                    return
                hub.heard.append(body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(_ANSWER)))
                self.end_headers()
                self.wfile.write(_ANSWER)

            def log_message(self, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self._server.server_port)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def hub() -> Iterator[_Hub]:
    hub = _Hub()
    yield hub
    hub.close()


@pytest.fixture
def proxy(hub: _Hub) -> Iterator[FaultProxy]:
    with FaultProxy(hub.address) as proxy:
        yield proxy


def _ask(proxy: FaultProxy, body: bytes = b"question", *, path: str = "/v1/push", patience: float = 30.0) -> bytes:
    """What of the answer's body arrives."""
    received = bytearray()
    with httpx.Client(trust_env=False, timeout=patience) as client:
        try:
            with client.stream("POST", proxy.url + path, content=body) as response:
                for piece in response.iter_raw():
                    received += piece
        except httpx.TransportError:
            received += b"!"
    return bytes(received)


def _wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def test_without_a_fault_question_and_answer_get_through(hub: _Hub, proxy: FaultProxy) -> None:
    assert (_ask(proxy), hub.heard) == (_ANSWER, [b"question"])


def test_a_refused_request_is_not_heard(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(Refuse())
    assert (_ask(proxy), hub.heard) == (b"!", [])


def test_a_cut_request_is_not_heard_whole(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(CutRequest(after=3))
    assert (_ask(proxy), hub.heard) == (b"!", [])


def test_a_dropped_answer_was_heard(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(DropAnswer())
    assert (_ask(proxy), hub.heard) == (b"!", [b"question"])


def test_a_cut_answer_was_heard_and_arrives_in_part(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(CutAnswer(after=500))
    received = _ask(proxy)
    assert hub.heard == [b"question"]
    assert 0 < len(received) < 500
    assert received.endswith(b"!")


def test_a_doubled_request_is_heard_twice_and_answered_once(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(Duplicate())
    assert _ask(proxy) == _ANSWER
    assert _wait_for(lambda: hub.heard == [b"question"] * 2)


def test_a_doubled_request_may_lose_its_answer_too(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(Duplicate(drop=True))
    assert _ask(proxy) == b"!"
    assert _wait_for(lambda: hub.heard == [b"question"] * 2)


def test_a_late_copy_is_heard_after_what_was_sent_later(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(Duplicate(later=0.3))
    _ask(proxy, b"first")
    _ask(proxy, b"second")
    assert proxy.copies == 1
    assert _wait_for(lambda: hub.heard == [b"first", b"second", b"first"])


def test_a_delayed_request_is_overtaken(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(Delay(seconds=0.3))
    slow = threading.Thread(target=_ask, args=(proxy, b"first"))
    slow.start()
    assert _wait_for(lambda: len(proxy.seen) == 1)
    _ask(proxy, b"second")
    slow.join()
    assert hub.heard == [b"second", b"first"]


def test_a_stalled_answer_never_ends(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(Stall(after=0))
    assert (_ask(proxy, patience=0.2), hub.heard) == (b"!", [b"question"])


def test_each_fault_befalls_one_request(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.drop_requests(2)
    assert [_ask(proxy), _ask(proxy), _ask(proxy)] == [b"!", b"!", _ANSWER]


def test_a_fault_for_a_path_waits_for_it(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.play(Refuse(), path="/v1/pull")
    assert [_ask(proxy), proxy.waiting, _ask(proxy, path="/v1/pull"), proxy.waiting] == [_ANSWER, 1, b"!", 0]


def test_healing_forgets_the_faults_that_wait(hub: _Hub, proxy: FaultProxy) -> None:
    proxy.drop_answers(5)
    proxy.cut()
    assert _ask(proxy) == b"!"
    proxy.heal()
    assert _ask(proxy) == _ANSWER
