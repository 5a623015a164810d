"""How a file is read can be said by hand; what is not said is found, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.errors import BadFile
from fleetdesk.reports.spreadsheets import Reading, Spreadsheet, open_spreadsheet
from tests.unit.reports.books import book

EXPORT = "Leads of the spring fair\nMade on 2026-03-01\n\nName,Company,Phone\nAli,Taxi,1\nZoé,Bus,2\n"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "leads.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def knows(title: str) -> bool:
    return title in {"Name", "Company", "Phone"}


def cells(sheet: Spreadsheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows()]


def test_what_was_found_is_told_beside_what_was_said(tmp_path: Path) -> None:
    sheet = open_spreadsheet(written(tmp_path, "Name;Notes\nAli;x\n"), Reading(header_row=1))
    assert sheet.reading == Reading(encoding="utf-8", delimiter=";", header_row=1)


def test_another_encoding_reads_the_same_bytes_as_other_letters(tmp_path: Path) -> None:
    path = written(tmp_path, "Name\nÉlodie\n".encode("cp850"))
    assert cells(open_spreadsheet(path, Reading(encoding="cp850"))) == [("Élodie",)]
    assert cells(open_spreadsheet(path, Reading(encoding="cp1252"))) != [("Élodie",)]


def test_bytes_that_a_chosen_encoding_does_not_know_are_a_problem_by_row_and_column(tmp_path: Path) -> None:
    [row] = open_spreadsheet(written(tmp_path, "Name\n\xc9lodie\n".encode("cp1252")), Reading(encoding="utf-8")).rows()
    assert row.problem is not None
    assert (row.problem.row, row.problem.column) == (2, "Name")


def test_another_delimiter_cuts_the_rows_elsewhere(tmp_path: Path) -> None:
    path = written(tmp_path, "Name|Notes;x\nAli|b;c\n")
    assert open_spreadsheet(path, Reading(delimiter="|")).header == ("Name", "Notes;x")
    assert open_spreadsheet(path, Reading(delimiter=";")).header == ("Name|Notes", "x")


def test_another_sheet_is_read_when_asked_for(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)], "Old": [("Name",), ("Zoé",)]})
    sheet = open_spreadsheet(path, Reading(sheet="Old"))
    assert sheet.sheets == ("Leads", "Old")
    assert sheet.described == "Excel, sheet “Old” (not read: “Leads”)"
    assert cells(sheet) == [("Zoé",)]


def test_a_sheet_that_is_not_there_any_more_gives_way_to_the_first(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)]})
    assert open_spreadsheet(path, Reading(sheet="Gone")).reading.sheet == "Leads"


def test_the_header_is_found_below_the_lines_that_stand_above_a_table(tmp_path: Path) -> None:
    sheet = open_spreadsheet(written(tmp_path, EXPORT), knows=knows)
    assert sheet.reading.header_row == 4
    assert [row.number for row in sheet.rows()] == [5, 6]


def test_where_no_title_is_known_the_first_row_is_the_header(tmp_path: Path) -> None:
    assert open_spreadsheet(written(tmp_path, "a,b\nc,d\n"), knows=knows).reading.header_row == 1


def test_the_header_can_be_said_to_be_another_row(tmp_path: Path) -> None:
    sheet = open_spreadsheet(written(tmp_path, EXPORT), Reading(header_row=5), knows=knows)
    assert sheet.header == ("Ali", "Taxi", "1")
    assert [row.number for row in sheet.rows()] == [6]


def test_without_a_header_columns_are_called_by_their_letters_and_the_first_row_is_one(tmp_path: Path) -> None:
    sheet = open_spreadsheet(written(tmp_path, "Ali,Taxi\nZoé,Bus,more\n"), Reading(header_row=0))
    assert sheet.titles == ("A", "B", "C")
    assert [row.number for row in sheet.rows()] == [1, 2]


def test_titles_that_stand_there_twice_are_told_apart(tmp_path: Path) -> None:
    sheet = open_spreadsheet(written(tmp_path, "Phone,Phone,Phone (2),Phone\n1,2,3,4\n"))
    assert sheet.titles == ("Phone", "Phone (3)", "Phone (2)", "Phone (4)")


def test_a_problem_in_a_doubled_column_names_the_right_one(tmp_path: Path) -> None:
    [row] = open_spreadsheet(written(tmp_path, "Phone,Phone,Notes\n1,\0,as told on the telephone\n")).rows()
    assert row.problem is not None
    assert row.problem.column == "Phone (2)"


def test_a_preview_shows_the_rows_as_they_stand_and_cuts_long_cells(tmp_path: Path) -> None:
    sheet = open_spreadsheet(written(tmp_path, EXPORT.replace("Taxi", "x" * 5_000)), knows=knows)
    assert [raw.number for raw in sheet.top] == [1, 2, 3, 4, 5, 6]
    assert len(sheet.top[4].cells[1]) == 300


def test_an_empty_sheet_beside_a_full_one_is_refused_only_when_it_is_read(tmp_path: Path) -> None:
    path = book(tmp_path, {"Empty": [], "Leads": [("Name",), ("Ali",)]})
    with pytest.raises(BadFile, match="is empty"):
        open_spreadsheet(path)
    assert cells(open_spreadsheet(path, Reading(sheet="Leads"))) == [("Ali",)]
