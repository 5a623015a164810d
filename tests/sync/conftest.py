"""What the tests of the laptop's half stand on: a real PostgreSQL and hub, real laptops, a network to disturb."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import FaultProxy
from tests.hub.conftest import database, hosted, issuer, server, settings, template
from tests.hub.support import Hosted
from tests.sync.running import Laptops, RunningHub

__all__ = [
    "anyio_backend",
    "database",
    "hosted",
    "hub",
    "issuer",
    "laptops",
    "network",
    "server",
    "settings",
    "template",
]


@pytest.fixture
def anyio_backend() -> str:
    """Tests that are coroutines run under asyncio, as the engine does."""
    return "asyncio"


@pytest.fixture
def hub(hosted: Hosted) -> Iterator[RunningHub]:
    """A hub that listens, before the test's own database."""
    with RunningHub(hosted) as hub:
        yield hub


@pytest.fixture
def network(hub: RunningHub) -> Iterator[FaultProxy]:
    """The network between laptops and hub."""
    with FaultProxy(hub.address) as network:
        yield network


@pytest.fixture
def laptops(hub: RunningHub, network: FaultProxy, tmp_path: Path) -> Iterator[Laptops]:
    """Opens laptops, and closes them at the end."""
    with Laptops(network.url, tmp_path) as laptops:
        yield laptops
