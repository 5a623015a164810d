"""A salesperson's laptop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.models.access import Role
from fleetdesk.sync.store.local_store import LocalStore
from tests.unit.reports.laptop import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    """The store of a salesperson who has loaded nothing yet."""
    with opened(tmp_path, Role.COMMERCIAL) as store:
        yield store
