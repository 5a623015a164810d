"""Whom to be is chosen in the demo alone: nothing else can be told a person, by any door."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command

import fleetdesk
from fleetdesk.__main__ import app
from fleetdesk.settings import HubSettings, LaptopSettings
from fleetdesk.sync.signin.connections import Connection

_SOURCE = Path(fleetdesk.__file__).parent
_NAMES_A_PERSON = ("person", "persona", "user", "subject", "role", "token", "email", "login")
_OF_THE_DEMO = {"demo", "leads", "doctor"}  # each works on a laptop of the demo


def _imports(module: Path) -> set[str]:
    """What a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _of(name: str) -> list[str]:
    """The modules outside the demo that import that module of it."""
    return [
        str(module.relative_to(_SOURCE))
        for module in _SOURCE.rglob("*.py")
        if "demo" not in module.relative_to(_SOURCE).parts and name in _imports(module)
    ]


@pytest.mark.parametrize("module", ["persona", "issuer", "window", "hosted", "dataset"])
def test_nothing_but_the_demo_reaches_its_choice_or_its_key(module: str) -> None:
    assert _of(f"fleetdesk.demo.{module}") == []


def test_only_the_command_line_reaches_the_demo() -> None:
    assert _of("fleetdesk.demo.cli") == ["__main__.py"]


@pytest.mark.parametrize("settings", [LaptopSettings, HubSettings])
def test_no_setting_names_a_person(settings: type[LaptopSettings | HubSettings]) -> None:
    names = {part for item in fields(settings) for part in item.name.split("_")}
    # The role of the hub's settings is one of the database.
    assert names & set(_NAMES_A_PERSON) <= ({"role"} if settings is HubSettings else set())


def test_no_connection_names_a_person() -> None:
    assert {part for name in Connection.model_fields for part in name.split("_")} & set(_NAMES_A_PERSON) == set()


def test_no_command_but_those_on_the_demos_laptops_takes_a_person() -> None:
    commands = getattr(get_command(app), "commands")  # noqa: B009  # typer does not say that it is a group
    offered = {
        name: {part for parameter in command.params for part in (parameter.name or "").split("_")}
        for name, command in commands.items()
        if name not in _OF_THE_DEMO
    }
    assert {"connect", "sign-out", "take-in", "open", "hub"} <= offered.keys()
    assert {name: words & set(_NAMES_A_PERSON) for name, words in offered.items() if words & set(_NAMES_A_PERSON)} == {}
