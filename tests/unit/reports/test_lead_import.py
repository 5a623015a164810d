"""A whole import, from the file to the replica and the report."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.commands.pending import BatchDone, Heard, unheard
from fleetdesk.errors import BadFile, DiskFull, Unavailable
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import EVERYTHING
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.queries.lead_timeline import Asked, EntryKind, TimelineEntry, timeline
from fleetdesk.queries.leads import LeadQuery, lead_count, lead_keys, lead_page
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.reports.import_findings import FindingKind
from fleetdesk.reports.import_report import ImportReport, render
from fleetdesk.reports.lead_import import ImportChoices, ImportProgress, owners_by_name, run_import
from fleetdesk.reports.left_out import write_left_out
from fleetdesk.reports.spreadsheets import open_spreadsheet
from fleetdesk.reports.tables import Reading
from fleetdesk.sync.store.local_store import LocalStore
from tests.real_leads import needs_real_leads, real_leads
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


def notes(replica: Connection, lead_id: str) -> list[str]:
    """The notes of a lead's timeline."""
    shown = timeline(replica, lead_id, Asked(frozenset({EntryKind.NOTE})), 10)
    return [entry.body for entry in shown.entries if isinstance(entry, TimelineEntry)]


def leads(replica: Connection) -> dict[str, LeadDetail]:
    """All leads, by last name."""
    rows = lead_page(replica, lead_keys(replica, LeadQuery(), NO_ONE)).values()
    found = (lead_detail(replica, row.id) for row in rows)
    return {lead.last_name or "": lead for lead in found if lead is not None}


