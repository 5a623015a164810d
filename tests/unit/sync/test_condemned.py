"""The note of a folder that is to be destroyed: it outlives a restart, and says what became of the edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.sync.files.condemned import Condemned, HandedOver, Stage


def test_what_became_of_the_edits_is_read_after_a_restart(tmp_path: Path) -> None:
    Condemned(tmp_path).note(Stage.HANDED_IN, HandedOver(4, left_out=3))
    again = Condemned(tmp_path)
    assert (again.stage, again.handed_over) == (Stage.HANDED_IN, HandedOver(4, left_out=3))


@pytest.mark.parametrize("note", ["handed in", "handed in\n", "handed in\n4", "handed in\nfour\nthree"])
def test_a_note_without_figures_is_handed_in_of_nobody_knows_how_many(tmp_path: Path, note: str) -> None:
    (tmp_path / "revoked").write_text(note)
    condemned = Condemned(tmp_path)
    assert (condemned.stage, condemned.handed_over) == (Stage.HANDED_IN, HandedOver(None))


@pytest.mark.parametrize("note", ["told", "", "something else", "something else\n4\n3"])
def test_any_other_note_is_still_to_be_handed_in(tmp_path: Path, note: str) -> None:
    (tmp_path / "revoked").write_text(note)
    condemned = Condemned(tmp_path)
    assert (condemned.stage, condemned.handed_over) == (Stage.TOLD, None)


def test_without_a_note_nothing_was_said(tmp_path: Path) -> None:
    condemned = Condemned(tmp_path)
    assert (condemned.stage, condemned.handed_over) == (None, None)
