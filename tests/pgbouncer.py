"""A real PgBouncer for tests, in transaction mode, over as few connections to the server as a test asks for.

The installed one, or Debian's package, unpacked beside the checkout's other dependencies and not installed. Where
neither can be had, tests that need it are skipped, and say why.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

import debian
from console import SetupError
from fleetdesk.demo.postgres import Dsn
from tests.postgres import enterable_folder

__all__ = ["pgbouncer"]

_KEPT = Path(__file__).resolve().parent.parent / ".deps"
_CONFIGURATION = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {servers}
query_wait_timeout = 30
"""


@contextmanager
def pgbouncer(behind: Dsn, *, servers: int) -> Iterator[Dsn]:
    """The way to the same login through a PgBouncer of its own, that opens so many connections to the server."""
    program = _program()
    with enterable_folder() as folder:
        listen = _free_port()
        (folder / "users").write_text(f'"{behind.user}" "{behind.password}"\n')
        (folder / "ini").write_text(
            _CONFIGURATION.format(host=behind.host, port=behind.port, listen=listen, folder=folder, servers=servers)
        )
        root = Path(shutil.copytree(program.root, folder / "program")) if program.root else None
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [root / program.path if root else program.path, folder / "ini"],
                env={"LD_LIBRARY_PATH": os.pathsep.join(map(str, root.glob("**/lib/*-linux-gnu*")))} if root else {},
                cwd="/",
                user=_unprivileged(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        way = replace(behind, host="127.0.0.1", port=listen)
        try:
            _wait_until_it_answers(way, process, folder / "log")
            yield way
        finally:
            process.terminate()
            process.wait(10)


class _Program:
    """Where the program is: within `root`, if it was unpacked there."""

    def __init__(self, path: str, root: Path | None = None) -> None:
        self.path = path
        self.root = root


def _program() -> _Program:
    installed = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if installed:
        return _Program(installed)
    root = _KEPT / "pgbouncer"
    path = "usr/sbin/pgbouncer"
    _KEPT.mkdir(exist_ok=True)
    with (_KEPT / "pgbouncer.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if not (root / path).exists():
            try:
                debian.unpack(["pgbouncer"], root)
            except SetupError as error:
                shutil.rmtree(root, ignore_errors=True)
                pytest.skip(f"PgBouncer is not installed, and its package cannot be had: {error}")
    return _Program(path, root)


def _unprivileged() -> int | None:
    """Whom it runs as: it refuses to be root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(way: Dsn, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(way.url).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PgBouncer does not answer: {log.read_text()}") from None
            time.sleep(0.02)
        else:
            return
