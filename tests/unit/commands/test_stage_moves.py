"""Every move between every two stages, by every command that moves."""

from __future__ import annotations

from typing import Any

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads import MoveLead, StartOnboarding, ValidateLead
from fleetdesk.models.audit import Intent
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import CHECKLIST, Stage
from fleetdesk.protocol import Verdict, VerdictKind
from tests.unit.commands.bench import ADMIN, MONA, NOON, Bench

LEGAL = {
    Stage.NEW: {Stage.CONTACTED, Stage.LOST},
    Stage.CONTACTED: {Stage.QUALIFIED, Stage.LOST},
    Stage.QUALIFIED: {Stage.ONBOARDING, Stage.LOST},
    Stage.ONBOARDING: {Stage.VALIDATED, Stage.LOST},
    Stage.VALIDATED: {Stage.LOST},
    Stage.CONVERTED: set(),
    Stage.LOST: {Stage.CONTACTED},
}
READY: dict[str, object] = {
    "company": "Taxis du Nord",
    "country": "FR",
    "fleet_size": 12,
    "email": "a@b.fr",
    "activity_count": 1,
}
TICKED = dict.fromkeys(CHECKLIST, True)
PAIRS = [(base, to) for base in Stage for to in Stage if base is not to]


def mover(base: Stage, to: Stage) -> Command:
    """The command that makes this move, if any does."""
    envelope: dict[str, Any] = {"id": "act", "issued_at": NOON, "lead_id": "lead", "base": base, "activity_id": "entry"}
    match to:
        case Stage.ONBOARDING:
            return StartOnboarding(**envelope, intent_id="intent")
        case Stage.VALIDATED:
            return ValidateLead(**envelope, checklist=TICKED)
        case _:
            return MoveLead(**envelope, to=to, reason="Too dear" if to is Stage.LOST else None)


def moved(bench: Bench, base: Stage, to: Stage, **missing: object) -> Verdict:
    """The verdict on the move of a lead that has all that any move needs, but for what is missing."""
    bench.create()
    bench.put(status=base, **{**READY, **missing})
    return bench.perform(mover(base, to), actor=ADMIN)


@pytest.mark.parametrize(("base", "to"), [(base, to) for base, to in PAIRS if to in LEGAL[base]])
def test_a_legal_move_is_made_and_stands_on_the_timeline(bench: Bench, base: Stage, to: Stage) -> None:
    assert moved(bench, base, to).kind is VerdictKind.APPLIED
    assert bench.lead().status == to
    [entry] = bench.timeline()
    assert (entry.kind, entry.from_status, entry.to_status) == (ActivityKind.STATUS_CHANGE, base, to)


@pytest.mark.parametrize(("base", "to"), [(base, to) for base, to in PAIRS if to not in LEGAL[base]])
def test_any_other_move_is_rejected_and_changes_nothing(bench: Bench, base: Stage, to: Stage) -> None:
    bench.create()
    bench.put(status=base, **READY)
    before = bench.everything()
    verdict = bench.perform(mover(base, to), actor=ADMIN)
    assert (verdict.kind, verdict.code) == (
        VerdictKind.REJECTED,
        "converted_by_conversion" if to is Stage.CONVERTED else "illegal_move",
    )
    assert bench.everything() == before


@pytest.mark.parametrize(
    ("base", "to", "need", "nothing"),
    [
        (Stage.NEW, Stage.CONTACTED, "activity", {"activity_count": 0}),
        (Stage.CONTACTED, Stage.QUALIFIED, "company", {"company": None}),
        (Stage.CONTACTED, Stage.QUALIFIED, "company", {"company": "  "}),
        (Stage.CONTACTED, Stage.QUALIFIED, "country", {"country": None}),
        (Stage.CONTACTED, Stage.QUALIFIED, "fleet_size", {"fleet_size": None}),
        (Stage.CONTACTED, Stage.QUALIFIED, "email", {"email": None}),
        (Stage.QUALIFIED, Stage.ONBOARDING, "email", {"email": None}),
    ],
)
def test_a_move_names_what_is_missing(
    bench: Bench, base: Stage, to: Stage, need: str, nothing: dict[str, object]
) -> None:
    verdict = moved(bench, base, to, **nothing)
    assert (verdict.kind, verdict.code, verdict.missing) == (VerdictKind.REJECTED, "incomplete", (need,))


def test_a_fleet_of_no_vehicles_is_a_fleet_size(bench: Bench) -> None:
    assert moved(bench, Stage.CONTACTED, Stage.QUALIFIED, fleet_size=0).kind is VerdictKind.APPLIED


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_loss_needs_a_reason(bench: Bench, reason: str | None) -> None:
    bench.create()
    act = MoveLead(
        id="a", issued_at=NOON, lead_id="lead", base=Stage.NEW, activity_id="e", to=Stage.LOST, reason=reason
    )
    assert bench.perform(act).missing == ("lost_reason",)


def test_a_lost_lead_that_is_reopened_forgets_its_reason(bench: Bench) -> None:
    bench.create()
    lose = MoveLead(id="1", issued_at=NOON, lead_id="lead", base=Stage.NEW, activity_id="e1", to=Stage.LOST, reason="x")
    reopen = MoveLead(id="2", issued_at=NOON, lead_id="lead", base=Stage.LOST, activity_id="e2", to=Stage.CONTACTED)
    bench.perform(lose, reopen)
    assert (bench.lead().status, bench.lead().lost_reason) == (Stage.CONTACTED, None)


