"""What is learnt of a file before a person says what its columns are."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.reports.spreadsheets import open_spreadsheet
from fleetdesk.reports.survey import Survey, survey_columns


def surveyed(folder: Path, text: str) -> Survey:
    path = folder / "leads.csv"
    path.write_text(text, "utf-8")
    return survey_columns(open_spreadsheet(path))


def test_a_column_has_samples_that_differ_and_its_words_counted(tmp_path: Path) -> None:
    survey = surveyed(tmp_path, "Stage,Notes\nNew,\nNew,x\nLost,\n")
    assert survey.rows == 3
    assert survey.columns[0].samples == ("New", "Lost")
    assert survey.columns[0].words == (("New", 2), ("Lost", 1))
    assert (survey.columns[1].filled, survey.columns[1].samples) == (1, ("x",))


def test_a_column_of_names_has_no_words(tmp_path: Path) -> None:
    survey = surveyed(tmp_path, "Name,x\n" + "".join(f"Ali {number},\n" for number in range(150)))
    assert survey.columns[0].words == ()
    assert len(survey.columns[0].samples) == 3


def test_a_long_cell_is_cut_in_a_sample(tmp_path: Path) -> None:
    [notes] = surveyed(tmp_path, "Notes\n" + "x" * 5_000 + "\n").columns
    assert notes.samples == ("x" * 60,)


def test_it_is_ended_by_who_is_told(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Name,x\n" + "Ali,\n" * 600)

    def end(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        survey_columns(open_spreadsheet(path), end)
