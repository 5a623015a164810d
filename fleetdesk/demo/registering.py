"""The demo's laptops introduce their keys to its hub, as after a sign-in: its own issuer says who it was."""

from __future__ import annotations

import asyncio

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.signatures import Commitment, DeviceKey
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.signin.device import new_device

__all__ = ["registered"]


def registered(hub_url: str, issuer: DemoIssuer, provider_id: str, role: str, key: DeviceKey) -> DeviceSigner:
    """What signs by this key, which the hub knows from now on. Not within a running event loop.

    Raises what `HubClient.register` raises.
    """
    signer = DeviceSigner(lambda: key)
    commitment = Commitment((key.device_id,))
    device = new_device(issuer.id_token(provider_id, commitment.nonce), commitment, key)

    async def register() -> None:
        async with HubClient(hub_url, StaticTokens(issuer.token(provider_id, role)), signer=signer) as client:
            await client.register(device)

    asyncio.run(register())
    return signer
