"""Acts over many rows that a crash cut off: what is told of them, and how they are gone on with or taken back."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import CutOff, GoOn
from fleetdesk.sync.files.outbox import Outbox
from fleetdesk.sync.files.outbox_acts import UnderWay
from fleetdesk.sync.store.batches import PORTION
from tests.unit.sync.laptop import KEYS, Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"


@pytest.fixture
def leads(laptop: Laptop, hub: TinyHub) -> list[str]:
    """Leads enough for three portions, known here."""
    found = [hosted_lead(hub, company="Acme") for _ in range(2 * PORTION + 2)]
    laptop.pull()
    return found


def assignments(laptop: Laptop, leads: list[str]) -> list[Command]:
    return [laptop.edit(lead, owner_id=(None, "salma")) for lead in leads]


def owned(laptop: Laptop) -> int:
    return sum("salma" in row for key, row in laptop.rows().items() if key.table == LEAD)


def under_way(laptop: Laptop) -> list[UnderWay]:
    """What the outbox holds for unfinished, whether or not there is anything to decide about it."""
    laptop.store.close()
    with closing(Outbox(laptop.folder / "outbox.db", KEYS.outbox)) as outbox:
        found = outbox.acts.under_way()
    laptop.reopen()
    return found


def cutting(laptop: Laptop, copies: Path) -> GoOn:
    """Lets an act go on, with the files as a power cut after its first portion leaves them."""

    def go_on(_rows: int) -> bool:
        if not copies.exists():
            shutil.copytree(laptop.folder, copies)
        return True

    return go_on


def after_the_cut(laptop: Laptop, copies: Path) -> CutOff:
    laptop.store.close()
    laptop.folder = copies
    laptop.reopen()
    [cut] = laptop.store.cut_off()
    return cut


@pytest.fixture
def cut_batch(laptop: Laptop, leads: list[str], tmp_path: Path) -> CutOff:
    """An assignment that a power cut ended after its first portion."""
    go_on = cutting(laptop, tmp_path / "copies")
    said = "Assigned {} leads".format
    laptop.store.perform_batch("batch", assignments(laptop, leads), sentence=said, go_on=go_on)
    return after_the_cut(laptop, tmp_path / "copies")


@pytest.fixture
def cut_undo(laptop: Laptop, leads: list[str], tmp_path: Path) -> CutOff:
    """An undoing that a power cut ended after its first portion."""
    done = laptop.store.perform_batch("batch", assignments(laptop, leads), sentence="Assigned {} leads".format)
    assert done.act is not None
    laptop.store.undo(done.act, go_on=cutting(laptop, tmp_path / "copies"))
    return after_the_cut(laptop, tmp_path / "copies")


def test_an_act_that_came_to_its_end_is_not_named(laptop: Laptop, leads: list[str]) -> None:
    done = laptop.store.perform_batch("batch", assignments(laptop, leads), sentence=str)
    assert done.act is not None
    laptop.store.undo(done.act)
    laptop.start_again()
    assert laptop.store.cut_off() == ()


def test_an_undoing_of_which_every_row_stays_is_at_its_end(laptop: Laptop, leads: list[str]) -> None:
    done = laptop.store.perform_batch("batch", assignments(laptop, leads), sentence=str)
    assert done.act is not None
    later = [laptop.edit(lead, owner_id=("salma", "karim")) for lead in leads]
    laptop.store.perform_batch("later", later, sentence=str)
    undone = laptop.store.undo(done.act)
    assert (undone.done, len(undone.refused)) == (0, len(leads))
    assert under_way(laptop) == []


def test_an_undoing_of_a_single_row_is_at_its_end(laptop: Laptop, leads: list[str]) -> None:
    done = laptop.store.perform_batch("batch", assignments(laptop, leads[:1]), sentence=str)
    assert done.act is not None
    laptop.store.undo(done.act)
    assert under_way(laptop) == []


def test_one_that_the_person_ended_is_not_named(laptop: Laptop, leads: list[str]) -> None:
    laptop.store.perform_batch("batch", assignments(laptop, leads), sentence=str, go_on=lambda _rows: False)
    assert laptop.store.cut_off() == ()


def test_a_batch_tells_which_rows_are_done(laptop: Laptop, leads: list[str], cut_batch: CutOff) -> None:
    assert (cut_batch.sentence, cut_batch.rows) == (f"Assigned {PORTION} leads", PORTION)
    assert {key.id for key in cut_batch.targets} == set(leads[:PORTION])
    assert owned(laptop) == PORTION


def test_what_is_done_of_a_batch_can_be_taken_back(laptop: Laptop, cut_batch: CutOff) -> None:
    assert cut_batch.act is not None
    laptop.store.undo(cut_batch.act)
    assert owned(laptop) == 0
    assert laptop.store.cut_off() == ()


def test_what_is_done_of_a_batch_is_sent(laptop: Laptop, hub: TinyHub, cut_batch: CutOff) -> None:
    laptop.sync()
    assert sum("salma" in row for key, row in hub.visible().items() if key.table == LEAD) == cut_batch.rows


def test_let_stand_it_is_named_no_more(laptop: Laptop, cut_batch: CutOff) -> None:
    laptop.store.let_stand(cut_batch.batch_id)
    laptop.start_again()
    assert laptop.store.cut_off() == ()
    assert owned(laptop) == PORTION


def test_an_undoing_tells_how_far_it_came(laptop: Laptop, leads: list[str], cut_undo: CutOff) -> None:
    rest = len(leads) - PORTION
    assert (cut_undo.undone, cut_undo.rows, cut_undo.left) == (True, PORTION, rest)
    assert owned(laptop) == rest


def test_an_undoing_is_gone_on_with(laptop: Laptop, cut_undo: CutOff) -> None:
    assert cut_undo.rest is not None
    laptop.store.undo(cut_undo.rest)
    assert owned(laptop) == 0
    assert laptop.store.cut_off() == ()


def test_an_undoing_is_taken_back(laptop: Laptop, leads: list[str], cut_undo: CutOff) -> None:
    assert cut_undo.act is not None
    laptop.store.redo(cut_undo.act)
    assert owned(laptop) == len(leads)
