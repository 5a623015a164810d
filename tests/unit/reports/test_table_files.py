"""What FleetDesk writes for spreadsheet programs: whole, typed, and never a formula."""

from __future__ import annotations

import datetime as dt
import errno
import io
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.errors import DiskFull, Invalid, Unavailable
from fleetdesk.process.whole_files import written_whole
from fleetdesk.reports.formulas import guarded
from fleetdesk.reports.spreadsheets import open_spreadsheet
from fleetdesk.reports.table_files import Cell, table_file
from fleetdesk.reports.xlsx.writing import XlsxWriter

NOON = dt.datetime(2026, 3, 2, 12, 0, 30, tzinfo=dt.UTC)
ROW: tuple[Cell, ...] = ("Ali", 12, NOON, None, "=1+1", "+971501234567")
TITLES = ("Name", "Fleet", "Next", "Nothing", "Formula", "Phone")
LEADING = ("=1+1", "+971", "-5", "@x", "\tx", "\rx")


def table(path: Path, *rows: tuple[Cell, ...], titles: tuple[str, ...] = TITLES) -> Path:
    return filled(path, rows, titles)


def filled(path: Path, rows: Iterable[tuple[Cell, ...]], titles: tuple[str, ...] = TITLES) -> Path:
    with table_file(path, titles) as file:
        for row in rows:
            file.write(row)
    return path


def impatient() -> Iterator[tuple[Cell, ...]]:
    """Rows over which somebody loses their patience."""
    yield ROW
    raise KeyboardInterrupt


def seen_by_openpyxl(path: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]


@pytest.fixture(params=["csv", "xlsx"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file that is not there yet; nothing but it may be left in its folder."""
    yield tmp_path / f"leads.{request.param}"
    assert {left.name for left in tmp_path.iterdir()} <= {f"leads.{request.param}"}


def test_csv_bears_the_mark_by_which_excel_knows_its_letters(tmp_path: Path) -> None:
    assert table(tmp_path / "leads.csv", ROW).read_bytes().startswith(b"\xef\xbb\xbfName,")


def test_xlsx_has_numbers_as_numbers_dates_as_dates_and_text_as_text(tmp_path: Path) -> None:
    [row] = seen_by_openpyxl(table(tmp_path / "leads.xlsx", ROW))
    assert row == ("Ali", 12, NOON.astimezone().replace(tzinfo=None), None, "=1+1", "+971501234567")


def test_text_is_no_formula_in_xlsx_whatever_it_begins_with(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(table(tmp_path / "leads.xlsx", *((text,) for text in LEADING), titles=("A",))).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_text_is_no_formula_in_csv_whatever_it_begins_with(tmp_path: Path) -> None:
    path = table(tmp_path / "leads.csv", *((text,) for text in LEADING), titles=("A",))
    assert [line[:2] for line in path.read_text("utf-8-sig").replace('"', "").splitlines()[1:] if line.strip()][:5] == [
        "'=",
        "'+",
        "'-",
        "'@",
        "'\t",
    ]


def test_what_is_written_is_read_again(path: Path) -> None:
    sheet = open_spreadsheet(table(path, ROW, ("Zoé", None, None, "", "-", "محمد 😀")))
    first, second = (row.cells for row in sheet.rows())
    assert (first[0], first[1], first[4], first[5]) == ("Ali", "12", "=1+1", "+971501234567")
    assert dt.datetime.fromisoformat(first[2]) == NOON.astimezone().replace(tzinfo=None)
    assert second == ("Zoé", "", "", "", "-", "محمد 😀")


def test_where_writing_fails_the_file_that_was_there_stays(path: Path) -> None:
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        filled(path, impatient())
    assert path.read_text() == "before"


def test_a_full_disk_is_told_and_leaves_nothing(path: Path) -> None:
    with pytest.raises(DiskFull, match="no room for leads"), table_file(path, TITLES):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert not path.exists()


def test_a_folder_that_goes_while_it_is_written_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    folder.mkdir()
    with pytest.raises(Unavailable, match="not there"), written_whole(folder / "leads.csv"):
        shutil.rmtree(folder)


def test_a_name_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"\.csv or \.xlsx"), table_file(tmp_path / "leads.pdf", TITLES):
        pass


def test_others_may_read_the_file_as_any_other_of_the_persons(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("")
    assert table(path, ROW).stat().st_mode == other.stat().st_mode
    other.unlink()


def test_rows_beyond_the_end_of_a_sheet_go_on_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "leads.xlsx"
    with path.open("wb") as file, XlsxWriter(file, ("Name",), rows=3) as writer:
        for number in range(5):
            writer.write((f"Ali {number}",))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Leads", "Leads 2", "Leads 3"]
    assert [sheet.max_row for sheet in book.worksheets] == [3, 3, 2]
    assert {sheet["A1"].value for sheet in book.worksheets} == {"Name"}


def test_text_longer_than_a_cell_is_cut_and_shows_it(tmp_path: Path) -> None:
    [row] = seen_by_openpyxl(table(tmp_path / "leads.xlsx", ("x" * 40_000,), titles=("A",)))
    assert len(str(row[0])) == 32_767
    assert str(row[0]).endswith("…")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\N{REPLACEMENT CHARACTER}"), max_size=20)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_any_text_goes_into_xlsx_and_comes_out_again(rows: list[tuple[str, str]]) -> None:
    content = io.BytesIO()
    with XlsxWriter(content, ("A", "B")) as writer:
        for row in rows:
            writer.write(row)
    kept = [tuple(row) for row in _read(content.getvalue())]
    assert kept == [row for row in rows if any(map(str.strip, row))]


def _read(content: bytes) -> Iterator[tuple[str, ...]]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.xlsx"
        path.write_bytes(content)
        yield from (row.cells for row in open_spreadsheet(path).rows())


@pytest.mark.timeout(20)
def test_whether_a_text_is_a_formula_is_soon_seen_however_it_begins() -> None:
    for begins in ("'", " ", "'\t", "\u200b", "' "):
        text = begins * 1_000_000
        assert guarded(text) in (text, f"'{text}")


@pytest.mark.parametrize("end", [";", "\t", "\n", "\r\n"])
@pytest.mark.parametrize("sign", ["=", "+", "@", "-", " =", "＝", "\u200b@", "'="])
def test_what_another_separator_cuts_off_is_no_formula_either(end: str, sign: str) -> None:
    assert guarded(f"x{end}{sign}1") == f"x{end}'{sign}1"


@pytest.mark.parametrize("text", ["Nice ;-)", "To do:\n- call\n- write", "a; b = c", "a,-5", "x;y"])
def test_lists_and_smiles_are_left_alone(text: str) -> None:
    assert guarded(text) == text
