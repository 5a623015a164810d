"""The form that plans a next step on a day of the calendar: for which lead, what, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, isolated, title_text, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter
from fleetdesk.queries.lead_agenda import agenda_filter
from fleetdesk.queries.leads import LeadQuery, LeadRow, lead_key_pieces, lead_page, lead_rows
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.next_steps.fields import NextStepFields
from fleetdesk.views.next_steps.steps import plan_step
from fleetdesk.views.words import day_and_time
from fleetdesk.views.workbench import Workbench

__all__ = ["PlanForm", "plan_dialog"]

_OFFERED = 8
_ARROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class PlanForm(CommandForm):
    """Offers leads without a next step until something is searched; one that has a step says so."""

    def __init__(self, bench: Workbench, asked: Filter, when: dt.datetime, lead_id: str) -> None:
        super().__init__()
        self._bench = bench
        self._asked = asked
        self._rows: list[LeadRow] = []
        self._showing = self._searching = False
        self._before: tuple[str, Mapping[str, JsonValue]] = ("", {})  # a lead, and what it had planned for a draft
        self.search = TextField()
        self.search.setAccessibleName(tr("Which lead?"))
        self.search.setPlaceholderText(tr("Search name, company, email, phone"))
        self.search.textEdited.connect(self._search)
        self.offers = QListWidget()
        self.offers.setAccessibleName(tr("Leads that could be meant"))
        self.offers.setProperty("ground", "card")
        self.offers.setFixedHeight(bench.theme.pixels(18 * GRID))
        self.search.installEventFilter(self)
        self.offers.currentRowChanged.connect(self._chosen)
        self._note = Label(tint=Tint.MUTED, size=TextSize.SMALL, wrap=True)
        self._fields = NextStepFields(bench.theme, bench.clock, label=tr("What is to be done?"))
        self._fields.show_step("", when, dated=True)
        self._fields.edited.connect(self.edited)
        self.setLayout(column(Label(tr("Which lead?")), self.search, self.offers, self._note, self._fields))
        self._find("", lead_id)

    def commands(self) -> Sequence[Command] | None:
        """The edit of the chosen lead."""
        lead = self._lead()
        if self._searching:  # the leads in sight are those of what was typed before
            self._note.setText(tr("The leads are still being looked for. Press again in a moment."))
            return None
        if lead is None:
            self._note.setText(tr("Choose a lead first."))
            return None
        if not (self._fields.check() and self._fields.agree()):
            return None
        edit = plan_step(self._fields.before, self._fields.what, self._fields.when, self._bench.clock.now())
        return () if edit is None else (edit,)

    def touched(self) -> bool:
        """Whether something was written."""
        return bool(self._fields.what)

    def typed(self) -> Mapping[str, str]:
        """What was written, and for which lead; nothing while nothing was."""
        lead, fields, search = self._lead(), self._fields.typed(), self.search.text().strip()
        if not fields and not search:
            return {}
        chosen = {} if lead is None else {"lead": lead.id}
        return {**({"search": search} if search else {}), **chosen, **fields}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Search as before, choose the lead that was chosen, and fill in what was written."""
        self.search.setText(typed.get("search", ""))
        self._fields.type_in({name: text for name, text in typed.items() if name in self._fields.texts})
        lead = self._lead()
        if "lead" in typed and (lead is None or lead.id != typed["lead"]):
            self._before = (typed["lead"], {})
            self._find(self.search.text(), typed["lead"])

    def bases(self) -> Mapping[str, JsonValue]:
        """What the chosen lead had planned."""
        return self._fields.bases

    def rest_on(self, bases: Mapping[str, JsonValue]) -> None:
        """What the chosen lead had planned when the person began; it may still be on its way."""
        self._before = (self._before[0], bases)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: the arrows choose a lead while its name is typed."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _ARROWS:
            row = self.offers.currentRow() + _ARROWS[Qt.Key(event.key())]
            self.offers.setCurrentRow(max(0, min(row, self.offers.count() - 1)))
            return True
        return super().eventFilter(watched, event)

    def _lead(self) -> LeadRow | None:
        row = self.offers.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _search(self, text: str) -> None:
        self._find(text)
        self.edited.emit()

    def _chosen(self) -> None:
        self._say()
        if not self._showing:
            self.edited.emit()

    def _find(self, text: str, lead_id: str = "") -> None:
        viewpoint = Viewpoint(self._bench.person.id, self._bench.clock.now())
        without = agenda_filter(self._asked).asking("next", AnyOf((None,)))
        query = LeadQuery(EVERYTHING.searching(text) if text.strip() else without)

        def read(connection: Connection) -> list[LeadRow]:
            first = list(lead_rows(connection, [lead_id])) if lead_id else []
            keys = [key for piece in lead_key_pieces(connection, query, viewpoint, most=_OFFERED) for key in piece]
            return first + [row for row in lead_page(connection, keys).values() if row.id != lead_id]

        self._searching = True
        self._bench.readings.run(read, on_success=self._came, on_failure=self._not_found, owner=self, cancel_key="find")

    def _not_found(self, error: Exception) -> None:
        self._came([])
        self._bench.notifier.failed(error)

    def _came(self, rows: list[LeadRow]) -> None:
        self._searching, self._showing = False, True
        self._rows = rows
        self.offers.clear()
        for row in rows:
            title = lead_title(row.name, row.company, row.email, row.phone)
            company = f" · {isolated(row.company)}" if row.name and row.company else ""
            item = QListWidgetItem(title_text(f"{isolated(title)}{company}"))
            item.setSizeHint(QSize(0, self._bench.theme.row_height * 3 // 4))
            self.offers.addItem(item)
        self.offers.setCurrentRow(0 if rows else -1)
        self._say()
        self._showing = False

    def _say(self) -> None:
        """What the chosen lead has planned already makes way for this."""
        lead = self._lead()
        if lead is not None:
            self._fields.know(lead)
            if lead.id == self._before[0]:
                self._fields.rest_on(self._before[1])
        if lead is None:
            self._note.setText(tr("No lead matches."))
        elif lead.next_activity_at is not None or lead.next_activity:
            now = self._bench.clock.now()
            at = "" if lead.next_activity_at is None else day_and_time(lead.next_activity_at, now)
            step = ", ".join(part for part in (lead.next_activity, at) if part)
            self._note.setText(tr("This takes the place of: %1").replace("%1", step))
        else:
            self._note.setText(tr("It has no next step yet."))


def plan_dialog(bench: Workbench, asked: Filter, when: dt.datetime, parent: QWidget, *, lead_id: str) -> CommandDialog:
    """The form for a step at that time; `lead_id` is the lead that is offered first, empty for none."""
    title = tr("Plan a next step")
    draft = FormDraft(bench.remembered, "leads.plan_here", title, apart=True)
    return CommandDialog(title, tr("Plan it"), PlanForm(bench, asked, when, lead_id), parent, draft=draft)
