"""The hub of a direct connection: a child process on loopback that answers this program alone, kept running.

Each start has a secret of its own. A hub that ended, or that cannot start, is started again, with growing pauses; until
then its door tells why nothing gets through.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from fleetdesk.direct.keys import DirectKeys
from fleetdesk.errors import BadSettings, Defect, FleetDeskError, Offline, Unavailable
from fleetdesk.hub_process import HubProcess
from fleetdesk.sync.engine.backoff import Backoff
from fleetdesk.sync.network.exchange import Door
from fleetdesk.sync.signin.connections import Connection

__all__ = ["OwnHub", "try_hub"]

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.2
_STEADY_SECONDS = 60.0
"""A hub that ran that long and ended is started again at once."""
_CLOSING_SECONDS = 15.0
_KEPT = "What waits to be sent is kept."
_FILE = "hub.log"
_LONGEST_LOG = 5_000_000  # bytes


class OwnHub:
    """Runs from `start` to `close`. `door` may be called from any thread, and `wait` from any event loop.

    `running` is called, in a thread of its own, each time the hub begins to serve.
    """

    def __init__(
        self, connection: Connection, keys: DirectKeys, folder: Path, *, backoff: Backoff | None = None
    ) -> None:
        """`folder` is where the hub's log goes."""
        self.running: Callable[[], None] = lambda: None
        self._connection = connection
        self._keys = keys
        self._log = folder / _FILE
        self._backoff = backoff or Backoff(random.Random(), first=1.0)  # noqa: S311  (spreads retries; guards nothing)
        self._over = threading.Event()
        self._decided = threading.Event()
        self._again = threading.Event()
        self._hub: HubProcess | None = None
        self._secret = ""
        self._why: FleetDeskError = Offline("FleetDesk’s own hub is starting.", kept=_KEPT)
        self._thread = threading.Thread(target=self._keep_running, name="fleetdesk-own-hub", daemon=True)

    @property
    def place(self) -> str:
        """Where its database is, without the password; why that is not known, else."""
        try:
            return self._keys.database().place
        except FleetDeskError as error:
            return error.what

    @property
    def pid(self) -> int | None:
        """The id of the hub's process, while there is one."""
        hub = self._hub
        return None if hub is None else hub.pid

    def start(self) -> None:
        """Begin to start it; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End the hub. What it is about to do has ten seconds to be finished."""
        self._over.set()
        self._again.set()
        if (hub := self._hub) is not None and not self._secret:
            hub.interrupt()
        self._thread.join(_CLOSING_SECONDS)

    def door(self) -> Door:
        """Where the hub listens. Raises Offline, with the reason, while it does not."""
        hub = self._hub
        if hub is None or not hub.alive or not self._secret:
            error = self._why
            raise Offline(error.what, kept=_KEPT, do=error.do)
        return Door(hub.url, self._secret)

    async def wait(self) -> None:
        """Return once the hub serves. Cancelled, it ends at once: no thread waits.

        Raises why it does not serve, BadSettings or Unavailable, at the end of this try, and at once after `close`.
        """
        if self._decided.is_set() and not self._secret:
            self._decided.clear()
            self._again.set()
        while self._is_open():  # noqa: ASYNC110  (another thread decides)
            await asyncio.sleep(_LOOK_SECONDS)
        if not self._secret:
            raise self._why

    def _is_open(self) -> bool:
        """Whether it will still be decided how this try went."""
        return not self._decided.is_set() and not self._secret and self._thread.is_alive()

    def _keep_running(self) -> None:
        while not self._over.is_set():
            self._run_once()
            self._again.wait(self._backoff.next_delay())
            if not self._over.is_set():
                self._again.clear()

    def _run_once(self) -> None:
        began, failure = time.monotonic(), None
        try:
            self._start()
            self._serve()
            if time.monotonic() - began > _STEADY_SECONDS:
                self._backoff.reset()
        except Exception as error:  # noqa: BLE001  (whatever it is, whoever waits hears of it, and it is tried again)
            failure = _told(error)
        self._end()
        if failure is not None:
            self._why = failure
            self._decided.set()

    def _start(self) -> None:
        secret = secrets.token_urlsafe(32)
        self._hub = hub_process(self._connection, self._keys, secret, self._log)
        try:
            _begin_anew(self._log)
            self._hub.start()
        except OSError as error:
            raise Unavailable(
                f"FleetDesk’s own hub cannot be started: {error.strerror}.", do="Free some space, if the disk is full."
            ) from error
        self._why = Offline("FleetDesk’s own hub ended; it is started again.", kept=_KEPT)
        self._secret = secret
        self._decided.set()

    def _serve(self) -> None:
        """Stand by the hub until it ends, or is to end."""
        hub = self._hub
        assert hub is not None
        self.running()
        while hub.alive and not self._over.wait(_LOOK_SECONDS):
            pass

    def _end(self) -> None:
        self._secret = ""
        self._decided.clear()
        hub, self._hub = self._hub, None
        if hub is not None:
            hub.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def try_hub(connection: Connection, keys: DirectKeys, folder: Path) -> None:
    """See whether such a hub would serve: start one, and end it. Raises BadSettings, Unavailable."""
    hub = hub_process(connection, keys, secrets.token_urlsafe(32), folder / _FILE)
    hub.start()
    hub.stop()


def hub_process(connection: Connection, keys: DirectKeys, secret: str, log: Path) -> HubProcess:
    """A hub that is not started yet. Asks the sign-in service where its keys are. Raises BadSettings, Unavailable."""
    if find_spec("psycopg") is None:
        raise BadSettings("This FleetDesk was installed without the hub’s part.", do="Install fleetdesk[hub].")
    settings = {
        "FLEETDESK_DATABASE_URL": keys.database().verified(connection.ca_file),
        "FLEETDESK_ISSUER": connection.issuer,
        "FLEETDESK_ISSUER_KEYS": _keys_of_issuer(connection),
        "FLEETDESK_ISSUER_CLIENTS": connection.client_id,
        "FLEETDESK_ISSUER_CA_FILE": str(connection.ca_file or ""),
        "FLEETDESK_ORGANISATION_ID": connection.organisation_id,
        "FLEETDESK_RUN_SECRET": secret,
        **keys.settings(),
    }
    return HubProcess(settings, log=log, environment=_environment(os.environ))


def _told(error: Exception) -> FleetDeskError:
    """What is said of it; what nobody foresaw is logged."""
    if isinstance(error, FleetDeskError):
        return error
    _log.error("unforeseen error in the own hub", exc_info=error)
    return Defect("Something went wrong inside FleetDesk’s own hub.", kept=_KEPT, do="Try again.")


def _begin_anew(log: Path) -> None:
    """Set a long log aside, in the place of the one before it. Raises OSError."""
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_name(f"{log.name}.previous"))


def _keys_of_issuer(connection: Connection) -> str:
    # Late, with all of the network's library: a window that begins does without.
    from fleetdesk.sync.signin.provider import Provider

    try:
        return asyncio.run(Provider(connection.registration).endpoints()).keys
    except (BadSettings, Unavailable):
        raise
    except FleetDeskError as error:
        raise Unavailable(error.what, do=error.do) from error


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the hub gets of ours: neither what is meant for another hub, nor what would lead its driver elsewhere."""
    return {name: value for name, value in environment.items() if not name.startswith(("FLEETDESK_", "PG"))}
