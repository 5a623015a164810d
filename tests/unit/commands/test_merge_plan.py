"""What a merge is to do, worked out before it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import count

import pytest

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_merge import MOST_LOSERS, MergeLeads, Taken
from fleetdesk.commands.leads import EditLead
from fleetdesk.commands.merge_plan import Pick, Side, merge_commands, obstacles, suggested_source, suggested_winner
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue
from tests.unit.commands.bench import NOON, Bench


def side(
    id: str = "one",
    status: Stage = Stage.NEW,
    *,
    deleted: bool = False,
    merged_into: str | None = None,
    activities: int = 0,
    days: int = 0,
    **values: JsonValue,
) -> Side:
    given = {"email": None, "phone": None, **values}
    return Side(id, status, deleted, merged_into, activities, NOON - dt.timedelta(days=days), given)


def commands(sides: list[Side], winner: str, picks: Mapping[str, Pick]) -> list[Command]:
    numbers = count(1)
    return merge_commands(sides, winner, picks, new_id=lambda: f"merging-{next(numbers)}", issued_at=NOON)


class TestWinner:
    """The lead that had best stay."""

    def test_the_one_that_came_furthest_stays(self) -> None:
        assert suggested_winner([side("a", activities=9), side("b", Stage.QUALIFIED), side("c", Stage.LOST)]) == "b"

    def test_a_converted_one_stays_before_all_others(self) -> None:
        assert suggested_winner([side("a", Stage.VALIDATED), side("b", Stage.CONVERTED)]) == "b"

    def test_of_the_same_stage_the_one_with_the_longer_story(self) -> None:
        assert suggested_winner([side("a"), side("b", activities=2), side("c", activities=1)]) == "b"

    def test_else_the_oldest(self) -> None:
        assert suggested_winner([side("a"), side("b", days=3), side("c", days=1)]) == "b"


class TestSources:
    """Whose values are taken where nobody chose."""

    def test_the_winners_own(self) -> None:
        sides = [side("a", email="a@b.fr"), side("b", email="b@b.fr")]
        assert suggested_source(sides, "b", ("email",)) == "b"

    def test_those_of_another_where_the_winner_has_none(self) -> None:
        sides = [side("a"), side("b", email="b@b.fr"), side("c", email="c@b.fr")]
        assert suggested_source(sides, "a", ("email",)) == "b"

    def test_the_winners_where_nobody_has_any(self) -> None:
        assert suggested_source([side("a"), side("b")], "b", ("email",)) == "b"

    def test_fields_that_go_together_come_from_one_lead(self) -> None:
        sides = [side("a", phone="+97144444444"), side("b", email="b@b.fr")]
        assert suggested_source(sides, "a", ("email", "phone")) == "a"


class TestObstacles:
    """What the hub would refuse, told beforehand."""

    def test_nothing_stands_in_the_way_of_two_leads(self) -> None:
        assert obstacles([side("a"), side("b", Stage.LOST)], "a") == []

    @pytest.mark.parametrize(
        ("bad", "code"),
        [
            (side("bad", deleted=True), "deleted"),
            (side("bad", merged_into="x"), "merged"),
            (side("bad", Stage.CONVERTED), "converted"),
        ],
    )
    def test_a_lead_that_cannot_go_is_named(self, bad: Side, code: str) -> None:
        [found] = obstacles([side("a"), bad], "a")
        assert (found.lead_id, found.why.code) == ("bad", code)

    @pytest.mark.parametrize("bad", [side("bad", deleted=True), side("bad", merged_into="x")])
    def test_nor_can_such_a_lead_stay(self, bad: Side) -> None:
        assert [found.lead_id for found in obstacles([side("a"), bad], "bad")] == ["bad"]

    def test_a_converted_lead_can_stay(self) -> None:
        assert obstacles([side("a"), side("b", Stage.CONVERTED)], "b") == []

    def test_one_lead_is_too_few_and_many_are_too_many(self) -> None:
        many = [side(f"lead-{number}") for number in range(MOST_LOSERS + 2)]
        assert [found.why.code for found in obstacles(many[:1], "lead-0")] == ["too_few"]
        assert [found.why.code for found in obstacles(many, "lead-0")] == ["too_many"]
        assert obstacles(many[1:], "lead-1") == []


class TestCommands:
    """What is performed."""

    def test_a_value_of_another_is_taken_and_the_winners_own_is_not(self) -> None:
        sides = [side("a", email="a@b.fr"), side("b", email="b@b.fr", phone="+97144444444")]
        picks = {"email": Pick("a@b.fr", "a"), "phone": Pick("+97144444444", "b")}
        [merge] = commands(sides, "a", picks)
        assert isinstance(merge, MergeLeads)
        assert (merge.lead_id, merge.losers) == ("a", ("b",))
        assert merge.taken == {"phone": Taken(base=None, new="+97144444444", source="b")}

    def test_a_value_that_the_winner_has_too_is_not_taken(self) -> None:
        sides = [side("a", email="a@b.fr"), side("b", email="a@b.fr")]
        [merge] = commands(sides, "a", {"email": Pick("a@b.fr", "b")})
        assert isinstance(merge, MergeLeads)
        assert merge.taken == {}

    def test_what_the_person_wrote_is_edited_behind_the_merge(self) -> None:
        sides = [side("a", email="a@b.fr"), side("b", email="b@b.fr")]
        _, edit = commands(sides, "a", {"email": Pick("c@b.fr")})
        assert isinstance(edit, EditLead)
        assert (edit.lead_id, edit.edits) == ("a", {"email": FieldEdit("a@b.fr", "c@b.fr")})

    def test_the_lead_that_stays_gets_all_that_was_chosen(self, bench: Bench) -> None:
        bench.create("a", email="a@b.fr", last_name="A")
        bench.create("b", email="b@b.fr", last_name="B", phone="+97144444444")
        sides = [
            side("a", email="a@b.fr", last_name="A", phone=None),
            side("b", email="b@b.fr", last_name="B", phone="+97144444444"),
        ]
        picks = {"email": Pick("c@b.fr"), "last_name": Pick("B", "b"), "phone": Pick("+97144444444", "b")}
        for act in commands(sides, "a", picks):
            assert bench.perform(act).settled
        lead = bench.lead("a")
        assert (lead.email, lead.last_name, lead.phone) == ("c@b.fr", "B", "+97144444444")
