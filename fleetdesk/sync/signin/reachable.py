"""Whether the two that a team's connection names answer, and are what they are taken for: its hub, its sign-in service.

Asked before a connection is kept: a slip of the finger must not take the place of an address that worked.
"""

from __future__ import annotations

import asyncio

from fleetdesk.errors import BadSettings, FleetDeskError, ProtocolError, SignInNeeded, Unavailable
from fleetdesk.models.ids import new_id
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.signin.connections import Connection
from fleetdesk.sync.signin.provider import Provider

__all__ = ["demand_reachable"]

_PATIENCE = 10.0
_NOBODY = StaticTokens("nobody")


async def demand_reachable(connection: Connection) -> None:
    """Return if both answer.

    Raises Unavailable if it may be the hour (no network, a hub that is being started), else BadSettings: each with the
    names of those that it is about.
    """
    asked = (_demand_hub(connection), Provider(connection.registration, patience=_PATIENCE).endpoints())
    troubles = [
        each for each in await asyncio.gather(*asked, return_exceptions=True) if isinstance(each, BaseException)
    ]
    for trouble in troubles:
        if not isinstance(trouble, FleetDeskError):
            raise trouble
    told = [trouble for trouble in troubles if isinstance(trouble, FleetDeskError)]
    if not told:
        return
    passing = all(isinstance(trouble, Unavailable) for trouble in told)
    kind = Unavailable if passing else BadSettings
    raise kind(" ".join(trouble.what for trouble in told), do=next((each.do for each in told if each.do), ""))


async def _demand_hub(connection: Connection) -> None:
    """Raises what `HubClient` raises, and ProtocolError for what is no hub."""
    address = connection.hub_url
    async with HubClient(address, _NOBODY, silence=_PATIENCE, ca_file=connection.ca_file) as hub:
        try:
            await hub.hello(Hello(laptop_id=new_id(), app_version="", schema_version=SCHEMA_VERSION))
        except SignInNeeded:
            pass  # as it should be: nobody's token is none
        except ProtocolError as error:
            raise _no_hub(address) from error
        try:
            await hub.ready()
        except SignInNeeded as error:
            raise _no_hub(address) from error


def _no_hub(address: str) -> ProtocolError:
    return ProtocolError(f"What answers at {address} is no hub.", do="Check the hub’s address.")
