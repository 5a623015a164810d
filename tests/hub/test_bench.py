"""The bench itself, small: a row is measured on real parts and told beside its calibration."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a bench of one row wrote."""
    path = tmp_path_factory.mktemp("bench") / "told.json"
    command = [sys.executable, "-m", "bench", "--quick", "--rows", "2000", "--only", "pull", "--json", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_every_row_asked_for_is_measured(told: dict[str, Any]) -> None:
    assert [result["row"] for result in told["results"]] == ["pull"]


def test_a_figure_has_a_value(told: dict[str, Any]) -> None:
    assert told["results"][0]["figures"][0]["value"] > 0


def test_calibrations_stand_beside_it(told: dict[str, Any]) -> None:
    assert all(figure["value"] > 0 for figure in told["results"][0]["beside"])


def test_no_measurement_failed(told: dict[str, Any]) -> None:
    assert told["not_measured"] == {}
