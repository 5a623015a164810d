"""What the tests of the laptop's network half stand on."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Tests that are coroutines run under asyncio, as the engine does."""
    return "asyncio"
