"""Many commands as one act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.leads import TagLead
from fleetdesk.commands.pending import BatchDone, PendingBatch, PendingState
from fleetdesk.errors import DiskFull, SignInNeeded
from fleetdesk.models.base import Key
from fleetdesk.models.stages import Stage
from fleetdesk.sync.store.batches import PORTION
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"


@pytest.fixture
def leads(laptop: Laptop, hub: TinyHub) -> list[str]:
    """Three hosted leads, known here."""
    found = [hosted_lead(hub, company=f"Company {number}") for number in range(3)]
    laptop.pull()
    return found


def assignments(laptop: Laptop, leads: list[str], owner: str = "salma") -> list[Command]:
    return [laptop.edit(lead, owner_id=(None, owner)) for lead in leads]


def assign(laptop: Laptop, leads: list[str]) -> BatchDone:
    return laptop.store.perform_batch(
        "batch", assignments(laptop, leads), sentence=lambda rows: f"Assigned {rows} leads to Salma"
    )


def the_batch(laptop: Laptop) -> PendingBatch:
    [batch] = laptop.store.batches()
    return batch


def owners(laptop: Laptop, leads: list[str]) -> list[object]:
    return [(laptop.lead(lead) or {})["owner_id"] for lead in leads]


def test_every_row_is_done_at_once(laptop: Laptop, leads: list[str]) -> None:
    done = assign(laptop, leads)
    assert (done.done, done.refused, done.ended) == (3, (), False)
    assert owners(laptop, leads) == ["salma"] * 3


def test_it_names_the_act_that_undo_takes_back(laptop: Laptop, leads: list[str]) -> None:
    done = assign(laptop, leads)
    laptop.do(laptop.new_lead())
    assert done.act is not None
    laptop.store.undo(done.act)
    assert owners(laptop, leads) == [None] * 3


def test_a_row_that_is_refused_holds_back_no_other(laptop: Laptop, leads: list[str]) -> None:
    laptop.do(DeleteLead(**laptop.envelope(), lead_id=leads[1], reason="Spam"))
    done = assign(laptop, leads)
    [refused] = done.refused
    assert (done.done, refused.target) == (2, Key(LEAD, leads[1]))
    assert refused.verdict.reason == "This lead was deleted."


def test_a_row_that_someone_else_changed_names_what_stands_there(
    laptop: Laptop, hub: TinyHub, leads: list[str]
) -> None:
    acts = assignments(laptop, leads)
    hub.change(LEAD, leads[0], owner_id="omar")
    laptop.pull()
    done = laptop.store.perform_batch("batch", acts, sentence=str)
    [conflict] = done.refused[0].verdict.conflicts
    assert (done.done, conflict.theirs) == (2, "omar")


def test_it_is_one_line_of_what_waits(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    batch = the_batch(laptop)
    assert (batch.sentence, batch.waiting, batch.sent) == ("Assigned 3 leads to Salma", 3, 0)
    assert laptop.store.pending() == ()


def test_its_line_counts_what_was_sent(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    laptop.push(limit=2, lose_answer=True)
    assert (the_batch(laptop).waiting, the_batch(laptop).sent) == (1, 2)


def test_what_of_it_waits_in_the_inbox_is_listed_by_itself_as_well(
    laptop: Laptop, hub: TinyHub, leads: list[str]
) -> None:
    assign(laptop, leads)
    hub.change(LEAD, leads[0], owner_id="omar")
    laptop.sync()
    [change] = laptop.store.pending()
    assert (change.state, change.target.id) == (PendingState.INBOX, leads[0])
    assert the_batch(laptop).inbox == 1


def test_its_line_goes_when_all_of_it_is_done(laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
    assign(laptop, leads)
    laptop.sync()
    assert laptop.store.batches() == ()
    assert laptop.rows() == hub.visible()


def test_it_travels_under_one_batch_id(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    pushed = laptop.store.next_batch(10)
    assert pushed is not None
    assert [wire.batch for wire in pushed.commands] == ["batch"] * 3


def test_its_line_is_there_after_a_restart(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    before = the_batch(laptop)
    laptop.start_again()
    assert the_batch(laptop) == before


def test_other_acts_come_in_between_its_portions(laptop: Laptop) -> None:
    acts = [replace(laptop.new_lead(), batch=None) for _ in range(PORTION + 1)]
    between = laptop.new_lead(company="Between")

    def go_on(rows: int) -> bool:
        laptop.do(between)
        return True

    laptop.store.perform_batch("batch", acts, sentence=str, go_on=go_on)
    pushed = laptop.store.next_batch(PORTION + 2)
    assert pushed is not None
    assert [wire.id for wire in pushed.commands].index(between.id) == PORTION


def test_cancelled_it_keeps_what_was_done(laptop: Laptop) -> None:
    acts = [laptop.new_lead() for _ in range(2 * PORTION)]
    done = laptop.store.perform_batch("batch", acts, sentence=str, go_on=lambda _rows: False)
    assert (done.done, done.ended) == (PORTION, True)
    assert (the_batch(laptop).waiting, the_batch(laptop).sentence) == (PORTION, str(PORTION))


def test_it_says_how_far_it_has_come(laptop: Laptop) -> None:
    told: list[int] = []

    def go_on(rows: int) -> bool:
        told.append(rows)
        return True

    acts = [laptop.new_lead() for _ in range(2 * PORTION + 1)]
    laptop.store.perform_batch("batch", acts, sentence=str, go_on=go_on)
    assert told == [PORTION, 2 * PORTION]


def test_trouble_on_its_way_is_told_with_what_was_done(laptop: Laptop) -> None:
    def acts() -> Iterator[Command]:
        for _ in range(PORTION):
            yield laptop.new_lead()
        raise DiskFull("The disk is full.")

    done = laptop.store.perform_batch("batch", acts(), sentence=str)
    assert (done.done, done.ended, isinstance(done.trouble, DiskFull)) == (PORTION, True, True)


def test_trouble_at_its_beginning_is_raised(tmp_path: Path, hub: TinyHub) -> None:
    laptop = Laptop(tmp_path / "nobody", hub)
    with pytest.raises(SignInNeeded):
        laptop.store.perform_batch("batch", [laptop.new_lead()], sentence=str)
    laptop.store.close()


def test_paused_it_stays_here_while_others_go(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    other = laptop.new_lead()
    laptop.do(other)
    laptop.store.pause_batch("batch", paused=True)
    pushed = laptop.store.next_batch(10)
    assert pushed is not None
    assert ([wire.id for wire in pushed.commands], pushed.more) == ([other.id], True)


def test_paused_it_keeps_back_what_came_later_to_the_same_rows(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    laptop.do(laptop.edit(leads[0], owner_id=("salma", "omar")))
    laptop.store.pause_batch("batch", paused=True)
    assert laptop.store.next_batch(10) is None


def test_it_stays_paused_after_a_restart(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    laptop.store.pause_batch("batch", paused=True)
    laptop.start_again()
    assert the_batch(laptop).paused


def test_resumed_it_goes_in_its_order(laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
    assign(laptop, leads)
    laptop.store.pause_batch("batch", paused=True)
    laptop.sync()
    laptop.store.pause_batch("batch", paused=False)
    laptop.sync()
    assert laptop.store.batches() == ()
    assert laptop.rows() == hub.visible()


def test_discarded_as_a_whole_its_rows_are_as_before(laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
    assign(laptop, leads)
    assert laptop.store.discard_batch("batch").done == 3
    assert laptop.store.batches() == ()
    assert laptop.rows() == hub.visible()


def test_discarded_it_takes_back_nothing_that_is_on_its_way(laptop: Laptop, leads: list[str]) -> None:
    assign(laptop, leads)
    laptop.push(limit=1, lose_answer=True)
    assert laptop.store.discard_batch("batch").done == 2
    assert owners(laptop, leads) == ["salma", None, None]


def test_what_is_held_under_a_discarded_batch_goes_with_it(laptop: Laptop) -> None:
    lead = laptop.new_lead()
    laptop.store.perform_batch("batch", [lead], sentence=str)
    laptop.do(laptop.log(lead.lead_id))
    laptop.store.discard_batch("batch")
    assert (laptop.store.pending(), laptop.lead(lead.lead_id)) == ((), None)


def test_a_row_may_meet_two_batches(laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
    assign(laptop, leads)
    tags = [TagLead(**laptop.envelope(), lead_id=lead, add=("vip",)) for lead in leads]
    laptop.store.perform_batch("tags", tags, sentence=lambda rows: f"Tagged {rows} leads")
    assert [batch.sentence for batch in laptop.store.batches()] == ["Assigned 3 leads to Salma", "Tagged 3 leads"]
    laptop.sync()
    assert laptop.rows() == hub.visible()


def test_a_move_in_bulk_obeys_the_table_of_stages(laptop: Laptop, leads: list[str]) -> None:
    laptop.do(laptop.log(leads[0]))
    moves = [laptop.move(lead, Stage.NEW, Stage.CONTACTED) for lead in leads]
    done = laptop.store.perform_batch("batch", moves, sentence=str)
    assert (done.done, {refused.verdict.code for refused in done.refused}) == (1, {"incomplete"})
