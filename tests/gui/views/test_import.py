"""Importing leads in the window: nothing before the person has seen what the file would bring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import Command
from fleetdesk.models.changes import Changes
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.leads.import_dialog import ImportDialog
from tests.gui.views.office import Office, named, texts

FILE = """\
First name,Last name,Company,Email,Phone,Country,Status,Booth
Salem,Al Falasi,Falcon Fleet,salem@falcon.example,+971501112233,AE,Interested,B12
Chloé,Bernard,Alpes Autocars,chloe@alpes.example,12345,FR,New,C3
,,,,,,Won,
Mariam,Al Zaabi,Al Zaabi Premium Cars,MARIAM@alzaabi-cars.example,,AE,New,B1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four rows: a plain one, one with an odd phone number, one without a name, and one that is a lead already."""
    file = tmp_path / "fair.csv"
    file.write_text(FILE, "utf-8")
    return file


@pytest.fixture
def looked(qtbot: QtBot, office: Office, file: Path) -> Office:
    """The dialog over the file, which has been read."""
    office.leads.import_file(file)
    qtbot.waitUntil(lambda: office.dialog(ImportDialog).report is not None and office.idle())
    return office


def test_it_says_what_the_file_would_bring_and_imports_nothing(looked: Office) -> None:
    report = looked.dialog(ImportDialog).report

    assert report is not None
    assert (report.created, report.duplicates, report.failed) == (2, 1, 1)
    assert not looked.store.pending()
    looked.dialog(ImportDialog).close()


def test_it_names_what_is_odd_and_what_is_left_out_by_row(looked: Office) -> None:
    said = " ".join(texts(looked.dialog(ImportDialog)))

    assert "12345" in said
    assert "Row 4" in said
    looked.dialog(ImportDialog).close()


def test_it_says_what_becomes_of_each_column(looked: Office) -> None:
    said = texts(looked.dialog(ImportDialog))

    assert said[said.index("Booth") + 1] == "Kept in the first note"
    looked.dialog(ImportDialog).close()


def test_the_button_says_how_many_leads_it_makes(qtbot: QtBot, looked: Office) -> None:
    named(looked.dialog(ImportDialog), "Import 2 leads", QAbstractButton).click()

    qtbot.waitUntil(lambda: looked.leads.model.rowCount() == 42)
    assert looked.said.texts[-1] == "2 leads were imported."
    looked.dialog(ImportDialog).close()


def test_duplicates_come_in_only_if_wanted(qtbot: QtBot, looked: Office) -> None:
    named(looked.dialog(ImportDialog), "Import duplicates too", CheckBox).click()

    qtbot.waitUntil(lambda: "Import 3 leads" in [b.accessibleName() for b in buttons(looked)])
    looked.dialog(ImportDialog).close()


def test_the_rows_left_out_are_saved_with_their_reasons(qtbot: QtBot, looked: Office, tmp_path: Path) -> None:
    looked.dialog(ImportDialog).save_left_out(tmp_path / "left.csv")

    qtbot.waitUntil(lambda: "The rows left out are in left.csv." in looked.said.texts)
    assert "Why it was not imported" in (tmp_path / "left.csv").read_text("utf-8-sig")
    looked.dialog(ImportDialog).close()


def test_a_file_that_is_no_table_is_named(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")

    office.leads.import_file(picture)

    qtbot.waitUntil(lambda: "The file cannot be imported" in texts(office.dialog(ImportDialog)))
    assert any(said.startswith("picture.csv is no table but a picture.") for said in texts(office.dialog(ImportDialog)))
    office.dialog(ImportDialog).close()


def test_a_file_that_is_gone_is_named(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    office.leads.import_file(tmp_path / "gone.csv")

    qtbot.waitUntil(lambda: "The file cannot be imported" in texts(office.dialog(ImportDialog)))
    office.dialog(ImportDialog).close()


def test_an_import_that_is_cancelled_imports_nothing_and_says_so(qtbot: QtBot, looked: Office) -> None:
    dialog = looked.dialog(ImportDialog)
    with occupied(looked.store):
        named(dialog, "Import 2 leads", QAbstractButton).click()
        dialog.reject()
        assert dialog.isVisible()

    qtbot.waitUntil(lambda: looked.said.texts == ["The import was cancelled. Nothing was imported."])
    qtbot.waitUntil(lambda: not looked.window.findChildren(ImportDialog))
    assert not looked.store.batches()


def test_where_it_is_too_late_to_cancel_the_dialog_stays_and_says_what_came_in(qtbot: QtBot, looked: Office) -> None:
    dialog = looked.dialog(ImportDialog)
    kept, go_on = threading.Event(), threading.Event()

    def hold_up(_changes: Changes) -> None:
        kept.set()
        go_on.wait(30)

    end = looked.store.subscribe(hold_up)
    named(dialog, "Import 2 leads", QAbstractButton).click()
    qtbot.waitUntil(kept.is_set)
    dialog.reject()
    go_on.set()
    end()

    qtbot.waitUntil(lambda: looked.said.texts == ["2 leads were imported. It was too late to cancel."])
    assert "2 leads were imported." in texts(dialog)
    dialog.close()


def test_it_says_that_it_imports(qtbot: QtBot, looked: Office) -> None:
    with occupied(looked.store):
        named(looked.dialog(ImportDialog), "Import 2 leads", QAbstractButton).click()
        qtbot.waitUntil(lambda: "Importing" in texts(looked.dialog(ImportDialog)))

    qtbot.waitUntil(lambda: looked.leads.model.rowCount() == 42)
    looked.dialog(ImportDialog).close()


@contextmanager
def occupied(store: LocalStore) -> Iterator[None]:
    """Somebody else's act is under way: nothing can be kept meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def acts() -> Iterator[Command]:
        begun.set()
        done.wait(30)
        yield from ()

    thread = threading.Thread(target=lambda: store.perform_whole("busy", acts(), sentence=str))
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def buttons(office: Office) -> list[QAbstractButton]:
    return office.dialog(ImportDialog).findChildren(QAbstractButton)
