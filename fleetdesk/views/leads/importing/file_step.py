"""`FileStep`: how a file was read, and how it shall be read instead; its first rows as they stand there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.focus_ring import FocusRing
from fleetdesk.reports.csv_files import DELIMITERS
from fleetdesk.reports.encodings import ENCODINGS
from fleetdesk.reports.spreadsheets import Spreadsheet, column_name
from fleetdesk.reports.tables import RawRow, Reading

__all__ = ["FileStep"]

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_WIDTH = 136  # pixels of a column
_DELIMITER_WORDS = {",": "Commas", ";": "Semicolons", "\t": "Tabs", "|": "Bars"}


class FileStep(QFrame):
    """Tells another way of reading as soon as it is chosen."""

    reading_asked = Signal(object)  # Reading

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._reading = Reading()
        self._described = Label(tint=Tint.MUTED, wrap=True)
        self._encoding = ChoiceBox(theme, [], tr("Encoding"))
        self._delimiter = ChoiceBox(theme, [], tr("Cells are separated by"))
        self._sheet = ChoiceBox(theme, [], tr("Sheet"))
        self._header = ChoiceBox(theme, [], tr("The titles are in"))
        self._choices: list[tuple[ChoiceBox, QWidget]] = []
        self.preview = _Preview(theme)
        choices = row(
            self._labelled(self._encoding),
            self._labelled(self._delimiter),
            self._labelled(self._sheet),
            self._labelled(self._header),
            STRETCH,
            gap=2 * GRID,
        )
        lines = column(self._described, choices, self.preview, gap=2 * GRID)
        lines.setStretchFactor(self.preview, 1)
        self.setLayout(lines)
        self._encoding.chosen.connect(lambda key: self._ask(encoding=key))
        self._delimiter.chosen.connect(lambda key: self._ask(delimiter=key))
        # Another sheet has its titles where it has them.
        self._sheet.chosen.connect(lambda key: self._ask(sheet=key, header_row=None))
        self._header.chosen.connect(lambda key: self._ask(header_row=int(key)))

    def show_sheet(self, sheet: Spreadsheet, asked: Reading) -> None:
        """Show how the file is read; `asked` is what the person said of it."""
        self._reading = asked
        found = sheet.reading
        self._described.setText(sheet.described)
        self._offer(self._encoding, list(ENCODINGS.items()), found.encoding)
        self._offer(self._delimiter, [(sign, tr(_DELIMITER_WORDS[sign])) for sign in DELIMITERS], found.delimiter)
        self._offer(self._sheet, [(name, name) for name in sheet.sheets], found.sheet)
        self._offer(self._header, _header_options(sheet.top), str(found.header_row))
        self.preview.show_rows(sheet.top, found.header_row or 0)

    def _offer(self, box: ChoiceBox, options: list[tuple[str, str]], chosen: str | None) -> None:
        if chosen is not None and chosen not in dict(options):
            options = [(chosen, chosen), *options]
        box.offer(options)
        if chosen is not None:
            box.set_key(chosen)
        for each, frame in self._choices:
            if each is box:
                frame.setVisible(chosen is not None and len(options) > 1)

    def _labelled(self, box: ChoiceBox) -> QWidget:
        frame = QFrame()
        frame.setLayout(column(Label(box.accessibleName(), size=TextSize.SMALL, tint=Tint.MUTED), box, gap=GRID // 2))
        self._choices.append((box, frame))
        return frame

    def _ask(self, **said: str | int | None) -> None:
        self._reading = replace(self._reading, **said)  # type: ignore[arg-type]  # each by its own name
        self.reading_asked.emit(self._reading)


class _Preview(QTableView):
    """The first rows, the titles among them set off."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model = _PreviewModel(theme)
        self.setModel(self._model)
        self.setAccessibleName(tr("The first rows of the file"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.horizontalHeader().setDefaultSectionSize(theme.pixels(_WIDTH))
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        FocusRing(theme, self, lambda: False)

    def show_rows(self, rows: Sequence[RawRow], header_row: int) -> None:
        """Show these; `header_row` is the number of the one with the titles."""
        self._model.show_rows(rows, header_row)


class _PreviewModel(QAbstractTableModel):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: Sequence[RawRow] = ()
        self._header_row = 0
        self._width = 0

    def show_rows(self, rows: Sequence[RawRow], header_row: int) -> None:
        self.beginResetModel()
        self._rows, self._header_row = rows, header_row
        self._width = max((len(raw.cells) for raw in rows), default=0)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._width

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        raw = self._rows[index.row()]
        text = raw.cells[index.column()] if index.column() < len(raw.cells) else ""
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip_text(text)
            case Qt.ItemDataRole.FontRole:
                return self._theme.font(strong=raw.number == self._header_row)
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return column_name((), section) if orientation is Qt.Orientation.Horizontal else str(self._rows[section].number)


def _header_options(top: Sequence[RawRow]) -> list[tuple[str, str]]:
    filled = [raw for raw in top if any(map(str.strip, raw.cells))]
    rows = [(str(raw.number), tr("Row %1").replace("%1", str(raw.number))) for raw in filled]
    return [*rows, ("0", tr("No row: use letters"))]
