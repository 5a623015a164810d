"""`BoardMemory`: which columns are folded, and how far each is scrolled, from one start to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue
from fleetdesk.views.leads.board.column import BoardColumn
from fleetdesk.views.leads.board.lane import Lane
from fleetdesk.views.leads.board.source import FIRST_CARDS
from fleetdesk.views.workbench import Workbench

__all__ = ["BoardMemory"]

_FOLDED, _SCROLLED = "leads.board.folded", "leads.board.scrolled"
_FIRST_FOLDED = frozenset({Stage.CONVERTED, Stage.LOST})
_CALM = 500  # milliseconds after the last step of scrolling
_MOST = 1_000  # cards that are read at once to come back to a place far down


class BoardMemory(QObject):
    """What is folded holds for all boards of the person; how far they are scrolled, for that of this tab."""

    def __init__(self, bench: Workbench, lane: Lane, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._lane = lane
        self._by_choice = True
        self._folded = _stages(bench.remembered.get(_FOLDED), _FIRST_FOLDED)
        self._tops, self._left = _scrolled(bench.place.get(_SCROLLED))
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._keep)
        lane.horizontalScrollBar().valueChanged.connect(self._calm.start)
        lane.horizontalScrollBar().rangeChanged.connect(self._restore_left)

    def fold(self, *, by_choice: bool) -> None:
        """Fold the columns that the person folded; none where they asked for these stages by name."""
        self._by_choice = by_choice
        for column in self._lane.columns:
            column.fold(by_choice and column.stage in self._folded)

    def turn(self, column: BoardColumn) -> None:
        """Fold a column, or unfold it, and remember so."""
        column.fold(not column.folded)
        self._remember(self._folded - {column.stage} | ({column.stage} if column.folded else frozenset()))

    def unfold(self) -> None:
        """Unfold all columns, and remember so."""
        for column in self._lane.columns:
            column.fold(False)
        self._remember(frozenset())

    def _remember(self, folded: frozenset[Stage]) -> None:
        self._folded = folded
        self._bench.remembered.keep(_FOLDED, [stage.value for stage in Stage if stage in self._folded])

    def cards_for(self, column: BoardColumn) -> int:
        """How many cards a column must have at once to be scrolled to where it was."""
        rows = self._tops.get(column.stage, 0) // max(1, column.cards.row_height)
        return min(_MOST, rows + FIRST_CARDS)

    def follow(self, column: BoardColumn) -> None:
        """Scroll a column to where it was once it has its cards, and remember where it is from then on."""
        column.model.keys_changed.connect(lambda _change: self._restore(column))
        column.cards.verticalScrollBar().valueChanged.connect(self._calm.start)

    def _restore(self, column: BoardColumn) -> None:
        if (top := self._tops.pop(column.stage, None)) is not None:
            column.cards.verticalScrollBar().setValue(top)

    def _restore_left(self, _least: int, most: int) -> None:
        """Scroll the lane to where it was once it is wide enough."""
        if self._left and most >= self._left:
            left, self._left = self._left, 0
            self._lane.horizontalScrollBar().setValue(left)

    def _keep(self) -> None:
        tops: dict[str, JsonValue] = {
            column.stage.value: self._tops.get(column.stage, column.cards.verticalScrollBar().value())
            for column in self._lane.columns
        }
        left = self._left or self._lane.horizontalScrollBar().value()
        self._bench.place.keep(_SCROLLED, {"tops": tops, "left": left})


def _stages(kept: JsonValue, otherwise: frozenset[Stage]) -> frozenset[Stage]:
    """The stages that were kept; those to begin with where nothing was, or nothing that can be understood."""
    if not isinstance(kept, list):
        return otherwise
    return frozenset(stage for stage in Stage if stage.value in kept)


def _scrolled(kept: JsonValue) -> tuple[dict[Stage, int], int]:
    """How far down each column and how far to the right the lane was."""
    if not isinstance(kept, dict):
        return {}, 0
    tops, left = kept.get("tops"), kept.get("left")
    found = tops if isinstance(tops, dict) else {}
    return (
        {stage: top for stage in Stage if isinstance(top := found.get(stage.value), int) and top > 0},
        left if isinstance(left, int) else 0,
    )
