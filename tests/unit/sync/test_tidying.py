"""The replica's log: folded back when it has grown, cut by the next change, and left alone in between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.models.schema import platform_schema
from fleetdesk.sync.files.replica import Replica
from fleetdesk.sync.files.tidying import fold_back

_KEY = os.urandom(32)


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    """An empty replica."""
    replica = Replica(tmp_path / "replica.db", _KEY, platform_schema())
    yield replica
    replica.close()


def change(replica: Replica, size: int) -> None:
    """A change of so many bytes."""
    with replica.transaction():
        replica.raw.execute("INSERT INTO sys_demo_lead (id, message) VALUES (hex(randomblob(8)), ?)", ("x" * size,))


def log_size(replica: Replica) -> int:
    """Bytes of the log's file."""
    return replica.path.with_name(f"{replica.path.name}-wal").stat().st_size


def test_the_change_after_a_folding_back_cuts_the_log(replica: Replica) -> None:
    change(replica, 4_000_000)
    fold_back(replica.path, _KEY)
    change(replica, 1)
    assert log_size(replica) < 1_000_000
