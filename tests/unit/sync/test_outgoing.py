"""What is offered to the hub: in order, numbered without gaps, whatever happened before."""

from __future__ import annotations

import datetime as dt

from fleetdesk.commands.pending import PendingState
from fleetdesk.protocol import VerdictKind
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"


def fill(laptop: Laptop, count: int) -> list[str]:
    acts = [laptop.new_lead() for _ in range(count)]
    laptop.do(*acts)
    return [act.id for act in acts]


def test_nothing_is_offered_where_nothing_waits(laptop: Laptop) -> None:
    assert laptop.store.next_batch(10) is None


def test_commands_go_in_the_order_in_which_they_were_given(laptop: Laptop) -> None:
    given = fill(laptop, 3)
    batch = laptop.store.next_batch(10)
    assert batch is not None
    assert [command.id for command in batch.commands] == given
    assert batch.first_sequence == 1


def test_a_batch_says_whether_more_wait_behind_it(laptop: Laptop) -> None:
    fill(laptop, 3)
    batch = laptop.store.next_batch(2)
    assert batch is not None
    assert (len(batch.commands), batch.more) == (2, True)
    batch = laptop.store.next_batch(3)
    assert batch is not None
    assert (len(batch.commands), batch.more) == (3, False)


def test_a_batch_without_an_answer_is_offered_again_under_the_same_numbers(laptop: Laptop) -> None:
    fill(laptop, 2)
    first = laptop.store.next_batch(10)
    laptop.start_again()
    assert laptop.store.next_batch(10) == first


def test_new_commands_follow_those_without_an_answer(laptop: Laptop) -> None:
    given = fill(laptop, 2)
    laptop.push(lose_answer=True)
    given += fill(laptop, 1)
    batch = laptop.store.next_batch(10)
    assert batch is not None
    assert [command.id for command in batch.commands] == given


def test_receipts_up_to_the_first_missing_one_are_confirmed(laptop: Laptop) -> None:
    fill(laptop, 3)
    laptop.push(limit=2)
    assert laptop.store.confirmed == 2
    laptop.push(limit=1, lose_answer=True)
    assert laptop.store.confirmed == 2


def test_a_receipt_that_comes_twice_changes_nothing(laptop: Laptop) -> None:
    fill(laptop, 1)
    receipts = laptop.push()
    assert not laptop.store.record_receipts(receipts)


def test_what_was_discarded_leaves_no_gap(laptop: Laptop, hub: TinyHub) -> None:
    given = fill(laptop, 3)
    laptop.store.discard(given[1])
    assert [receipt.sequence for receipt in laptop.push()] == [1, 2]


def test_the_hub_may_ask_for_an_earlier_number(laptop: Laptop) -> None:
    given = fill(laptop, 3)
    laptop.push(lose_answer=True)
    batch = laptop.store.next_batch(10, from_sequence=2)
    assert batch is not None
    assert (batch.first_sequence, [command.id for command in batch.commands]) == (2, given[1:])


def test_a_number_that_this_laptop_never_gave_begins_a_new_stream(laptop: Laptop, hub: TinyHub) -> None:
    given = fill(laptop, 1)
    before = laptop.store.laptop_id
    batch = laptop.store.next_batch(10, from_sequence=7)
    assert batch is not None
    assert batch.laptop_id == laptop.store.laptop_id != before
    assert (batch.first_sequence, [command.id for command in batch.commands]) == (1, given)


def test_a_new_stream_does_nothing_twice(laptop: Laptop, hub: TinyHub) -> None:
    lead_id = hosted_lead(hub)
    laptop.pull()
    laptop.do(laptop.log(lead_id))
    laptop.sync()
    laptop.do(laptop.log(lead_id))
    batch = laptop.store.next_batch(10, from_sequence=7)
    assert batch is not None
    laptop.store.record_receipts(hub.push(batch.laptop_id, batch.first_sequence, batch.commands))
    laptop.pull()
    lead = laptop.lead(lead_id)
    assert lead is not None
    assert lead["activity_count"] == 2
    assert laptop.rows() == hub.visible()