def test_a_file_as_another_system_exports_it_loses_nothing(store: LocalStore, tmp_path: Path) -> None:
    with imported(store, written(tmp_path, AS_EXPORTED)) as (report, replica):
        assert report.counts == {"rows": 2, "created": 2, "updated": 0, "duplicates": 0, "failed": 0, "flagged": 2}
        maureen = leads(replica)["Fuentes"]
        assert (maureen.status, maureen.lost_reason) == (Stage.LOST, "Closed Lost")
        assert (maureen.phone, maureen.second_phone) == ("985.939.5411x2641", "+33 6 12 34 56 78")
        assert maureen.tags == ("Closed Lost", "check-phone")
        assert maureen.import_id == report.import_id
        [note] = notes(replica, maureen.id)
        assert note.splitlines() == [
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
        assert batch.waiting == 3  # two leads, and the import itself


def test_a_stage_whose_leads_begin_anew_is_told_once_by_row_column_and_word(store: LocalStore, tmp_path: Path) -> None:
    rows = "Nom,Statut\nAli,Nouveau\nZoé,Gagné\nSalem,Gagné\nMona,Client\n"
    with imported(store, written(tmp_path, rows), dry_run=True) as (report, _):
        told = [(one.row, one.column, one.kind, one.text) for one in report.findings]
    assert [(row, column, kind) for row, column, kind, _ in told] == [
        (3, "Statut", FindingKind.STAGE),
        (5, "Statut", FindingKind.STAGE),
    ]
    assert told[0][3] == "leads in “Gagné” begin in New; the word stays as a tag"


def test_leads_that_are_there_are_updated_as_the_person_says(store: LocalStore, tmp_path: Path) -> None:
    with imported(store, written(tmp_path, "Name,Email,Fleet\nAli,a@b.fr,8\nZoé,z@b.fr,\n")):
        pass
    again = written(tmp_path, "Email,Fleet,Company\nA@B.fr,12,Taxi\nz@b.fr,4,\n")
    choices = ImportChoices(on_existing=OnExisting.OVERWRITE, overwritten=frozenset({"fleet_size"}))
    with store.reading() as before:
        report = run_import(again, store, before, clock=SystemClock(), choices=choices)
    assert (report.created, report.updated, report.duplicates) == (0, 2, 0)
    with store.reading() as after:
        rows = lead_page(after, lead_keys(after, LeadQuery(), NO_ONE)).values()
        assert {(row.name, row.company, row.fleet_size) for row in rows} == {("Ali", "Taxi", 12), ("Zoé", None, 4)}
    said = [report.findings[place].text for place in report.findings.matching(frozenset({FindingKind.UPDATED}))]
    assert said == ["Ali gets fleet size “12” instead of “8”, company “Taxi”.", "Zoé gets fleet size “4”."]


def test_a_whole_import_is_undone_as_one_act(store: LocalStore, tmp_path: Path) -> None:
    with imported(store, written(tmp_path, AS_EXPORTED)) as (report, _):
        assert report.act is not None
        store.undo(report.act)
    with store.reading() as after:
        assert lead_count(after, EVERYTHING, NO_ONE) == 0


def test_the_same_file_twice_makes_no_lead_twice(store: LocalStore, tmp_path: Path) -> None:
    path = written(tmp_path, AS_EXPORTED)
    with imported(store, path):
        pass
    with imported(store, path) as (again, replica):
        assert again.counts == {"rows": 2, "created": 0, "updated": 0, "duplicates": 2, "failed": 0, "flagged": 0}
        assert lead_count(replica, EVERYTHING, NO_ONE) == 2


def test_rows_left_out_come_in_a_file_that_can_be_mended_and_imported(store: LocalStore, tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Phone,Score\nAli,+971501234567,700\n,,5\nZoé,1,5\nEve,+33612345678\n")
    failures = tmp_path / "failures.csv"
    with imported(store, path, failures=failures) as (report, _):
        assert report.counts == {"rows": 4, "created": 1, "updated": 0, "duplicates": 0, "failed": 3, "flagged": 1}
    text = failures.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "Name,Phone,Score,Why it was not imported"
    assert "Ali,'+971501234567,700,\"Row 2, column “Score”: A score of 700 cannot be right." in text
    assert "Eve,'+33612345678,,\"Row 5, column “Score”: the row ends before it" in text
    failures.write_text(text.replace("700", "70"), encoding="utf-8-sig")
    with imported(store, failures) as (report, replica):
        assert report.created == 2
        names = lead_page(replica, lead_keys(replica, LeadQuery(EVERYTHING.searching("0501234567")), NO_ONE)).values()
        assert [(row.name, row.score) for row in names] == [("Ali", 70)]


@pytest.mark.parametrize(("encoding", "delimiter"), [("cp1252", ";"), ("latin-1", ";"), ("utf-16", "\t")])
def test_rows_left_out_are_written_as_their_file_is(
    store: LocalStore, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path, failures = tmp_path / "leads.csv", tmp_path / "failures.csv"
    rows = ["Prénom;Société;Score", "Chloé;Café d'Été;700", "Zoé;Été;5"]
    path.write_text("\n".join(rows).replace(";", delimiter), encoding=encoding)
    choices = ImportChoices(reading=Reading(encoding, delimiter))
    with store.reading() as replica:
        run_import(path, store, replica, clock=SystemClock(), choices=choices, failures=failures)
    titles, row = failures.read_text(encoding=encoding).splitlines()
    assert titles.split(delimiter) == ["Prénom", "Société", "Score", "Why it was not imported"]
    assert row.split(delimiter)[:3] == ["Chloé", "Café d'Été", "700"]
    assert "?" not in row


def test_nothing_left_out_makes_no_file(store: LocalStore, tmp_path: Path) -> None:
    failures = tmp_path / "failures.csv"
    with imported(store, written(tmp_path, AS_EXPORTED), failures=failures):
        assert not failures.exists()


def test_what_stands_beyond_the_last_title_is_kept_with_the_reason(store: LocalStore, tmp_path: Path) -> None:
    failures = tmp_path / "failures.csv"
    with imported(store, written(tmp_path, "Name,Phone\nAli,1,more\n"), failures=failures):
        [row] = open_spreadsheet(failures).rows()
    assert row.cells[:2] == ("Ali", "1")
    assert row.cells[2].endswith("C: more")


def test_a_file_that_changed_since_gives_no_file_of_failures(store: LocalStore, tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Score\nAli,700\n")
    with imported(store, path, dry_run=True) as (report, _):
        written(tmp_path, "Name,Score\nEve,700\n")
        with pytest.raises(BadFile, match="row 2 is another one"):
            write_left_out(report, tmp_path / "failures.csv")
    assert not (tmp_path / "failures.csv").exists()


def test_failures_can_be_saved_as_a_workbook_too(store: LocalStore, tmp_path: Path) -> None:
    with imported(store, written(tmp_path, "Name,Score\nAli,700\n"), dry_run=True) as (report, _):
        write_left_out(report, tmp_path / "failures.xlsx")
    [row] = open_spreadsheet(tmp_path / "failures.xlsx").rows()
    assert row.cells[:2] == ("Ali", "700")


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


def test_where_the_disk_is_full_nothing_is_imported_and_it_is_told(store: LocalStore, tmp_path: Path) -> None:
    with store.reading() as replica, pytest.raises(DiskFull):
        run_import(written(tmp_path, many(1_200)), FullDisk(), replica, clock=SystemClock())


def test_an_import_says_how_far_it_is(store: LocalStore, tmp_path: Path) -> None:
    said: list[str] = []
    path = written(tmp_path, many(1_100))
    with store.reading() as replica:
        for dry_run in (True, False):
            run_import(
                path,
                store,
                replica,
                clock=SystemClock(),
                dry_run=dry_run,
                say=lambda far: said.append(str(far)),
            )
    assert said[:2] == ["500 rows read", "1,000 rows read"]
    far = [int(text.split()[0].replace(",", "")) for text in said[2:]]
    assert (far, far[-1]) == (sorted(far), 1_100)
    assert {text.partition(" ")[2] for text in said[2:]} == {"rows imported"}
    assert len(set(far)) > 3


@pytest.mark.parametrize("moment", ["1,000 rows imported", "1,200 rows imported"])
def test_an_import_that_is_cancelled_leaves_nothing_behind(store: LocalStore, tmp_path: Path, moment: str) -> None:
    def cancel(progress: ImportProgress) -> None:
        if str(progress) == moment:
            raise KeyboardInterrupt

    with store.reading() as replica, pytest.raises(KeyboardInterrupt):
        run_import(written(tmp_path, many(1_200)), store, replica, clock=SystemClock(), say=cancel)

    assert store.batches() == ()
    with store.reading() as after:
        assert lead_count(after, EVERYTHING, NO_ONE) == 0


def test_a_row_that_the_desk_refuses_is_failed_and_left_out_with_its_reason(tmp_path: Path) -> None:
    failures = tmp_path / "failures.csv"
    with (
        opened(tmp_path, Role.FINANCE) as store,
        imported(store, written(tmp_path, AS_EXPORTED), failures=failures) as (report, _),
    ):
        assert (report.created, report.failed) == (0, 2)
        failed = [report.findings[place] for place in report.findings.matching(frozenset({FindingKind.FAILED}))]
        assert [(finding.row, finding.text.partition(".")[0]) for finding in failed] == [
            (2, "Your role (finance) may not change leads"),
            (3, "Your role (finance) may not change leads"),
        ]
    assert "Maureen" in failures.read_text(encoding="utf-8-sig")


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
    such as row 2: “1” is no complete phone number; it is kept as it is
  check-stage, column “Stage”: row 5
    such as row 5: “Zebra” is no stage that is known here; the lead begins in new

Not imported
  Row 8: A lead needs a name, a company, an email or a phone number.

5 leads would be imported and 0 would be updated, 5 of them to be checked; 0 duplicates, 1 failed.
The new leads will be nobody's.
"""


def test_owners_are_found_among_those_who_are_active() -> None:
    mona = StaffPerson("1", "Mona Saleh", "Mona@fleet.example", Role.COMMERCIAL, active=True, image_url=None)
    gone = StaffPerson("2", "Ali Nasser", "ali@fleet.example", Role.COMMERCIAL, active=False, image_url=None)
    assert owners_by_name([mona, gone]) == {"mona saleh": "1", "mona@fleet.example": "1"}


@needs_real_leads
def test_a_real_file_goes_in_whole(store: LocalStore) -> None:
    path = real_leads()
    assert path is not None
    with imported(store, path) as (report, replica):
        assert (report.created, report.failed, report.duplicates) == (100, 0, 0)
        cells = [cell for row in open_spreadsheet(path).rows() for cell in row.cells]
        kept = "\n".join(everything(replica))
        assert [cell for cell in cells if cell not in kept] == []


def everything(replica: Connection) -> Iterator[str]:
    """All that people can see of all leads, as text."""
    for row in lead_page(replica, lead_keys(replica, LeadQuery(), NO_ONE)).values():
        yield repr(lead_detail(replica, row.id))
        yield from notes(replica, row.id)


class FullDisk:
    """A desk that can keep nothing, and finds out in the end."""

    def perform_whole(
        self, batch_id: str, acts: Iterable[Command], *, sentence: Callable[[int], str], heard: Heard = unheard
    ) -> BatchDone:
        assert len(list(acts)) == 1_201  # and the record of the import
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
