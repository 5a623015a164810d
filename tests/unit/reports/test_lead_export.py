"""Leads as a file: whole, typed, and recognised when they come back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from fleetdesk.models.ids import SystemClock
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.lead_export import EXPORTED, keys_of_ids, keys_of_query
from fleetdesk.queries.leads import LeadQuery, lead_ids
from fleetdesk.reports.lead_export import ExportProgress, export_leads, exported_fields
from fleetdesk.reports.lead_import import ImportChoices, run_import
from fleetdesk.reports.spreadsheets import open_spreadsheet
from fleetdesk.sync.store.local_store import LocalStore

LEADS = """\
First name,Last name,Company,Email,Phone,Fleet,Tags,Next step,Follow up,Country
Zoé,Martin,=HYPERLINK(1),zoe@taxi.fr,+33612345678,12,vip;fair,Call,2026-03-09 14:30,FR
محمد,الهاشمي,ليموزين الخليج,m@gulf.example,+971501234567,,,,,AE
"""


@pytest.fixture
def filled(store: LocalStore, tmp_path: Path) -> LocalStore:
    """Two leads."""
    path = tmp_path / "in.csv"
    path.write_text(LEADS, "utf-8")
    with store.reading() as replica:
        run_import(path, store, replica, clock=SystemClock())
    return store


def exported(store: LocalStore, path: Path, fields: tuple[str, ...] = EXPORTED) -> Path:
    with store.reading() as replica:
        assert export_leads(replica, keys_of_query(replica, LeadQuery(), NO_ONE), path, fields=fields) == 2
    return path


@pytest.fixture(params=["csv", "xlsx"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"out.{request.param}"


def test_an_export_that_is_imported_again_is_recognised_and_changes_nothing(filled: LocalStore, path: Path) -> None:
    exported(filled, path)
    with filled.reading() as replica:
        for on_existing in ("leave", "fill"):
            choices = ImportChoices(on_existing=type(ImportChoices().on_existing)(on_existing))
            report = run_import(path, filled, replica, clock=SystemClock(), choices=choices, dry_run=True)
            assert (report.created, report.updated, report.duplicates, report.failed) == (0, 0, 2, 0)


def test_it_is_recognised_by_the_id_although_all_else_was_changed(filled: LocalStore, tmp_path: Path) -> None:
    path = exported(filled, tmp_path / "out.csv", ("email", "lead_id"))
    path.write_text(path.read_text("utf-8-sig").replace("zoe@taxi.fr", "other@taxi.fr"), "utf-8-sig")
    with filled.reading() as replica:
        report = run_import(path, filled, replica, clock=SystemClock(), dry_run=True)
    assert (report.created, report.duplicates) == (0, 2)


def test_numbers_and_moments_are_typed_in_a_workbook(filled: LocalStore, tmp_path: Path) -> None:
    path = exported(filled, tmp_path / "out.xlsx", ("first_name", "fleet_size", "next_activity_at", "phone"))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows(min_row=2)}
    assert rows["Zoé"][1:] == [12, dt.datetime.fromisoformat("2026-03-09T14:30"), "+33612345678"]
    assert rows["محمد"][1:3] == [None, None]


def test_no_cell_is_a_formula(filled: LocalStore, path: Path) -> None:
    exported(filled, path, ("company",))
    assert "=HYPERLINK(1)" in [row.cells[0] for row in open_spreadsheet(path).rows()]
    if path.suffix == ".csv":
        assert "'=HYPERLINK(1)" in path.read_text("utf-8-sig")


def test_a_lists_columns_are_exported_as_fields_and_the_id_behind_them() -> None:
    assert exported_fields(("name", "stage", "next_activity", "unknown")) == (
        "first_name",
        "last_name",
        "stage",
        "next_activity",
        "next_activity_at",
        "lead_id",
    )


def test_chosen_leads_are_found_by_their_ids_in_their_order(filled: LocalStore) -> None:
    with filled.reading() as replica:
        keys = keys_of_query(replica, LeadQuery(), NO_ONE)
        ids = lead_ids(replica, keys)
        assert list(keys_of_ids(replica, [ids[1], "gone", ids[0]])) == [keys[1], keys[0]]


def test_cancelled_it_leaves_no_file(filled: LocalStore, path: Path) -> None:
    def cancel(far: ExportProgress) -> None:
        if far.done == far.leads:
            raise KeyboardInterrupt

    with filled.reading() as replica, pytest.raises(KeyboardInterrupt):
        export_leads(replica, keys_of_query(replica, LeadQuery(), NO_ONE), path, say=cancel)
    assert {left.name for left in path.parent.iterdir() if left.is_file()} == {"in.csv"}
