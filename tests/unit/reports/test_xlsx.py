"""XLSX files as Excel and others write them, and such as nobody should."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from fleetdesk.errors import BadFile
from fleetdesk.reports.spreadsheets import Limits, SheetRow, open_spreadsheet
from tests.unit.reports.books import Value, book, by_hand, with_part

SHEET = "xl/worksheets/sheet1.xml"
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY %s>]>'


def cells(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in open_spreadsheet(path).rows()]


def one(folder: Path, value: Value) -> str:
    """The text of a cell that holds this."""
    [row] = cells(book(folder, {"Leads": [("Name",), (value,)]}))
    return row[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (971501234567.0, "971501234567"),
        (0.1 + 0.2, "0.3"),
        (-5, "-5"),
        (12.50, "12.5"),
        (True, "yes"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime.fromisoformat("2026-03-01T09:30"), "2026-03-01 09:30"),
        (dt.datetime.fromisoformat("2026-03-01T09:30:59.9996"), "2026-03-01 09:31"),
        (dt.time(14, 30), "14:30:00"),
        ("  kept ", "  kept "),
        ("😀 محمد", "😀 محمد"),
    ],
)
def test_a_value_becomes_the_text_that_people_see(tmp_path: Path, value: Value, text: str) -> None:
    assert one(tmp_path, value) == text


def test_a_shared_text_is_read_with_all_its_parts_and_without_what_tells_how_to_say_it(tmp_path: Path) -> None:
    texts = "<si><t>Name</t></si><si><r><t>Gold </t></r><r><t>Taxi</t></r><rPh><t>ah</t></rPh></si>"
    rows = '<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>'
    assert cells(by_hand(tmp_path, rows, texts)) == [("Gold Taxi",)]


def test_days_can_be_counted_from_1904(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("When",), (dt.date(2026, 3, 1),)]})
    with_part(path, "xl/workbook.xml", ("<workbookPr />", '<workbookPr date1904="1" />'))
    assert cells(path) == [("2030-03-02",)]


def test_a_format_of_ones_own_is_a_date_only_if_its_letters_are(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(("Day", "Price"))
    sheet.append((46082, 46082))
    sheet["A2"].number_format = '[$-409]d" de "mmm;@'
    sheet["B2"].number_format = '#,##0 "dirhams"'
    path = tmp_path / "leads.xlsx"
    workbook.save(path)
    assert cells(path) == [("2026-03-01", "46082")]


def test_what_xml_cannot_hold_is_read_as_excel_writes_it(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("one",)]})
    with_part(path, SHEET, (">one<", ">a_x0009_b_x005F_x0041_<"))
    assert cells(path) == [("a\tb_x0041_",)]


def test_rows_and_cells_that_say_where_they_stand_are_put_there(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name", "Notes", "City"), ("Ali", "x", "y")]})
    with_part(path, SHEET, ('<row r="2"><c r="A2"', '<row r="7"><c r="C7"'))
    with_part(path, SHEET, ('<c r="B2" t="inlineStr"><is><t>x</t></is></c>', ""))
    with_part(path, SHEET, ('<c r="C2"', '<c r="D7"'))
    [row] = open_spreadsheet(path).rows()
    assert (row.number, row.cells) == (7, ("", "", "Ali", "y"))


def test_names_of_elements_may_bear_a_prefix(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)]})
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row>'
        b'<x:c t="str"><x:v>Name</x:v></x:c></x:row><x:row><x:c t="str"><x:v>Zo\xc3\xa9</x:v></x:c></x:row>'
        b"</x:sheetData></x:worksheet>"
    )
    assert cells(with_part(path, SHEET, sheet)) == [("Zoé",)]


def test_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    path = book(tmp_path, {"Secret": [("Name",), ("Ali",)], "Leads": [("Name",), ("Zoé",)]})
    with_part(path, "xl/workbook.xml", ('sheetId="1" state="visible"', 'sheetId="1" state="hidden"'))
    assert cells(path) == [("Zoé",)]


# -- hostile files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entity", [b'lol "lol"', b'out SYSTEM "file:///etc/passwd"', b'% far SYSTEM "http://example.invalid/x"']
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_a_part_that_declares_entities_is_refused_and_none_is_followed(
    tmp_path: Path, part: str, entity: bytes
) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)]})
    with_part(path, part, DTD % entity + b"<worksheet><sheetData/></worksheet>")
    with pytest.raises(BadFile, match="is not an Excel file, or it is damaged"):
        list(open_spreadsheet(path).rows())


def test_a_sheet_that_claims_to_be_huge_is_read_as_far_as_it_is_there(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)]})
    with_part(path, SHEET, ("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'))
    assert cells(path) == [("Ali",)]


def test_a_row_beyond_the_last_that_there_can_be_is_refused_by_its_number(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)]})
    with_part(path, SHEET, ('<row r="2">', '<row r="99999999">'))
    with pytest.raises(BadFile) as refusal:
        list(open_spreadsheet(path).rows())
    assert refusal.value.row == 99_999_999


def test_a_cell_far_to_the_right_is_a_problem_that_names_its_column(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name", "Notes"), ("Ali", "x")]})
    with_part(path, SHEET, ('<c r="B2"', '<c r="XFD2"'))
    [row] = open_spreadsheet(path).rows()
    assert row.problem is not None
    assert (row.problem.row, row.problem.column) == (2, "XFD")
    assert row.cells == ("Ali", "")


def test_of_a_row_wider_than_what_is_read_no_more_cells_are_made_than_that(tmp_path: Path) -> None:
    wide = ["x"] * 900
    path = book(tmp_path, {"Leads": [("Name", "Notes"), ("Ali", "a"), wide, ("Zoé", "b")]})
    ali, row, zoe = open_spreadsheet(path).rows()
    assert (ali.problem, ali.cells, zoe.problem, zoe.cells) == (None, ("Ali", "a"), None, ("Zoé", "b"))
    assert row.problem is not None
    assert (row.problem.row, row.problem.column) == (3, "SG")
    assert len(row.cells) == 501


def test_cells_beyond_what_is_read_that_say_nothing_are_no_problem(tmp_path: Path) -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("Ali", "a")) + "<c/>" * 900
    sheet = f'<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row>{cells}</row>'
    [row] = open_spreadsheet(by_hand(tmp_path, sheet, "<si><t>Name</t></si><si><t>Notes</t></si>")).rows()
    assert row.problem is None
    assert row.cells[:3] == ("Ali", "a", "")


def test_a_cell_without_a_place_follows_a_blank_one_too(tmp_path: Path) -> None:
    sheet = (
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>1</v></c></row>'
        '<row><c r="B2"/><c t="s"><v>0</v></c></row>'
    )
    texts = "<si><t>Name</t></si><si><t>Notes</t></si>"
    assert cells(by_hand(tmp_path, sheet, texts)) == [("", "", "Name")]


def test_a_header_wider_than_what_is_read_is_refused_and_says_where(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="beyond column 500") as refusal:
        open_spreadsheet(book(tmp_path, {"Leads": [[f"c{number}" for number in range(16_384)]]}))
    assert (refusal.value.row, refusal.value.column) == (1, "c500")


@pytest.mark.parametrize("place", ["XFE2", "AAAAAAAAAAAA2", "é2", "a2"])
def test_a_cell_where_none_can_be_is_refused(tmp_path: Path, place: str) -> None:
    path = book(tmp_path, {"Leads": [("Name", "Notes"), ("Ali", "x")]})
    with_part(path, SHEET, ('<c r="B2"', f'<c r="{place}"'))
    with pytest.raises(BadFile):
        list(open_spreadsheet(path).rows())


def test_elements_without_end_within_each_other_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)]})
    with pytest.raises(BadFile):
        list(open_spreadsheet(with_part(path, SHEET, b"<a>" * 100_000)).rows())


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("content.xml", "an OpenDocument table"),
        ("xl/workbook.bin", "a binary Excel file"),
        ("word/document.xml", "a text document"),
    ],
)
def test_another_file_that_is_packed_the_same_way_is_called_what_it_is(tmp_path: Path, part: str, kind: str) -> None:
    path = with_part(book(tmp_path, {"Leads": [("Name",)]}), part, b"<x/>")
    with pytest.raises(BadFile, match=kind):
        open_spreadsheet(path)


def test_a_text_that_is_named_and_not_there_makes_the_file_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="damaged"):
        open_spreadsheet(by_hand(tmp_path, '<row><c t="s"><v>7</v></c></row>', "<si><t>Name</t></si>"))


def test_more_than_may_be_unpacked_is_not(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), *((f"Ali {n}",) for n in range(5_000))]})
    with pytest.raises(BadFile, match="would unpack to"):
        open_spreadsheet(path, limits=Limits(unpacked=10_000))


def test_a_file_that_vanishes_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name",), ("Ali",)]})
    sheet = open_spreadsheet(path)
    path.unlink()
    with pytest.raises(BadFile, match="cannot be read"):
        list(sheet.rows())


def test_empty_cells_at_the_end_need_not_be_there(tmp_path: Path) -> None:
    path = book(tmp_path, {"Leads": [("Name", "Notes"), ("Ali", None), (None, None), ("Zoé", "x")]})
    assert list(open_spreadsheet(path).rows()) == [SheetRow(2, ("Ali", "")), SheetRow(4, ("Zoé", "x"))]
