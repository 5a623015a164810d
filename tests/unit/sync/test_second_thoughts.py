"""A move that nothing takes back stays here for a moment: so long it can be withdrawn, and nothing of it is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.pending import BatchDone
from fleetdesk.models.stages import Stage
from fleetdesk.sync.store.local_store import LocalStore
from tests.unit.sync.laptop import KEYS, Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

PROMISED = dt.timedelta(seconds=10)


class Hesitant(Laptop):
    """A laptop as people have them: their store waits a moment with what nothing takes back."""

    promised = PROMISED

    def _open(self) -> LocalStore:
        return LocalStore.open(
            self.folder, keys=KEYS, platform=self.platform, clock=self.clock, second_thoughts=self.promised
        )


class Pondering(Hesitant):
    """One whose person asked for more time than most."""

    promised = 20 * PROMISED


@pytest.fixture
def laptop(tmp_path: Path, hub: TinyHub) -> Iterator[Hesitant]:
    laptop = Hesitant(tmp_path / "laptop", hub)
    laptop.connect()
    yield laptop
    laptop.store.close()


@pytest.fixture
def lead(laptop: Laptop, hub: TinyHub) -> str:
    """A new lead that was spoken with."""
    lead_id = hosted_lead(hub, activity_count=1)
    laptop.pull()
    return lead_id


def move_on(laptop: Laptop, lead: str) -> None:
    laptop.do(laptop.move(lead, Stage.NEW, Stage.CONTACTED))


def wait(laptop: Laptop, seconds: float) -> None:
    laptop.clock.time += dt.timedelta(seconds=seconds)


def sent(laptop: Laptop) -> list[str]:
    batch = laptop.store.next_batch(500)
    return [] if batch is None else [command.name for command in batch.commands]


def column(laptop: Laptop, lead: str, name: str) -> object:
    row = laptop.lead(lead)
    return None if row is None else row[name]


def stage(laptop: Laptop, lead: str) -> object:
    return column(laptop, lead, "status")


def test_a_move_is_sent_once_there_was_time_to_think(laptop: Hesitant, lead: str) -> None:
    move_on(laptop, lead)
    wait(laptop, PROMISED.total_seconds())
    assert sent(laptop) == []
    wait(laptop, 5)
    assert sent(laptop) == ["leads.move"]


def test_what_can_be_taken_back_later_is_sent_at_once(laptop: Hesitant, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=("Acme", "Bolt")))
    assert sent(laptop) == ["leads.edit"]


def test_a_move_that_leads_back_is_sent_at_once(laptop: Hesitant, hub: TinyHub) -> None:
    lost = hosted_lead(hub, status="lost", lost_reason="Too dear")
    laptop.pull()
    laptop.do(laptop.move(lost, Stage.LOST, Stage.CONTACTED))
    assert sent(laptop) == ["leads.move"]


def test_what_came_later_to_the_same_lead_goes_behind_it_and_other_leads_go_first(
    laptop: Hesitant, hub: TinyHub, lead: str
) -> None:
    other = hosted_lead(hub)
    laptop.pull()
    move_on(laptop, lead)
    laptop.do(laptop.edit(lead, company=("Acme", "Bolt")), laptop.edit(other, company=("Acme", "Zeta")))
    assert sent(laptop) == ["leads.edit"]
    wait(laptop, 20)
    assert sent(laptop) == ["leads.edit", "leads.move", "leads.edit"]


def test_what_stays_here_is_counted_with_what_rests_on_it(laptop: Hesitant, hub: TinyHub, lead: str) -> None:
    other = hosted_lead(hub)
    laptop.pull()
    move_on(laptop, lead)
    laptop.do(laptop.edit(lead, company=("Acme", "Bolt")), laptop.edit(other, company=("Acme", "Zeta")))
    staying = laptop.store.counts()
    wait(laptop, 20)
    later = laptop.store.counts()
    assert (staying.waiting, staying.staying, later.waiting, later.staying) == (3, 2, 3, 0)


def test_a_batch_of_many_that_stays_is_counted_whole(laptop: Hesitant, hub: TinyHub) -> None:
    leads = [hosted_lead(hub, activity_count=1) for _ in range(201)]
    laptop.pull()
    move_all(laptop, leads)
    laptop.do(laptop.edit(leads[0], company=("Acme", "Bolt")))
    counts = laptop.store.counts()
    assert (counts.waiting, counts.staying) == (202, 201)


def test_what_was_done_with_a_move_stays_with_it(laptop: Hesitant, hub: TinyHub) -> None:
    lead = hosted_lead(hub)
    laptop.pull()
    performed = laptop.store.perform_together(laptop.log(lead), laptop.move(lead, Stage.NEW, Stage.CONTACTED))
    assert sent(laptop) == []
    assert performed.act is not None
    assert laptop.store.undo(performed.act).refused == ()
    assert stage(laptop, lead) == "new"


def test_a_call_that_was_written_down_with_a_move_stays_when_that_is_undone(
    laptop: Hesitant, hub: TinyHub, lead: str
) -> None:
    edit, call = laptop.edit(lead, company=("Acme", "Bolt")), laptop.log(lead)
    performed = laptop.store.perform_together(call, edit, laptop.move(lead, Stage.NEW, Stage.CONTACTED))
    assert performed.act is not None

    laptop.store.undo(performed.act)

    assert [change.command.id for change in laptop.store.pending()] == [call.id]
    wait(laptop, 20)
    laptop.sync()
    assert (stage(laptop, lead), column(laptop, lead, "activity_count")) == ("new", 2)
    assert column(laptop, lead, "company") == "Acme"
    assert laptop.rows() == hub.visible()


def test_a_move_that_is_done_again_writes_down_no_second_call(laptop: Hesitant, lead: str) -> None:
    performed = laptop.store.perform_together(laptop.log(lead), laptop.move(lead, Stage.NEW, Stage.CONTACTED))
    assert performed.act is not None
    laptop.store.undo(performed.act)
    again = laptop.store.history().redo
    assert again is not None

    laptop.store.redo(again.number)

    assert (stage(laptop, lead), column(laptop, lead, "activity_count")) == ("contacted", 2)


def test_a_move_is_taken_back_while_it_stays_here(laptop: Hesitant, hub: TinyHub, lead: str) -> None:
    performed = laptop.store.perform_together(laptop.move(lead, Stage.NEW, Stage.CONTACTED))
    assert performed.undo_for == PROMISED
    assert performed.act is not None
    wait(laptop, PROMISED.total_seconds())
    laptop.sync()

    assert laptop.store.undo(performed.act).done == 1

    wait(laptop, 20)
    laptop.sync()
    assert stage(laptop, lead) == "new"


def move_all(laptop: Laptop, leads: list[str]) -> BatchDone:
    moves = [laptop.move(lead, Stage.NEW, Stage.CONTACTED) for lead in leads]
    return laptop.store.perform_batch("batch", moves, sentence=lambda rows: f"Moved {rows} leads")


def test_a_batch_of_moves_stays_as_a_whole_and_one_undo_takes_it_back(laptop: Hesitant, hub: TinyHub) -> None:
    leads = [hosted_lead(hub, activity_count=1) for _ in range(150)]
    laptop.pull()
    done = move_all(laptop, leads)
    assert done.undo_for == PROMISED
    wait(laptop, PROMISED.total_seconds())
    assert sent(laptop) == []

    assert done.act is not None
    assert laptop.store.undo(done.act).done == 150
    assert {stage(laptop, lead) for lead in leads} == {"new"}


def test_it_is_known_when_something_may_be_sent(laptop: Hesitant, lead: str) -> None:
    assert laptop.store.due_in() is None
    move_on(laptop, lead)
    wait(laptop, 4)
    due_in = laptop.store.due_in()
    assert due_in is not None
    wait(laptop, due_in)
    assert sent(laptop) == ["leads.move"]


def test_a_crash_meanwhile_loses_nothing_and_what_waited_is_sent(laptop: Hesitant, lead: str, tmp_path: Path) -> None:
    move_on(laptop, lead)
    laptop.crash(tmp_path / "after")
    assert sent(laptop) == ["leads.move"]
    assert stage(laptop, lead) == "contacted"


def test_a_move_stays_for_minutes_where_that_is_promised(tmp_path: Path, hub: TinyHub) -> None:
    laptop = Pondering(tmp_path / "slow", hub)
    laptop.connect()
    lead_id = hosted_lead(hub, activity_count=1)
    laptop.pull()
    move_on(laptop, lead_id)
    assert sent(laptop) == []
    wait(laptop, 10 * PROMISED.total_seconds())
    assert sent(laptop) == []
    laptop.store.close()


def test_a_clock_that_is_set_back_keeps_nothing_here(laptop: Hesitant, lead: str) -> None:
    move_on(laptop, lead)
    wait(laptop, -3_600)
    assert sent(laptop) == ["leads.move"]


# -- what undo is then about -------------------------------------------------------------------------------------------


def test_undo_goes_on_to_what_can_be_undone_and_names_what_stays(laptop: Hesitant, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=("Acme", "Bolt")))
    move_on(laptop, lead)
    wait(laptop, 20)
    laptop.sync()

    history = laptop.store.history()

    assert history.undo is not None
    assert history.undo.sentence == "Edited company"
    assert history.stays is not None
    assert history.stays.sentence == "Moved a lead from new to contacted"
    assert history.stays.why_not.startswith("A lead takes no step back in the pipeline.")


def test_what_waits_unsent_is_what_undo_takes_back(laptop: Hesitant, lead: str) -> None:
    laptop.do(laptop.edit(lead, company=("Acme", "Bolt")))
    move_on(laptop, lead)

    history = laptop.store.history()

    assert history.stays is None
    assert history.undo is not None
    assert history.undo.sentence == "Moved a lead from new to contacted"


def test_a_load_meanwhile_does_not_send_it_early(laptop: Hesitant, lead: str) -> None:
    move_on(laptop, lead)
    laptop.load()
    assert sent(laptop) == []
    wait(laptop, PROMISED.total_seconds() + 5)
    assert sent(laptop) == ["leads.move"]


def test_what_is_heard_of_it_meanwhile_does_not_send_it_early(laptop: Hesitant, hub: TinyHub, lead: str) -> None:
    move_on(laptop, lead)
    hub.change("sys_demo_lead", lead, status="qualified")
    laptop.pull()
    assert laptop.store.due_in() is not None
