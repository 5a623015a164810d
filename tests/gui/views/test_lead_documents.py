"""Files of the open lead: attached by button, drop and paste, opened, removed; each says how far it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleetdesk.commands.lead_documents import AttachDocument
from fleetdesk.models.document_bytes import OnTheWay, Way
from fleetdesk.models.documents import Document
from fleetdesk.models.leads import Lead
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.qt.availability import ENABLED
from tests.gui.views.filled import answer, pull
from tests.gui.views.lead_pane import performed
from tests.gui.views.office import Office, is_named, named, texts

CONTENT = b"%PDF-1.7 a trade licence"


class Opener(QObject):
    """Stands for the system's programs."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, bytes]] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        path = Path(url.toLocalFile())
        self.opened.append((path.name, path.read_bytes()))


@pytest.fixture
def opener() -> Iterator[Opener]:
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")  # type: ignore[arg-type]  # bytes, as its stub has it, are refused
    yield opener
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "licence.pdf"
    path.write_bytes(CONTENT)
    return path


def card(office: Office) -> list[str]:
    return texts(office.leads.pane.facts.documents)


def attached(qtbot: QtBot, office: Office, source: Path) -> AttachDocument:
    office.leads.doing.documents.attach([source])
    qtbot.waitUntil(lambda: source.name in card(office))
    command = performed(office)[-1]
    assert isinstance(command, AttachDocument)
    return command


@pytest.fixture(autouse=True)
def empty_clipboard() -> Iterator[None]:
    """What was copied goes with its test: at the very end, Qt would ask for it when Python is gone, and crash."""
    yield
    QGuiApplication.clipboard().clear()


def copied(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_a_file_is_attached_offline_and_waits_to_be_sent(qtbot: QtBot, opened: Office, source: Path) -> None:
    attached(qtbot, opened, source)
    assert "24 B · You" in card(opened)
    assert is_named(opened.leads.pane.facts.documents, "Remove licence.pdf")


def test_attaching_is_said_and_can_be_taken_back(qtbot: QtBot, opened: Office, source: Path) -> None:
    attached(qtbot, opened, source)
    qtbot.waitUntil(lambda: any("licence.pdf is attached." in text for text in opened.said.texts))
    action = opened.said.messages[-1].action
    assert action is not None
    action.run()
    qtbot.waitUntil(lambda: source.name not in card(opened))


def test_files_are_dropped_on_the_lead(qtbot: QtBot, opened: Office, source: Path) -> None:
    data, none = copied(source), Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(20, 20), copy, data, left, none)
    QApplication.sendEvent(opened.leads.pane, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(opened.leads.pane, QDropEvent(QPointF(20, 20), copy, data, left, none))
    qtbot.waitUntil(lambda: source.name in card(opened))


def test_a_file_that_was_copied_is_pasted(qtbot: QtBot, opened: Office, source: Path) -> None:
    QGuiApplication.clipboard().setMimeData(copied(source))
    opened.do("leads.paste_file")
    qtbot.waitUntil(lambda: source.name in card(opened))


def test_text_that_was_copied_is_no_file(opened: Office) -> None:
    QGuiApplication.clipboard().setText("only words")
    assert opened.bench.actions.availability("leads.paste_file") != ENABLED


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("setup.exe", b"MZ", "“.exe” cannot be attached"),
        ("empty.pdf", b"", "The file is empty."),
        ("invoice\u202efdp.exe.pdf", CONTENT, "hides a character"),
    ],
)
def test_what_cannot_be_attached_is_said_clearly_and_nothing_is_kept(
    qtbot: QtBot, opened: Office, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    opened.leads.doing.documents.attach([path])
    qtbot.waitUntil(lambda: any(said in text for text in opened.said.texts))
    assert performed(opened) == []


def test_a_file_that_vanished_is_said_and_the_others_are_attached(
    qtbot: QtBot, opened: Office, source: Path, tmp_path: Path
) -> None:
    opened.leads.doing.documents.attach([tmp_path / "gone.pdf", source])
    qtbot.waitUntil(lambda: source.name in card(opened))
    qtbot.waitUntil(lambda: any("gone.pdf” cannot be read" in text for text in opened.said.texts))


def test_a_document_that_is_here_opens_in_the_systems_program(
    qtbot: QtBot, opened: Office, source: Path, opener: Opener
) -> None:
    attached(qtbot, opened, source)
    named(opened.leads.pane, "Open licence.pdf", QAbstractButton).click()
    qtbot.waitUntil(lambda: opener.opened == [("licence.pdf", CONTENT)])


def test_it_is_removed_by_its_button(qtbot: QtBot, opened: Office, source: Path) -> None:
    attached(qtbot, opened, source)
    named(opened.leads.pane, "Remove licence.pdf", QAbstractButton).click()
    qtbot.waitUntil(lambda: source.name not in card(opened))


def test_how_far_it_is_and_why_it_goes_no_further_stands_at_it(qtbot: QtBot, opened: Office, source: Path) -> None:
    document = attached(qtbot, opened, source)
    shelf = opened.store.documents
    shelf.moved(document.sha256, OnTheWay(Way.SENDING, 12, 24))
    qtbot.waitUntil(lambda: is_named(opened.leads.pane.facts.documents, "Sending, 50%"))
    shelf.moved(document.sha256, OnTheWay(Way.FAILED, trouble="Your role may not."))
    qtbot.waitUntil(lambda: "Your role may not." in card(opened))


def test_what_is_at_the_hub_alone_is_fetched_then_opened(
    qtbot: QtBot, opened: Office, source: Path, opener: Opener
) -> None:
    document = attached(qtbot, opened, source)
    opened.store.documents.blobs.keep_only((), older_than=float("inf"))
    with opened.store.reading() as connection:
        row = connection.exec_driver_sql("SELECT id FROM doc_documents").one()
    stored(opened, row[0])
    qtbot.waitUntil(lambda: is_named(opened.leads.pane, "Fetch and open licence.pdf"))
    named(opened.leads.pane, "Fetch and open licence.pdf", QAbstractButton).click()
    assert opened.controls.asked[-1] == f"fetch {row[0]}"
    opened.store.documents.blobs.take_in(source)
    opened.store.documents.moved(document.sha256, None)
    qtbot.waitUntil(lambda: opener.opened == [("licence.pdf", CONTENT)])


def stored(office: Office, document_id: str) -> None:
    """Have the hub tell that it has a document's bytes."""
    with office.store.reading() as connection, Session(connection) as session:
        document = session.scalars(select(Document).where(Document.id == document_id)).one()
        session.expunge(document)
        lead = session.scalars(select(Lead).where(Lead.id == document.owner_id)).one()
        session.expunge(lead)
    document.state = "stored"
    answer(office.store, Verdict(kind=VerdictKind.APPLIED))
    pull(office.store, document, lead)


# Pasted beside what is being written


def picture() -> QMimeData:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0xFF3355AA)
    data = QMimeData()
    data.setImageData(image)
    return data


