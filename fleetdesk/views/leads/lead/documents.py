"""`DocumentsCard`: the files of a lead: attached by button, drop or paste; each says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fleetdesk.models.document_bytes import OnTheWay, Way
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, title_text, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.buttons import Button, IconButton, Kind
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.queries.documents import DocumentRow
from fleetdesk.views.words import number

__all__ = ["DocumentsCard", "size_text"]

_ICONS: Mapping[str, str] = {"pdf": "file-pdf", "png": "image", "jpg": "image", "jpeg": "image", "webp": "image"}


class DocumentsCard(QWidget):
    """Lists documents and asks for what is to be done with them."""

    attach_asked = Signal()
    open_asked = Signal(object)  # DocumentRow
    save_asked = Signal(object)
    remove_asked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines = column(gap=GRID)
        self._shown: tuple[object, ...] = ()
        self._attach = Button(tr("Attach a file"), self.attach_asked.emit, kind=Kind.QUIET)
        self._hint = Label(tr("Or drop it on this lead, or paste it."), size=TextSize.SMALL, tint=Tint.FAINT, wrap=True)
        self.setLayout(column(self._lines, row(self._attach, STRETCH), self._hint, gap=GRID // 2))
        self.setAccessibleName(tr("Documents"))

    def show_documents(
        self,
        documents: Sequence[DocumentRow],
        held: Collection[str],
        on_the_way: Mapping[str, OnTheWay],
        *,
        person_id: str,
        editable: bool,
    ) -> None:
        """Show these. `held` are the digests whose bytes are here, `on_the_way` those that move or failed."""
        self._attach.setVisible(editable)
        self._hint.setVisible(editable and not documents)
        told = tuple((one, one.sha256 in held, on_the_way.get(one.sha256), editable) for one in documents)
        if told == self._shown:
            return
        name = next((widget.accessibleName() for widget in self.findChildren(QWidget) if widget.hasFocus()), "")
        self._shown = told
        self._clear()
        for document, here, moving, _ in told:
            self._lines.addWidget(self._line(document, here, moving, person_id, editable=editable))
        for widget in self.findChildren(QWidget) if name else ():
            if widget.accessibleName() == name and not widget.isHidden():
                widget.setFocus()

    def _line(
        self, document: DocumentRow, here: bool, moving: OnTheWay | None, person_id: str, *, editable: bool
    ) -> QWidget:
        line = QWidget()
        title = _FileName(document.name)
        who = tr("You") if document.added_by == person_id else document.added_by_name or tr("Someone else")
        about = Label(f"{size_text(document.size)} · {isolated(who)}", size=TextSize.SMALL, tint=Tint.MUTED)
        about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top = row(gap=2)
        ending = document.name.rpartition(".")[2].casefold()
        opens = self._button(_ICONS.get(ending, "file"), _opening(document, here), self.open_asked.emit, document)
        top.addWidget(opens)
        top.addLayout(column(title, about, gap=0), 1)
        if here:
            top.addWidget(self._button("download-simple", tr("Save a copy of %1"), self.save_asked.emit, document))
        if editable:
            top.addWidget(self._button("x", tr("Remove %1"), self.remove_asked.emit, document))
        lines = column(top, gap=2)
        text, tone = _standing(document, here, moving, person_id)
        if text:
            chip = StatusChip(self._theme)
            chip.show_status(text, tone)
            lines.addLayout(row(chip, STRETCH))
        if moving is not None and moving.trouble:
            lines.addWidget(Label(moving.trouble, size=TextSize.SMALL, tint=Tint.DANGER, wrap=True))
        line.setLayout(lines)
        return line

    def _button(self, icon: str, name: str, ask: Callable[[DocumentRow], None], document: DocumentRow) -> IconButton:
        called = name.replace("%1", isolated(document.name))
        return IconButton(self._theme, icon, called, partial(_asked, ask, document), small=True, parent=self)

    def _clear(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


class _FileName(Label):
    """A file's name in one line: shortened in its middle, so that its ending is always seen."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._name = title_text(name)
        self.setAccessibleName(name)
        self.setToolTip(tooltip_text(name))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, self.width()))


def _asked(ask: Callable[[DocumentRow], None], document: DocumentRow, _checked: bool = False) -> None:
    ask(document)


def size_text(size: int) -> str:
    """A file's size: “640 B”, “12 kB”, “3.4 MB”."""
    if size < 1_000:
        return tr("%1 B").replace("%1", number(size))
    if size < 1_000_000:
        return tr("%1 kB").replace("%1", number(round(size / 1_000)))
    return tr("%1 MB").replace("%1", f"{size / 1_000_000:.1f}")


def _opening(document: DocumentRow, here: bool) -> str:
    return tr("Open %1") if here else tr("Fetch and open %1") if document.stored else tr("%1 is not at the hub yet")


def _standing(document: DocumentRow, here: bool, moving: OnTheWay | None, person_id: str) -> tuple[str, Tone]:
    """How far a document's bytes are; nothing where all is well."""
    match moving:
        case OnTheWay(way=Way.FAILED):
            return tr("Failed"), Tone.DANGER
        case OnTheWay(way=Way.SENDING):
            return tr("Sending, %1%").replace("%1", str(moving.percent)), Tone.INFO
        case OnTheWay(way=Way.FETCHING):
            return tr("Fetching, %1%").replace("%1", str(moving.percent)), Tone.INFO
    if document.stored:
        return ("", Tone.NEUTRAL) if here else (tr("At the hub"), Tone.NEUTRAL)
    if here:
        return tr("Waiting to be sent"), Tone.NEUTRAL
    return tr("Still on the laptop of who attached it"), Tone.NEUTRAL
