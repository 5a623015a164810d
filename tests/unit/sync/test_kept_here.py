"""What is a person's own and never sent, drafts and a pause: it outlives the process, the replica and damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft
from fleetdesk.sync.files.cipher import PAGE_SIZE
from tests.unit.sync.laptop import Laptop

_LEAD = Key("sys_demo_lead", "one")
_OTHER = Key("sys_demo_lead", "two")
_DRAFT = Draft("call", "They want forty vans, by June.")


def test_a_draft_is_there_after_a_restart(laptop: Laptop) -> None:
    laptop.store.keep_draft(_LEAD, _DRAFT)
    laptop.start_again()
    assert laptop.store.drafts == {_LEAD: (_DRAFT,)}


def test_a_draft_is_there_after_a_crash(laptop: Laptop, tmp_path: Path) -> None:
    laptop.store.keep_draft(_LEAD, _DRAFT)
    laptop.crash(into=tmp_path / "after")
    assert laptop.store.drafts == {_LEAD: (_DRAFT,)}


def test_a_draft_outlives_the_replica(laptop: Laptop) -> None:
    laptop.store.keep_draft(_LEAD, _DRAFT)
    laptop.store.close()
    for path in laptop.folder.glob("replica*"):
        path.unlink()
    laptop.reopen()
    assert laptop.store.drafts == {_LEAD: (_DRAFT,)}


def test_a_draft_stands_in_no_file_as_it_was_typed(laptop: Laptop) -> None:
    laptop.store.keep_draft(_LEAD, _DRAFT)
    assert not [path for path in laptop.folder.iterdir() if _DRAFT.text.encode() in path.read_bytes()]


def test_a_newer_draft_takes_the_place_of_the_older_of_its_kind(laptop: Laptop) -> None:
    newer = Draft("call", "No, fifty.", {"outcome": "reached"})
    laptop.store.keep_draft(_LEAD, _DRAFT)
    laptop.store.keep_draft(_LEAD, newer)
    laptop.start_again()
    assert laptop.store.drafts == {_LEAD: (newer,)}


def test_drafts_of_several_kinds_stand_beside_each_other_the_latest_at_the_end(laptop: Laptop) -> None:
    note, longer = Draft("note", "Prefers the phone."), Draft("call", "They want forty vans, by June, in white.")
    for draft in (_DRAFT, note, longer):
        laptop.store.keep_draft(_LEAD, draft)
    laptop.start_again()
    assert laptop.store.drafts == {_LEAD: (note, longer)}


def test_only_the_draft_that_was_given_up_goes(laptop: Laptop) -> None:
    laptop.store.keep_draft(_LEAD, _DRAFT)
    laptop.store.keep_draft(_OTHER, _DRAFT)
    laptop.store.keep_draft(_LEAD, Draft(_DRAFT.kind, ""))
    laptop.start_again()
    assert laptop.store.drafts == {_OTHER: (_DRAFT,)}


def test_a_pause_is_there_after_a_crash(laptop: Laptop, tmp_path: Path) -> None:
    laptop.store.keep_paused(True)
    laptop.crash(into=tmp_path / "after")
    assert laptop.store.paused


def test_a_value_is_there_after_a_crash(laptop: Laptop, tmp_path: Path) -> None:
    laptop.store.keep("leads.columns", ["name", "stage"])
    laptop.store.keep("leads.width", 3)
    laptop.store.keep("leads.width", None)
    laptop.crash(into=tmp_path / "after")
    assert laptop.store.kept == {"leads.columns": ["name", "stage"]}


def test_a_value_outlives_the_replica(laptop: Laptop) -> None:
    laptop.store.keep("leads.columns", ["name"])
    laptop.store.close()
    for path in laptop.folder.glob("replica*"):
        path.unlink()
    laptop.reopen()
    assert laptop.store.kept == {"leads.columns": ["name"]}


class TestDamage:
    """What can be read in a damaged outbox is taken over with its commands."""

    @pytest.fixture
    def damaged(self, laptop: Laptop) -> Laptop:
        """A laptop that was opened again after a page in the middle of its commands was lost."""
        laptop.store.keep_paused(True)
        laptop.store.keep_draft(_LEAD, _DRAFT)
        laptop.store.keep("leads.columns", ["name"])
        for number in range(100):
            laptop.do(laptop.new_lead(company=f"Company {number}", message="m" * 500))
        laptop.store.close()
        path = laptop.folder / "outbox.db"
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // PAGE_SIZE // 2 * PAGE_SIZE)
            file.write(b"\xa5" * PAGE_SIZE)
        laptop.reopen()
        assert laptop.store.notices
        return laptop

    def test_sending_stays_paused(self, damaged: Laptop) -> None:
        assert damaged.store.paused

    def test_drafts_are_kept(self, damaged: Laptop) -> None:
        assert damaged.store.drafts == {_LEAD: (_DRAFT,)}

    def test_values_are_kept(self, damaged: Laptop) -> None:
        assert damaged.store.kept == {"leads.columns": ["name"]}
