"""The wire that can be cut: what goes through, what does not, and what is the same afterwards."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from fleetdesk.demo.proxy import CuttableProxy


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets, once to each connection, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(ConnectionResetError):
            while piece := connection.recv(1 << 16):
                connection.sendall(piece)


def _connected(proxy: CuttableProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=30)


def _echoed(proxy: CuttableProxy, text: bytes) -> bytes:
    with _connected(proxy) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        received = bytearray()
        while piece := connection.recv(1 << 16):
            received += piece
        return bytes(received)


def _lost(proxy: CuttableProxy) -> bool:
    """Whether a connection breaks, whichever call meets it first."""
    try:
        _echoed(proxy, b"hello")
    except OSError:
        return True
    return False


def test_everything_gets_through_both_ways(echo: int) -> None:
    text = bytes(range(256)) * 8_000
    with CuttableProxy("127.0.0.1", echo) as proxy:
        assert _echoed(proxy, text[:1_000]) == text[:1_000]


def test_a_cut_resets_what_is_under_way(echo: int) -> None:
    with CuttableProxy("127.0.0.1", echo) as proxy, _connected(proxy) as connection:
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_cut_wire_lets_nothing_new_through(echo: int) -> None:
    with CuttableProxy("127.0.0.1", echo) as proxy:
        proxy.cut()
        assert _lost(proxy)


def test_a_restored_wire_is_found_at_the_same_port(echo: int) -> None:
    with CuttableProxy("127.0.0.1", echo) as proxy:
        port = proxy.port
        proxy.cut()
        proxy.restore()
        assert (_echoed(proxy, b"hello"), proxy.port) == (b"hello", port)


def test_a_stopped_wire_starts_again_at_the_same_port(echo: int) -> None:
    proxy = CuttableProxy("127.0.0.1", echo)
    port = proxy.start()
    proxy.stop()
    with proxy:
        assert (_echoed(proxy, b"hello"), proxy.port) == (b"hello", port)


def test_nobody_behind_the_wire_is_a_reset() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    with CuttableProxy("127.0.0.1", nobody) as proxy:
        assert _lost(proxy)


def test_stopping_leaves_no_thread(echo: int) -> None:
    with CuttableProxy("127.0.0.1", echo) as proxy, _connected(proxy):
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "cuttable-proxy"]
