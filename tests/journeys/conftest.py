"""What the stories stand on: a hub before a real PostgreSQL, a network to cut, and the desktop as it is run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.app import open_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.access import ACCESS, Actor, Role
from fleetdesk.models.ids import SystemClock
from fleetdesk.protocol import Person
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from tests.devices import signer_of
from tests.faults import FaultProxy
from tests.hub.support import person_id
from tests.journeys.salesperson import Salesperson
from tests.sync.conftest import database, hosted, hub, network, server, template
from tests.sync.running import KEYS, QUICK

__all__ = ["database", "hosted", "hub", "network", "server", "template"]


@pytest.fixture
def sales(qtbot: QtBot, qapp: QApplication, network: FaultProxy, tmp_path: Path) -> Iterator[Salesperson]:
    """A salesperson before the list of leads in the real window, over a real store, in contact with the hub."""
    role, clock, platform = Role.COMMERCIAL, SystemClock(), fleet_platform()
    store = LocalStore.open(
        tmp_path / "laptop",
        keys=KEYS,
        platform=platform,
        clock=clock,
        actor=Actor(person_id(role), role),
        second_thoughts=dt.timedelta(seconds=2),
    )
    opened = open_desktop(
        qapp,
        store,
        HubClient(
            network.url, StaticTokens(f"user_{role}"), signer=signer_of(f"user_{role}"), silence=QUICK.request_timeout
        ),
        Person(
            id=person_id(role),
            name="Person Sales",
            email=f"{role}@example.com",
            role=role,
            scopes=tuple(sorted(ACCESS.scopes(role, person_id(role)))),
        ),
        platform=platform,
        settings=replace(QUICK, data_dir=tmp_path),
        clock=clock,
    )
    opened.desktop.window.show_screen("leads")
    yield Salesperson(qtbot, opened, store)
    opened.close()
    store.close()
