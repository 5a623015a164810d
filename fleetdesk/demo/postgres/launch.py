"""One run of a server's process, from its start to its end, with the watchdog that ends it when our process dies."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from fleetdesk.demo.postgres.account import Account
from fleetdesk.demo.postgres.binaries import Binaries
from fleetdesk.demo.postgres.cluster import Cluster, failure, private
from fleetdesk.demo.postgres.processes import kill_all
from fleetdesk.errors import FleetDeskError, Unavailable

HOST = "127.0.0.1"

_READY_SECONDS = 120.0
_LOOK_AGAIN_SECONDS = 0.01

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    # No standby follows this server, so nothing need be logged for one.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # In the data directory, to go with it, and because a container's /dev/shm is small.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Waits for the end of its input. A line says that the server was stopped; an end without one, that our process died.
# A process of its own rather than PR_SET_PDEATHSIG, which strikes when the starting thread ends, not the process. The
# number it was given is still the server's: until we die or say so, the server is our child and not reaped.
_WATCHDOG = 'read -r _ || kill -INT "$1"'


class TryAgain(Exception):
    """The server did not start, for a reason that passes."""


class PortTaken(TryAgain):
    """Another program listens on this port."""


@dataclass(frozen=True)
class Run:
    """A server that answers, a child of this process."""

    _postmaster: subprocess.Popen[bytes]
    _watchdog: subprocess.Popen[bytes]

    @property
    def alive(self) -> bool:
        return self._postmaster.poll() is None

    def end(self, how: Callable[[psutil.Process], None]) -> None:
        """End the server in the way given, if it has not ended by itself, and then its watchdog."""
        if self.alive:
            how(psutil.Process(self._postmaster.pid))
        self._postmaster.wait()
        _dismiss(self._watchdog)


def launch(cluster: Cluster, binaries: Binaries, account: Account, *, port: int, durable: bool, log: Path) -> Run:
    """Start the server and wait until it answers, its recovery included.

    Raises TryAgain, PortTaken, DiskFull, Unavailable.
    """
    settings = {**_SETTINGS, "port": str(port), **({} if durable else _NOT_DURABLE)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command: tuple[str | Path, ...] = (binaries.program("postgres"), "-D", cluster.path, *options)
    with ExitStack() as undo:
        with open(log, "wb", opener=private) as output:
            postmaster = account.spawn(*command, stdin=subprocess.DEVNULL, output=output)
        undo.callback(_kill, postmaster)
        watchdog = account.spawn(
            "sh", "-c", _WATCHDOG, "watchdog", str(postmaster.pid), stdin=subprocess.PIPE, output=subprocess.DEVNULL
        )
        undo.callback(_dismiss, watchdog)
        _wait_ready(postmaster, cluster, log)
        undo.pop_all()
    return Run(postmaster, watchdog)


def _wait_ready(postmaster: subprocess.Popen[bytes], cluster: Cluster, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not cluster.is_ready(postmaster.pid):
        if postmaster.poll() is not None:
            raise _reason(log)
        if time.monotonic() > deadline:
            raise Unavailable(
                f"PostgreSQL did not answer within {_READY_SECONDS:.0f} seconds and was stopped.",
                kept="Its data is untouched.",
                do=f"Look into {log} for what it was doing.",
            )
        time.sleep(_LOOK_AGAIN_SECONDS)


def _reason(log: Path) -> TryAgain | FleetDeskError:
    said = log.read_text(errors="replace")
    if "Address already in use" in said:
        return PortTaken()
    # What a killed server was busy with ends a little after it, and holds its shared memory until then.
    if "pre-existing shared memory block" in said:
        return TryAgain()
    return failure(
        said, "PostgreSQL did not start", kept=f"Its data is untouched; what it said is in {log}.", place=log.parent
    )


def _kill(postmaster: subprocess.Popen[bytes]) -> None:
    if postmaster.poll() is None:
        kill_all(psutil.Process(postmaster.pid))
    postmaster.wait()


def _dismiss(watchdog: subprocess.Popen[bytes]) -> None:
    watchdog.communicate(b"stopped\n")
