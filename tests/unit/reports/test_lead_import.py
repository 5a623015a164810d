"""A whole import, from the file to the replica and the report."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import Heard, unheard
from fleetdesk.errors import BadFile, DiskFull, Unavailable
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Verdict
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import EVERYTHING
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail, timeline
from fleetdesk.queries.leads import LeadQuery, lead_count, lead_keys, lead_page
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.reports.lead_import import (
    ImportProgress,
    ImportReport,
    owners_by_name,
    render,
    run_import,
    write_left_out,
)
from fleetdesk.reports.spreadsheets import open_spreadsheet
from fleetdesk.sync.store.local_store import LocalStore
from tests.unit.reports.laptop import opened

AS_EXPORTED = """\
Index,Account Id,Lead Owner,First Name,Last Name,Company,Phone 1,Phone 2,Email 1,Email 2,Source,Deal Stage,Notes
1,0970F9,Bethany Dixon,Victor,Cochran,"Grimes, Madden and Huff",+1-532-344-1362,2754733370,h@grimes.com,y@guzman.com,\
Retargeting Ads,New Lead,Speak own such.
2,e9AABd,Andres Callahan,Maureen,Fuentes,Crosby Inc,985.939.5411x2641,+33 6 12 34 56 78,b@wilkins.org,,\
Google Ads,Closed Lost,Consumer environment still.
"""


@contextmanager
def imported(
    store: LocalStore, path: Path, *, dry_run: bool = False, failures: Path | None = None
) -> Iterator[tuple[ImportReport, Connection]]:
    """The report, and a replica as it is afterwards."""
    with store.reading() as before:
        report = run_import(path, store, before, clock=SystemClock(), dry_run=dry_run, failures=failures)
    with store.reading() as after:
        yield report, after


def written(folder: Path, text: str, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def leads(replica: Connection) -> dict[str, LeadDetail]:
    """All leads, by last name."""
    rows = lead_page(replica, lead_keys(replica, LeadQuery(), NO_ONE)).values()
    found = (lead_detail(replica, row.id) for row in rows)
    return {lead.last_name or "": lead for lead in found if lead is not None}


def test_a_file_as_another_system_exports_it_loses_nothing(store: LocalStore, tmp_path: Path) -> None:
    with imported(store, written(tmp_path, AS_EXPORTED)) as (report, replica):
        assert report.counts == {"rows": 2, "created": 2, "duplicates": 0, "failed": 0, "flagged": 2}
        maureen = leads(replica)["Fuentes"]
        assert (maureen.status, maureen.lost_reason) == (Stage.LOST, "Closed Lost")
        assert (maureen.phone, maureen.second_phone) == ("985.939.5411x2641", "+33 6 12 34 56 78")
        assert maureen.tags == ("Closed Lost", "check-phone")
        assert maureen.import_id == report.import_id
        [note] = timeline(replica, maureen.id)
        assert note.body.splitlines() == [
            "Consumer environment still.",
            "",
            "Index: 2",
            "Account Id: e9AABd",
            "Lead Owner: Andres Callahan",
        ]


def test_a_dry_run_reports_the_same_and_changes_nothing(store: LocalStore, tmp_path: Path) -> None:
    path = written(tmp_path, AS_EXPORTED)
    with imported(store, path, dry_run=True) as (foretold, replica):
        assert lead_count(replica, EVERYTHING, NO_ONE) == 0
    with imported(store, path) as (report, _):
        assert foretold.counts == report.counts
        [batch] = store.batches()
        assert batch.waiting == 2


def test_the_same_file_twice_makes_no_lead_twice(store: LocalStore, tmp_path: Path) -> None:
    path = written(tmp_path, AS_EXPORTED)
    with imported(store, path):
        pass
    with imported(store, path) as (again, replica):
        assert again.counts == {"rows": 2, "created": 0, "duplicates": 2, "failed": 0, "flagged": 0}
        assert lead_count(replica, EVERYTHING, NO_ONE) == 2


def test_rows_left_out_come_in_a_file_that_can_be_mended_and_imported(store: LocalStore, tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Phone,Score\nAli,+971501234567,700\n,,5\nZoé,1,5\nEve,+33612345678\n")
    failures = tmp_path / "failures.csv"
    with imported(store, path, failures=failures) as (report, _):
        assert report.counts == {"rows": 4, "created": 1, "duplicates": 0, "failed": 3, "flagged": 1}
    text = failures.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "Name,Phone,Score,Why it was not imported"
    assert "Ali,'+971501234567,700,\"Row 2, column “Score”: A score of 700 cannot be right." in text
    assert "Eve,'+33612345678,,\"Row 5, column “Score”, is missing" in text
    failures.write_text(text.replace("700", "70"), encoding="utf-8-sig")
    with imported(store, failures) as (report, replica):
        assert report.created == 2
        names = lead_page(replica, lead_keys(replica, LeadQuery(EVERYTHING.searching("0501234567")), NO_ONE)).values()
        assert [(row.name, row.score) for row in names] == [("Ali", 70)]


def test_nothing_left_out_makes_no_file(store: LocalStore, tmp_path: Path) -> None:
    failures = tmp_path / "failures.csv"
    with imported(store, written(tmp_path, AS_EXPORTED), failures=failures):
        assert not failures.exists()


def test_a_failures_file_that_cannot_be_written_is_told(store: LocalStore, tmp_path: Path) -> None:
    with (
        imported(store, written(tmp_path, "Name,Score\nAli,700\n"), dry_run=True) as (report, _),
        pytest.raises(Unavailable, match=r"failures\.csv"),
    ):
        write_left_out(report, tmp_path / "nowhere" / "failures.csv")


def test_a_file_whose_columns_name_nobody_is_refused_with_its_columns(store: LocalStore, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="Index, Region"), imported(store, written(tmp_path, "Index,Region\n1,North\n")):
        pass


def test_a_file_that_breaks_off_is_imported_as_far_as_it_goes_and_says_so(store: LocalStore, tmp_path: Path) -> None:
    path = broken_book(tmp_path, rows=1_200, broken_after=900)
    with imported(store, path) as (report, replica):
        assert "is damaged" in report.stopped
        assert 0 < report.created < 1_200
        assert lead_count(replica, EVERYTHING, NO_ONE) == report.created


def test_where_the_disk_is_full_nothing_is_imported_and_every_row_is_left_out(
    store: LocalStore, tmp_path: Path
) -> None:
    path = written(tmp_path, many(1_200))
    failures = tmp_path / "failures.csv"
    with store.reading() as replica:
        report = run_import(path, FullDisk(), replica, clock=SystemClock(), failures=failures)
    assert report.stopped == "The disk is full."
    assert (report.created, report.failed) == (0, 1_200)
    assert "Row 502 was not imported. The disk is full." in failures.read_text(encoding="utf-8-sig")


def test_an_import_says_how_far_it_is(store: LocalStore, tmp_path: Path) -> None:
    said: list[str] = []
    with store.reading() as replica:
        run_import(
            written(tmp_path, many(600)), store, replica, clock=SystemClock(), say=lambda far: said.append(str(far))
        )
    assert said == [
        "500 rows read",
        *(f"{done} of 600 leads imported" for done in (0, 100, 200, 300, 400, 500, 600, 600)),
    ]


@pytest.mark.parametrize("moment", ["1,000 rows read", "0 of 1,200 leads imported", "1,200 of 1,200 leads imported"])
def test_an_import_that_is_cancelled_leaves_nothing_behind(store: LocalStore, tmp_path: Path, moment: str) -> None:
    def cancel(progress: ImportProgress) -> None:
        if str(progress) == moment:
            raise KeyboardInterrupt

    with store.reading() as replica, pytest.raises(KeyboardInterrupt):
        run_import(written(tmp_path, many(1_200)), store, replica, clock=SystemClock(), say=cancel)

    assert store.pending() == ()


def test_a_row_that_the_desk_refuses_is_left_out_with_its_reason(tmp_path: Path) -> None:
    with opened(tmp_path, Role.FINANCE) as store, imported(store, written(tmp_path, AS_EXPORTED)) as (report, _):
        assert report.failed == 2
        assert "Your role (finance) may not change leads." in report.left_out[0].reasons[0]


def test_the_report_names_everything_to_be_checked_by_column_and_rows(store: LocalStore, tmp_path: Path) -> None:
    text = "Name,Phone,Stage\n" + "Ali,1,New\n" * 3 + "Zoé,+33612345678,Zebra\nEve,2,Lost\n,,\n,,Won\n"
    with imported(store, written(tmp_path, text), dry_run=True) as (report, _):
        assert render(report) == REPORT


REPORT = """\
leads.csv: CSV, UTF-8, separated by commas; 6 rows.

