"""A small replica, filled by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from tests.unit.queries.replica import small_replica


@pytest.fixture
def replica() -> Iterator[Connection]:
    """An empty replica."""
    with small_replica() as connection:
        yield connection
