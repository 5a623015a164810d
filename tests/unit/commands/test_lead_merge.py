"""Leads that are the same prospect."""

from __future__ import annotations

import dataclasses
import datetime as dt
from itertools import permutations

import pytest

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_merge import MOST_LOSERS, MOST_MERGED, MergeLeads, Taken, UnmergeLeads
from fleetdesk.commands.leads import EditLead, LogActivity, TagLead
from fleetdesk.commands.merge_record import layers_of
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage
from fleetdesk.models.values import plain_row
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import NOON, Bench


@pytest.fixture(autouse=True)
def leads(bench: Bench) -> None:
    """Two leads of one prospect: the second knows the phone and has been called."""
    bench.create("winner", last_name="Petit", email="p@taxi.fr")
    bench.create("loser", last_name="Le Petit", phone="+971501234567", company="Taxi")
    bench.put("winner", tags=["vip"])
    bench.put("loser", tags=["dubai", "vip"])
    bench.perform(log(bench, "loser"))


def log(bench: Bench, lead: str) -> LogActivity:
    return LogActivity(
        id=bench.id(),
        issued_at=NOON,
        lead_id=lead,
        activity_id=bench.id(),
        kind=ActivityKind.CALL,
        body="Called",
        happened_at=NOON,
    )


def merge(bench: Bench, winner: str = "winner", *losers: str, **taken: Taken) -> MergeLeads:
    return MergeLeads(id=bench.id(), issued_at=NOON, lead_id=winner, losers=losers or ("loser",), taken=taken)


def unmerge(bench: Bench, winner: str = "winner", *losers: str) -> UnmergeLeads:
    return UnmergeLeads(id=bench.id(), issued_at=NOON, lead_id=winner, losers=losers or ("loser",))


def edit(bench: Bench, lead: str, name: str, base: object, new: object) -> EditLead:
    return EditLead(id=bench.id(), issued_at=NOON, lead_id=lead, edits={name: FieldEdit(base, new)})


PHONE = Taken(base=None, new="+971501234567", source="loser")
NAME = Taken(base="Petit", new="Le Petit", source="loser")


def as_it_is(bench: Bench, lead: str) -> dict[str, object]:
    """A lead, without how often it was changed."""
    return {**plain_row(bench.lead(lead)), "revision": None}


def both(bench: Bench) -> list[dict[str, object]]:
    """Both leads as they are, without the time of their last change."""
    return [as_it_is(bench, lead) | {"updated_at": None} for lead in ("winner", "loser")]


