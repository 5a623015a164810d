"""What this machine does in the minute of a measurement with nothing of FleetDesk's: read each time against these.

Each gives the median and the 95th percentile: where these are far apart, others use the machine too.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import psycopg

from bench.figures import Figure, median, percentile
from fleetdesk.demo.postgres import Dsn

__all__ = ["hashing", "hub_answer", "processor_seconds", "synced_write", "trivial_query"]

_TRIES = 200
_BLOCK = b"x" * 4096
_HASHED = b"x" * (2 << 20)


def hashing() -> tuple[Figure, Figure]:
    """The processor: the SHA-256 of 2 MB."""
    return _timed("SHA-256 of 2 MB", lambda: hashlib.sha256(_HASHED))


def synced_write(folder: Path) -> tuple[Figure, Figure]:
    """The disk: 4 KB appended to a file and synced."""
    with tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:
            file.write(_BLOCK)
            file.flush()
            os.fdatasync(file.fileno())

        return _timed("4 KB written and synced", write)


def trivial_query(login: Dsn) -> tuple[Figure, Figure]:
    """The database: SELECT 1 over an open connection."""
    with psycopg.connect(login.url, autocommit=True) as connection:
        return _timed("SELECT 1", lambda: connection.execute("SELECT 1").fetchall())


def hub_answer(url: str) -> tuple[Figure, Figure]:
    """The loopback and an HTTP server that does nothing: /livez over an open connection."""
    with httpx.Client(base_url=url, trust_env=False) as http:
        return _timed("GET /livez", lambda: http.get("/livez").raise_for_status())


def processor_seconds() -> float:
    """What this process and all that it started (servers, hubs, laptops) have used of the processors so far."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


def _timed(name: str, work: Callable[[], object]) -> tuple[Figure, Figure]:
    seconds = []
    for _ in range(_TRIES):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return (
        Figure(f"{name}, p50", 1000 * median(seconds), "ms"),
        Figure(f"{name}, p95", 1000 * percentile(seconds, 95), "ms"),
    )
