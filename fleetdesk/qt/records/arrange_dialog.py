"""`ArrangeDialog`: which columns a table shows, in which order, how wide, and what it is sorted by; by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.records.columns import Column
from fleetdesk.qt.records.record_header import Arrangement, Sorting, SortKey
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.tick_lines import Pick, TickLines

__all__ = ["ArrangeDialog"]

_LEVELS = 4
_LINES = 12
_NARROWEST, _WIDEST = 48, 800
_UP, _DOWN = "up", "down"


class ArrangeDialog(Dialog):
    """Changes the table as it is worked, so that one sees what one gets; Cancel puts all back as it was."""

    arranged = Signal(object, object)  # Arrangement, Sorting

    def __init__(
        self,
        theme: Theme,
        columns: Sequence[Column[Any]],
        arrangement: Arrangement,
        sorting: Sorting,
        *,
        usual: tuple[Arrangement, Sorting],
        parent: QWidget,
    ) -> None:
        """`usual` is what it all was before anybody changed it."""
        super().__init__(tr("Columns and order"), parent)
        self._columns = {column.key: column for column in columns}
        self._before = (arrangement, sorting)
        self._usual = usual
        self._order = [*arrangement.order]
        self._hidden = set(arrangement.hidden)
        self._widths = dict(arrangement.widths)
        self._lines = _MovedLines(theme, tr("Columns"), lines=_LINES)
        self._up = Button(tr("Move up"), lambda: self._move(-1))
        self._down = Button(tr("Move down"), lambda: self._move(1))
        self._width = QSpinBox()
        self._width.setAccessibleName(tr("Width of the column"))
        self._width.setRange(_NARROWEST, _WIDEST)
        self._width.setSingleStep(GRID)
        self._width.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._levels = [self._level(theme, number) for number in range(_LEVELS)]
        self._lay_out(theme)
        self._show(arrangement, sorting)
        self._connect()
        self._lines.setFocus()

    def reject(self) -> None:
        """Put all back as it was."""
        self.arranged.emit(*self._before)
        super().reject()

    # Set-up

    def _level(self, theme: Theme, number: int) -> tuple[ChoiceBox, ChoiceBox]:
        place = str(number + 1)
        sortable = [(key, one.title) for key, one in self._columns.items() if one.sortable]
        options = sortable if number == 0 else [("", tr("Nothing further")), *sortable]
        by = ChoiceBox(theme, options, tr("Sort by, %1").replace("%1", place))
        ways = ((_UP, tr("Ascending")), (_DOWN, tr("Descending")))
        return by, ChoiceBox(theme, ways, tr("Direction, %1").replace("%1", place))

    def _lay_out(self, theme: Theme) -> None:
        width = Label(tr("Width"), size=TextSize.SMALL, tint=Tint.MUTED)
        width.setBuddy(self._width)
        moves = row(self._up, self._down, STRETCH, width, self._width)
        hint = Label(
            tr("Space shows or hides a column, Alt with ↑ or ↓ moves it."), size=TextSize.SMALL, tint=Tint.MUTED
        )
        shown = column(Label(tr("Columns"), strong=True), hint, panel(column(self._lines), ground="card"), moves)
        order = self._lay_out_levels()
        order.addStretch(1)
        buttons = row(
            Button(tr("As at first"), self._reset, kind=Kind.QUIET),
            STRETCH,
            Button(tr("Cancel"), self.reject),
            Button(tr("Done"), self.accept, kind=Kind.PRIMARY),
            margins=(0, GRID, 0, 0),
        )
        title = Label(self.windowTitle(), size=TextSize.TITLE)
        self.setLayout(column(title, row(shown, order, gap=4 * GRID), buttons, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(max(theme.pixels(680), self.minimumSizeHint().width()))

    def _lay_out_levels(self) -> QVBoxLayout:
        lines = column(Label(tr("Sort by"), strong=True))
        hint = tr("Shift and a click on a title does the same.")
        lines.addWidget(Label(hint, size=TextSize.SMALL, tint=Tint.MUTED))
        for number, (by, way) in enumerate(self._levels):
            place = Label(str(number + 1), tint=Tint.MUTED)
            place.setFixedWidth(GRID)
            line = row(place, by, way)
            line.setStretchFactor(by, 1)
            lines.addLayout(line)
        return lines

    def _connect(self) -> None:
        self._lines.toggled.connect(self._toggle)
        self._lines.moved.connect(self._move)
        self._lines.currentRowChanged.connect(self._show_width)
        self._width.valueChanged.connect(self._resize)
        for by, way in self._levels:
            by.chosen.connect(partial(self._begin_upwards, way))
            way.chosen.connect(self._tell)

    # What is shown

    def _show(self, arrangement: Arrangement, sorting: Sorting) -> None:
        known = [key for key in arrangement.order if key in self._columns]
        self._order = [*known, *(key for key in self._columns if key not in known)]
        self._hidden = set(arrangement.hidden)
        self._widths.update(arrangement.widths)
        self._show_lines()
        self._lines.setCurrentRow(max(0, self._lines.currentRow()))
        self._show_width()
        for number, (by, way) in enumerate(self._levels):
            held = sorting[number] if number < len(sorting) else None
            by.set_key("" if held is None else held.column)
            way.set_key(_DOWN if held is not None and held.descending else _UP)

    def _show_lines(self) -> None:
        self._lines.show_picks((Pick(key, self._columns[key].title) for key in self._order), self._shown)

    @property
    def _shown(self) -> list[str]:
        return [key for key in self._order if key not in self._hidden]

    def _show_width(self) -> None:
        current = self._lines.current
        self._width.blockSignals(True)
        if current is not None:
            self._width.setValue(self._widths[current.key])
        self._width.blockSignals(False)
        place = self._lines.currentRow()
        self._up.setEnabled(place > 0)
        self._down.setEnabled(0 <= place < len(self._order) - 1)

    # What is changed

    def _toggle(self, key: str) -> None:
        if key in self._hidden:
            self._hidden.remove(key)
        elif len(self._shown) > 1:
            self._hidden.add(key)
        self._lines.tick(self._shown)
        self._tell()

    def _move(self, by: int) -> None:
        place = self._lines.currentRow()
        to = place + by
        if place >= 0 and 0 <= to < len(self._order):
            self._order.insert(to, self._order.pop(place))
            self._show_lines()
            self._show_width()
            self._tell()

    def _resize(self, width: int) -> None:
        current = self._lines.current
        if current is not None:
            self._widths[current.key] = width
            self._tell()

    def _reset(self) -> None:
        self._show(*self._usual)
        self._tell()

    def _begin_upwards(self, way: ChoiceBox, _column: str) -> None:
        """Another column begins as a click on its title does."""
        way.set_key(_UP)
        self._tell()

    def _tell(self) -> None:
        arrangement = Arrangement(tuple(self._order), frozenset(self._hidden), dict(self._widths))
        self.arranged.emit(arrangement, self._sorting())

    def _sorting(self) -> Sorting:
        """The levels that are filled in; a column that stands twice counts where it stands first."""
        keys: dict[str, SortKey] = {}
        for by, way in self._levels:
            if by.key:
                keys.setdefault(by.key, SortKey(by.key, descending=way.key == _DOWN))
        return tuple(keys.values())


class _MovedLines(TickLines):
    """Alt with an arrow moves the current line."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        by = steps.get(Qt.Key(event.key()))
        if by is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(by)
        else:
            super().keyPressEvent(event)
