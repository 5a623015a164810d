"""`DocumentActions`: attaching files to the open lead, opening, saving and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_documents import AttachDocument, RemoveDocument
from fleetdesk.models.document_bytes import Taken
from fleetdesk.models.documents import MEDIA_TYPES
from fleetdesk.models.ids import new_id
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.widgets.composer import is_no_text
from fleetdesk.queries.documents import DocumentRow
from fleetdesk.views.file_dialogs import ask_where, ask_which
from fleetdesk.views.leads.lead.detail import LeadPane
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.words import local
from fleetdesk.views.workbench import Workbench

__all__ = ["DocumentActions"]

_MOST_AT_ONCE = 20


class DocumentActions(QObject):
    """Acts on the documents of the lead that the pane shows; files may be dropped anywhere on it."""

    def __init__(self, bench: Workbench, pane: LeadPane, window: QWidget, owner: QObject) -> None:
        super().__init__(owner)
        self._bench = bench
        self._pane = pane
        self._window = window
        self._to_open: DocumentRow | None = None
        action = partial(Action, group=tr("Documents"), scope=SCOPE)
        bench.actions.register(
            action("leads.attach", tr("Attach a file"), self._choose, "U", "paperclip", pane.may_edit),
            action(
                "leads.paste_file", tr("Attach what was copied"), self._paste, "Ctrl+V", "paperclip", self._can_paste
            ),
        )
        pane.setAcceptDrops(True)
        pane.installEventFilter(self)
        card = pane.facts.documents
        card.attach_asked.connect(partial(bench.actions.trigger, "leads.attach"))
        card.open_asked.connect(self._open)
        card.save_asked.connect(self._save)
        card.remove_asked.connect(self._remove)
        pane.shown.connect(self._look_whether_it_came)
        pane.journal.pasted.connect(self.paste)

    def attach(self, files: Sequence[Path]) -> None:
        """Take files in one by one, and attach each to the lead that is open now."""
        lead = self._pane.lead
        if lead is None:
            return
        if len(files) > _MOST_AT_ONCE:
            self._bench.notifier.warning(
                tr("These are too many files at once."), do=tr("Attach up to twenty; or pack them into one PDF.")
            )
            return
        for file in files:
            self._bench.documents.take_in(
                file,
                owner=self,
                on_success=partial(self._attach, lead.id),
                on_failure=self._bench.notifier.failed,
            )

    def paste(self, data: QMimeData) -> None:
        """Attach the files, or the picture, that were copied; what is being written beside them stays."""
        lead, may_edit = self._pane.lead, self._pane.may_edit()
        if isinstance(may_edit, WhyNot):
            self._bench.notifier.info(may_edit.reason, key="may-not-paste")
            return
        assert lead is not None, "without a lead there is nothing to edit"
        files, picture = _files(data), data.imageData()
        if files:
            self.attach(files)
        elif isinstance(picture, QImage):
            now = local(self._bench.clock.now())
            self._bench.documents.take_in_picture(
                picture,
                tr("Pasted picture %1.png").replace("%1", f"{now:%Y-%m-%d %H.%M.%S}"),
                owner=self,
                on_success=partial(self._attach, lead.id),
                on_failure=self._bench.notifier.failed,
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: files may be dropped on the lead."""
        if isinstance(event, QDragEnterEvent) and _files(event.mimeData()):
            if self._pane.may_edit() == ENABLED:
                event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop:
            event.acceptProposedAction()
            self.attach(_files(event.mimeData()))
            return True
        return super().eventFilter(watched, event)

    def _can_paste(self) -> Availability:
        may_edit = self._pane.may_edit()
        if may_edit != ENABLED:
            return may_edit
        copied = _copied()
        return ENABLED if copied is not None and is_no_text(copied) else WhyNot(tr("No file or picture was copied."))

    def _choose(self) -> None:
        ask_which(
            self._bench.remembered,
            self._window,
            title=tr("Attach a file"),
            purpose="attach",
            filters=[tr("Documents (%1)").replace("%1", " ".join(f"*.{each}" for each in MEDIA_TYPES))],
            on_chosen=self.attach,
            several=True,
        )

    def _paste(self) -> None:
        if (copied := _copied()) is not None:
            self.paste(copied)

    def _attach(self, lead_id: str, taken: Taken) -> None:
        command = AttachDocument(
            id=new_id(),
            issued_at=self._bench.clock.now(),
            lead_id=lead_id,
            document_id=new_id(),
            file_name=taken.name,
            sha256=taken.sha256,
            size=taken.size,
            media_type=taken.media_type,
        )
        self._perform(command, tr("%1 is attached.").replace("%1", isolated(taken.name)))

    def _open(self, document: DocumentRow) -> None:
        if document.sha256 in self._pane.held:
            self._show(document)
        elif document.stored:
            self._to_open = document
            self._bench.documents.fetch(document.id, document.sha256, document.size)
        else:
            self._bench.notifier.info(
                tr("%1 is not at the hub yet.").replace("%1", isolated(document.name)),
                do=tr("It comes once the laptop of whoever attached it has a network."),
            )

    def _look_whether_it_came(self) -> None:
        wanted = self._to_open
        if wanted is not None and wanted.sha256 in self._pane.held:
            self._to_open = None
            self._show(wanted)

    def _show(self, document: DocumentRow) -> None:
        failed = self._bench.notifier.failed
        self._bench.documents.open(document.sha256, document.name, owner=self, on_failure=failed)

    def _save(self, document: DocumentRow) -> None:
        ask_where(
            self._bench.remembered,
            self._window,
            title=tr("Save a copy"),
            purpose="documents",
            name=document.name,
            on_chosen=partial(self._save_as, document),
        )

    def _save_as(self, document: DocumentRow, path: Path) -> None:
        failed = self._bench.notifier.failed
        self._bench.documents.save(document.sha256, path, owner=self, on_failure=failed)

    def _remove(self, document: DocumentRow) -> None:
        command = RemoveDocument(
            id=new_id(), issued_at=self._bench.clock.now(), lead_id=document.lead_id, document_id=document.id
        )
        self._perform(command, tr("%1 is removed.").replace("%1", isolated(document.name)))

    def _perform(self, command: Command, said: str) -> None:
        self._bench.acts.perform(command, owner=self, on_done=_nothing, said=said)


def _copied() -> QMimeData | None:
    """What the clipboard holds; one that was never filled has no data at all."""
    return QGuiApplication.clipboard().mimeData()


def _files(data: QMimeData) -> list[Path]:
    """Local files among what was dropped or copied."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _nothing() -> None:
    """What is seen at once needs no more."""
