"""Next steps, wherever a lead is met: planned, put off, done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.values import to_plain
from fleetdesk.views.next_steps.steps import later, likely_kind, plan_step
from tests.gui.views.filled import NOW

DUE = NOW + dt.timedelta(days=1, seconds=17)


@dataclass
class Lead:
    id: str = "lead-1"
    next_activity: str | None = "Call back"
    next_activity_at: dt.datetime | None = DUE


def test_a_step_is_based_on_the_one_that_was_seen() -> None:
    edit = plan_step(Lead(), "Visit them", NOW, NOW)

    assert edit is not None
    assert {name: (one.base, one.new) for name, one in edit.edits.items()} == {
        "next_activity": ("Call back", "Visit them"),
        "next_activity_at": (to_plain(DUE), to_plain(NOW)),
    }


def test_only_what_differs_is_edited() -> None:
    edit = plan_step(Lead(), "Call back", NOW, NOW)

    assert edit is not None
    assert list(edit.edits) == ["next_activity_at"]


def test_a_time_shown_to_the_minute_and_left_alone_is_no_other_time() -> None:
    assert plan_step(Lead(), "Call back", DUE.replace(second=0, microsecond=0), NOW) is None


def test_a_step_that_is_over_leaves_nothing() -> None:
    edit = plan_step(Lead(), None, None, NOW)

    assert edit is not None
    assert [one.new for one in edit.edits.values()] == [None, None]


def test_everything_that_a_step_can_be_put_off_to_lies_ahead() -> None:
    instants = [instant for _text, instant in later(NOW)]

    assert instants == sorted(instants)
    assert instants[0] > NOW


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("Call back about the price", ActivityKind.CALL),
        ("Send the price list", ActivityKind.EMAIL),
        ("Demo at their office", ActivityKind.MEETING),
        ("Envoyer le devis", ActivityKind.EMAIL),
        ("Rappeler demain", ActivityKind.CALL),
        ("Look up the company", ActivityKind.NOTE),
        ("العرض", ActivityKind.NOTE),
        (None, ActivityKind.NOTE),
    ],
)
def test_what_kind_of_activity_a_step_was_is_guessed_from_its_words(step: str | None, kind: ActivityKind) -> None:
    assert likely_kind(step) is kind
