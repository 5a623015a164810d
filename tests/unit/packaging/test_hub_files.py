"""The files by which a hub is run say nothing that the hub does not know."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from fleetdesk.__main__ import app
from fleetdesk.hub.cli import hub_cli
from fleetdesk.hub.serve import CLOSING_SECONDS
from fleetdesk.settings import HubSettings, LaptopSettings, describe, secrets
from uv_binary import WHEELS

CHECKOUT = Path(__file__).parents[3]
HUB = CHECKOUT / "packaging" / "hub"
UNIT = HUB / "fleetdesk-hub@.service"
CONTAINER = HUB / "Containerfile"
GUIDE = CHECKOUT / "docs" / "operating.md"
KNOWN = {variable for variable, _ in describe(HubSettings)} | {f"{variable}_FILE" for variable in secrets(HubSettings)}


def instructions() -> list[tuple[str, str]]:
    """The container file's instructions, each with what follows it on however many lines."""
    text = re.sub(r"^\s*#.*\n", "", CONTAINER.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]  # type: ignore[misc]


def said(instruction: str) -> list[str]:
    return [rest for name, rest in instructions() if name == instruction]


def unit() -> list[tuple[str, str]]:
    """The unit's settings, in order; some stand several times."""
    lines = UNIT.read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if re.match(r"\w+=", line)]  # type: ignore[misc]


def asked(setting: str) -> list[str]:
    return [value for name, value in unit() if name == setting]


def demand_command(words: list[str]) -> None:
    """Fail unless the command line has this command, with these options."""
    assert Path(words[0]).name == "fleetdesk"
    application = typer.Typer()
    application.add_typer(app, name="laptop")
    application.add_typer(hub_cli)
    command: Any = typer.main.get_command(application)  # it brings its own click, whose types don't fit each other
    for word in words[1:]:
        if word.startswith("-"):
            assert any(word in parameter.opts for parameter in command.params), f"{words} has no option {word}"
        else:
            if not isinstance(command, TyperGroup):
                break  # an argument of the command's own
            command = command.commands[word]


def test_the_example_of_settings_is_what_the_hub_prints() -> None:
    assert (HUB / "hub.env").read_text() == CliRunner().invoke(hub_cli, ["settings"]).stdout


def test_the_example_has_every_setting() -> None:
    named = set(re.findall(r"^#(FLEETDESK_\w+)=", (HUB / "hub.env").read_text(), flags=re.MULTILINE))
    assert {name.removesuffix("_FILE") if name not in dict(describe(HubSettings)) else name for name in named} == set(
        dict(describe(HubSettings))
    )


@pytest.mark.parametrize(
    "file", [UNIT, CONTAINER, HUB / "Caddyfile", GUIDE, CHECKOUT / "README.md"], ids=lambda f: f.name
)
def test_every_setting_that_is_named_is_one(file: Path) -> None:
    # The README tells of the desktop's as well.
    desktops = {variable for variable, _ in describe(LaptopSettings)}
    assert set(re.findall(r"FLEETDESK_[A-Z_]+[A-Z]", file.read_text())) <= KNOWN | desktops


def test_the_container_begins_with_a_command_that_there_is() -> None:
    ((entry,), (rest,)) = said("ENTRYPOINT"), said("CMD")
    demand_command([*json.loads(entry), *json.loads(rest)])


def test_the_unit_begins_with_a_command_that_there_is() -> None:
    (command,) = asked("ExecStart")
    demand_command(shlex.split(command))


def test_the_guide_names_commands_that_there_are() -> None:
    commands = re.findall(r"fleetdesk hub(?: [a-z-]+)+", GUIDE.read_text())
    assert commands
    for command in commands:
        demand_command(command.split())


def test_the_container_runs_as_somebody_with_no_rights_and_no_shell_between() -> None:
    assert said("USER") == ["65532:65532"]
    for name in ("ENTRYPOINT", "CMD"):
        assert all(rest.startswith("[") for rest in said(name))
    assert said("STOPSIGNAL") == ["SIGTERM"]


def test_the_last_image_gets_no_tools_to_build_with() -> None:
    last = CONTAINER.read_text().rpartition("\nFROM ")[2]
    assert not re.search(r"\buv\b|gcc|build-essential|pip|curl|wget", last)


def test_the_container_is_made_by_the_uv_that_the_checkout_brings() -> None:
    version = WHEELS["x86_64"].name.split("-")[1]
    assert f"FROM ghcr.io/astral-sh/uv:{version} AS uv" in CONTAINER.read_text()


def test_what_the_container_copies_is_let_through_to_it() -> None:
    let_through = {line[1:] for line in (HUB / "Containerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    copied = [rest.split()[:-1] for rest in said("COPY") if not rest.startswith("--from")]
    assert {name.removeprefix("./") for names in copied for name in names} == let_through


def test_the_unit_waits_longer_for_the_end_than_the_hub_takes() -> None:
    (wait,) = asked("TimeoutStopSec")
    assert int(wait.removesuffix("s")) > HubSettings().drain_seconds + HubSettings().grace_seconds + CLOSING_SECONDS


def test_the_unit_hands_over_each_credential_under_the_name_that_the_hub_reads() -> None:
    credentials = {value.split(":")[0] for value in asked("LoadCredential")}
    files = dict(re.findall(r"(FLEETDESK_\w+_FILE)=%d/(\w+)", UNIT.read_text()))
    assert set(files.values()) == credentials
    assert {variable.removesuffix("_FILE") for variable in files} <= set(secrets(HubSettings))


def test_the_linter_of_container_files_has_nothing_to_say() -> None:
    program = Path(sys.executable).with_name("hadolint")
    result = subprocess.run([program, "--no-color", CONTAINER], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


@pytest.fixture
def verifiable(tmp_path: Path) -> Path:
    """The unit as it would lie in the system, with a program that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    program = Path(sys.executable).with_name("fleetdesk")
    file = tmp_path / "fleetdesk-hub@8080.service"
    file.write_text(UNIT.read_text().replace("/opt/fleetdesk/bin/fleetdesk", str(program)))
    return file


def test_systemd_understands_the_unit(verifiable: Path) -> None:
    result = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", verifiable], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


def test_systemd_finds_the_unit_little_exposed(verifiable: Path) -> None:
    result = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", verifiable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
