"""`PastImports`: the imports that were, each of which can be taken back; what stays is told, with who changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from fleetdesk.commands.pending import CommandDesk
from fleetdesk.models.access import Permission
from fleetdesk.models.ids import Clock
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.notifier import Question
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.queries.lead_imports import PastImport, past_imports
from fleetdesk.queries.links import Link
from fleetdesk.reports.lead_revert import LeftLead, RevertReport, run_revert
from fleetdesk.views.leads.importing.listed import ListedTable
from fleetdesk.views.leads.importing.words import undone
from fleetdesk.views.long_acts import GoesOn, LongAct
from fleetdesk.views.words import day_and_time, exact_time, number
from fleetdesk.views.workbench import Workbench

__all__ = ["PastImports"]

_SIZE = (960, 640)


@dataclass(frozen=True, slots=True)
class _Left:
    """A lead of which something stays, as a row of the table."""

    id: str
    lead: LeftLead


class PastImports(Dialog):
    """A list; and, after one was taken back, what of it stays."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(tr("Past imports"), parent)
        self._bench = bench
        self._under_way: LongAct | None = None
        self.table: ListedTable[PastImport] = ListedTable(
            _columns(bench.clock), bench.theme, bench.runner, tr("Past imports")
        )
        self.table.set_empty(Overlay(OverlayKind.EMPTY, tr("Nothing was imported yet"), icon="upload-simple"))
        self.left: ListedTable[_Left] = ListedTable(
            _left_columns(bench.clock), bench.theme, bench.runner, tr("Leads that stay, and why")
        )
        self._title = Label(self.windowTitle(), size=TextSize.TITLE)
        self._about = Label(tr("They can be taken back days later too; what was done since stays."), tint=Tint.MUTED)
        self._show_leads = Button(tr("Show its leads"), self._go_to_leads)
        self._undo = Button(tr("Undo this import"), self._ask, kind=Kind.DANGER)
        self._back = Button(tr("Back to the list"), self._show_list)
        self._close = Button(tr("Close"), self.reject)
        self._lay_out()
        self.table.selection.changed.connect(self._chosen)
        self._chosen()
        self._read()

    def take_back(self, past: PastImport) -> None:
        """Take an import back, as far as nobody changed its leads since."""
        bench = self._bench

        def work(desk: CommandDesk, go_on: GoesOn[int]) -> RevertReport:
            with bench.readings.open() as connection:
                return run_revert(past, desk, connection, clock=bench.clock, go_on=go_on)

        self._overlay.show_overlay(Overlay(OverlayKind.LOADING, tr("Undoing the import")))
        self._close.set_text(tr("Stop here"))
        self._under_way = bench.acts.carry_out(
            work, owner=self, on_moved=self._moved, on_success=partial(self._came, past), on_failure=self._failed
        )
        self._chosen()

    def reject(self) -> None:
        """Close; while an import is taken back, end that after the leads that are under way."""
        if self._under_way is None:
            super().reject()
        else:
            self._under_way.end()
            self._close.setEnabled(False)

    def _lay_out(self) -> None:
        self.resize(*_SIZE)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.left)
        self._back.hide()
        head = column(self._title, self._about, gap=GRID // 2)
        buttons = row(self._show_leads, self._undo, self._back, STRETCH, self._close)
        lines = column(head, self._stack, buttons, gap=2 * GRID, margins=3 * GRID)
        lines.setStretchFactor(self._stack, 1)
        self.setLayout(lines)
        self._overlay = StateOverlay(self._bench.theme, self._stack)

    def _read(self) -> None:
        self._bench.readings.run(past_imports, on_success=self.table.show_rows, owner=self, cancel_key="imports")

    def _chosen(self) -> None:
        past = self.table.selection.current_row
        listed = self._stack.currentWidget() is self.table and self._under_way is None
        may = self._bench.allows(Permission.LEADS_IMPORT)
        in_list = self._stack.currentWidget() is self.table
        self._show_leads.setVisible(in_list)
        self._undo.setVisible(in_list)
        self._show_leads.setEnabled(listed and past is not None)
        self._undo.setEnabled(listed and may and past is not None and past.taken_back_at is None)

    def _go_to_leads(self) -> None:
        past = self.table.selection.current_row
        if past is not None:
            self.accept()
            self._bench.navigator.open_link(Link("leads", query=f"import:{past.id}"))

    def _ask(self) -> None:
        past = self.table.selection.current_row
        if past is None:
            return
        leads = plural(past.created + past.updated, tr("%n lead"), tr("%n leads"))
        text = tr(
            "%1 from %2. Leads that were created go, others get their former values back; what was changed since stays."
        )
        question = Question(
            tr("Undo this import?"),
            text.replace("%1", leads).replace("%2", isolated(past.file_name)),
            tr("Undo the import"),
            dangerous=True,
        )
        self._bench.notifier.ask(question, partial(self.take_back, past))

    def _moved(self, leads: int) -> None:
        if self._under_way is not None and not self._under_way.ending:
            far = plural(leads, tr("%n lead"), tr("%n leads"))
            self._overlay.show_overlay(Overlay(OverlayKind.LOADING, tr("Undoing the import"), far))

    def _came(self, past: PastImport, report: RevertReport) -> None:
        self._rest()
        self._bench.outbox.refresh()
        self._read()
        notifier = self._bench.notifier
        said = undone(report.leads, past.updated)
        stay = plural(len(report.left), tr("%n lead stays, or a part of it."), tr("%n leads stay, or a part of them."))
        if report.done.trouble is not None:
            notifier.failed(report.done.trouble)
        elif report.done.ended:
            notifier.warning(tr("The import is undone in part."), kept=tr("Undo it again to go on with the rest."))
        elif report.left:
            notifier.warning(said, kept=stay)
        else:
            notifier.success(said)
        if report.left:
            self._show_left(past, report.left, f"{said} {stay}")

    def _show_left(self, past: PastImport, left: Sequence[LeftLead], said: str) -> None:
        self._title.setText(isolated(past.file_name))
        self._about.setText(said)
        self.left.show_rows([_Left(f"{place}", lead) for place, lead in enumerate(left)])
        self._stack.setCurrentWidget(self.left)
        self._back.show()
        self._chosen()

    def _show_list(self) -> None:
        self._title.setText(self.windowTitle())
        self._about.setText(tr("They can be taken back days later too; what was done since stays."))
        self._stack.setCurrentWidget(self.table)
        self._back.hide()
        self._chosen()

    def _failed(self, error: Exception) -> None:
        self._rest()
        self._bench.notifier.failed(error)

    def _rest(self) -> None:
        self._under_way = None
        self._overlay.clear_overlay()
        self._close.setEnabled(True)
        self._close.set_text(tr("Close"))
        self._chosen()


def _columns(clock: Clock) -> tuple[Column[PastImport], ...]:
    def when(past: PastImport) -> Cell:
        return Cell(day_and_time(past.imported_at, clock.now()), tooltip=exact_time(past.imported_at))

    def count(name: str) -> Column[PastImport]:
        titles = {
            "created": tr("New"),
            "updated": tr("Updated"),
            "duplicates": tr("Duplicates"),
            "failed": tr("Failed"),
        }
        return Column(name, titles[name], lambda past: Cell(number(getattr(past, name))), 88, Align.END, sortable=False)

    return (
        Column("when", tr("When"), when, 136, sortable=False),
        Column("file", tr("File"), lambda past: Cell(past.file_name, strong=True), 144, sortable=False, stretch=True),
        Column("who", tr("Who"), lambda past: Cell(past.person), 136, sortable=False),
        *map(count, ("created", "updated", "duplicates", "failed")),
        Column("state", tr("State"), _state, 104, sortable=False),
    )


def _state(past: PastImport) -> Cell:
    if past.taken_back_at is not None:
        return Cell(tr("Undone"), tone=Tone.NEUTRAL, tooltip=exact_time(past.taken_back_at))
    return Cell(tr("Imported"), tone=Tone.SUCCESS)


def _left_columns(clock: Clock) -> tuple[Column[_Left], ...]:
    def when(left: _Left) -> Cell:
        at = left.lead.at
        return Cell(day_and_time(at, clock.now()), tooltip=exact_time(at)) if at is not None else Cell("–", muted=True)

    def who(left: _Left) -> Cell:
        return Cell(left.lead.person) if left.lead.person else Cell("–", muted=True)

    return (
        Column(
            "name",
            tr("Lead"),
            lambda left: Cell(left.lead.name or tr("Unnamed lead"), strong=True),
            200,
            sortable=False,
        ),
        Column(
            "what",
            tr("Why it stays"),
            lambda left: Cell(left.lead.what, tooltip=left.lead.what),
            320,
            sortable=False,
            stretch=True,
        ),
        Column("who", tr("Who"), who, 136, sortable=False),
        Column("when", tr("When"), when, 136, sortable=False),
    )
