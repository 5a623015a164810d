"""Many commands as one act of which all is kept or nothing: an import."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import BatchDone, Heard, unheard
from fleetdesk.errors import DiskFull, Unavailable
from fleetdesk.models.leads import Lead
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.test_crash import fall_back, keep_replica
from tests.unit.sync.tiny_hub import TinyHub

MANY = 1_200


def imported(laptop: Laptop, acts: Iterable[Command], heard: Heard = unheard) -> BatchDone:
    return laptop.store.perform_whole("batch", acts, sentence=lambda rows: f"Imported {rows} leads", heard=heard)


def leads(laptop: Laptop) -> int:
    """How many leads there are."""
    return sum(key.table == Lead.__tablename__ for key in laptop.rows())


def new_leads(laptop: Laptop, count: int = MANY) -> Iterator[Command]:
    return (laptop.new_lead(company=f"Company {number}") for number in range(count))


def test_all_of_it_is_kept_under_its_batch_and_its_sentence(laptop: Laptop) -> None:
    done = imported(laptop, new_leads(laptop))
    assert (done.done, done.refused) == (MANY, ())
    assert leads(laptop) == MANY
    [batch] = laptop.store.batches()
    assert (batch.id, batch.sentence, batch.waiting) == ("batch", "Imported 1200 leads", MANY)


def test_it_is_found_by_search_at_once(laptop: Laptop) -> None:
    imported(laptop, new_leads(laptop, 3))
    assert len(laptop.found("company")) == 3


def test_it_reaches_the_hub(laptop: Laptop, hub: TinyHub) -> None:
    imported(laptop, new_leads(laptop, 3))
    laptop.sync()
    assert leads(laptop) == 3
    assert laptop.images() == 0


def test_a_row_that_is_refused_holds_back_no_other(laptop: Laptop, hub: TinyHub) -> None:
    gone = hosted_lead(hub)
    acts = [laptop.edit(gone, company=(None, "x")), *new_leads(laptop, 2)]
    done = imported(laptop, acts)
    assert (done.done, [refused.target.id for refused in done.refused]) == (2, [gone])


def test_cancelled_at_the_last_moment_it_leaves_nothing_and_nothing_in_the_way(laptop: Laptop) -> None:
    told: list[int] = []

    def cancel(rows: int) -> None:
        told.append(rows)
        if told[-2:] == [MANY, MANY]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(laptop, new_leads(laptop), cancel)
    assert (laptop.rows(), laptop.store.batches(), laptop.store.next_batch(500)) == ({}, (), None)
    assert laptop.store.history().undo is None
    imported(laptop, new_leads(laptop, 2))
    laptop.start_again()
    assert leads(laptop) == 2


def test_where_what_gives_the_commands_fails_nothing_is_kept(laptop: Laptop) -> None:
    def failing() -> Iterator[Command]:
        yield from new_leads(laptop)
        raise DiskFull("The disk is full.")

    with pytest.raises(DiskFull):
        imported(laptop, failing())
    assert (laptop.rows(), laptop.store.batches()) == ({}, ())


def cut_short(laptop: Laptop, copies: Path) -> None:
    """The power goes while the last row is imported."""

    def cut(rows: int) -> None:
        if rows == MANY and not copies.exists():
            shutil.copytree(laptop.folder, copies)

    imported(laptop, new_leads(laptop), cut)
    laptop.store.close()
    laptop.folder = copies
    laptop.reopen()


def test_what_a_power_cut_left_of_it_is_named_and_taken_back(laptop: Laptop, tmp_path: Path) -> None:
    cut_short(laptop, tmp_path / "copies")
    [cut] = laptop.store.cut_off()
    assert (cut.batch_id, cut.whole, cut.rows, leads(laptop)) == ("batch", True, MANY, MANY)
    assert laptop.store.take_back("batch")
    assert (laptop.rows(), laptop.images(), laptop.store.batches(), laptop.store.cut_off()) == ({}, 0, (), ())
    assert laptop.store.history().undo is None


def test_what_a_power_cut_left_of_it_is_never_sent(laptop: Laptop, tmp_path: Path) -> None:
    cut_short(laptop, tmp_path / "copies")
    assert laptop.store.next_batch(500) is None
    assert laptop.store.batches() == ()


def test_a_taking_back_that_is_ended_goes_on_at_the_next_start(laptop: Laptop, tmp_path: Path) -> None:
    cut_short(laptop, tmp_path / "copies")
    assert not laptop.store.take_back("batch", go_on=lambda rows: rows < MANY // 2)
    assert 0 < leads(laptop) < MANY
    laptop.start_again()
    assert laptop.store.take_back("batch")
    assert leads(laptop) == 0


def test_where_it_cannot_even_be_taken_back_that_is_told(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise DiskFull("The disk is full.", do="Free some space.")

    def cancel(rows: int) -> None:
        if rows == MANY:
            monkeypatch.setattr("fleetdesk.sync.store.batches.unmake", full)
            raise KeyboardInterrupt

    with pytest.raises(Unavailable, match="could not be taken out") as told:
        imported(laptop, new_leads(laptop), cancel)
    assert "None of it is sent" in told.value.kept
    assert laptop.store.next_batch(500) is None
    monkeypatch.undo()
    [cut] = laptop.store.cut_off()
    assert laptop.store.take_back(cut.batch_id)
    assert leads(laptop) == 0


def test_others_act_while_it_is_performed(laptop: Laptop) -> None:
    others: list[bool] = []

    def act(_rows: int) -> None:
        thread = threading.Thread(target=lambda: laptop.do(laptop.new_lead()))
        thread.start()
        thread.join(10)
        others.append(not thread.is_alive())

    imported(laptop, new_leads(laptop, 3), act)
    assert others == [True, True]
    assert leads(laptop) == 5


def test_none_of_it_is_sent_or_undone_before_all_of_it_is_there(laptop: Laptop) -> None:
    def look(_rows: int) -> None:
        assert laptop.store.next_batch(500) is None
        assert laptop.store.batches() == ()
        assert laptop.store.history().undo is None

    imported(laptop, new_leads(laptop), look)
    assert laptop.store.next_batch(500) is not None
    assert laptop.store.history().undo is not None
    assert laptop.store.cut_off() == ()


def test_it_is_told_once_it_can_be_sent(laptop: Laptop) -> None:
    sendable: list[bool] = []
    end = laptop.store.subscribe(lambda _changes: sendable.append(laptop.store.next_batch(1) is not None))
    imported(laptop, new_leads(laptop, 3))
    end()
    assert sendable == [False, True]


def test_cancelled_it_leaves_what_was_done_to_other_leads_meanwhile(laptop: Laptop, hub: TinyHub) -> None:
    known = hosted_lead(hub, company="Acme")
    laptop.pull()

    def cancel(_rows: int) -> None:
        laptop.do(laptop.edit(known, company=("Filled", "Mine")))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(laptop, [laptop.edit(known, company=("Acme", "Filled")), *new_leads(laptop, 2)], cancel)
    assert leads(laptop) == 1
    assert [pending.sentence for pending in laptop.store.pending()] == ["Edited company"]


def test_cancelled_it_takes_along_what_was_done_to_its_new_leads(laptop: Laptop) -> None:
    new = laptop.new_lead()

    def cancel(_rows: int) -> None:
        laptop.do(laptop.log(new.lead_id))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(laptop, [new], cancel)
    assert (laptop.rows(), laptop.store.pending()) == ({}, ())


def test_a_pull_comes_in_between(laptop: Laptop, hub: TinyHub) -> None:
    hosted_lead(hub)

    def pull(_rows: int) -> None:
        laptop.pull()

    imported(laptop, new_leads(laptop, 3), pull)
    assert leads(laptop) == 4


def test_a_power_cut_after_it_loses_nothing_although_the_replica_lags(laptop: Laptop, tmp_path: Path) -> None:
    keep_replica(laptop, tmp_path / "copies")
    imported(laptop, new_leads(laptop))
    before = laptop.rows()
    fall_back(laptop, tmp_path / "copies")
    assert laptop.rows() == before


def test_it_is_undone_as_one_act_whatever_was_done_since(laptop: Laptop) -> None:
    done = imported(laptop, new_leads(laptop))
    laptop.do(laptop.new_lead())
    assert done.act is not None
    assert laptop.store.undo(done.act).done == MANY
    assert leads(laptop) == 1


def test_an_act_of_no_rows_is_none(laptop: Laptop) -> None:
    assert imported(laptop, ()).act is None
    assert laptop.store.batches() == ()