class TestMerge:
    """One lead takes others in."""

    def test_the_loser_says_where_it_went(self, bench: Bench) -> None:
        assert bench.perform(merge(bench)).kind is VerdictKind.APPLIED
        assert bench.lead("loser").merged_into == "winner"

    def test_the_chosen_values_are_taken_and_the_others_stay(self, bench: Bench) -> None:
        bench.perform(merge(bench, phone=PHONE))
        winner = bench.lead("winner")
        assert (winner.phone, winner.phone_key, winner.last_name) == ("+971501234567", "+971501234567", "Petit")

    def test_tags_are_joined(self, bench: Bench) -> None:
        bench.perform(merge(bench))
        assert bench.lead("winner").tags == ["dubai", "vip"]

    def test_activities_stay_where_they_are_and_count_for_both(self, bench: Bench) -> None:
        bench.perform(merge(bench))
        assert len(bench.timeline("loser")) == 1
        assert (bench.lead("winner").activity_count, bench.lead("winner").last_activity_at) == (1, NOON)

    def test_a_field_that_the_winner_got_meanwhile_is_a_conflict_of_that_field_alone(self, bench: Bench) -> None:
        bench.put("winner", phone="123")
        verdict = bench.perform(merge(bench, phone=PHONE, last_name=NAME))
        [conflict] = verdict.conflicts
        assert (conflict.field, conflict.base, conflict.mine, conflict.theirs) == ("phone", None, PHONE.new, "123")
        assert (bench.lead("winner").last_name, bench.lead("loser").merged_into) == ("Le Petit", "winner")

    def test_a_value_that_the_loser_has_no_longer_is_a_conflict(self, bench: Bench) -> None:
        bench.put("loser", phone="123")
        [conflict] = bench.perform(merge(bench, phone=PHONE)).conflicts
        assert (conflict.row_id, conflict.theirs, bench.lead("winner").phone) == ("loser", "123", None)

    @pytest.mark.parametrize("changed", ["winner", "loser"])
    def test_insisting_sets_the_chosen_value_after_all(self, bench: Bench, changed: str) -> None:
        bench.put(changed, phone="123")
        act = merge(bench, phone=PHONE)
        insisting = act.insisting(bench.perform(act).conflicts, id=bench.id(), issued_at=NOON)
        assert insisting is not None
        bench.perform(insisting)
        assert bench.lead("winner").phone == PHONE.new

    def test_merging_what_is_merged_already_changes_nothing(self, bench: Bench) -> None:
        bench.perform(merge(bench))
        before = both(bench)
        assert bench.perform(merge(bench)).kind is VerdictKind.MERGED
        assert both(bench) == before

    def test_the_other_way_round_is_refused_once_it_is_done(self, bench: Bench) -> None:
        bench.perform(merge(bench))
        assert bench.perform(merge(bench, "loser", "winner")).code == "merged"

    def test_a_winner_can_be_merged_into_a_third(self, bench: Bench) -> None:
        bench.create("third", last_name="P.")
        bench.perform(merge(bench), merge(bench, "third", "winner"))
        assert (bench.lead("loser").merged_into, bench.lead("winner").merged_into) == ("winner", "third")

    def test_a_deleted_lead_is_not_merged(self, bench: Bench) -> None:
        bench.perform(DeleteLead(id=bench.id(), issued_at=NOON, lead_id="loser", reason="Spam"))
        assert bench.perform(merge(bench)).code == "deleted"

    def test_a_converted_lead_is_not_merged_away(self, bench: Bench) -> None:
        bench.put("loser", status=Stage.CONVERTED)
        assert bench.perform(merge(bench)).code == "converted"

    def test_of_several_leads_all_are_merged_or_none(self, bench: Bench) -> None:
        bench.create("third", last_name="P.")
        bench.put("third", status=Stage.CONVERTED)
        bench.perform(merge(bench, "winner", "loser", "third"))
        assert bench.lead("loser").merged_into is None

    @pytest.mark.parametrize("losers", [("winner",), ("loser", "loser")])
    def test_a_lead_is_not_merged_with_itself(self, bench: Bench, losers: tuple[str, ...]) -> None:
        assert bench.perform(merge(bench, "winner", *losers)).code == "invalid"

    def test_a_value_comes_from_one_of_the_leads(self, bench: Bench) -> None:
        stranger = Taken(base=None, new="+971501234567", source="another")
        assert bench.perform(merge(bench, phone=stranger)).code == "invalid"

    def test_so_many_leads_at_once_are_too_many(self, bench: Bench) -> None:
        verdict = bench.perform(merge(bench, "winner", *(f"lead-{number}" for number in range(MOST_LOSERS + 1))))
        assert (verdict.code, verdict.missing) == ("invalid", ("losers",))
        assert verdict.reason == "At most 20 leads can be merged at once; here there are 21."

    def test_a_lead_takes_in_only_so_many(self, bench: Bench) -> None:
        bench.perform(merge(bench))
        record = bench.lead("winner").merge_record
        assert record is not None
        assert isinstance(record["layers"], list)
        bench.put("winner", merge_record=record | {"layers": record["layers"] * MOST_MERGED})
        bench.create("third", last_name="P.")
        assert bench.perform(merge(bench, "winner", "third")).code == "too_many"

    def test_who_merged_and_when_is_known(self, bench: Bench) -> None:
        bench.perform(merge(bench, phone=PHONE))
        [layer] = layers_of(bench.lead("winner").merge_record)
        assert (layer.lead_id, layer.by, layer.at) == ("loser", "mona", "2026-03-02T12:00:00.000000Z")
        assert layer.fields == {"phone": (None, PHONE.new)}

    def test_a_stage_is_no_field_that_is_taken(self, bench: Bench) -> None:
        assert bench.perform(merge(bench, status=Taken(base="new", new="converted", source="loser"))).code == "invalid"


