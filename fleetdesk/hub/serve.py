"""Runs one hub process: refuses to start where it would not be safe, says where it listens, stops when asked."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import math
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import FrameType

import uvicorn

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import BadSettings, ProtocolError, Unavailable
from fleetdesk.hub.api import create_app
from fleetdesk.hub.at_clerk import memberships_at_clerk
from fleetdesk.hub.connection import CarefulProtocol, Doors, trusted_proxies
from fleetdesk.hub.logs import log_to_standard_error
from fleetdesk.hub.receipts import Receipts
from fleetdesk.hub.service import Hub
from fleetdesk.hub.supervisor import tell_supervisor
from fleetdesk.hub.tokens import JwksVerifier
from fleetdesk.hub.unseen import Unseen
from fleetdesk.models.addresses import is_loopback
from fleetdesk.models.ids import Clock, SystemClock
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from fleetdesk.settings import HubSettings, exposed_secrets

__all__ = ["CLOSING_SECONDS", "HubServer", "serve", "server_config"]

_log = logging.getLogger(__name__)
_LAST_PORT = 65_535
_OTHER_FILES = 128
"""Files that a hub has open besides its connections: the database's, the log, the server's own."""
_GRACE_SECONDS = 8.0
CLOSING_SECONDS = 2.0
"""What comes after the last request: telling the log, ending connections."""


def serve(
    settings: HubSettings,
    platform: Platform,
    *,
    clock: Clock | None = None,
    receipts: Receipts | None = None,
    unseen: Unseen | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. Prints one line of JSON, {"listening": "http://…"}, when it is ready.

    "metrics" stands beside it, where they can be read.
    Raises BadSettings without an issuer, its keys and its clients, for a key that Clerk does not accept, for a database
    role above the policies, or for a hub of one person's own that others could reach; Unavailable.
    """
    if not 0 <= settings.port <= _LAST_PORT:
        raise BadSettings(
            f"FLEETDESK_PORT is {settings.port}, and there is no such port.", do=f"Give one up to {_LAST_PORT}."
        )
    if settings.run_secret and not is_loopback(settings.host):
        raise BadSettings(
            "A hub with a secret of one run is for this machine alone.", do="Set FLEETDESK_HOST to 127.0.0.1."
        )
    clock = clock or SystemClock()
    clerk = memberships_at_clerk(settings)
    room = _room_for(settings.connections)
    hub = Hub(
        replace(settings, connections=room),
        platform,
        verifier=JwksVerifier.of_settings(settings, clock),
        clock=clock,
        memberships=clerk,
        roll=clerk,
        receipts=receipts,
        unseen=unseen,
    )
    try:
        hub.demand_humble_role()
        hub.demand_ready()
        log_to_standard_error()
        if room < settings.connections:
            _log.warning("fewer connections than set", extra={"connections": room, "set": settings.connections})
        for variable in exposed_secrets():
            _log.warning("anybody on this machine can read a secret's file", extra={"variable": variable})
        if clerk is not None:
            _demand_usable(clerk)
        # What is there by now stays: to look through it for garbage again and again would slow a push by a third.
        gc.collect()
        gc.freeze()
        with _metrics(hub, settings) as said:
            HubServer(
                hub,
                host=settings.host,
                port=settings.port,
                listening=lambda url: _say_listening(url, said),
                drain=settings.drain_seconds,
                grace=settings.grace_seconds,
            ).run()
    finally:
        hub.close()
        if clerk is not None:
            clerk.close()


def _room_for(connections: int) -> int:
    """As many of these connections as the system lets us have files open; where it counts them, it is asked for all."""
    if sys.platform == "win32":
        return connections
    import resource

    wanted = connections + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(1, most - _OTHER_FILES)


def _demand_usable(clerk: ClerkMemberships) -> None:
    """Raise BadSettings if Clerk says that it will not serve us; whether it is there just now, no start waits for."""
    try:
        clerk.demand_usable()
    except (Unavailable, ProtocolError) as error:
        _log.warning("Clerk not asked at the start", extra={"reason": type(error).__name__})


def server_config(hub: Hub, *, host: str, port: int, grace: float = _GRACE_SECONDS) -> uvicorn.Config:
    """How uvicorn is to serve this hub."""
    return uvicorn.Config(
        create_app(hub),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        loop="asyncio",
        # A class as the server asks for it, that knows the settings as well.
        http=partial(CarefulProtocol, doors=Doors(hub.settings, hub.rates)),  # type: ignore[arg-type]
        ws="none",
        # Never by default: uvicorn would believe what 127.0.0.1, or a variable of its own, says of others.
        proxy_headers=bool(hub.settings.trusted_proxies),
        forwarded_allow_ips=trusted_proxies(hub.settings),
        # Longer than laptops keep an idle connection: who closes first must be the one who asks.
        timeout_keep_alive=30,
        timeout_graceful_shutdown=math.ceil(grace),
    )


class HubServer(uvicorn.Server):
    """Serves a hub; tells `listening` its address once it does. Stops cleanly, and without a signal of its own.

    Asked to stop, it first goes on for `drain` seconds, no longer ready; then it takes no more requests, ends the event
    streams, which never end, and gives what runs `grace` seconds to finish. What is cut after that was never answered,
    and is offered again, or resumes by key. A second signal ends the process at once.
    """

    def __init__(
        self,
        hub: Hub,
        *,
        host: str,
        port: int,
        listening: Callable[[str], None],
        drain: float = 0.0,
        grace: float = _GRACE_SECONDS,
    ) -> None:
        super().__init__(server_config(hub, host=host, port=port, grace=grace))
        self._hub = hub
        self._listening = listening
        self._drain = drain
        self._longest_stop = drain + grace + CLOSING_SECONDS

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        self._listening(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        _log.info("stopping")
        self._hub.stopping.set()
        tell_supervisor("STOPPING=1")
        await asyncio.sleep(self._drain)
        self._hub.watcher.close()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not the inherited one, which raises the signal again in the end: to be asked to stop is no failure.
        if self.should_exit:
            os._exit(128 + sig)
        self.should_exit = True
        # A chore whose step takes longer, in a thread that nobody can end, is taken up again by the next hub.
        last = threading.Timer(self._longest_stop, os._exit, (0,))
        last.daemon = True
        last.start()


@contextmanager
def _metrics(hub: Hub, settings: HubSettings) -> Iterator[dict[str, str]]:
    """Have the figures be readable where the settings ask for it; gives what is to be said of that."""
    if settings.metrics_port is None:
        yield {}
        return
    url, close = hub.metrics.serve(settings.metrics_host, settings.metrics_port)
    try:
        yield {"metrics": url}
    finally:
        close()


def _say_listening(url: str, said: Mapping[str, str]) -> None:
    sys.stdout.write(json.dumps({"listening": url, **said}) + "\n")
    sys.stdout.flush()
    tell_supervisor("READY=1")
