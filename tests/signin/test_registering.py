"""A laptop whose key the hub does not know: it is asked to sign in once more, and nothing that waits is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.app import OpenDesktop
from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import FleetDeskError
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.status import SyncState
from fleetdesk.signatures import Commitment, DeviceKey
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.signing import DeviceSigner
from fleetdesk.sync.signin.device import new_device, new_seed
from fleetdesk.sync.signin.tokens import SignedInAs, TokenShelf
from fleetdesk.team.laptop import TeamLaptop
from fleetdesk.team.signing_in_again import SigningInAgain
from tests.hub.support import Hosted
from tests.signin.provider import RealProvider
from tests.signin.test_team import Machine, at_the_window
from tests.sync.running import RunningHub

THEIRS = "WHERE name <> 'a laptop'"


@pytest.fixture
def machine(provider: RealProvider, hub: RunningHub, tmp_path: Path) -> Machine:
    return Machine(provider, hub, tmp_path / "data")


@pytest.fixture
def laptop(machine: Machine) -> TeamLaptop:
    return machine.laptop()


@pytest.fixture
def who(laptop: TeamLaptop) -> SignedInAs:
    return asyncio.run(laptop.sign_in())


@pytest.fixture
def window(
    qapp: QApplication, machine: Machine, laptop: TeamLaptop, who: SignedInAs, hosted: Hosted
) -> Iterator[tuple[OpenDesktop, SigningInAgain]]:
    """The window of somebody who signed in before the hub knew laptops, or whose hub came back from a backup."""
    store, person = laptop.open_store(who)
    act = CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": "Bolt"})
    assert store.perform(act)[0].settled
    hosted.execute("DELETE FROM sys_device_turn")
    hosted.execute(f"DELETE FROM sys_device {THEIRS}")
    with closing(store), at_the_window(qapp, machine, laptop, who, store, person) as opened:
        yield opened


def test_it_asks_to_sign_in_and_then_sends_what_waits(
    qtbot: QtBot, window: tuple[OpenDesktop, SigningInAgain], hosted: Hosted
) -> None:
    opened, again = window
    status = opened.desktop.base.status
    qtbot.waitUntil(lambda: again.asks, timeout=20_000)
    assert status.status.state is SyncState.REFUSED
    assert hosted.rows("SELECT FROM sys_demo_lead") == []
    assert again.dialog is not None
    again.dialog.begin()
    qtbot.waitUntil(lambda: status.status.state is SyncState.LIVE, timeout=20_000)
    qtbot.waitUntil(lambda: hosted.rows("SELECT company FROM sys_demo_lead") == [("Bolt",)], timeout=20_000)
    assert hosted.rows(f"SELECT count(*) FROM sys_device {THEIRS}") == [(1,)]


def test_a_stolen_session_registers_no_key(
    machine: Machine, who: SignedInAs, provider: RealProvider, hub: RunningHub, hosted: Hosted
) -> None:
    """Neither its access token, nor the ID token that its refresh token is good for, says anything of a new key."""
    shelf = TokenShelf(machine.vault, "hub.team", provider.registration())
    kept = shelf.read()
    assert kept is not None
    renewed = asyncio.run(provider.client().refresh(kept.refresh))
    key = DeviceKey(new_seed())
    commitment = Commitment((key.device_id,))

    async def register() -> None:
        tokens, signer = StaticTokens(renewed.access), DeviceSigner(lambda: key)
        async with HubClient(hub.url, tokens, signer=signer) as client:
            await client.register(new_device(renewed.id_token, commitment, key))

    before = hosted.rows("SELECT count(*) FROM sys_device")
    with pytest.raises(FleetDeskError, match=r"does not accept this session|was not for this laptop"):
        asyncio.run(register())
    assert (kept.person, hosted.rows("SELECT count(*) FROM sys_device")) == (who, before)