class TestAMergedLead:
    """What others, who do not know yet, do with it."""

    @pytest.fixture(autouse=True)
    def merged(self, bench: Bench) -> None:
        bench.perform(merge(bench))

    def test_takes_no_edit(self, bench: Bench) -> None:
        assert bench.perform(edit(bench, "loser", "company", "Taxi", "Bolt")).code == "merged"

    def test_takes_no_tag(self, bench: Bench) -> None:
        assert bench.perform(TagLead(id=bench.id(), issued_at=NOON, lead_id="loser", add=("x",))).code == "merged"

    def test_is_not_deleted(self, bench: Bench) -> None:
        act = DeleteLead(id=bench.id(), issued_at=NOON, lead_id="loser", reason="Spam")
        assert bench.perform(act).code == "merged"

    def test_takes_what_happened_into_its_own_timeline(self, bench: Bench) -> None:
        assert bench.perform(log(bench, "loser")).kind is VerdictKind.APPLIED
        assert len(bench.timeline("loser")) == 2


class TestUnmerge:
    """The leads are as they were."""

    def test_both_are_exactly_as_before(self, bench: Bench) -> None:
        before = both(bench)
        bench.perform(merge(bench, phone=PHONE, last_name=NAME), unmerge(bench))
        assert both(bench) == before

    def test_a_field_that_was_changed_since_stays(self, bench: Bench) -> None:
        bench.perform(merge(bench, phone=PHONE, last_name=NAME))
        bench.perform(edit(bench, "winner", "phone", PHONE.new, "+97144444444"), unmerge(bench))
        winner = bench.lead("winner")
        assert (winner.phone, winner.last_name) == ("+97144444444", "Petit")

    def test_what_happened_since_stays_with_the_lead_that_it_happened_with(self, bench: Bench) -> None:
        bench.perform(merge(bench))
        bench.perform(log(bench, "loser"), log(bench, "winner"), unmerge(bench))
        assert (bench.lead("winner").activity_count, bench.lead("loser").activity_count) == (1, 2)

    def test_several_are_separated_together(self, bench: Bench) -> None:
        bench.create("third", last_name="P.", phone="+97144444444")
        before = both(bench)
        third = Taken(base="Petit", new="P.", source="third")
        bench.perform(merge(bench, "winner", "loser", "third", phone=PHONE, last_name=third))
        bench.perform(unmerge(bench, "winner", "loser", "third"))
        assert both(bench) == before

    def test_one_of_several_is_separated(self, bench: Bench) -> None:
        bench.create("third", last_name="P.")
        third = Taken(base="Petit", new="P.", source="third")
        bench.perform(merge(bench, "winner", "loser", "third", phone=PHONE, last_name=third))
        bench.perform(unmerge(bench, "winner", "third"))
        winner = bench.lead("winner")
        assert (winner.last_name, winner.phone) == ("Petit", PHONE.new)
        assert (bench.lead("third").merged_into, bench.lead("loser").merged_into) == (None, "winner")

    def test_separating_what_is_not_merged_changes_nothing(self, bench: Bench) -> None:
        before = both(bench)
        assert bench.perform(unmerge(bench)).kind is VerdictKind.MERGED
        assert both(bench) == before

    def test_a_chain_loses_one_link(self, bench: Bench) -> None:
        bench.create("third", last_name="P.")
        bench.perform(merge(bench), merge(bench, "third", "winner"), unmerge(bench))
        assert (bench.lead("loser").merged_into, bench.lead("winner").merged_into) == (None, "third")