@pytest.mark.parametrize("point", CHECKLIST)
def test_a_validation_needs_every_point_of_the_checklist(bench: Bench, point: str) -> None:
    bench.create()
    bench.put(status=Stage.ONBOARDING)
    act = ValidateLead(
        id="a",
        issued_at=NOON,
        lead_id="lead",
        base=Stage.ONBOARDING,
        activity_id="e",
        checklist={**TICKED, point: False},
    )
    assert bench.perform(act, actor=ADMIN).missing == ("checklist",)
    assert bench.lead().conformity is None


def test_a_checklist_of_unknown_points_is_rejected(bench: Bench) -> None:
    bench.create()
    bench.put(status=Stage.ONBOARDING)
    act = ValidateLead(
        id="a",
        issued_at=NOON,
        lead_id="lead",
        base=Stage.ONBOARDING,
        activity_id="e",
        checklist={**TICKED, "mood": True},
    )
    assert bench.perform(act, actor=ADMIN).code == "invalid"


def test_validating_again_leaves_the_first_checklist_as_it_is(bench: Bench) -> None:
    bench.create()
    bench.put(status=Stage.VALIDATED, conformity=TICKED)
    act = ValidateLead(id="a", issued_at=NOON, lead_id="lead", base=Stage.VALIDATED, activity_id="e", checklist={})
    assert bench.perform(act, actor=ADMIN).kind is VerdictKind.MERGED
    assert bench.lead().conformity == TICKED


def test_only_a_super_admin_validates(bench: Bench) -> None:
    bench.create()
    bench.put(status=Stage.ONBOARDING)
    assert bench.perform(mover(Stage.ONBOARDING, Stage.VALIDATED), actor=MONA).code == "not_allowed"


@pytest.mark.parametrize("to", [Stage.ONBOARDING, Stage.VALIDATED])
def test_onboarding_and_validation_have_commands_of_their_own(bench: Bench, to: Stage) -> None:
    bench.create()
    base = Stage.QUALIFIED if to is Stage.ONBOARDING else Stage.ONBOARDING
    bench.put(status=base, **READY)
    act = MoveLead(id="a", issued_at=NOON, lead_id="lead", base=base, activity_id="e", to=to)
    assert bench.perform(act, actor=ADMIN).code == "own_command"


def test_onboarding_asks_the_hub_once_to_send_the_form(bench: Bench) -> None:
    moved(bench, Stage.QUALIFIED, Stage.ONBOARDING)
    assert bench.count(Intent) == 1


def test_onboarding_that_is_refused_asks_for_nothing(bench: Bench) -> None:
    moved(bench, Stage.NEW, Stage.ONBOARDING)
    assert bench.count(Intent) == 0


def test_a_move_from_a_stage_that_someone_else_left_is_a_conflict_of_the_stage(bench: Bench) -> None:
    bench.create()
    bench.put(status=Stage.QUALIFIED, **READY)
    verdict = bench.perform(mover(Stage.NEW, Stage.CONTACTED))
    [conflict] = verdict.conflicts
    assert (verdict.kind, conflict.field) == (VerdictKind.CONFLICT, "status")
    assert (conflict.base, conflict.mine, conflict.theirs) == (Stage.NEW, Stage.CONTACTED, Stage.QUALIFIED)
    assert bench.timeline() == []


def test_a_move_that_someone_else_made_already_is_merged(bench: Bench) -> None:
    bench.create()
    bench.put(status=Stage.CONTACTED)
    assert bench.perform(mover(Stage.NEW, Stage.CONTACTED)).kind is VerdictKind.MERGED
    assert bench.timeline() == []


def test_whoever_loses_a_lead_second_keeps_their_reason_on_the_timeline(bench: Bench) -> None:
    bench.create()
    bench.put(status=Stage.LOST, lost_reason="no budget")
    assert bench.perform(mover(Stage.NEW, Stage.LOST)).kind is VerdictKind.MERGED
    assert bench.lead().lost_reason == "no budget"
    assert [entry.body for entry in bench.timeline()] == ["Too dear"]


def test_insisting_on_a_move_starts_from_the_stage_that_stands_there(bench: Bench) -> None:
    bench.create()
    bench.put(status=Stage.CONTACTED, **READY)
    move = mover(Stage.NEW, Stage.LOST)
    verdict = bench.perform(move)
    again = move.insisting(verdict.conflicts, id="again", issued_at=NOON)
    assert again is not None
    assert bench.perform(again).kind is VerdictKind.APPLIED
    assert bench.lead().status == Stage.LOST


@pytest.mark.parametrize("stage", Stage)
def test_a_deleted_lead_moves_nowhere(bench: Bench, stage: Stage) -> None:
    bench.create()
    bench.put(status=stage, deleted_at=NOON)
    to = Stage.LOST if stage is not Stage.LOST else Stage.CONTACTED
    assert bench.perform(mover(stage, to)).code == "deleted"


@pytest.mark.parametrize(("base", "to"), [(base, to) for base, to in PAIRS if to in LEGAL[base]])
def test_a_move_needs_second_thoughts_unless_there_is_a_move_back(base: Stage, to: Stage) -> None:
    assert mover(base, to).needs_second_thoughts == (base not in LEGAL[to])
