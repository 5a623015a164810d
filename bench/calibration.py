"""What this machine does in the minute of a measurement with nothing of FleetDesk's: read each time against these."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg

from bench.figures import Figure, median
from fleetdesk.demo.postgres import Dsn

__all__ = ["hashing", "hub_answer", "synced_write", "trivial_query"]

_TRIES = 100
_BLOCK = b"x" * 4096
_HASHED = b"x" * (16 << 20)


def hashing() -> Figure:
    """The processor: the SHA-256 of 16 MB."""
    return Figure("SHA-256 of 16 MB", _median_ms(lambda: hashlib.sha256(_HASHED), tries=5), "ms")


def synced_write(folder: Path) -> Figure:
    """The disk: 4 KB appended to a file and synced."""
    with tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:
            file.write(_BLOCK)
            file.flush()
            os.fdatasync(file.fileno())

        return Figure("4 KB written and synced", _median_ms(write), "ms")


def trivial_query(login: Dsn) -> Figure:
    """The database: SELECT 1 over an open connection."""
    with psycopg.connect(login.url, autocommit=True) as connection:
        return Figure("SELECT 1", _median_ms(lambda: connection.execute("SELECT 1").fetchall()), "ms")


def hub_answer(url: str) -> Figure:
    """The loopback and an HTTP server that does nothing: /livez over an open connection."""
    with httpx.Client(base_url=url, trust_env=False) as http:
        return Figure("GET /livez", _median_ms(lambda: http.get("/livez").raise_for_status()), "ms")


def _median_ms(work: Callable[[], object], tries: int = _TRIES) -> float:
    seconds = []
    for _ in range(tries):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return 1000 * median(seconds)
