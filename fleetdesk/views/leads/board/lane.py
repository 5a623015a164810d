"""`Lane`: the columns of the board side by side, scrolled sideways where there is no room for all."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.views.leads.board.column import BoardColumn

__all__ = ["Lane"]

_EDGE = 56  # pixels from an edge within which what is carried scrolls the board
_STEP = 18  # pixels that it scrolls at a time


class Lane(QScrollArea):
    """Makes its columns one after another, each in a turn of the event loop of its own: the window never waits."""

    made = Signal(object)  # BoardColumn

    def __init__(self, make: Callable[[Stage, QWidget], BoardColumn], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._unmade = list(Stage)
        self._shown: frozenset[Stage] = frozenset()
        self._columns: dict[Stage, BoardColumn] = {}
        inner = self._inner = QWidget()
        self._row: QHBoxLayout = row(gap=GRID, margins=(2 * GRID, GRID + 4, 2 * GRID, GRID + 4))
        self._row.addStretch(0)
        inner.setLayout(self._row)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._make_next)

    @property
    def complete(self) -> bool:
        """Whether every column was made."""
        return not self._unmade

    @property
    def columns(self) -> tuple[BoardColumn, ...]:
        """Those that are shown, in the order of the pipeline."""
        return tuple(self._columns[stage] for stage in Stage if stage in self._shown and stage in self._columns)

    def column(self, stage: Stage) -> BoardColumn | None:
        """The column of a stage, if it is shown."""
        return self._columns.get(stage) if stage in self._shown else None

    def show_stages(self, stages: Collection[Stage]) -> None:
        """Show the columns of these stages alone."""
        self._shown = frozenset(stages)
        for stage, column in self._columns.items():
            column.setVisible(stage in self._shown)
        if self._unmade:
            self._turn.start()

    def at(self, point: QPoint) -> BoardColumn | None:
        """The column at a point of the screen, however high or low."""
        x = self._inner.mapFromGlobal(point).x()
        return next((column for column in self.columns if column.x() <= x < column.x() + column.width() + GRID), None)

    def beside(self, stage: Stage, by: int) -> BoardColumn | None:
        """The column so many places to the right; None beyond the last."""
        columns = self.columns
        place = next((place for place, column in enumerate(columns) if column.stage is stage), -1) + by
        return columns[place] if 0 <= place < len(columns) else None

    def reveal(self, column: BoardColumn) -> None:
        """Bring a column into sight."""
        self.ensureWidgetVisible(column, 2 * GRID, 0)

    def scroll_at_edge(self, point: QPoint) -> bool:
        """Scroll where a point of the screen is near an edge; False where it is not, or where there is no further."""
        x, bar = self.mapFromGlobal(point).x(), self.horizontalScrollBar()
        by = -_STEP if x < _EDGE else _STEP if x > self.width() - _EDGE else 0
        before = bar.value()
        bar.setValue(before + by)
        return bar.value() != before

    def _make_next(self) -> None:
        stage = self._unmade.pop(0)
        column = self._make(stage, self._inner)
        column.setVisible(stage in self._shown)
        self._columns[stage] = column
        self._row.insertWidget(self._row.count() - 1, column, 1)
        self.made.emit(column)
        if self._unmade:
            self._turn.start()
