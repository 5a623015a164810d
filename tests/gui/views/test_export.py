"""Exporting what the list shows, or what of it is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from fleetdesk.reports.spreadsheets import Spreadsheet, open_spreadsheet
from fleetdesk.views.leads.exporting.dialog import ExportDialog
from tests.gui.views.office import Office, named, texts


def opened(qtbot: QtBot, office: Office) -> ExportDialog:
    office.do("leads.export")
    qtbot.waitUntil(office.idle)
    return office.dialog(ExportDialog)


def written(qtbot: QtBot, office: Office, path: Path) -> Spreadsheet:
    office.dialog(ExportDialog).export_to(path)
    qtbot.waitUntil(lambda: path.exists() and office.idle())
    return open_spreadsheet(path)


def test_all_that_match_go_into_the_file_with_the_columns_that_are_shown(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    opened(qtbot, office)
    sheet = written(qtbot, office, tmp_path / "leads.xlsx")
    assert len(list(sheet.rows())) == 40
    assert sheet.titles[:4] == ("First name", "Last name", "Stage", "Company")
    assert sheet.titles[-1] == "Lead ID"
    assert office.said.texts[-1] == "40 leads are in leads.xlsx."


def test_only_the_chosen_ones_if_there_are_several(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    office.leads.table.selectAll()
    qtbot.waitUntil(office.idle)
    dialog = opened(qtbot, office)
    assert any("40 chosen" in said.accessibleName() for said in dialog.findChildren(QAbstractButton))
    dialog.choose(which="chosen", what="all")
    sheet = written(qtbot, office, tmp_path / "leads.csv")
    assert len(list(sheet.rows())) == 40
    assert "Message" in sheet.titles


def test_the_filter_in_force_says_which(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    office.leads.listing.type("status:new")
    qtbot.waitUntil(lambda: office.idle() and 0 < office.leads.model.rowCount() < 40)
    count = office.leads.model.rowCount()
    opened(qtbot, office)
    rows = list(written(qtbot, office, tmp_path / "new.csv").rows())
    assert (len(rows), {row.cells[2] for row in rows}) == (count, {"New"})


def test_a_target_that_is_gone_is_told_and_what_was_chosen_stays(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    dialog = opened(qtbot, office)
    dialog.export_to(tmp_path / "usb" / "leads.csv")
    qtbot.waitUntil(lambda: any("is not there" in said for said in texts(dialog)))
    assert named(dialog, "Choose where", QAbstractButton).isEnabled()
    dialog.close()


def test_a_cancelled_export_leaves_no_file_and_says_so(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    dialog = opened(qtbot, office)
    dialog.export_to(tmp_path / "leads.csv")
    dialog.reject()
    qtbot.waitUntil(lambda: office.said.texts[-1:] == ["The export was cancelled. No file was written."])
    assert not list(tmp_path.glob("*.csv"))


def test_it_is_begun_by_a_button_of_the_list_and_of_what_is_chosen(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: office.leads.model.rowCount() == 40)
    for place, begins in ((office.leads.head, None), (office.leads.bulk, "leads.bulk_all")):
        if begins:
            office.do(begins)
            qtbot.waitUntil(place.isVisible)
        named(place, "Export leads", QAbstractButton).click()
        office.dialog(ExportDialog).reject()
