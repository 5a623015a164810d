"""`ListPage`: a screen of one list with a search and a choice above it, and a pane beside it for the row at hand."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.row_cache import Identified
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.views.workbench import Page, Workbench

__all__ = ["ActionMaker", "ListPage", "ListWords", "PanePage"]

_PANE, _NARROW_PANE = 384, 304  # pixels
_NARROW = 1000  # pixels of a page that has no room for both

RowT = TypeVar("RowT", bound=Identified)


class Narrowing(Protocol):
    """What is asked of a list."""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        ...


QueryT = TypeVar("QueryT", bound=Narrowing)

_ALL = ""
ActionMaker = Callable[..., Action]


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a list calls itself, its search, the choice of what is shown, all that there is, one row, and `%n` rows."""

    title: str
    search: str
    choice: str
    everything: str
    one: str
    many: str


class ListPage(Page, Generic[QueryT, RowT]):
    """The row that has the keyboard is the one whose pane is open; where it goes, the next one takes its place.

    A screen sets `model` and `table`, gives them to `follow`, and says what is asked, what is shown beside, and what
    stands in an empty list.
    """

    model: RecordTableModel[QueryT, RowT]
    table: RecordTableView[QueryT, RowT]

    def __init__(self, bench: Workbench, words: ListWords, choices: Sequence[tuple[str, str]]) -> None:
        """`choices` are keys and texts of what may be shown, beside everything."""
        super().__init__()
        self._bench = bench
        self._words = words
        self._wanted = ""  # a record to be shown as soon as its row is there
        self._count = Label(tint=Tint.MUTED)
        self.search = SearchField(bench.theme, words.search)
        self.shown = ChoiceBox(bench.theme, [(_ALL, words.everything), *choices], words.choice)

    def open_record(self, record_id: str) -> None:
        """Show one record; what is left out by the search is found all the same."""
        self._wanted = record_id
        if self.query.narrows:
            self.clear()
        self._go_to_wanted()

    # What a screen says

    @property
    @abstractmethod
    def query(self) -> QueryT:
        """What is asked, as search, choice and order stand now."""

    @abstractmethod
    def show_row(self) -> None:
        """Show beside the list what belongs to the row at hand."""

    @abstractmethod
    def say_empty(self) -> None:
        """Say what stands in place of the rows where there are none."""

    # Set-up

    def head(self, search_width: int) -> QFrame:
        """What stands above the list; the search is at least so wide, in pixels at size 1."""
        self.search.setMinimumWidth(self._bench.theme.pixels(search_width))
        title = Label(self._words.title, size=TextSize.HEADING)
        line = row(title, self._count, STRETCH, self.search, self.shown, margins=2 * GRID, gap=GRID + 4)
        return panel(line, ground="surface")

    def follow(self, first: tuple[SortKey, ...], scope: str) -> None:
        """Ask whenever something else is wanted, beginning with this order, and show what comes.

        It begins with what was asked when the tab was left; `scope` is the screen's id.
        """
        self._first = first
        self._asked = f"{scope}.asked"
        self._ask_as_before()
        self.search.searched.connect(self.ask)
        self.search.left_down.connect(self._go_down)
        self.shown.chosen.connect(self.ask)
        self.table.sorting_changed.connect(self.ask)
        self.table.selection.changed.connect(self.show_row)
        self.model.dataChanged.connect(self.show_row)
        self.model.state_changed.connect(self._state_changed)
        self.model.keys_changed.connect(self.keys_changed)
        self._bench.minute.moved.connect(self.model.reword)
        self._bench.status.changed.connect(self.say_empty)
        self._bench.status.changed.connect(self._show_count)
        self.table.set_sorting(first)
        self.begins_with = self.table
        self.ask()
        self.show_row()

    def walking(self, action: ActionMaker, scope: str, onwards: str, back: str, search: str) -> Iterable[Action]:
        """The actions that go through the list, as `action` makes those of the screen; the texts name what is in it."""
        return (
            action(f"{scope}.next", onwards, partial(self._step, 1), "J", "caret-down", self._has_rows),
            action(f"{scope}.previous", back, partial(self._step, -1), "K", "caret-up", self._has_rows),
            action(f"{scope}.search", search, self._search, "/", "magnifying-glass", also="Ctrl+F"),
        )

    def make_way(self, order: Iterable[str], beside: int) -> None:
        """Leave out columns in this order until the others fit, `beside` so many pixels of the pane."""
        widths = {str(column.key): column.width for column in self.model.columns}
        room = self.width() - beside - self._bench.theme.pixels(2 * GRID)
        self.table.record_header.make_way(widths, [key for key in order if key in widths], room)

    # The list

    @property
    def order(self) -> SortKey:
        """The column that is sorted by first."""
        return self.table.sorting[0] if self.table.sorting else self._first[0]

    @property
    def at_hand(self) -> RowT | None:
        """The row that has the keyboard, if any has."""
        return self.table.selection.current_row if self.table.selection.count else None

    def ask(self) -> None:
        """Show what is asked now."""
        text, shown = self.search.text(), self.shown.key
        narrowed = bool(text) or shown != _ALL
        self._bench.place.keep(self._asked, {"text": text, "shown": shown} if narrowed else None)
        self.model.set_query(self.query)
        self.say_empty()
        self._bench.actions.refresh()

    def clear(self) -> None:
        """Ask for everything."""
        self.search.set_text_quietly("")
        self.shown.set_key(_ALL)
        self.ask()

    def keys_changed(self) -> None:
        """Other rows are there: one of them is at hand; one that is asked for comes before the one that was."""
        self._state_changed()
        if self.model.rowCount() and not self.table.selection.count:
            # What is chosen is shown.
            self.table.reveal(max(0, min(self.table.currentIndex().row(), self.model.rowCount() - 1)))
        else:
            self.show_row()
        if self._wanted:
            self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        """Turn to the record that was asked for, once its row is there."""
        wanted = self._wanted

        def found(row: int | None) -> None:
            if row is not None and wanted == self._wanted:
                self._wanted = ""
                self.table.reveal(row)

        self.model.find(wanted, found)

    def _ask_as_before(self) -> None:
        match self._bench.place.get(self._asked):
            case {"text": str(text), "shown": str(shown)}:
                self.search.set_text_quietly(text)
                if self.shown.findData(shown) >= 0:  # what can be shown may have changed since
                    self.shown.set_key(shown)

    def _state_changed(self) -> None:
        self._show_count()
        self._bench.actions.refresh()

    def _show_count(self) -> None:
        count = self.model.rowCount()
        status = self._bench.status.status
        all_here = self.model.state is LoadState.READY and not (status.rows_come or status.never_reached)
        known = count or all_here
        self._count.setText(plural(count, self._words.one, self._words.many) if known else "")

    def _has_rows(self) -> Availability:
        return ENABLED if self.model.rowCount() else WhyNot(tr("The list is empty."))

    def _go_down(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _step(self, by: int) -> None:
        row = self.table.currentIndex().row() + by
        self.table.reveal(max(0, min(row, self.model.rowCount() - 1)))


class PanePage(ListPage[QueryT, RowT]):
    """A list whose pane stands to the right of it while a row is at hand, and is as wide as the page allows."""

    pane: QFrame
    makes_way: tuple[str, ...] = ()
    """The columns that are left out, in this order, where there is too little room for all."""

    def lay_out(self, search_width: int) -> None:
        """Put head, table and pane in their places; the search is at least so wide, in pixels at size 1."""
        self._edge = QFrame()
        self._edge.setProperty("role", "rule")
        self._edge.setFixedWidth(1)
        beside = row(self.table, self._edge, self.pane, gap=0)
        beside.setStretchFactor(self.table, 1)
        lines = column(self.head(search_width), rule(), beside, gap=0)
        lines.setStretchFactor(beside, 1)
        self.setLayout(lines)

    def open_pane(self, *, opened: bool) -> None:
        """Show the pane, or leave its room to the list."""
        self._edge.setVisible(opened)
        self.pane.setVisible(opened)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the columns on the right make way until the others fit."""
        super().resizeEvent(event)
        narrow = self.width() < self._bench.theme.pixels(_NARROW)
        self.pane.setFixedWidth(self._bench.theme.pixels(_NARROW_PANE if narrow else _PANE))
        self.make_way(self.makes_way, beside=self.pane.width())
