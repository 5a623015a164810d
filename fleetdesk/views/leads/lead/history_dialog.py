"""`HistoryDialog`: what was changed in a lead, revision by revision: before and after, by whom, on which laptop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget
from sqlalchemy import Connection

from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import LeadRevision
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.focus_ring import FocusRing
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.queries.lead_revisions import RevisionEntry, revisions
from fleetdesk.queries.staff import staff_directory
from fleetdesk.views.leads.lead.history import revision_title
from fleetdesk.views.leads.value_words import value_text
from fleetdesk.views.leads.words import field_label
from fleetdesk.views.words import day_and_time, exact_time, number
from fleetdesk.views.workbench import Workbench

__all__ = ["HistoryDialog"]

_PAGE = 500
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Line:
    """One field of one revision, in words; only the first line of a revision says when and by whom."""

    revision: str
    when: str
    who: str
    device: str
    field: str
    before: str
    after: str
    name: str  # of the field, as records have it
    hint: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.revision, self.when, self.who, self.device, self.field, self.before, self.after)


@dataclass(frozen=True, slots=True)
class _Read:
    entries: tuple[RevisionEntry, ...]
    names: Mapping[str, str]
    more: bool


class HistoryDialog(Dialog):
    """Reads the lead's revisions again whenever there are others; offline it shows what this laptop has."""

    def __init__(self, bench: Workbench, lead_id: str, title: str, parent: QWidget) -> None:
        super().__init__(tr("History of %1").replace("%1", title), parent)
        self._bench = bench
        self._lead_id = lead_id
        self._most = _PAGE
        self._read_last = _Read((), {}, more=False)
        self._model = _Lines(self)
        self._table = self._make_table()
        self._fields = ChoiceBox(bench.theme, [("", tr("Every field"))], tr("Which field"))
        self._fields.chosen.connect(lambda _key: self._show())
        self._more = Button(tr("Show earlier changes"), self._read_more)
        self._more.hide()
        head = row(Label(self.windowTitle(), size=TextSize.TITLE, wrap=True), STRETCH, self._fields)
        about = Label(
            tr("Each line is a field that was changed: what it was before, and what it is since."),
            tint=Tint.MUTED,
            wrap=True,
        )
        close = row(self._more, STRETCH, Button(tr("Close"), self.accept))
        self.setLayout(column(head, about, self._table, close, gap=GRID + 4, margins=3 * GRID))
        window = parent.window()
        self.resize(min(bench.theme.pixels(960), window.width() - 4 * GRID), min(620, window.height() - 8 * GRID))
        self._overlay = StateOverlay(bench.theme, self._table)
        FocusRing(bench.theme, self._table, lambda: False)
        self._overlay.show_overlay(Overlay(OverlayKind.LOADING, tr("Reading the history")))
        bench.changes.changed.connect(self._changed)
        bench.outbox.changed.connect(self._show)
        self._read()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        table.setAccessibleName(tr("History"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setProperty("role", "sheet")
        table.setShowGrid(False)
        table.setWordWrap(True)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for section in (5, 6):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        return table

    def _changed(self, changes: Changes) -> None:
        if changes.touches(LeadRevision.__tablename__):
            self._read()

    def _read_more(self) -> None:
        self._most *= 2
        self._read()

    def _read(self) -> None:
        lead_id, most = self._lead_id, self._most

        def read(connection: Connection) -> _Read:
            names = {person.id: person.name for person in staff_directory(connection)}
            found = revisions(connection, lead_id, most + 1)
            return _Read(found[:most], names, more=len(found) > most)

        self._bench.readings.run(read, on_success=self._came, on_failure=self._failed, owner=self, cancel_key="history")

    def _came(self, read: _Read) -> None:
        self._read_last = read
        names = {change.field for entry in read.entries for change in entry.changes}
        fields = sorted(((name, field_label(name)) for name in names), key=lambda option: option[1])
        self._fields.offer([("", tr("Every field")), *fields])
        if self._fields.currentIndex() < 0:
            self._fields.set_key("")
        self._more.setVisible(read.more)
        self._show()

    def _failed(self, error: Exception) -> None:
        retry = tr("Try again")
        self._overlay.show_overlay(
            Overlay(OverlayKind.ERROR, tr("The history cannot be read"), str(error), retry, self._read)
        )

    def _show(self) -> None:
        waiting = {
            key for change in self._bench.outbox.changes for key in change.change.command.rows() if _is_revision(key)
        }
        wanted = self._fields.key
        lines = [
            line
            for entry in self._read_last.entries
            for line in self._lines(entry, waits=LeadRevision.key_of(entry.id) in waiting)
            if not wanted or line.name == wanted
        ]
        self._model.replace(lines)
        self._table.resizeRowsToContents()
        if lines:
            self._overlay.clear_overlay()
        else:
            text = tr("Changes are written down from now on; those before are in the audit log.")
            self._overlay.show_overlay(Overlay(OverlayKind.EMPTY, tr("Nothing was changed yet"), text))

    def _lines(self, entry: RevisionEntry, *, waits: bool) -> list[_Line]:
        names, now = self._read_last.names, self._bench.clock.now()
        person = self._bench.person.id
        who = tr("You") if entry.author_id == person else entry.author_name or tr("Someone else")
        first = (number(entry.number), day_and_time(entry.happened_at, now), who, self._device(entry, waits=waits))
        hint = exact_time(entry.happened_at)
        if not entry.changes:
            return [_Line(*first, revision_title(entry), "", "", "", hint)]
        return [
            _Line(
                *(("", "", "", "") if place and not self._fields.key else first),
                field_label(change.field),
                value_text(change.field, change.before, names) or "–",
                value_text(change.field, change.after, names) or "–",
                change.field,
                hint,
            )
            for place, change in enumerate(entry.changes)
        ]

    def _device(self, entry: RevisionEntry, *, waits: bool) -> str:
        if waits:
            return tr("This laptop, not sent yet")
        if entry.laptop_id is None:
            return tr("The hub")
        if entry.laptop_id == self._bench.actor.laptop_id:
            return tr("This laptop")
        return tr("Laptop %1").replace("%1", entry.laptop_id[-4:])


def _is_revision(key: Key) -> bool:
    return key.table == LeadRevision.__tablename__


class _Lines(QAbstractTableModel):
    _HEADINGS = ("No.", "When", "Who", "Laptop", "Field", "Before", "After")

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []

    def replace(self, lines: list[_Line]) -> None:
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (an invalid index never changes)
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (the same)
        return 0 if parent.isValid() else len(self._HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self._HEADINGS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self._lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.cells[index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                return line.hint
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            case _:
                return None
