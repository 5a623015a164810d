"""Merges at the hub, where two laptops merge the same leads without knowing of one another."""

from __future__ import annotations

import random
import threading

from fleetdesk.commands.lead_merge import MergeLeads, Taken, UnmergeLeads
from fleetdesk.hub.service import Hub
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import Verdict
from tests.hub.acts import NOW, edit, note
from tests.hub.support import Hosted, Laptop, insert_lead

ROUNDS = 12


def merge(winner: str, *losers: str, **taken: Taken) -> MergeLeads:
    return MergeLeads(id=new_id(), issued_at=NOW, lead_id=winner, losers=losers, taken=taken)


def unmerge(winner: str, *losers: str) -> UnmergeLeads:
    return UnmergeLeads(id=new_id(), issued_at=NOW, lead_id=winner, losers=losers)


def leads(hosted: Hosted, count: int) -> list[str]:
    with hosted.owner() as connection:
        return [insert_lead(connection) for _ in range(count)]


def marks(hosted: Hosted) -> dict[str, str | None]:
    """Which lead each lead was merged into."""
    return dict(hosted.rows("SELECT id, merged_into FROM sys_demo_lead"))


def winners(marks: dict[str, str | None], lead: str) -> list[str]:
    """The leads that a lead was merged into, one through the other, until they end or go round."""
    found: list[str] = []
    at = marks[lead]
    while at is not None and at not in found:
        found.append(at)
        at = marks[at]
    return found


def has_cycle(marks: dict[str, str | None]) -> bool:
    return any(lead in winners(marks, lead) for lead in marks)


def at_once(*pushes: tuple[Laptop, MergeLeads]) -> list[Verdict]:
    """Push each command in a thread of its own, as nearly at the same time as can be."""
    verdicts: list[Verdict] = []
    ready = threading.Barrier(len(pushes))

    def push(laptop: Laptop, command: MergeLeads) -> None:
        ready.wait(10)
        verdicts.extend(laptop.push(command))

    threads = [threading.Thread(target=push, args=each) for each in pushes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return verdicts


def two(hub: Hub) -> tuple[Laptop, Laptop]:
    return Laptop(hub), Laptop(hub)


def test_a_merge_and_what_it_took_are_written(hosted: Hosted) -> None:
    winner, loser = leads(hosted, 2)
    laptop = Laptop(hosted.hub())
    laptop.push(edit(loser, "website", base=None, new="taxi.ae"))
    laptop.push(merge(winner, loser, website=Taken(base=None, new="taxi.ae", source=loser)))
    assert hosted.rows("SELECT website, merged_into FROM sys_demo_lead WHERE id = %s", winner) == [("taxi.ae", None)]
    assert marks(hosted)[loser] == winner


def test_of_two_merges_in_both_directions_at_once_one_is_refused(hosted: Hosted) -> None:
    one, other = two(hosted.hub())
    for _ in range(ROUNDS):
        a, b = leads(hosted, 2)
        verdicts = at_once((one, merge(a, b)), (other, merge(b, a)))
        assert sorted(verdict.code for verdict in verdicts) == ["", "merged"]
        assert not has_cycle(marks(hosted))


def test_a_ring_of_merges_at_once_never_closes(hosted: Hosted) -> None:
    hub = hosted.hub()
    laptops = [Laptop(hub) for _ in range(3)]
    for _ in range(ROUNDS):
        a, b, c = leads(hosted, 3)
        at_once(*zip(laptops, (merge(a, b), merge(b, c), merge(c, a)), strict=True))
        assert not has_cycle(marks(hosted))


def test_a_day_of_merges_and_separations_leaves_no_cycle_and_loses_no_activity(hosted: Hosted) -> None:
    chance = random.Random(4)
    pool = leads(hosted, 5)
    laptops = two(hosted.hub())
    logged = 0
    for _ in range(150):
        laptop, (one, other) = chance.choice(laptops), chance.sample(pool, 2)
        kind = chance.random()
        if kind < 0.5:
            laptop.push(merge(one, other))
        elif kind < 0.8:
            laptop.push(unmerge(one, other))
        else:
            (verdict,) = laptop.push(note(one, new_id()))
            logged += verdict.settled
        assert not has_cycle(marks(hosted))
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead_activity") == [(logged,)]
    for lead, winner in marks(hosted).items():
        if winner is not None:
            laptops[0].push(unmerge(winner, lead))
    own = "SELECT id, activity_count, (SELECT count(*) FROM sys_demo_lead_activity WHERE lead_id = l.id)"
    assert [count for _, count, entries in hosted.rows(f"{own} FROM sys_demo_lead l") if count != entries] == []


def test_an_edit_of_a_lead_that_was_merged_meanwhile_waits_for_its_person(hosted: Hosted) -> None:
    winner, loser = leads(hosted, 2)
    one, other = two(hosted.hub())
    one.push(merge(winner, loser))
    (verdict,) = other.push(edit(loser))
    assert verdict.code == "merged"


def test_the_audit_log_tells_of_every_lead_of_a_merge(hosted: Hosted) -> None:
    winner, loser = leads(hosted, 2)
    Laptop(hosted.hub()).push(merge(winner, loser))
    [(sentence, body)] = hosted.rows(
        "SELECT sentence, body FROM sys_audit_event JOIN sys_audit_payload USING (id) WHERE target_id = %s", winner
    )
    assert sentence == "Merged 2 leads into one"
    assert loser in body
