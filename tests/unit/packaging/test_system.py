"""What is missing is found by asking the system's loader, and named as Debian does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from debian import package_of
from system import Surroundings, surroundings_of


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libGL.so.1", "libgl1"),
        ("libX11.so.6", "libx11-6"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
    ],
)
def test_a_library_is_in_the_package_that_policy_names_after_it(library: str, package: str) -> None:
    assert package_of(library) == package


def test_nothing_unpacked_leaves_the_environment_alone(tmp_path: Path) -> None:
    assert surroundings_of(tmp_path / "root").over({"LD_LIBRARY_PATH": "/lib"}) == {"LD_LIBRARY_PATH": "/lib"}


def test_unpacked_libraries_come_before_inherited_ones(tmp_path: Path) -> None:
    libraries = tmp_path / "root" / "usr" / "lib" / "x86_64-linux-gnu"
    libraries.mkdir(parents=True)

    environment = surroundings_of(tmp_path / "root").over({"LD_LIBRARY_PATH": "/opt/lib"})

    assert environment["LD_LIBRARY_PATH"] == f"{libraries}:/opt/lib"


@pytest.mark.parametrize("inherited", [{}, {"SEARCHED": "/there"}])
def test_a_shell_is_told_the_same_as_a_process(tmp_path: Path, inherited: dict[str, str]) -> None:
    surroundings = Surroundings({"SEARCHED": (tmp_path / "it's here", Path("/and there"))}, {"SAID": 'a "b" $c'})
    script = f'{surroundings.as_shell()}printf "%s\\n" "$SEARCHED" "$SAID"'

    told = subprocess.run(
        ["sh", "-c", script], env={"PATH": os.environ["PATH"], **inherited}, capture_output=True, text=True, check=True
    ).stdout

    expected = surroundings.over(inherited)
    assert told.splitlines() == [expected["SEARCHED"], expected["SAID"]]
