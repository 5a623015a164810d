"""CSV and XLSX files as people bring them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.errors import BadFile
from fleetdesk.reports.spreadsheets import Limits, Reading, SheetRow, column_name, open_spreadsheet
from fleetdesk.reports.table_files import table_file

Value = str | float | bool | dt.datetime | dt.date | None
HEADER = "Name,Company,Notes"
ACCENTS = "Nom;Société;Téléphone\nÉlodie Lefèvre;Taxis de l'Hérault;0612345678\nZoé;Été à la mer;07\n"
ARABIC = "الاسم;الشركة\nأحمد الهاشمي;ليموزين الخليج\nمريم المنصوري;سيارات دبي للأجرة\n"


def written(folder: Path, content: str | bytes, name: str = "leads.csv") -> Path:
    """A file with that content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path) -> list[SheetRow]:
    """All rows of the file."""
    return list(open_spreadsheet(path).rows())


def cells(path: Path) -> list[tuple[str, ...]]:
    """The cells of all rows of the file."""
    return [row.cells for row in read(path)]


@pytest.mark.parametrize(
    ("encoding", "described"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with a byte order mark"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252 (Western)"),
    ],
)
def test_french_text_is_read_in_each_usual_encoding(tmp_path: Path, encoding: str, described: str) -> None:
    path = written(tmp_path, ACCENTS.encode(encoding))
    sheet = open_spreadsheet(path)
    assert sheet.described == f"CSV, {described}, separated by semicolons"
    assert sheet.header == ("Nom", "Société", "Téléphone")
    assert cells(path)[0] == ("Élodie Lefèvre", "Taxis de l'Hérault", "0612345678")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_arabic_text_is_read_in_each_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, ARABIC.encode(encoding))
    assert cells(path)[0] == ("أحمد الهاشمي", "ليموزين الخليج")


