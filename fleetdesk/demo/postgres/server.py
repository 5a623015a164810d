"""The life of an embedded PostgreSQL: started, recovered after a crash, stopped, and never left behind.

Nothing here serves a hosted database: a server that somebody runs already is named by its URL (`Server.at`), and is
neither started nor stopped.
"""

from __future__ import annotations

import errno
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from fleetdesk.demo.postgres.account import Account, find_account
from fleetdesk.demo.postgres.binaries import Binaries, find_binaries
from fleetdesk.demo.postgres.cluster import SUPERUSER, Cluster, says_no_room
from fleetdesk.demo.postgres.data_dir import BEGIN_ANEW, ELSEWHERE, DataDir
from fleetdesk.demo.postgres.dsn import Dsn
from fleetdesk.demo.postgres.launch import HOST, PortTaken, Run, TryAgain, launch
from fleetdesk.demo.postgres.processes import kill_all, shut_down
from fleetdesk.errors import DiskFull, Unavailable

# Below the ports that systems lend to outgoing connections, so that ours is still free after a crash or a pause.
_PORTS = range(20_000, 32_000)
_ATTEMPTS = 40
_PAUSE_SECONDS = 0.25


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that answers, and the login of its administrator."""

    admin: Dsn

    @classmethod
    def at(cls, url: str) -> Self:
        """A server that somebody else runs. Raises BadSettings."""
        return cls(Dsn.parse(url))

    @property
    def host(self) -> str:
        return self.admin.host

    @property
    def port(self) -> int:
        return self.admin.port


class EmbeddedPostgres:
    """A PostgreSQL of our own, on loopback and a free port, whose data lives in `data_dir` (see data_dir.py).

    `binaries` are chosen if not given: those that made the data, else the best there are. With `durable` off, a crash
    of the machine may cost the data: for tests. If our process dies, a watchdog stops the server; should that fail too,
    the next start does.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Binaries | None = None,
        durable: bool = True,
        elsewhere: Sequence[Path] = ELSEWHERE,
    ) -> None:
        self._dir = DataDir(data_dir, elsewhere)
        self._binaries = binaries
        self._durable = durable
        self._run: Run | None = None

    def start(self) -> Server:
        """Start the server: its files are made the first time, and recovered after a crash.

        Raises AlreadyRunning (here or in another process), DiskFull, Unavailable.
        """
        if self._run is not None and not self._run.alive:
            self.stop()
        with _troubles_named(self._dir.path):
            self._dir.own()
            try:
                return self._start()
            except BaseException:
                self._dir.release()
                raise

    @property
    def alive(self) -> bool:
        """Whether the server that was started still runs."""
        return self._run is not None and self._run.alive

    def stop(self) -> None:
        """Stop the server, its sessions ended and its data on disk. Does nothing if it does not run."""
        self._end(shut_down)

    def kill(self) -> None:
        """End the server as a crash would, all its processes by SIGKILL; `start` then recovers its data."""
        self._end(kill_all)

    def remove(self) -> None:
        """Delete all that `start` made; a server that an earlier process left behind is stopped first.

        Raises AlreadyRunning, Unavailable.
        """
        with _troubles_named(self._dir.path):
            self._dir.own()
            try:
                _end_leftover(self._cluster())
                self._dir.clear()
            finally:
                self._dir.release()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> Server:
        account = find_account(self._cluster().owner)
        if self._cluster().owner is None:
            self._dir.settle(account)
        cluster = self._cluster()
        binaries = self._binaries_for(cluster).for_account(account, self._dir.home / "binaries")
        if cluster.owner is None:
            self._dir.make_password()
            cluster.create(binaries, account, self._dir.password(), durable=self._durable)
        password = self._dir.password()
        _end_leftover(cluster)
        self._run, port = self._launch(cluster, binaries, account)
        return Server(Dsn(HOST, port, SUPERUSER, password, "postgres"))

    def _cluster(self) -> Cluster:
        return Cluster(self._dir.home / "cluster")

    def _binaries_for(self, cluster: Cluster) -> Binaries:
        binaries = self._binaries or find_binaries(cluster.major)
        if cluster.major not in (None, binaries.major):
            raise Unavailable(
                f"The database in {self._dir.path} was made by PostgreSQL {cluster.major}, "
                f"and what was found on this machine is {binaries.version}.",
                kept="Its data is untouched.",
                do=f"Install PostgreSQL {cluster.major} to go on with it. {BEGIN_ANEW}",
            )
        return binaries

    def _launch(self, cluster: Cluster, binaries: Binaries, account: Account) -> tuple[Run, int]:
        log = self._dir.home / "server.log"
        if log.exists():
            log.replace(log.with_name("server.log.previous"))
        last = self._dir.noted()
        port = last.port if last is not None else _free_port()
        for _ in range(_ATTEMPTS):
            self._dir.note(port)
            try:
                return launch(cluster, binaries, account, port=port, durable=self._durable, log=log), port
            except PortTaken:
                port = _free_port()
            except TryAgain:
                time.sleep(_PAUSE_SECONDS)
        raise Unavailable(
            f"PostgreSQL did not start: processes of an earlier run still use {cluster.path}.",
            kept="Its data is untouched.",
            do="Try again in a minute.",
        )

    def _end(self, how: Callable[[psutil.Process], None]) -> None:
        if self._run is not None:
            self._run.end(how)
            self._run = None
            self._dir.release()


def _end_leftover(cluster: Cluster) -> None:
    """We own the data directory, so a server that still runs on it outlived the process that started it."""
    postmaster = cluster.postmaster()
    if postmaster is not None:
        shut_down(postmaster)
    cluster.forget_postmaster()


def _free_port() -> int:
    while True:
        port = random.choice(_PORTS)
        try:
            with socket.create_server((HOST, port)):
                return port
        except OSError:
            continue


@contextmanager
def _troubles_named(path: Path) -> Iterator[None]:
    """What the system refuses about our own files, as an error for people."""
    try:
        yield
    except OSError as error:
        if says_no_room(str(error)):
            raise DiskFull(
                f"The database in {path} did not start: the disk has no room.",
                kept="Its data is untouched.",
                do="Free some space and start again.",
            ) from error
        reason = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        raise Unavailable(
            f"The database in {path} did not start. {reason}.",
            kept="Its data is untouched.",
            do="If another user of this machine made it, start it as that user." if error.errno == errno.EACCES else "",
        ) from error