class TestLayers:
    """Several leads merged into one, one after the other, and separated in any order."""

    ORDERS = tuple(permutations(("loser", "third", "fourth")))

    @pytest.fixture(autouse=True)
    def three_merged(self, bench: Bench) -> None:
        """Each brings another name, the last two the same tag; the timelines end at other times."""
        bench.put("winner", last_activity_at=NOON - dt.timedelta(days=9), activity_count=1)
        for lead, days in (("third", 2), ("fourth", 1)):
            bench.create(lead, last_name=lead)
            bench.put(lead, tags=["paris"], last_activity_at=NOON - dt.timedelta(days=days), activity_count=1)
        self.before = as_it_is(bench, "winner")
        names = ["Petit", "Le Petit", "third", "fourth"]
        for base, new, lead in zip(names, names[1:], ("loser", "third", "fourth"), strict=False):
            bench.perform(merge(bench, "winner", lead, last_name=Taken(base=base, new=new, source=lead)))

    @pytest.mark.parametrize("order", ORDERS)
    def test_the_winner_is_as_before_in_whatever_order_they_go(self, bench: Bench, order: tuple[str, ...]) -> None:
        for lead in order:
            bench.perform(unmerge(bench, "winner", lead))
        assert as_it_is(bench, "winner") == self.before

    def test_the_value_of_a_separated_lead_never_comes_back(self, bench: Bench) -> None:
        bench.perform(unmerge(bench, "winner", "third"))
        assert bench.lead("winner").last_name == "fourth"
        bench.perform(unmerge(bench, "winner", "fourth"))
        assert bench.lead("winner").last_name == "Le Petit"

    def test_a_value_that_a_person_wrote_in_between_is_what_comes_back(self, bench: Bench) -> None:
        bench.perform(unmerge(bench, "winner", "fourth", "third"))
        bench.perform(edit(bench, "winner", "last_name", "Le Petit", "Petit-Jean"))
        bench.perform(merge(bench, "winner", "third", last_name=Taken(base="Petit-Jean", new="third", source="third")))
        bench.perform(unmerge(bench, "winner", "loser"), unmerge(bench, "winner", "third"))
        assert bench.lead("winner").last_name == "Petit-Jean"

    def test_a_tag_stays_while_a_merged_lead_has_it(self, bench: Bench) -> None:
        bench.perform(unmerge(bench, "winner", "third"))
        assert bench.lead("winner").tags == ["dubai", "paris", "vip"]
        bench.perform(unmerge(bench, "winner", "fourth"))
        assert bench.lead("winner").tags == ["dubai", "vip"]

    def test_the_last_activity_is_that_of_those_that_are_left(self, bench: Bench) -> None:
        bench.perform(unmerge(bench, "winner", "loser"))
        assert bench.lead("winner").last_activity_at == NOON - dt.timedelta(days=1)

    def test_what_is_merged_again_lies_on_top(self, bench: Bench) -> None:
        bench.perform(unmerge(bench, "winner", "loser"))
        bench.perform(merge(bench, "winner", "loser", last_name=Taken("fourth", "Le Petit", "loser")))
        bench.perform(unmerge(bench, "winner", "fourth"), unmerge(bench, "winner", "third"))
        assert bench.lead("winner").last_name == "Le Petit"
        bench.perform(unmerge(bench, "winner", "loser"))
        assert as_it_is(bench, "winner") == self.before


def test_what_an_earlier_version_merged_is_separated_too(bench: Bench) -> None:
    before = both(bench)
    fields = {"phone": [None, PHONE.new], "last_activity_at": [None, "2026-03-02T12:00:00.000000Z"]}
    bench.put("winner", phone=PHONE.new, last_activity_at=NOON, activity_count=1, tags=["dubai", "vip"])
    bench.put("loser", merged_into="winner", merge_record={"fields": fields, "tags": ["dubai"], "activities": 1})
    bench.perform(unmerge(bench))
    assert both(bench) == before


def taking_back(bench: Bench, act: Command) -> Command:
    return act.taking_back(bench.changes, new_id=bench.id, issued_at=NOON + dt.timedelta(minutes=1))


def test_a_merge_is_taken_back_by_a_separation(bench: Bench) -> None:
    before = both(bench)
    act = merge(bench, phone=PHONE)
    bench.perform(act)
    bench.perform(taking_back(bench, act))
    assert both(bench) == before


def test_a_separation_is_taken_back_by_the_same_merge(bench: Bench) -> None:
    first = merge(bench, phone=PHONE, last_name=NAME)
    bench.perform(first)
    before = both(bench)
    act = unmerge(bench)
    bench.perform(act)
    again = taking_back(bench, act)
    assert isinstance(again, MergeLeads)
    assert again.taken == first.taken
    bench.perform(dataclasses.replace(again, issued_at=NOON))
    assert both(bench) == before
