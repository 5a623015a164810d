"""Runs one hub process: refuses to start where it would not be safe, says where it listens, stops when asked."""

from __future__ import annotations

import gc
import json
import logging
import socket
import sys
from collections.abc import Callable
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
from fleetdesk.hub.tokens import JwksVerifier
from fleetdesk.hub.unseen import Unseen
from fleetdesk.models.addresses import is_loopback
from fleetdesk.models.ids import Clock, SystemClock
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from fleetdesk.settings import HubSettings

__all__ = ["HubServer", "serve", "server_config"]

_log = logging.getLogger(__name__)
_LAST_PORT = 65_535
_OTHER_FILES = 128
"""Files that a hub has open besides its connections: the database's, the log, the server's own."""
_GRACE_SECONDS = 8
"""What runs when the hub is asked to stop has this long to finish; a load that is cut resumes by key."""


def serve(
    settings: HubSettings,
    platform: Platform,
    *,
    clock: Clock | None = None,
    receipts: Receipts | None = None,
    unseen: Unseen | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. Prints one line of JSON, {"listening": "http://…"}, when it is ready.

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
        if clerk is not None:
            _demand_usable(clerk)
        # What is there by now stays: to look through it for garbage again and again would slow a push by a third.
        gc.collect()
        gc.freeze()
        HubServer(hub, host=settings.host, port=settings.port, listening=_say).run()
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


def server_config(hub: Hub, *, host: str, port: int) -> uvicorn.Config:
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
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


class HubServer(uvicorn.Server):
    """Serves a hub; tells `listening` its address once it does. Stops cleanly, and without a signal of its own.

    The event streams, which never end, are ended before it waits for requests to end.
    """

    def __init__(self, hub: Hub, *, host: str, port: int, listening: Callable[[str], None]) -> None:
        super().__init__(server_config(hub, host=host, port=port))
        self._hub = hub
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        self._listening(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.watcher.close()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not the inherited one, which raises the signal again in the end: to be asked to stop is no failure.
        self.should_exit = True


def _say(url: str) -> None:
    sys.stdout.write(json.dumps({"listening": url}) + "\n")
    sys.stdout.flush()
