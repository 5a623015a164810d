"""What a bulk act does to each of its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_bulk import BulkActs
from fleetdesk.commands.leads import StartOnboarding, ValidateLead
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import NOON, Bench


@dataclass(frozen=True)
class Row:
    """A lead as a list shows it."""

    id: str = "lead"
    status: Stage = Stage.NEW
    owner_id: str | None = None


@pytest.fixture
def bulk(bench: Bench) -> BulkActs:
    bench.create()
    return BulkActs(NOON, bench.id)


def test_a_lead_is_assigned(bench: Bench, bulk: BulkActs) -> None:
    bench.perform(bulk.assign(Row(), "salma"))
    assert bench.lead().owner_id == "salma"


def test_an_owner_that_the_list_did_not_show_is_a_conflict(bench: Bench, bulk: BulkActs) -> None:
    bench.put(owner_id="omar")
    assert bench.perform(bulk.assign(Row(), "salma")).kind is VerdictKind.CONFLICT


def test_tags_are_added_and_removed(bench: Bench, bulk: BulkActs) -> None:
    bench.put(tags=["cold"])
    bench.perform(bulk.tag(Row(), add=("vip",), remove=("cold",)))
    assert bench.lead().tags == ["vip"]


def test_a_lead_is_lost_with_the_reason(bench: Bench, bulk: BulkActs) -> None:
    bench.perform(bulk.move(Row(), Stage.LOST, "Too small"))
    assert (bench.lead().status, bench.lead().lost_reason) == ("lost", "Too small")


def test_a_lead_that_is_not_ready_for_the_stage_is_refused(bench: Bench, bulk: BulkActs) -> None:
    assert bench.perform(bulk.move(Row(), Stage.CONTACTED)).code == "incomplete"


@pytest.mark.parametrize("status", [Stage.QUALIFIED, Stage.CONTACTED])
@pytest.mark.parametrize(("to", "kind"), [(Stage.ONBOARDING, StartOnboarding), (Stage.VALIDATED, ValidateLead)])
def test_onboarding_and_validation_are_asked_for_by_their_own_commands(
    bulk: BulkActs, status: Stage, to: Stage, kind: type[Command]
) -> None:
    """Where the table does not allow it, these say so in the same words as everywhere."""
    assert isinstance(bulk.move(Row(status=status), to), kind)


def test_a_lead_is_deleted_and_restored(bench: Bench, bulk: BulkActs) -> None:
    bench.perform(bulk.delete(Row(), "Spam"), bulk.restore(Row()))
    assert not bench.lead().deleted


@pytest.mark.parametrize(
    "make",
    [
        lambda bulk, row: bulk.assign(row, "salma"),
        lambda bulk, row: bulk.tag(row, add=("vip",)),
        lambda bulk, row: bulk.move(row, Stage.LOST, "Too small"),
        lambda bulk, row: bulk.delete(row, "Spam"),
        lambda bulk, row: bulk.restore(row),
    ],
    ids=["assign", "tag", "lose", "delete", "restore"],
)
def test_every_row_has_a_command_of_its_own(bulk: BulkActs, make: Callable[[BulkActs, Row], Command]) -> None:
    commands = [make(bulk, Row(id=name)) for name in ("a", "b")]
    assert [command.target().id for command in commands] == ["a", "b"]
    assert commands[0].id != commands[1].id
