"""`Moving`: a next step is taken up, held over other times and put down there: an edit of its lead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.leads.calendar.grid import CalendarGrid
from fleetdesk.views.leads.calendar.hold import Hold
from fleetdesk.views.leads.calendar.words import when_words
from fleetdesk.views.leads.guide import Guide
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.next_steps.steps import plan_step
from fleetdesk.views.workbench import Workbench

__all__ = ["Moving"]

_SETTLES = 800  # milliseconds within which a step that was put down has gone elsewhere, or stays


class Moving(QObject):
    """The edit carries the time that was seen, and can be undone from its message."""

    moved = Signal(str)  # a lead's id: its step stands elsewhere now

    def __init__(
        self, bench: Workbench, grid: CalendarGrid, hold: Hold, *, may_edit: Callable[[], bool], view: QWidget
    ) -> None:
        """`may_edit` says whether the person may change leads at all, and tells them why not."""
        super().__init__(view)
        self._bench = bench
        self._grid = grid
        self._hold = hold
        self._may_edit = may_edit
        self.guide = Guide(bench.theme, tr("Arrows choose the day · Enter puts it down · Esc leaves it"), view)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLES)
        self._settling.timeout.connect(lambda: grid.show_leaving(""))
        grid.taken_up.connect(self._take_up)
        grid.put_down.connect(self._put_down)
        hold.changed.connect(self._say)

    def _take_up(self, row: LeadRow) -> None:
        if row.deleted:
            self._bench.notifier.info(tr("This lead is deleted. Restore it first."), key="calendar-deleted")
        elif self._may_edit():
            self._hold.take_up(row)

    def _put_down(self) -> None:
        row, when = self._hold.step, self._hold.when
        self._hold.put_down()
        if row is None or when is None:
            return
        edit = plan_step(row, row.next_activity, when, self._bench.clock.now())
        if edit is None:
            return
        title = isolated(lead_title(row.name, row.company, row.email, row.phone))
        said = tr("%1: %2.").replace("%2", when_words(when, self._bench.clock.now())).replace("%1", title)
        self._grid.show_leaving(row.id)
        self._settling.start()
        self._bench.acts.perform(edit, owner=self, on_done=lambda: self.moved.emit(row.id), said=said)

    def _say(self) -> None:
        """The same for eyes and ears: what is held, and when it would be."""
        words = self._hold.words(self._bench.clock.now())
        self.guide.say(words)
        if words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._grid, words))
