"""A real file of a hundred leads, where there is one: people's own data is no part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import fleetdesk

__all__ = ["needs_real_leads", "real_leads"]


def real_leads() -> Path | None:
    """The file that FLEETDESK_TEST_LEADS names, or the one that lies beside the project."""
    named = os.environ.get("FLEETDESK_TEST_LEADS", "")
    beside = Path(fleetdesk.__file__).resolve().parents[2] / "shared" / "data" / "leads-100.csv"
    path = Path(named) if named else beside
    return path if path.is_file() else None


needs_real_leads = pytest.mark.skipif(
    real_leads() is None,
    reason="FLEETDESK_TEST_LEADS names no CSV file of a hundred leads to be tried, and none lies beside the project",
)
