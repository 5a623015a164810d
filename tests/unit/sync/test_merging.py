"""Merges on two laptops of one hub, with undo, in any order: a small day of them from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.lead_merge import MergeLeads, Taken, UnmergeLeads
from fleetdesk.commands.pending import PendingState
from fleetdesk.protocol import Plain
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub


@pytest.fixture
def other(tmp_path: Path, hub: TinyHub) -> Iterator[Laptop]:
    """The person's second laptop."""
    laptop = Laptop(tmp_path / "other", hub)
    laptop.connect()
    yield laptop
    laptop.store.close()


@pytest.fixture
def pair(laptop: Laptop, other: Laptop, hub: TinyHub) -> tuple[str, str]:
    """Two leads that both laptops know."""
    first = hosted_lead(hub, company="Acme", tags=["vip"])
    second = hosted_lead(hub, company="Acme Taxi", website="acme.ae", activity_count=2)
    for each in (laptop, other):
        each.pull()
    return first, second


def merge(laptop: Laptop, winner: str, loser: str, **taken: tuple[Plain, Plain]) -> MergeLeads:
    fields = {name: Taken(base=base, new=new, source=loser) for name, (base, new) in taken.items()}
    return MergeLeads(**laptop.envelope(), lead_id=winner, losers=(loser,), taken=fields)


def mark(laptop: Laptop, lead: str) -> Plain:
    row = laptop.lead(lead)
    return None if row is None else row["merged_into"]


def as_they_are(laptop: Laptop, pair: tuple[str, str]) -> list[dict[str, object] | None]:
    """Both leads, without how often they were changed."""
    rows = (laptop.lead(lead) for lead in pair)
    return [None if row is None else row | {"revision": None} for row in rows]


def undo(laptop: Laptop) -> None:
    act = laptop.store.history().undo
    assert act is not None, "there is nothing to undo"
    laptop.store.undo(act.number)


def test_a_merge_is_undone_before_it_was_sent(laptop: Laptop, hub: TinyHub, pair: tuple[str, str]) -> None:
    laptop.do(merge(laptop, *pair, website=(None, "acme.ae")))
    undo(laptop)
    assert laptop.rows() == hub.visible()


def test_a_merge_is_undone_after_it_was_synced(laptop: Laptop, hub: TinyHub, pair: tuple[str, str]) -> None:
    before = as_they_are(laptop, pair)
    laptop.do(merge(laptop, *pair, website=(None, "acme.ae")))
    laptop.sync()
    undo(laptop)
    laptop.sync()
    assert laptop.rows() == hub.visible()
    assert as_they_are(laptop, pair) == before


def test_an_undone_merge_is_done_again(laptop: Laptop, hub: TinyHub, pair: tuple[str, str]) -> None:
    laptop.do(merge(laptop, *pair, website=(None, "acme.ae")))
    laptop.sync()
    merged = as_they_are(laptop, pair)
    undo(laptop)
    laptop.sync()
    act = laptop.store.history().redo
    assert act is not None
    laptop.store.redo(act.number)
    laptop.sync()
    assert as_they_are(laptop, pair) == merged


def test_what_a_colleague_wrote_into_the_winner_since_stays(
    laptop: Laptop, other: Laptop, hub: TinyHub, pair: tuple[str, str]
) -> None:
    laptop.do(merge(laptop, *pair, website=(None, "acme.ae")))
    laptop.sync()
    other.sync()
    other.do(other.edit(pair[0], website=("acme.ae", "acme.com")))
    other.sync()
    laptop.sync()
    undo(laptop)
    laptop.sync()
    row = laptop.lead(pair[0])
    assert row is not None
    assert (row["website"], mark(laptop, pair[1])) == ("acme.com", None)


def test_merged_both_ways_offline_the_second_waits_in_the_inbox(
    laptop: Laptop, other: Laptop, hub: TinyHub, pair: tuple[str, str]
) -> None:
    laptop.do(merge(laptop, *pair))
    other.do(merge(other, *reversed(pair)))
    laptop.sync()
    other.sync()
    assert [change.command.name for change in other.in_state(PendingState.INBOX)] == ["leads.merge"]
    assert (mark(other, pair[0]), mark(other, pair[1])) == (None, pair[0])
    assert other.rows() == hub.visible()


@pytest.mark.parametrize("seed", range(8))
def test_a_day_of_merges_ends_alike_everywhere_and_without_a_cycle(
    laptop: Laptop, other: Laptop, hub: TinyHub, seed: int
) -> None:
    chance = random.Random(seed)
    leads = [hosted_lead(hub, company="Acme", website=f"{number}.ae") for number in range(5)]
    laptops = (laptop, other)
    for each in laptops:
        each.pull()
    for _ in range(60):
        act_at_random(chance, chance.choice(laptops), leads)
    settle(laptops)
    assert laptop.rows() == other.rows() == hub.visible()
    for lead in leads:
        assert_ends(laptop, lead)
    separate_all(chance, laptop, leads)
    assert [(laptop.lead(lead) or {})["website"] for lead in leads] == [f"{number}.ae" for number in range(5)]


def act_at_random(chance: random.Random, laptop: Laptop, leads: list[str]) -> None:
    one, another = chance.sample(leads, 2)
    match chance.randrange(7):
        case 0 | 1:
            row = laptop.lead(another) or {}
            mine = (laptop.lead(one) or {})["website"]
            laptop.store.perform(merge(laptop, one, another, website=(mine, row["website"])))
        case 2:
            laptop.store.perform(UnmergeLeads(**laptop.envelope(), lead_id=one, losers=(another,)))
        case 3:
            laptop.store.perform(laptop.log(one))
        case 4:
            act = laptop.store.history().undo
            if act is not None:
                laptop.store.undo(act.number)
        case 5:
            act = laptop.store.history().redo
            if act is not None:
                laptop.store.redo(act.number)
        case _:
            laptop.sync()


def separate_all(chance: random.Random, laptop: Laptop, leads: list[str]) -> None:
    """Take every lead out of the one that it was merged into, in any order."""
    for lead in chance.sample(leads, len(leads)):
        winner = mark(laptop, lead)
        if isinstance(winner, str):
            laptop.do(UnmergeLeads(**laptop.envelope(), lead_id=winner, losers=(lead,)))


def settle(laptops: tuple[Laptop, Laptop]) -> None:
    """Sync until nothing is left but what is discarded."""
    for _ in range(3):
        for laptop in laptops:
            laptop.sync()
            while inbox := laptop.in_state(PendingState.INBOX):
                laptop.store.discard(inbox[0].command.id)
            laptop.sync()


def assert_ends(laptop: Laptop, lead: str) -> None:
    """Following the marks from the lead comes to an end."""
    seen: set[Plain] = set()
    at: Plain = lead
    while at is not None:
        assert at not in seen, f"{lead} goes round"
        seen.add(at)
        at = mark(laptop, at)
