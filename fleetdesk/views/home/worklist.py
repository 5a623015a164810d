"""`WorkList`: what there is to be done, kind by kind, with the first leads of the chosen kind."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from fleetdesk.qt.acting.actions import ActionButton
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_figures import LeadFigure
from fleetdesk.queries.lead_tally import Work
from fleetdesk.queries.leads import LeadQuery, LeadSort, SortBy
from fleetdesk.views.home.table import WorkTable
from fleetdesk.views.home.tabs import WorkTabs
from fleetdesk.views.workbench import Workbench

__all__ = ["DAYS", "WorkList"]

DAYS = (7, 14, 30, 60, 90)
"""After how many days without activity a lead may be said to rot."""

_SORTING: Mapping[Work, SortBy] = {
    Work.OVERDUE: SortBy(LeadSort.NEXT_ACTIVITY),
    Work.TODAY: SortBy(LeadSort.NEXT_ACTIVITY),
    Work.WITHOUT_NEXT: SortBy(LeadSort.CREATED, descending=True),
    # The latest that began to rot can best be saved.
    Work.ROTTING: SortBy(LeadSort.LAST_ACTIVITY, descending=True),
}
_ROOM_FOR_WORDS = 560


class WorkList(QFrame):
    """Four kinds of work above a table; below it what can be done with its current lead, and the way to all of them."""

    chosen = Signal(object)  # Work
    rotting_chosen = Signal(int)  # days
    opened = Signal(object)  # LeadRow
    all_asked = Signal()

    def __init__(self, bench: Workbench, table: WorkTable) -> None:
        super().__init__()
        self._bench = bench
        self._table = table
        self.setProperty("ground", "card")
        self.setAccessibleName(tr("Work"))
        self.tabs = WorkTabs(bench.theme)
        self._days = ChoiceBox(
            bench.theme, [(str(days), _quiet(days)) for days in DAYS], tr("Days without any activity")
        )
        self._days.chosen.connect(lambda key: self.rotting_chosen.emit(int(key)))
        sentence = Label(tr("Open leads without any activity for"), size=TextSize.SMALL, tint=Tint.MUTED)
        self._rest = panel(row(sentence, self._days, STRETCH, margins=(2 * GRID, GRID // 2, GRID, 0)))
        self._all = Button("", self.all_asked.emit, kind=Kind.QUIET)
        head = row(self.tabs, STRETCH, margins=(GRID // 2, 0, GRID, 0))
        self._buttons = [self._button(id_, word) for id_, word in _words().items()]
        foot = row(*self._buttons, STRETCH, self._all, gap=GRID // 2, margins=(GRID, GRID // 2, GRID, GRID // 2))
        lines = column(head, rule(), self._rest, table, rule(), foot, gap=0, margins=1)
        lines.setStretchFactor(table, 1)
        self.setLayout(lines)
        self.tabs.chosen.connect(self.chosen)
        table.opened.connect(self.opened)
        table.selection.changed.connect(bench.actions.refresh)
        table.leads.dataChanged.connect(bench.actions.refresh)

    def show_work(self, work: Work, asked: Filter, days: int, *, owners: bool) -> None:
        """List the first leads that ask for some work."""
        self.tabs.choose(work)
        self._rest.setVisible(work is Work.ROTTING)
        self._days.set_key(str(days))
        self._table.show_work(work, owners=owners)
        self._table.set_empty(_nothing(work, days))
        self._table.leads.set_query(LeadQuery(asked, (_SORTING[work],)))

    def show_figures(self, figures: Mapping[Work, LeadFigure] | None, work: Work) -> None:
        """Say how many there are of each kind; None while they are being counted."""
        counts = None if figures is None else {one: int(figure.value or 0) for one, figure in figures.items()}
        self.tabs.show_counts(counts)
        count = 0 if counts is None else counts[work]
        self._all.set_text(plural(count, tr("Open it in the list"), tr("Open all %n in the list")))
        self._all.setVisible(count > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: without room for words, the buttons show their icons alone."""
        super().resizeEvent(event)
        words = self.width() >= self._bench.theme.pixels(_ROOM_FOR_WORDS)
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._buttons:
            button.setToolButtonStyle(style)

    def _button(self, action: str, word: str) -> ActionButton:
        button = self._bench.actions.button(action, with_text=True)
        button.setText(word)
        return button


def _words() -> Mapping[str, str]:
    """The actions on the current lead, each in one word."""
    return {"home.done": tr("Done"), "home.log": tr("Log"), "home.put_off": tr("Put off"), "home.plan": tr("Plan")}


def _quiet(days: int) -> str:
    return plural(days, tr("%n day"), tr("%n days"))


def _nothing(work: Work, days: int) -> Overlay:
    title, sentence = {
        Work.OVERDUE: (tr("Nothing is overdue"), tr("Every next step is still ahead.")),
        Work.TODAY: (tr("Nothing is due today"), tr("A good day for leads without a next step.")),
        Work.WITHOUT_NEXT: (tr("Every open lead has a next step"), tr("Nobody is forgotten.")),
        Work.ROTTING: (tr("No lead was left alone"), tr("Every open lead was heard of within %1.")),
    }[work]
    return Overlay(OverlayKind.EMPTY, title, sentence.replace("%1", _quiet(days)), icon="check-circle")