@pytest.mark.parametrize(("delimiter", "name"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_a_delimiter_is_found_also_where_another_stands_in_the_text(tmp_path: Path, delimiter: str, name: str) -> None:
    other = ";" if delimiter == "," else ","
    rows = [f"Ali{other} junior", "Taxi", "x"], ["Zoé", f"A{other} B", "y"]
    text = "\n".join(delimiter.join(row) for row in (["Name", "Company", "Notes"], *rows))
    path = written(tmp_path, text)
    assert open_spreadsheet(path).described == f"CSV, UTF-8, separated by {name}"
    assert cells(path) == [tuple(row) for row in rows]


def test_excels_own_hint_names_the_delimiter(tmp_path: Path) -> None:
    path = written(tmp_path, "sep=;\nName;Notes\nAli;a,b,c\n")
    assert open_spreadsheet(path).header == ("Name", "Notes")
    assert cells(path) == [("Ali", "a,b,c")]


def test_rows_are_numbered_as_spreadsheet_programs_do_with_blank_ones_counted(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\na,b,c\n\n,,\nd,e,f\n")
    assert [(row.number, row.cells[0]) for row in read(path)] == [(2, "a"), (5, "d")]


def test_a_quoted_cell_keeps_its_line_breaks_quotes_and_delimiters(tmp_path: Path) -> None:
    path = written(tmp_path, f'{HEADER}\r\nAli,"Taxi ""Gold"", LLC","one\r\ntwo"\r\nZoé,b,c\r\n')
    assert cells(path) == [("Ali", 'Taxi "Gold", LLC', "one\r\ntwo"), ("Zoé", "b", "c")]


def test_lines_may_end_as_old_macs_wrote_them(tmp_path: Path) -> None:
    assert cells(written(tmp_path, "Name,Notes\rAli,b\rZoé,c\r")) == [("Ali", "b"), ("Zoé", "c")]


def test_a_header_may_stand_below_blank_rows_and_have_blank_columns_behind_it(tmp_path: Path) -> None:
    path = written(tmp_path, "\n,,,\nName,Notes,,\nAli,b,,\n")
    assert open_spreadsheet(path).header == ("Name", "Notes")
    assert read(path) == [SheetRow(4, ("Ali", "b", "", ""))]


def test_the_guard_before_a_formula_sign_is_taken_off_again(tmp_path: Path) -> None:
    assert cells(written(tmp_path, "Name,Phone\n'=1+1,'+971501234567\n")) == [("=1+1", "+971501234567")]


def test_half_a_row_is_a_problem_that_names_the_column_and_keeps_the_cells(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\na,b,c\nd,e")
    row = read(path)[1]
    assert row.problem is not None
    assert (row.problem.row, row.problem.column) == (3, "Notes")
    assert row.cells == ("d", "e", "")


def test_a_row_longer_than_the_header_is_a_problem_and_loses_nothing(tmp_path: Path) -> None:
    row = read(written(tmp_path, f"{HEADER}\na,b,c,more\n"))[0]
    assert row.problem is not None
    assert (row.problem.row, row.problem.column) == (2, "D")
    assert row.cells == ("a", "b", "c", "more")


@pytest.mark.parametrize("broken", ['d,"e,f', 'd,"e"e,f'])
def test_a_row_with_broken_quotes_is_kept_as_text_and_does_not_swallow_the_next(tmp_path: Path, broken: str) -> None:
    rows = read(written(tmp_path, f"{HEADER}\na,b,c\n{broken}\ng,h,i\n"))
    assert [(row.number, row.problem is None) for row in rows] == [(2, True), (3, False), (4, True)]
    assert rows[1].cells[0] == broken
    assert rows[2].cells == ("g", "h", "i")


def test_a_nul_is_a_problem_that_names_row_and_column(tmp_path: Path) -> None:
    row = read(written(tmp_path, f"{HEADER}\na,b\0b,c\n"))[0]
    assert row.problem is not None
    assert (row.problem.row, row.problem.column) == (2, "Company")
    assert "\0" not in "".join(row.cells)


@pytest.mark.parametrize("size", [40_000, 1_000_000])
def test_a_huge_cell_is_a_problem_that_names_row_and_column(tmp_path: Path, size: int) -> None:
    rows = read(written(tmp_path, f"{HEADER}\na,b,{'x' * size}\nd,e,f\n"))
    assert rows[0].problem is not None
    assert (rows[0].problem.row, rows[0].problem.column) == (2, "Notes")
    assert f"{size:,}" in rows[0].problem.what
    assert rows[1].cells == ("d", "e", "f")


def test_a_file_cut_within_a_letter_is_still_utf8_and_only_its_last_row_a_problem(tmp_path: Path) -> None:
    rows = read(written(tmp_path, ("Name,Notes\n" + "Élodie,é\n" * 20 + "Zoé,étét").encode() + b"\xc3"))
    assert [row.number for row in rows if row.problem] == [22]
    assert rows[0].cells == ("Élodie", "é")
    assert rows[-1].cells == ("Zoé", "étét\N{REPLACEMENT CHARACTER}")


def test_a_cell_that_would_be_a_formula_is_written_with_an_apostrophe(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with table_file(path, ("Name",)) as table:
        for cell in ("=1+1", "-5", "@x", "+971", "\tx", "a=b"):
            table.write((cell,))
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["Name", "'=1+1", "'-5", "'@x", "'+971", "'\tx", "a=b"]


def test_ten_thousand_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refusal:
        open_spreadsheet(written(tmp_path, ",".join(f"c{n}" for n in range(10_000)) + "\n"))
    assert (refusal.value.row, refusal.value.column) == (1, "c500")


def test_of_a_row_wider_than_what_is_read_no_more_cells_are_kept_than_that(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "Name,Notes\na,b\n" + "x," * 10_000 + "x\nc,d" + "," * 10_000 + "\n"))
    assert [(row.problem is None, len(row.cells)) for row in rows] == [(True, 2), (False, 501), (True, 501)]
    assert rows[1].problem is not None
    assert (rows[1].problem.row, rows[1].problem.column) == (3, "SG")


def test_a_file_whose_first_row_has_no_titles_is_as_wide_as_what_is_read_at_most(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="more than 500 columns"):
        open_spreadsheet(written(tmp_path, "x," * 10_000 + "x\n"), Reading(header_row=0))


def test_a_line_without_an_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Notes\na,b\n" + "x" * 600)
    sheet = open_spreadsheet(path, limits=Limits(line=600))
    assert len(list(sheet.rows())) == 2
    path.write_text(path.read_text() + "x")
    with pytest.raises(BadFile, match="has a line of more than 600 characters") as refusal:
        list(sheet.rows())
    assert refusal.value.row == 3


def test_the_line_that_tells_the_separator_has_an_end_as_well(tmp_path: Path) -> None:
    path = written(tmp_path, "sep=;" + "x" * 600 + "\nName;Notes\n")
    with pytest.raises(BadFile, match=r"Row 1 of .* has a line of more than 600 characters"):
        list(open_spreadsheet(path, limits=Limits(line=600)).rows())


def test_more_rows_than_are_allowed_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Notes\n" + "a,b\n" * 5)
    with pytest.raises(BadFile) as refusal:
        list(open_spreadsheet(path, limits=Limits(rows=3)).rows())
    assert refusal.value.row == 4


@pytest.mark.parametrize("content", ["", "\n\n", ",,,\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadFile, match="is empty"):
        open_spreadsheet(written(tmp_path, content))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"leads\.csv cannot be read"):
        open_spreadsheet(tmp_path / "leads.csv")


def test_a_file_that_vanishes_before_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\na,b,c\n")
    sheet = open_spreadsheet(path)
    path.unlink()
    with pytest.raises(BadFile, match="cannot be read"):
        list(sheet.rows())


def test_an_old_or_protected_excel_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="password"):
        open_spreadsheet(written(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "leads.xls"))


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a picture"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "packed files"),
    ],
)
def test_another_kind_of_file_is_called_what_it_is(tmp_path: Path, start: bytes, kind: str) -> None:
    with pytest.raises(BadFile, match=f"leads.csv is no table but {kind}"):
        open_spreadsheet(written(tmp_path, start, "leads.csv"))


def test_control_characters_of_a_title_are_not_repeated(tmp_path: Path) -> None:
    assert open_spreadsheet(written(tmp_path, b"Na\x1bme,Phone\nAli,1\n")).header == ("Na\ufffdme", "Phone")


def book(folder: Path, *rows: tuple[Value, ...], sheets: tuple[str, ...] = ("Leads",)) -> Path:
    """An XLSX file whose first sheet has these rows."""
    workbook = openpyxl.Workbook()
    first = workbook.active
    assert first is not None
    first.title = sheets[0]
    for row in rows:
        first.append(row)
    for title in sheets[1:]:
        workbook.create_sheet(title)
    path = folder / "leads.xlsx"
    workbook.save(path)
    return path


def test_values_of_an_excel_file_become_their_text(tmp_path: Path) -> None:
    moment = dt.datetime.fromisoformat("2026-03-01T09:30")
    path = book(
        tmp_path,
        ("Phone", "Size", "Rate", "When", "Day", "Ok"),
        (971501234567.0, 12, 0.5, moment, dt.date(2026, 3, 1), True),
    )
    assert cells(path) == [("971501234567", "12", "0.5", "2026-03-01 09:30", "2026-03-01", "yes")]


def test_an_excel_file_says_which_sheet_was_read_and_which_were_not(tmp_path: Path) -> None:
    path = book(tmp_path, ("Name",), ("Ali",), sheets=("Leads", "Old", "Notes"))
    assert open_spreadsheet(path).described == "Excel, sheet “Leads” (not read: “Old”, “Notes”)"


def test_rows_of_an_excel_file_keep_their_numbers_and_need_no_cells_at_their_end(tmp_path: Path) -> None:
    path = book(tmp_path, ("Name", "Notes"), ("Ali",), (), ("Zoé", "x"))
    assert read(path) == [SheetRow(2, ("Ali", "")), SheetRow(4, ("Zoé", "x"))]


def test_an_excel_file_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    path = book(tmp_path, ("Name",), ("Ali",)).rename(tmp_path / "leads.csv")
    assert cells(path) == [("Ali",)]


def zipped(folder: Path, *parts: tuple[str, bytes]) -> Path:
    """A ZIP archive with these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts:
            archive.writestr(name, body)
    return written(folder, content.getvalue(), "leads.xlsx")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="would unpack to"):
        open_spreadsheet(zipped(tmp_path, ("xl/worksheets/sheet1.xml", b" " * 30_000_000)))


def test_an_archive_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="would unpack to"):
        open_spreadsheet(zipped(tmp_path, *((f"{n}", b"") for n in range(2_001))))


@pytest.mark.parametrize("parts", [(), (("notes.txt", b"hello"),), (("xl/workbook.xml", b"<broken"),)])
def test_an_archive_that_is_no_excel_file_is_refused(tmp_path: Path, parts: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(BadFile):
        open_spreadsheet(zipped(tmp_path, *parts))


def test_a_damaged_excel_file_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, ("Name",), *((f"Ali {n}",) for n in range(500)))
    path.write_bytes(path.read_bytes()[:-2_000])
    with pytest.raises(BadFile, match="damaged"):
        read(path)


@pytest.mark.parametrize(("place", "name"), [(0, "Name"), (1, "B"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_a_column_without_a_title_is_called_by_its_letters(place: int, name: str) -> None:
    assert column_name(("Name", ""), place) == name


LETTERS = st.characters(codec="utf-8", exclude_characters="\0\N{REPLACEMENT CHARACTER}")
CELLS = st.text(LETTERS, max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8))
def test_what_is_written_is_read_again_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with table_file(path, ("A", "B", "C")) as table:
        for row in rows:
            table.write(row)
    assert cells(path) == [row for row in rows if any(map(str.strip, row))]


@given(st.binary(max_size=400))
def test_whatever_bytes_a_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp(), content, "any.csv")
    try:
        rows = read(path)
    except BadFile:
        return
    assert all(row.number > 1 for row in rows)
