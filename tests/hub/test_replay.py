"""Order, replay and time: a command is decided once, however often, late or wrongly dated it comes."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.errors import Busy, Invalid, OutOfOrder, PayloadChanged
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import VerdictKind
from tests.hub.acts import at, edit, note, wired
from tests.hub.forgetful import Forgetful
from tests.hub.support import Hosted, Laptop, insert_lead


def test_a_gap_in_the_laptops_order_names_the_sequence_that_is_expected(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(edit(lead))
    with pytest.raises(OutOfOrder) as refusal:
        laptop.offer([hosted.platform.commands.encode(edit(lead))], first=3)
    assert refusal.value.next_sequence == 2


def test_a_push_that_comes_again_gets_the_same_receipts(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, edit(lead), edit(lead, new="Conflicting"), note(lead, "a"))
    assert laptop.offer(commands).receipts == laptop.offer(commands).receipts


def test_a_push_that_comes_again_does_nothing_again(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, note(lead, "a"), edit(lead))
    laptop.offer(commands)
    hosted.execute("UPDATE sys_demo_lead SET company = 'Al Noor Transport'")
    laptop.offer(commands)
    assert hosted.rows("SELECT activity_count, company FROM sys_demo_lead") == [(1, "Al Noor Transport")]


def test_a_hub_that_kept_no_receipts_would_turn_away_what_it_did(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub(receipts=Forgetful()))
    commands = wired(hosted, edit(lead))
    laptop.offer(commands)
    hosted.execute("UPDATE sys_demo_lead SET company = 'Al Noor Transport'")
    # The revision that it wrote the first time keeps it from being done again.
    assert laptop.offer(commands).receipts[0].verdict.code == "exists"
    assert hosted.rows("SELECT company FROM sys_demo_lead") == [("Al Noor Transport",)]


def test_a_push_that_comes_again_with_more_behind_it_goes_on(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    first, second = wired(hosted, note(lead, "a"), note(lead, "b"))
    laptop.offer([first])
    answer = laptop.offer([first, second])
    assert (answer.next_sequence, [receipt.sequence for receipt in answer.receipts]) == (3, [1, 2])


def test_the_same_id_with_another_payload_is_an_error(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    (command,) = wired(hosted, edit(lead))
    laptop.offer([command])
    with pytest.raises(PayloadChanged):
        laptop.offer([command.model_copy(update={"payload": {**command.payload, "lead_id": "other"}})])


def test_a_sequence_that_was_another_command_is_an_error(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.offer(wired(hosted, edit(lead)))
    with pytest.raises(PayloadChanged):
        laptop.offer(wired(hosted, edit(lead)))


def test_one_command_twice_in_a_push_is_an_error(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    with pytest.raises(Invalid):
        Laptop(hosted.hub()).offer([command, command])


def test_a_command_offered_again_under_a_new_laptop_id_gets_its_old_verdict(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    commands = wired(hosted, note(lead, "a"))
    Laptop(hub).offer(commands)
    answer = Laptop(hub).offer(commands)
    assert answer.receipts[0].verdict.kind is VerdictKind.APPLIED


def test_a_receipt_found_again_belongs_to_the_newer_stream(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    first, second = wired(hosted, note(lead, "a"), note(lead, "b"))
    Laptop(hub).offer([first])
    laptop = Laptop(hub)
    laptop.load()
    laptop.offer([second, first])
    assert [receipt.command_id for receipt in laptop.pull().receipts] == [second.id, first.id]


def test_another_persons_command_of_the_same_id_is_its_own_command(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    (command,) = wired(hosted, edit(lead))
    Laptop(hub).offer([command])
    answer = Laptop(hub, Role.SUPER_ADMIN).offer([command])
    assert answer.receipts[0].verdict.kind is VerdictKind.MERGED


def test_two_hubs_at_once_decide_a_push_once(hosted: Hosted, lead: str) -> None:
    hubs = [hosted.hub(), hosted.hub()]
    laptop = Laptop(hubs[0])
    commands = wired(hosted, *(note(lead, f"a{number}") for number in range(20)))
    together = threading.Barrier(2)
    answers = []

    def offer(hub: int) -> None:
        together.wait()
        answers.append(laptop.offer(commands, hub=hubs[hub]).receipts)

    threads = [threading.Thread(target=offer, args=[hub]) for hub in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers[0], hosted.rows("SELECT activity_count FROM sys_demo_lead")) == (answers[1], [(20,)])


def test_two_laptops_at_once_lose_none_of_their_edits(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        leads = [insert_lead(connection) for _ in range(12)]
    hubs = [hosted.hub(), hosted.hub()]
    together = threading.Barrier(2)

    def work(number: int) -> None:
        laptop = Laptop(hubs[number])
        for turn in range(5):
            together.wait()
            # One counts up the list, the other down: without an order of locks they would meet crosswise.
            order = leads if number else leads[::-1]
            laptop.push(*(note(lead, f"{number}-{turn}-{lead}") for lead in order))

    threads = [threading.Thread(target=work, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hosted.rows("SELECT DISTINCT activity_count FROM sys_demo_lead") == [(10,)]


def test_a_row_that_somebody_holds_for_long_asks_the_laptop_to_come_again(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    with hosted.owner() as connection:
        connection.execute("UPDATE sys_demo_lead SET score = 1")
        with pytest.raises(Busy):
            laptop.push(edit(lead))


def test_a_pull_says_up_to_where_the_laptops_commands_are_in_it(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    laptop.push(edit(lead), note(lead, "a"))
    assert laptop.pull().end.settled_through == 2


def test_a_pull_brings_the_receipts_that_the_laptop_has_not_confirmed(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    laptop.push(edit(lead), edit(lead), note(lead, "a"))
    laptop.confirmed = 1
    assert [(receipt.sequence, receipt.verdict.kind) for receipt in laptop.pull().receipts] == [
        (2, VerdictKind.MERGED),
        (3, VerdictKind.APPLIED),
    ]


def test_a_command_that_the_hub_does_not_know_yet_waits_for_an_upgrade(hosted: Hosted, lead: str) -> None:
    (known,) = wired(hosted, edit(lead))
    unknown = known.model_copy(update={"id": new_id(), "name": "leads.teleport"})
    newer = known.model_copy(update={"id": new_id(), "version": 99})
    answer = Laptop(hosted.hub()).offer([unknown, newer, known])
    assert [receipt.verdict.code for receipt in answer.receipts] == ["upgrade_needed", "upgrade_needed", ""]


def test_a_payload_of_the_wrong_form_is_invalid(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    answer = Laptop(hosted.hub()).offer([command.model_copy(update={"payload": {"lead_id": 7}})])
    assert answer.receipts[0].verdict.code == "invalid"


def test_a_command_from_the_future_happened_now(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(at(edit(lead), hosted.clock.now() + dt.timedelta(days=300)))
    assert updated_at(hosted) <= hosted.clock.now()


def test_a_command_from_before_the_last_contact_happened_at_that_contact(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push()
    contact = hosted.clock.now()
    hosted.clock.advance(hours=5)
    laptop.push(at(note(lead, "a"), contact - dt.timedelta(days=40)))
    ((recorded,),) = hosted.rows("SELECT recorded_at FROM sys_demo_lead_activity")
    assert abs(recorded - contact) < dt.timedelta(minutes=1)


def test_a_second_batch_of_what_waited_keeps_its_times(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    offline = hosted.clock.now() - dt.timedelta(hours=3)
    laptop.push(at(note(lead, "a"), offline), more=True)
    laptop.push(at(note(lead, "b"), offline))
    assert hosted.rows("SELECT DISTINCT recorded_at FROM sys_demo_lead_activity") == [(offline,)]


def test_a_time_without_a_zone_is_invalid(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    answer = Laptop(hosted.hub()).offer([command.model_copy(update={"issued_at": dt.datetime(2026, 5, 1)})])  # noqa: DTZ001  # what is refused here
    assert answer.receipts[0].verdict.code == "invalid"


def test_a_deletion_counts_from_the_hubs_clock(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push()
    contact = hosted.clock.now()
    laptop.push(DeleteLead(id=new_id(), issued_at=contact - dt.timedelta(days=90), lead_id=lead, reason="twice"))
    ((deleted_at,),) = hosted.rows("SELECT deleted_at FROM sys_demo_lead")
    assert contact - dt.timedelta(minutes=1) < deleted_at


def updated_at(hosted: Hosted) -> dt.datetime:
    ((instant,),) = hosted.rows("SELECT updated_at FROM sys_demo_lead")
    assert isinstance(instant, dt.datetime)
    return instant
