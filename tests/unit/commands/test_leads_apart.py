"""Telling leads apart that share something."""

from __future__ import annotations

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads_apart import KeepApart, TellApart
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.leads_apart import MOST_APART, LeadsApart
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import NOON, Bench


def tell(bench: Bench, *leads: str) -> TellApart:
    return TellApart(id=bench.id(), issued_at=NOON, apart_id="apart", lead_ids=leads)


def keep(bench: Bench, *, apart: bool) -> KeepApart:
    return KeepApart(id=bench.id(), issued_at=NOON, apart_id="apart", apart=apart)


def row(bench: Bench) -> LeadsApart:
    return bench.row(LeadsApart, "apart")


def taken_back(bench: Bench, act: Command) -> Command:
    return act.taking_back(bench.changes, new_id=bench.id, issued_at=NOON)


def test_who_told_which_leads_apart_is_written_down(bench: Bench) -> None:
    bench.perform(tell(bench, "b", "a", "b"))
    assert (row(bench).lead_ids, row(bench).author_id, row(bench).deleted) == (["a", "b"], "mona", False)


@pytest.mark.parametrize("leads", [(), ("a",), ("a", "a"), tuple(f"lead-{number}" for number in range(MOST_APART + 1))])
def test_one_lead_is_apart_from_nobody_and_so_many_are_too_many(bench: Bench, leads: tuple[str, ...]) -> None:
    assert bench.perform(tell(bench, *leads)).missing == ("lead_ids",)


@pytest.mark.parametrize("lead", ["", "x" * 201])
def test_what_is_no_lead_is_refused(bench: Bench, lead: str) -> None:
    assert bench.perform(tell(bench, "a", lead)).missing == ("lead_ids",)


def test_it_is_taken_back_and_done_again(bench: Bench) -> None:
    act = tell(bench, "a", "b")
    bench.perform(act)
    back = taken_back(bench, act)
    bench.perform(back)
    assert (row(bench).deleted, row(bench).deleted_by) == (True, "mona")
    bench.perform(taken_back(bench, back))
    assert (row(bench).deleted, row(bench).deleted_by) == (False, None)


def test_two_people_who_take_it_back_do_not_conflict(bench: Bench) -> None:
    bench.perform(tell(bench, "a", "b"), keep(bench, apart=False))
    assert bench.perform(keep(bench, apart=False)).kind is VerdictKind.MERGED


def test_it_takes_a_role_that_may_change_leads(bench: Bench) -> None:
    assert bench.perform(tell(bench, "a", "b"), actor=Actor("victor", Role.SUPPORT)).code == "not_allowed"
