"""What the oracle takes for a row that should be gone, in the middle of a day."""

from __future__ import annotations

import base64
import json

import pytest

from tests.torture.holding import Changed, Held, holds_nothing, judge_held
from tests.torture.oracle import Findings

_SALES, _FINANCE = Changed(0, "platform_commercial"), Changed(100, "platform_finance")


@pytest.mark.parametrize("snapshot", ["101:101:", "90:120:95", "90:101:99"])
def test_rows_of_a_lost_scope_are_found_once_the_cursor_has_seen_the_loss(snapshot: str) -> None:
    assert _broken(snapshot, {"leads": 3}, [_SALES, _FINANCE]) == 1


@pytest.mark.parametrize("snapshot", ["100:100:", "90:100:95", "90:120:95,100"])
def test_rows_are_held_as_long_as_the_laptop_cannot_know(snapshot: str) -> None:
    assert _broken(snapshot, {"leads": 3}, [_SALES, _FINANCE]) == 0


def test_the_last_role_counts() -> None:
    back = Changed(105, "platform_super_admin")
    assert _broken("110:110:", {"leads": 3, "audit": 2}, [_SALES, _FINANCE, back]) == 0
    assert _broken("103:103:", {"leads": 3, "audit": 2}, [_SALES, _FINANCE, back]) == 2


def test_rows_of_ones_own_are_always_held_and_those_of_others_never() -> None:
    assert _broken("110:110:", {"person:me": 1, "staff": 4}, [_SALES, _FINANCE]) == 0
    assert _broken("110:110:", {"person:you": 1}, [_SALES, _FINANCE]) == 1


def test_a_cursor_of_another_epoch_says_nothing() -> None:
    assert _broken("110:110:", {"leads": 3}, [_FINANCE], epoch="before") == 0


@pytest.mark.parametrize(
    ("held", "clean"),
    [
        (Held("me", None, {}), True),
        (Held("me", None, {"person:me": 1}), False),
        (Held("me", "a cursor", {}), False),
    ],
)
def test_who_was_turned_away_may_not_even_hold_a_row_of_their_own(held: Held, clean: bool) -> None:
    assert holds_nothing(held) is clean


def _broken(snapshot: str, scopes: dict[str, int], roles: list[Changed], *, epoch: str = "now") -> int:
    cursor = base64.urlsafe_b64encode(json.dumps({"epoch": epoch, "snapshot": snapshot}).encode()).decode()
    findings = Findings()
    judge_held(findings, 0, Held("me", cursor, scopes), "now", roles)
    return len(findings.failures)
