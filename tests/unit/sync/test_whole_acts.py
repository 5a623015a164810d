"""Many commands as one act of which all is kept or nothing: an import."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import BatchDone, Heard, unheard
from fleetdesk.errors import DiskFull
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


def test_a_power_cut_on_the_way_leaves_nothing(laptop: Laptop, tmp_path: Path) -> None:
    copies = tmp_path / "copies"

    def cut(rows: int) -> None:
        if rows == MANY and not copies.exists():
            shutil.copytree(laptop.folder, copies)

    imported(laptop, new_leads(laptop), cut)
    laptop.store.close()
    laptop.folder = copies
    laptop.reopen()
    assert (laptop.rows(), laptop.store.batches()) == ({}, ())


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
