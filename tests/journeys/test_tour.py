"""The tour from the command line, as `make demo` runs it where there is no display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("tour")
    pictures = folder / "pictures"
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_DATA_HOME": str(folder / "data"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "fleetdesk", "demo", "--tour", str(pictures)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report, pictures


pytestmark = pytest.mark.timeout(500)


def test_the_tour_finds_everything_where_it_should_be(tour: tuple[dict[str, Any], Path]) -> None:
    report, _ = tour

    assert report["held"]
    assert len(report["checks"]) >= 8
    assert all(check["held"] for check in report["checks"])


def test_the_tour_leaves_each_picture_light_and_dark(tour: tuple[dict[str, Any], Path]) -> None:
    report, pictures = tour

    assert {"light", "dark"} == {name.rsplit("-", 1)[1].removesuffix(".png") for name in report["pictures"]}
    assert all((pictures / name).stat().st_size > 10_000 for name in report["pictures"])


def test_the_colleague_was_quicker_and_the_person_decided(tour: tuple[dict[str, Any], Path]) -> None:
    report, _ = tour

    assert report["figures"]["colleague"]["verdict"] == "applied"
    software = next(check for check in report["checks"] if check["question"].startswith("current_software"))
    assert software["found"] == "Dispatch Pro 4"
