"""A dialog that asks for a file begins where the person last found, or put, one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.views.file_dialogs import ask_where, ask_which
from tests.gui.views.office import Office


@pytest.fixture
def parent(qtbot: QtBot) -> Iterator[QWidget]:
    widget = QWidget()
    qtbot.addWidget(widget)
    yield widget
    for dialog in widget.findChildren(QFileDialog):
        dialog.close()


def opened(parent: QWidget) -> QFileDialog:
    return parent.findChildren(QFileDialog)[-1]


def which(office: Office, parent: QWidget, chosen: list[Path]) -> QFileDialog:
    remembered = office.bench.remembered
    ask_which(remembered, parent, title="Import", purpose="import", filters=["All (*)"], on_chosen=chosen.extend)
    return opened(parent)


def where(office: Office, parent: QWidget, chosen: list[Path]) -> QFileDialog:
    ask_where(
        office.bench.remembered, parent, title="Export", purpose="export", name="leads.csv", on_chosen=chosen.append
    )
    return opened(parent)


def test_it_begins_where_the_last_one_of_its_purpose_ended(office: Office, parent: QWidget, tmp_path: Path) -> None:
    chosen: list[Path] = []
    which(office, parent, chosen).filesSelected.emit([str(tmp_path / "fair.csv")])
    assert chosen == [tmp_path / "fair.csv"]
    assert Path(which(office, parent, chosen).directory().absolutePath()) == tmp_path
    assert Path(where(office, parent, chosen).directory().absolutePath()) == Path.home()


def test_the_folder_of_a_file_that_was_written_is_remembered(office: Office, parent: QWidget, tmp_path: Path) -> None:
    chosen: list[Path] = []
    dialog = where(office, parent, chosen)
    dialog.filesSelected.emit([str(tmp_path / "leads.csv")])
    dialog.fileSelected.emit(str(tmp_path / "leads.csv"))
    assert chosen == [tmp_path / "leads.csv"]
    assert Path(where(office, parent, chosen).directory().absolutePath()) == tmp_path


def test_what_is_kept_in_another_form_is_passed_over(office: Office, parent: QWidget) -> None:
    office.bench.remembered.keep("folder.import", ["no", "folder"])
    assert Path(which(office, parent, []).directory().absolutePath()) == Path.home()


def test_a_name_that_others_gave_does_not_choose_the_folder(office: Office, parent: QWidget, tmp_path: Path) -> None:
    name = f"{tmp_path}/.profile"
    ask_where(
        office.bench.remembered, parent, title="Save", purpose="documents", name=name, on_chosen=lambda _path: None
    )
    dialog = opened(parent)
    assert Path(dialog.selectedFiles()[0]) == Path(dialog.directory().absolutePath()) / ".profile"
    assert Path(dialog.directory().absolutePath()) != tmp_path
