"""What the container file does, done step by step as far as that goes without containers: build, start, ask, stop."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hub.processes import address
from tests.hub.support import Hosted
from tests.postgres import enterable_folder

CHECKOUT = Path(__file__).parents[2]
FILE = CHECKOUT / "packaging" / "hub" / "Containerfile"
_NOBODY = 65532
_FROM_CACHE = "Packages were unavailable because the network was disabled"


@dataclass(frozen=True)
class Image:
    """What the last stage would hold: where it lies, and how it is begun."""

    place: Path
    environment: dict[str, str]
    begin: list[str]
    health: list[str]


def said(instruction: str) -> list[str]:
    """What follows an instruction, each time that it stands there."""
    lines = FILE.read_text().replace("\\\n", " ").splitlines()
    return [line.removeprefix(f"{instruction} ") for line in lines if line.startswith(f"{instruction} ")]


def environment(line: str, place: Path) -> dict[str, str]:
    """An ENV instruction, with the image's place for the environment's in it."""
    return dict(re.findall(r"(\w+)=(\S+)", line.replace("/opt/fleetdesk", str(place))))


def python_of_the_system() -> str:
    """Its version, as it says it; nothing where there is none."""
    program = environment(said("ENV")[0], Path())["UV_PYTHON"]
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


@pytest.fixture
def image() -> Iterator[Image]:
    """Built here, from packages that are on the machine already."""
    if not re.match(r"Python 3\.1[1-9]", python_of_the_system()):
        pytest.skip("the system's Python is not 3.11 or later, as the container's is")
    building, running = said("ENV")
    with enterable_folder() as folder:
        source, place = folder / "src", folder / "fleetdesk"
        source.mkdir()
        copies = [line.split() for line in said("COPY") if not line.startswith("--from")]
        for name in (name for *names, _ in copies for name in names):
            if (CHECKOUT / name).is_dir():
                shutil.copytree(CHECKOUT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(CHECKOUT / name, source)
        (command,) = [json.loads(line) for line in said("RUN") if line.startswith("[")]
        built = subprocess.run(
            [*command, "--offline"],
            cwd=source,
            env={
                **os.environ,
                **environment(building, place),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if _FROM_CACHE in built.stderr:
            pytest.skip("the hub's packages are not in uv's cache on this machine")
        assert built.returncode == 0, built.stderr
        shutil.rmtree(source)
        (entry,), (rest,), (health,) = said("ENTRYPOINT"), said("CMD"), said("HEALTHCHECK")
        begin = [*json.loads(entry), *json.loads(rest)]
        yield Image(place, environment(running, place), begin, json.loads(health.partition(" CMD ")[2]))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can begin a process as the container's user")
def test_the_image_serves_as_nobody_in_particular_says_that_it_is_well_and_stops(
    image: Image, hosted: Hosted, settings: dict[str, str], tmp_path: Path
) -> None:
    keys = image.place / "keys.json"
    shutil.copy(settings["FLEETDESK_ISSUER_KEYS"], keys)
    keys.chmod(0o444)
    given = image.environment | settings | {"FLEETDESK_ISSUER_KEYS": str(keys), "HOME": "/nonexistent"}
    program = image.place / "bin" / image.begin[0]
    with (tmp_path / "log").open("w") as log:
        hub = subprocess.Popen(
            [program, *image.begin[1:]],
            env=given,
            cwd="/",
            user=_NOBODY,
            group=_NOBODY,
            extra_groups=[],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with hub:
        try:
            port = address(hub).rpartition(":")[2]
            assert asked(image, port) == 0
            hosted.execute("DELETE FROM sys_epoch")
            assert asked(image, port) == 1
            (stop,) = said("STOPSIGNAL")
            hub.send_signal(signal.Signals[stop])
            assert hub.wait(30) == 0
        finally:
            hub.kill()


def asked(image: Image, port: str) -> int:
    """How the health check of the container ends: 0 for well."""
    program = image.place / "bin" / image.health[0]
    given = image.environment | {"FLEETDESK_PORT": port}
    return subprocess.run(
        [program, *image.health[1:]], env=given, capture_output=True, user=_NOBODY, check=False
    ).returncode
