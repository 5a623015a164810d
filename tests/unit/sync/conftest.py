"""Laptops and their hub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.platform import fleet_platform
from tests.unit.sync.laptop import Laptop
from tests.unit.sync.tiny_hub import TinyHub


@pytest.fixture
def hub() -> TinyHub:
    """A hosted side."""
    return TinyHub(fleet_platform())


@pytest.fixture
def laptop(tmp_path: Path, hub: TinyHub) -> Iterator[Laptop]:
    """A laptop that has met the hub and loaded what there was: nothing."""
    laptop = Laptop(tmp_path / "laptop", hub)
    laptop.connect()
    yield laptop
    laptop.store.close()
