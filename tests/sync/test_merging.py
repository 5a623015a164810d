"""Merges between real laptops and a real hub: what one merges while another works on it ends in something sensible."""

from __future__ import annotations

from collections.abc import Callable

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_merge import MergeLeads, Taken
from fleetdesk.commands.leads import LogActivity
from fleetdesk.commands.leads_apart import TellApart
from fleetdesk.commands.pending import PendingState
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.queries.duplicate_groups import duplicate_groups
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.queries.lead_timeline import Asked, TimelineEntry, timeline
from tests.hub.support import Hosted, insert_lead
from tests.sync.running import Laptops, RunningLaptop


def lead(laptop: RunningLaptop, lead_id: str) -> LeadDetail:
    with laptop.store.reading() as connection:
        found = lead_detail(connection, lead_id)
    assert found is not None
    return found


def entries(laptop: RunningLaptop, lead_id: str) -> list[str]:
    """What happened with a lead and with those that were merged into it."""
    with laptop.store.reading() as connection:
        found = timeline(connection, lead_id, Asked(), 50).entries
    return [entry.body for entry in found if isinstance(entry, TimelineEntry)]


def groups(laptop: RunningLaptop) -> int:
    with laptop.store.reading() as connection:
        return len(duplicate_groups(connection).groups)


def do(laptop: RunningLaptop, *commands: Command) -> None:
    assert laptop.store.perform_together(*commands).refusal is None


def note(laptop: RunningLaptop, lead_id: str, body: str) -> LogActivity:
    now = laptop.clock.now()
    return LogActivity(
        id=new_id(),
        issued_at=now,
        lead_id=lead_id,
        activity_id=new_id(),
        kind=ActivityKind.NOTE,
        body=body,
        happened_at=now,
    )


def merge(laptop: RunningLaptop, winner: str, loser: str, **taken: Taken) -> MergeLeads:
    return MergeLeads(id=new_id(), issued_at=laptop.clock.now(), lead_id=winner, losers=(loser,), taken=taken)


def pair(hosted: Hosted) -> tuple[str, str]:
    """Two leads of one prospect."""
    with hosted.owner() as connection:
        columns = {"email": "p@taxi.fr", "email_key": "p@taxi.fr"}
        return insert_lead(connection, company="Taxi", **columns), insert_lead(connection, company="Taxis", **columns)


def until(laptop: RunningLaptop, holds: Callable[[], bool]) -> None:
    laptop.wait_until(holds)


def test_an_edit_of_a_lead_that_was_merged_meanwhile_waits_with_what_was_written(
    hosted: Hosted, laptops: Laptops
) -> None:
    winner, loser = pair(hosted)
    one, other = laptops.live("one"), laptops.live("other")
    other.engine.pause()
    other.rename(loser, "Taxis", "Taxis du Nord")
    do(other, note(other, loser, "Called them"))
    do(one, merge(one, winner, loser, company=Taken(base="Taxi", new="Taxis", source=loser)))
    until(one, lambda: not one.pending)
    other.engine.resume()
    until(other, lambda: [change.state for change in other.pending] == [PendingState.INBOX])
    verdict = other.pending[0].verdict
    assert verdict is not None
    assert verdict.code == "merged"
    assert other.pending[0].command.edits["company"].new == "Taxis du Nord"  # type: ignore[attr-defined]
    for laptop in (one, other):
        until(laptop, lambda laptop=laptop: entries(laptop, winner) == ["Called them"])  # type: ignore[misc]
        assert (lead(laptop, winner).company, lead(laptop, loser).merged_into) == ("Taxis", winner)


def test_a_value_that_another_changed_meanwhile_is_a_conflict_and_the_rest_is_merged(
    hosted: Hosted, laptops: Laptops
) -> None:
    winner, loser = pair(hosted)
    one, other = laptops.live("one"), laptops.live("other")
    one.engine.pause()
    do(one, merge(one, winner, loser, company=Taken(base="Taxi", new="Taxis", source=loser)))
    other.rename(loser, "Taxis", "Taxis du Nord")
    until(other, lambda: not other.pending)
    one.engine.resume()
    until(one, lambda: [change.state for change in one.pending] == [PendingState.INBOX])
    verdict = one.pending[0].verdict
    assert verdict is not None
    [conflict] = verdict.conflicts
    assert (conflict.row_id, conflict.field, conflict.theirs) == (loser, "company", "Taxis du Nord")
    one.store.resolve(one.pending[0].command.id, (conflict,))
    for laptop in (one, other):
        until(laptop, lambda laptop=laptop: lead(laptop, winner).company == "Taxis")  # type: ignore[misc]
        until(laptop, lambda laptop=laptop: lead(laptop, loser).company == "Taxis du Nord")  # type: ignore[misc]


def test_a_merge_is_undone_on_both_after_it_was_synced_with_what_happened_since(
    hosted: Hosted, laptops: Laptops
) -> None:
    winner, loser = pair(hosted)
    one, other = laptops.live("one"), laptops.live("other")
    do(one, merge(one, winner, loser, company=Taken(base="Taxi", new="Taxis", source=loser)))
    until(other, lambda: lead(other, loser).merged_into == winner)
    do(other, note(other, winner, "With the one that stayed"))
    do(other, note(other, loser, "With the other"))
    until(one, lambda: len(entries(one, winner)) == 2)
    act = one.store.history().undo
    assert act is not None
    one.store.undo(act.number)
    for laptop in (one, other):
        until(laptop, lambda laptop=laptop: lead(laptop, loser).merged_into is None)  # type: ignore[misc]
        assert (entries(laptop, winner), entries(laptop, loser)) == (["With the one that stayed"], ["With the other"])
        assert (lead(laptop, winner).company, lead(laptop, loser).company) == ("Taxi", "Taxis")
        assert (lead(laptop, winner).activity_count, lead(laptop, loser).activity_count) == (1, 1)


def test_leads_that_one_tells_apart_are_no_duplicates_for_the_other(hosted: Hosted, laptops: Laptops) -> None:
    leads = pair(hosted)
    one, other = laptops.live("one"), laptops.live("other")
    assert (groups(one), groups(other)) == (1, 1)
    do(one, TellApart(id=new_id(), issued_at=one.clock.now(), apart_id=new_id(), lead_ids=leads))
    until(other, lambda: groups(other) == 0)
    act = one.store.history().undo
    assert act is not None
    one.store.undo(act.number)
    until(other, lambda: groups(other) == 1)
