"""What every command promises, and how commands travel."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from fleetdesk.commands.core import Command, Commands, FieldEdit, platform_commands
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.leads import EditLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import NOT_ALLOWED, Defect, Invalid, UpgradeNeeded
from fleetdesk.models.access import ACCESS, Actor, Permission, Role
from fleetdesk.protocol import WireCommand
from tests.unit.commands.bench import NOON, Bench
from tests.unit.commands.examples import EXAMPLES, OF_THE_HUB


def named(command: Command) -> str:
    return command.name


@pytest.fixture(scope="module")
def commands() -> Commands:
    return platform_commands()


def test_every_registered_command_is_tried_here(commands: Commands) -> None:
    assert {type(example) for example in EXAMPLES} == set(commands)


@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_a_command_travels_and_comes_back_the_same(commands: Commands, command: Command) -> None:
    wire = WireCommand.model_validate_json(commands.encode(command).model_dump_json())
    assert commands.decode(wire) == command


@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_a_command_travels_without_its_envelope_in_the_payload(commands: Commands, command: Command) -> None:
    assert not {"id", "issued_at", "batch"} & commands.encode(command).payload.keys()


@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_a_command_creates_only_what_it_touches_and_names_a_row_of_those(command: Command) -> None:
    assert command.creates() <= command.touches()
    assert command.target() in command.touches()


@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_a_command_has_a_permission_that_some_staff_hold_or_the_hub_alone_and_writes_a_scope(command: Command) -> None:
    access = fleet_platform().access
    held = any(command.permission in access.grant(role).permissions for role in Role if role is not Role.SYSTEM)
    assert held != (command.name in OF_THE_HUB)
    assert command.writes


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_a_command_is_refused_to_those_alone_whose_role_lacks_a_permission(
    bench: Bench, command: Command, role: Role
) -> None:
    lacks = command.permissions() - ACCESS.grant(role).permissions
    assert (bench.perform(command, actor=Actor("somebody", role)).code == NOT_ALLOWED) == bool(lacks)


@pytest.mark.parametrize(
    ("command", "field"),
    [(command, item.name) for command in EXAMPLES for item in dataclasses.fields(command) if item.type == "str"],
    ids=lambda part: part if isinstance(part, str) else named(part),
)
def test_a_megabyte_is_no_text_of_a_command(bench: Bench, command: Command, field: str) -> None:
    changed: dict[str, Any] = {field: "a" * 1_000_000}
    long = dataclasses.replace(command, **changed)
    role = next(role for role in Role if command.permissions() <= ACCESS.grant(role).permissions)
    assert bench.perform(long, actor=Actor("somebody", role)).kind == "rejected"


@pytest.mark.parametrize(
    "edits",
    [
        {"company": FieldEdit(None, "a" * 1_000_000)},
        {"company": FieldEdit("a" * 1_000_000, None)},
        {"company": FieldEdit(None, [{"x": ["a" * 1_000_000]}])},
        {"a" * 1_000_000: FieldEdit(None, 1)},
    ],
    ids=["wanted", "based on", "deep within", "a name"],
)
def test_a_megabyte_is_found_wherever_it_stands(bench: Bench, edits: Mapping[str, FieldEdit]) -> None:
    command = EditLead(id="c", issued_at=NOON, lead_id="l", edits=edits)
    verdict = bench.perform(command, actor=Actor("somebody", Role.COMMERCIAL))
    assert (verdict.code, verdict.missing) == ("invalid", ("edits",))
    assert "at most 100,000" in verdict.reason


@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_the_audit_sentence_holds_nothing_that_a_person_wrote(command: Command) -> None:
    sentence = command.sentence()
    assert sentence
    assert not any(word in sentence for word in ("Zoé", "Spoke", "twice", "Taxi", "vip"))


@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_a_renewed_command_is_the_same_act_under_a_new_id(command: Command) -> None:
    later = NOON + dt.timedelta(days=1)
    again = command.renewed(id="new", issued_at=later)
    assert (again.id, again.issued_at) == ("new", later)
    assert dataclasses.replace(again, id=command.id, issued_at=command.issued_at) == command


@pytest.mark.parametrize("command", EXAMPLES, ids=named)
def test_a_command_says_how_it_is_taken_back_or_why_it_cannot_be(command: Command) -> None:
    declaring = next(cls for cls in type(command).__mro__ if "taking_back" in cls.__dict__)
    assert declaring is not Command


def wire(**changes: object) -> WireCommand:
    """A command on its way, with some of it changed."""
    whole = {
        "id": "c",
        "name": "leads.delete",
        "version": 1,
        "issued_at": NOON,
        "payload": {"lead_id": "lead", "reason": "twice"},
    }
    return WireCommand.model_validate({**whole, **changes})


@pytest.mark.parametrize("changes", [{"name": "leads.juggle"}, {"version": 2}])
def test_a_command_that_this_side_does_not_know_asks_for_an_upgrade(
    commands: Commands, changes: dict[str, object]
) -> None:
    with pytest.raises(UpgradeNeeded):
        commands.decode(wire(**changes))


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"lead_id": "lead"}, "reason"),
        ({"lead_id": "lead", "reason": 7}, "reason"),
        ({"lead_id": "lead", "reason": "x", "extra": 1}, "extra"),
    ],
)
def test_a_payload_of_the_wrong_form_is_invalid_by_its_field(
    commands: Commands, payload: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as error:
        commands.decode(wire(payload=payload))
    assert error.value.field == field


@dataclass(frozen=True, kw_only=True)
class _Delete2(DeleteLead):
    """The deletion as a later version might have it: the reason is called why."""

    name: ClassVar[str] = "leads.delete"
    version: ClassVar[int] = 2
    permission: ClassVar[Permission] = Permission.LEADS_EDIT

    @classmethod
    def upcast(cls, payload: dict[str, Any], version: int) -> dict[str, Any]:
        return {**payload, "reason": f"{payload['reason']} (version {version})"}


def test_an_older_version_is_lifted_to_the_newest_form(commands: Commands) -> None:
    lifted = commands.including(_Delete2).decode(wire())
    assert isinstance(lifted, _Delete2)
    assert lifted.reason == "twice (version 1)"


def test_a_version_that_nothing_lifts_asks_for_an_upgrade(commands: Commands) -> None:
    class Delete3(DeleteLead):
        name: ClassVar[str] = "leads.delete"
        version: ClassVar[int] = 3

    with pytest.raises(UpgradeNeeded):
        commands.including(Delete3).decode(wire())


def test_a_command_that_was_never_registered_is_a_defect() -> None:
    with pytest.raises(Defect):
        Commands([]).encode(EXAMPLES[-1])