Columns
  Name → first and last name
  Phone → phone
  Stage → stage, kept as a tag

Stages
  “New” (3) → new
  “Zebra” (1) → new
  “Lost” (1) → lost

Kept, but to be checked
  check-phone, column “Phone”: rows 2–4, 6
    such as row 2: “1” is no complete phone number; it was kept as it is
  check-stage, column “Stage”: row 5
    such as row 5: “Zebra” is no stage that is known here; the lead begins in new

Not imported
  Row 8: A lead needs a name, a company, an email or a phone number.

5 leads would be imported, 5 of them to be checked; 0 duplicates, 1 failed.
"""


def test_owners_are_found_among_those_who_are_active() -> None:
    mona = StaffPerson("1", "Mona Saleh", "Mona@fleet.example", Role.COMMERCIAL, active=True, image_url=None)
    gone = StaffPerson("2", "Ali Nasser", "ali@fleet.example", Role.COMMERCIAL, active=False, image_url=None)
    assert owners_by_name([mona, gone]) == {"mona saleh": "1", "mona@fleet.example": "1"}


_SAMPLE = os.environ.get("FLEETDESK_TEST_LEADS", "")


@pytest.mark.skipif(not _SAMPLE, reason="FLEETDESK_TEST_LEADS names no CSV file of a hundred leads to be tried")
def test_a_real_file_goes_in_whole(store: LocalStore) -> None:
    with imported(store, Path(_SAMPLE)) as (report, replica):
        assert (report.created, report.failed, report.duplicates) == (100, 0, 0)
        cells = [cell for row in open_spreadsheet(Path(_SAMPLE)).rows() for cell in row.cells]
        kept = "\n".join(everything(replica))
        assert [cell for cell in cells if cell not in kept] == []


def everything(replica: Connection) -> Iterator[str]:
    """All that people can see of all leads, as text."""
    for row in lead_page(replica, lead_keys(replica, LeadQuery(), NO_ONE)).values():
        yield repr(lead_detail(replica, row.id))
        for entry in timeline(replica, row.id):
            yield entry.body


class FullDisk:
    """A desk that can keep nothing."""

    def perform(self, *acts: Command, heard: Heard = unheard) -> tuple[Verdict, ...]:
        raise DiskFull("The disk is full.")


def many(rows: int) -> str:
    """A file of so many rows."""
    return "Name,Notes\n" + "".join(f"Ali {number},x\n" for number in range(rows))


def broken_book(folder: Path, *, rows: int, broken_after: int) -> Path:
    """An XLSX file whose sheet is no XML from some row on."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(("Name", "Notes"))
    for number in range(rows):
        sheet.append((f"Ali {number}", "x"))
    whole, path = folder / "whole.xlsx", folder / "leads.xlsx"
    workbook.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.namelist():
            body = source.read(part)
            if part.endswith("sheet1.xml"):
                body = body[: body.index(f'<row r="{broken_after}"'.encode())] + b"<row <row" + body[-20:]
            target.writestr(part, body)
    return path
