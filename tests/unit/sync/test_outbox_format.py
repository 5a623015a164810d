"""Outbox files that earlier forms of FleetDesk made: the bytes in `data/` were written by them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft
from fleetdesk.models.leads import ActivityKind
from fleetdesk.sync.files.cipher import FileKind, connect
from tests.unit.sync.laptop import KEYS, Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

MADE_BEFORE = sorted((Path(__file__).parent / "data").glob("outbox-format-*.db"))


def named(path: Path) -> str:
    return path.stem


@pytest.fixture(params=MADE_BEFORE, ids=named)
def old(request: pytest.FixtureRequest, tmp_path: Path, hub: TinyHub) -> Iterator[Laptop]:
    """A laptop whose outbox has an edit in the Inbox and three imported leads that wait."""
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(request.param, folder / "outbox.db")
    hosted_lead(hub, id="lead-1", company="Careem")
    laptop = Laptop(folder, hub)
    yield laptop
    laptop.store.close()


def test_what_waited_waits_still(old: Laptop) -> None:
    [change] = old.store.pending()
    [batch] = old.store.batches()
    assert (change.state, change.sentence) == (PendingState.INBOX, "Edited company")
    assert (batch.id, batch.sentence, batch.waiting) == ("import-1", "Imported a lead", 3)


def test_its_batches_can_be_paused(old: Laptop) -> None:
    old.store.pause_batch("import-1", paused=True)
    assert old.store.next_batch(10) is None


def test_it_keeps_drafts(old: Laptop) -> None:
    draft = Draft(ActivityKind.NOTE, "To be sent.")
    old.store.keep_draft(Key("sys_demo_lead", "lead-1"), draft)
    old.start_again()
    assert old.store.drafts == {Key("sys_demo_lead", "lead-1"): (draft,)}


def test_a_draft_that_was_kept_before_is_there_still(tmp_path: Path, hub: TinyHub) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    shutil.copy(next(path for path in MADE_BEFORE if path.stem.endswith("-2")), folder / "outbox.db")
    with closing(connect(folder / "outbox.db", KEYS.outbox, FileKind.OUTBOX)) as raw:
        raw.execute("INSERT INTO draft VALUES ('sys_demo_lead', 'lead-1', 'call', 'Half a thought about')")

    laptop = Laptop(folder, hub)

    assert laptop.store.drafts == {Key("sys_demo_lead", "lead-1"): (Draft("call", "Half a thought about"),)}
    laptop.store.close()


def test_what_is_done_from_now_on_can_be_undone(old: Laptop) -> None:
    old.connect()
    lead = old.new_lead(company="Bolt")
    old.do(lead)
    act = old.store.history().undo
    assert act is not None
    old.store.undo(act.number)
    assert old.lead(lead.lead_id) is None


def test_one_of_a_later_form_is_set_aside(old: Laptop) -> None:
    old.store.close()
    raw = connect(old.folder / "outbox.db", KEYS.outbox, FileKind.OUTBOX)
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    old.reopen()
    assert list(old.folder.glob("outbox-set-aside-*.db"))
