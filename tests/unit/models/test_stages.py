"""What the stage rules tell screens; the moves themselves are tried in `commands/test_stage_moves.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from fleetdesk.errors import Refused
from fleetdesk.models.access import Permission
from fleetdesk.models.stages import PIPELINE, Stage, check_move, move_permission, moves_from


@dataclass(frozen=True)
class Facts:
    """A lead as the rules read it."""

    status: str = Stage.NEW
    company: str | None = None
    country: str | None = None
    fleet_size: int | None = None
    email: str | None = None
    activity_count: int = 0
    checklist: Mapping[str, bool] | None = None
    deleted: bool = False


@pytest.mark.parametrize(
    ("stage", "targets"),
    [
        (Stage.NEW, (Stage.CONTACTED, Stage.LOST)),
        (Stage.ONBOARDING, (Stage.VALIDATED, Stage.LOST)),
        (Stage.LOST, (Stage.CONTACTED,)),
        (Stage.CONVERTED, ()),
    ],
)
def test_a_screen_offers_the_stages_a_person_can_move_to_lost_last(stage: Stage, targets: tuple[Stage, ...]) -> None:
    assert moves_from(stage) == targets


def test_validating_asks_for_its_own_permission_and_every_other_move_for_that_of_editing() -> None:
    asked = {(base, to): move_permission(base, to) for base in Stage for to in Stage}
    validating = {pair for pair, permission in asked.items() if permission is Permission.LEADS_VALIDATE}
    assert validating == {(base, Stage.VALIDATED) for base in Stage}


def test_a_refusal_names_everything_that_is_missing_at_once() -> None:
    with pytest.raises(Refused) as refusal:
        check_move(Facts(status=Stage.CONTACTED, country="FR"), Stage.QUALIFIED)
    assert refusal.value.missing == ("company", "fleet_size", "email")
    assert refusal.value.what == "To be qualified, this lead needs a company, a fleet size, an email address."


@pytest.mark.parametrize(
    ("stage", "advice"),
    [
        (Stage.NEW, "From new it can go to contacted or lost."),
        (Stage.CONVERTED, "A converted lead stays converted."),
    ],
)
def test_an_illegal_move_says_where_the_lead_can_go(stage: Stage, advice: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_move(Facts(status=stage), Stage.VALIDATED)
    assert refusal.value.do == advice


def test_the_pipeline_is_every_stage_but_lost_in_order() -> None:
    assert (*PIPELINE, Stage.LOST) == tuple(Stage)