def editor(office: Office) -> QPlainTextEdit:
    return named(office.leads.pane, "Write a note…", QPlainTextEdit)


def test_a_picture_pasted_into_a_note_is_attached_and_the_text_stays(qtbot: QtBot, opened: Office) -> None:
    QGuiApplication.clipboard().setMimeData(picture())
    qtbot.keyClicks(editor(opened), "Her garage, as")

    qtbot.keyClick(editor(opened), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor(opened), " it looks today")

    qtbot.waitUntil(lambda: any(isinstance(command, AttachDocument) for command in performed(opened)))
    [attached] = performed(opened)
    assert isinstance(attached, AttachDocument)
    assert (attached.media_type, attached.file_name) == ("image/png", "Pasted picture 2026-03-12 09.30.00.png")
    assert editor(opened).toPlainText() == "Her garage, as it looks today"
    kept = opened.store.documents.open_copy(attached.sha256, attached.file_name)
    assert QImage(str(kept)).size() == QSize(40, 30)


def test_a_file_pasted_into_a_note_is_attached_too(qtbot: QtBot, opened: Office, source: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(source))])
    QGuiApplication.clipboard().setMimeData(data)

    qtbot.keyClick(editor(opened), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: any(isinstance(command, AttachDocument) for command in performed(opened)))
    assert editor(opened).toPlainText() == ""


def test_cells_that_were_copied_are_pasted_as_words(qtbot: QtBot, opened: Office) -> None:
    """A spreadsheet puts a picture of them beside their text."""
    data = picture()
    data.setText("forty vans")
    QGuiApplication.clipboard().setMimeData(data)

    qtbot.keyClick(editor(opened), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    assert editor(opened).toPlainText() == "forty vans"
    assert performed(opened) == []


def test_a_copied_picture_can_be_attached_by_the_action_too(qtbot: QtBot, opened: Office) -> None:
    QGuiApplication.clipboard().setMimeData(picture())
    opened.bench.actions.refresh()

    opened.do("leads.paste_file")

    qtbot.waitUntil(lambda: any(isinstance(command, AttachDocument) for command in performed(opened)))


def test_a_copy_is_saved_where_the_person_says_and_nowhere_else(
    qtbot: QtBot, opened: Office, source: Path, tmp_path: Path
) -> None:
    document = attached(qtbot, opened, source)
    target = tmp_path / "copy.pdf"
    opened.bench.documents.save(document.sha256, target, owner=opened.window, on_failure=opened.bench.notifier.failed)
    qtbot.waitUntil(lambda: target.exists() and opened.idle())

    assert target.read_bytes() == CONTENT
    assert not list((tmp_path / "laptop").rglob("opened"))


def test_a_copy_that_no_program_has_open_is_deleted_within_a_minute(
    qtbot: QtBot, opened: Office, source: Path, tmp_path: Path, opener: Opener
) -> None:
    document = attached(qtbot, opened, source)
    opened.bench.documents.open(
        document.sha256, source.name, owner=opened.window, on_failure=opened.bench.notifier.failed
    )
    qtbot.waitUntil(lambda: bool(opener.opened))
    [copy] = (tmp_path / "laptop").rglob("opened/*/*")
    opened.bench.minute.moved.emit()
    qtbot.waitUntil(opened.idle)
    assert copy.exists()

    for path in (copy, copy.parent):
        os.utime(path, (0, 0))
    opened.bench.minute.moved.emit()

    qtbot.waitUntil(lambda: not copy.exists())


def test_a_copy_that_cannot_be_saved_is_said(qtbot: QtBot, opened: Office, source: Path, tmp_path: Path) -> None:
    document = attached(qtbot, opened, source)
    opened.bench.documents.save(
        document.sha256,
        tmp_path / "no such folder" / "copy.pdf",
        owner=opened.window,
        on_failure=opened.bench.notifier.failed,
    )
    qtbot.waitUntil(lambda: any("The folder for copy.pdf is not there" in text for text in opened.said.texts))