class TestRestoredDatabase:
    """An epoch that is not the one known."""

    def test_what_was_acknowledged_comes_back_before_what_waits(self, laptop: Laptop, hub: TinyHub) -> None:
        lead_id = hosted_lead(hub, company="Acme")
        laptop.pull()
        backup = hub.dump()
        laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt")))
        laptop.sync()
        laptop.do(laptop.edit(lead_id, company=("Bolt", "Careem")))
        hub.restore(backup, "epoch-2")
        laptop.sync()
        lead = laptop.lead(lead_id)
        assert lead is not None
        assert lead["company"] == "Careem"
        assert laptop.rows() == hub.visible()

    def test_what_the_backup_held_already_is_not_done_twice(self, laptop: Laptop, hub: TinyHub) -> None:
        lead_id = hosted_lead(hub)
        laptop.pull()
        laptop.do(laptop.log(lead_id))
        laptop.sync()
        hub.restore(hub.dump(), "epoch-2")
        laptop.sync()
        lead = laptop.lead(lead_id)
        assert lead is not None
        assert lead["activity_count"] == 1

    def test_what_was_settled_longer_ago_is_not_offered(self, laptop: Laptop, hub: TinyHub) -> None:
        fill(laptop, 1)
        laptop.sync()
        laptop.clock.time += dt.timedelta(days=31)
        laptop.store.new_epoch("epoch-2")
        assert laptop.store.next_batch(10) is None

    def test_a_conflict_that_was_applied_in_part_is_judged_again(self, laptop: Laptop, hub: TinyHub) -> None:
        lead_id = hosted_lead(hub, company="Acme")
        laptop.pull()
        backup = hub.dump()
        laptop.do(laptop.edit(lead_id, company=("Acme", "Bolt"), source=(None, "fair")))
        hub.change(LEAD, lead_id, company="Careem")
        laptop.sync()
        hub.restore(backup, "epoch-2")
        laptop.sync()
        lead = laptop.lead(lead_id)
        assert lead is not None
        assert (lead["company"], lead["source"]) == ("Bolt", "fair")
        assert laptop.store.pending() == ()

    def test_what_was_refused_stays_with_the_person(self, laptop: Laptop, hub: TinyHub) -> None:
        lead_id = hosted_lead(hub)
        laptop.pull()
        laptop.do(laptop.log(lead_id))
        hub.remove(LEAD, lead_id)
        laptop.sync()
        laptop.store.new_epoch("epoch-2")
        [change] = laptop.in_state(PendingState.INBOX)
        assert change.verdict is not None
        assert change.verdict.kind is VerdictKind.REJECTED

    def test_what_was_refused_is_not_offered_to_a_hub_that_asks_again_before_its_epoch_is_known(
        self, laptop: Laptop, hub: TinyHub
    ) -> None:
        lead_id = hosted_lead(hub)
        laptop.pull()
        laptop.do(laptop.log(lead_id))
        hub.remove(LEAD, lead_id)
        laptop.sync()
        batch = laptop.store.next_batch(10, from_sequence=1)
        assert batch is None
        assert len(laptop.in_state(PendingState.INBOX)) == 1

    def test_what_was_acknowledged_is_offered_in_a_new_stream_to_a_hub_that_asks_again(self, laptop: Laptop) -> None:
        given = fill(laptop, 2)
        before = laptop.store.laptop_id
        laptop.push()
        batch = laptop.store.next_batch(10, from_sequence=2)
        assert batch is not None
        assert batch.laptop_id != before
        assert (batch.first_sequence, [command.id for command in batch.commands]) == (1, given)

    def test_everything_is_loaded_again(self, laptop: Laptop) -> None:
        laptop.store.new_epoch("epoch-2")
        assert laptop.store.needs_load

    def test_the_first_epoch_is_only_remembered(self, laptop: Laptop, hub: TinyHub) -> None:
        before = laptop.store.laptop_id
        laptop.store.new_epoch(hub.epoch)
        assert (laptop.store.laptop_id, laptop.store.needs_load) == (before, False)


def test_settled_commands_go_after_their_days(laptop: Laptop, hub: TinyHub) -> None:
    fill(laptop, 1)
    laptop.sync()
    laptop.clock.time += dt.timedelta(days=31)
    laptop.store.idle_checkpoint()
    laptop.store.new_epoch("epoch-2")
    laptop.clock.time -= dt.timedelta(days=31)
    assert laptop.store.next_batch(10) is None


def test_settled_commands_stay_until_then(laptop: Laptop, hub: TinyHub) -> None:
    fill(laptop, 1)
    laptop.sync()
    laptop.clock.time += dt.timedelta(days=29)
    laptop.store.idle_checkpoint()
    laptop.store.new_epoch("epoch-2")
    assert laptop.store.next_batch(10) is not None
