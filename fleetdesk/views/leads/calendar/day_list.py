"""`DayDialog`: every next step of one day, however many there are."""

from __future__ import annotations

import datetime as dt
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.models.ids import Clock
from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.queries.filters.moments import Span
from fleetdesk.queries.filters.values import AnyOf, Filter
from fleetdesk.queries.lead_agenda import agenda_filter
from fleetdesk.queries.leads import LeadQuery, LeadRow, LeadSort, SortBy
from fleetdesk.views.leads.calendar.words import step_time
from fleetdesk.views.leads.source import LeadSource
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.workbench import Workbench

__all__ = ["DayDialog"]

_SIZE = (640, 520)


class DayDialog(Dialog):
    """A table over all of them, in the order of the day; Enter opens a lead."""

    opened = Signal(str)  # a lead's id

    def __init__(self, bench: Workbench, asked: Filter, day: dt.date, parent: QWidget) -> None:
        title = f"{day:%A} {day.day} {day:%B}"
        super().__init__(title, parent)
        model: RecordTableModel[LeadQuery, LeadRow] = RecordTableModel(
            LeadSource(bench.readings, bench.person.id, bench.clock),
            _columns(bench.clock),
            table=Lead.__tablename__,
            related=(User.__tablename__,),
            runner=bench.runner,
            changes=bench.changes,
            parent=self,
        )
        self.table = RecordTableView(model, theme=bench.theme, name=tr("Next steps of %1").replace("%1", title))
        self._count = Label()
        head = column(Label(title, size=TextSize.TITLE), self._count, gap=GRID // 2)
        lines = column(head, self.table, row(STRETCH, Button(tr("Close"), self.reject)), gap=2 * GRID, margins=3 * GRID)
        lines.setStretchFactor(self.table, 1)
        self.setLayout(lines)
        self.resize(*map(bench.theme.pixels, _SIZE))
        model.keys_changed.connect(lambda _change: self._say(len(model.keys)))
        self.table.opened.connect(self._open)
        on_day = agenda_filter(asked).asking("next", AnyOf((Span(day.year, day.month, day.day),)))
        model.set_query(LeadQuery(on_day, (SortBy(LeadSort.NEXT_ACTIVITY),)))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, count: int) -> None:
        self._count.setText(plural(count, tr("%n next step"), tr("%n next steps")))

    def _open(self, lead: LeadRow) -> None:
        self.accept()
        self.opened.emit(lead.id)


def _columns(clock: Clock) -> tuple[Column[LeadRow], ...]:
    return (
        Column("time", tr("Time"), partial(_time, clock), width=88, sortable=False),
        Column("lead", tr("Lead"), _lead, width=200, sortable=False),
        Column("step", tr("Next step"), _step, width=240, stretch=True, sortable=False),
    )


def _time(clock: Clock, lead: LeadRow) -> Cell:
    late = lead.next_activity_at is not None and lead.next_activity_at < clock.now()
    return Cell(step_time(lead), icon="warning-circle" if late else "", tooltip=tr("Overdue") if late else "")


def _lead(lead: LeadRow) -> Cell:
    return Cell(lead_title(lead.name, lead.company, lead.email, lead.phone), strong=True)


def _step(lead: LeadRow) -> Cell:
    return Cell(lead.next_activity or "–", muted=not lead.next_activity)
