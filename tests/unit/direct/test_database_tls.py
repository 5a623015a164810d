"""The driver itself, before a server that speaks TLS as PostgreSQL does: whom it sends a password, and whom not."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from fleetdesk.direct.database_address import DatabaseAddress
from tests.unit.sync.test_ways import Authority

NAME = "db.example.com"


@contextmanager
def database(context: ssl.SSLContext) -> Iterator[tuple[int, list[bytes]]]:
    """Something that agrees to TLS, as PostgreSQL's protocol has it (55.2.11); gives its port and what came through."""
    heard: list[bytes] = []

    def serve() -> None:
        with listener.accept()[0] as plain:
            plain.settimeout(20)
            plain.recv(8)
            plain.sendall(b"S")
            try:
                with context.wrap_socket(plain, server_side=True) as secure:
                    heard.append(secure.recv(1024))
            except (ssl.SSLError, OSError):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join()


def connect(port: int, ca_file: Path | None) -> str:
    """What the driver says in the end: nobody there is a database."""
    url = f"postgresql://hub:s3cret@{NAME}:{port}/fleetdesk?hostaddr=127.0.0.1&connect_timeout=20"
    with pytest.raises(psycopg.OperationalError) as told:
        psycopg.connect(DatabaseAddress.parse(url).verified(ca_file))
    return str(told.value)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_a_certificate_of_an_unknown_authority_is_not_accepted(authority: Authority) -> None:
    with database(authority.server(NAME)) as (port, heard):
        assert "certificate verify failed" in connect(port, None)
    assert not any(heard)


def test_an_authority_of_ones_own_is_believed(authority: Authority) -> None:
    with database(authority.server(NAME)) as (port, heard):
        connect(port, authority.file)
    assert b"hub" in heard[0]


def test_it_is_not_believed_of_another_machine(authority: Authority) -> None:
    with database(authority.server("other.example.com")) as (port, heard):
        assert "does not match host name" in connect(port, authority.file)
    assert not any(heard)
