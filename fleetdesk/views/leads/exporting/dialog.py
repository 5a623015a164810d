"""`ExportDialog`: which leads go into a file, with what of them; then how far it is."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QProgressBar, QWidget
from sqlalchemy import Connection

from fleetdesk.commands.pending import CommandDesk
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.tasks import Cancelled
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.radio_choice import RadioChoice
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.lead_export import EXPORTED, keys_of_ids, keys_of_query
from fleetdesk.queries.leads import LeadQuery, lead_ids
from fleetdesk.reports.lead_export import ExportProgress, export_leads, exported_fields
from fleetdesk.views.file_dialogs import ask_where
from fleetdesk.views.long_acts import GoesOn, LongAct
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["ExportDialog", "Exportable"]

_WIDTH = 480
_KINDS = {"xlsx": "Excel (*.xlsx)", "csv": "CSV, for any program (*.csv)"}

Keys = Callable[[Connection], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Exportable:
    """What there is to be exported: all that match, the chosen ones by their row keys, the columns that are shown."""

    query: LeadQuery
    matching: int
    chosen: array[int]
    columns: tuple[str, ...]


class ExportDialog(Dialog):
    """A cancelled export, or one that fails, leaves no file."""

    def __init__(self, bench: Workbench, there: Exportable, parent: QWidget) -> None:
        super().__init__(tr("Export leads"), parent)
        self._bench = bench
        self._there = there
        self._ids: list[str] = []
        self._under_way: LongAct | None = None
        many = plural(there.matching, tr("The lead that matches"), tr("All %n that match"))
        some = plural(len(there.chosen), tr("The chosen one"), tr("The %n chosen ones"))
        self._which = RadioChoice(
            tr("Which leads"), {"chosen": some, "matching": many} if there.chosen else {"matching": many}
        )
        self._what = RadioChoice(
            tr("What of them"), {"shown": tr("The columns that are shown"), "all": tr("All that is known of them")}
        )
        self._kind = RadioChoice(tr("As"), {kind: tr(text) for kind, text in _KINDS.items()})
        self._said = Label(tint=Tint.MUTED, wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("How far it is"))
        self._cancel = Button(tr("Cancel"), self.reject)
        self._verb = Button(tr("Choose where"), self._ask_where, kind=Kind.PRIMARY)
        self._verb.setDefault(True)
        self._lay_out()
        if there.chosen:
            # By their ids: row keys are those of one local copy.
            self._verb.setEnabled(False)
            bench.readings.run(lambda found: lead_ids(found, there.chosen), on_success=self._know, owner=self)

    def choose(self, *, which: str = "", what: str = "", kind: str = "") -> None:
        """Choose by the keys of what is offered; what is left out stays."""
        for choice, key in ((self._which, which), (self._what, what), (self._kind, kind)):
            if key:
                choice.choose(key)

    def export_to(self, path: Path) -> None:
        """Write the file."""
        bench, ids, query = self._bench, self._ids, self._there.query
        fields = exported_fields(self._there.columns) if self._what.key == "shown" else EXPORTED
        viewpoint = Viewpoint(bench.person.id, bench.clock.now())
        keys: Keys = lambda found: keys_of_query(found, query, viewpoint)  # noqa: E731  (one of two)
        if self._which.key == "chosen":
            keys = lambda found: keys_of_ids(found, ids)  # noqa: E731

        def work(_desk: CommandDesk, go_on: GoesOn[ExportProgress]) -> int:
            def say(far: ExportProgress) -> None:
                if not go_on(far):
                    raise Cancelled

            with bench.readings.open() as connection:
                return export_leads(connection, keys(connection), path, fields=fields, say=say)

        self._show_under_way(path)
        self._under_way = bench.acts.carry_out(
            work,
            owner=self,
            on_moved=self._moved,
            on_success=lambda leads: self._done(leads, path),
            on_failure=self._failed,
        )

    def reject(self) -> None:
        """Close; what is under way is ended first."""
        if self._under_way is None:
            super().reject()
        else:
            self._under_way.end()
            self._cancel.setEnabled(False)

    def _lay_out(self) -> None:
        self.setMinimumWidth(self._bench.theme.pixels(_WIDTH))
        self._bar.hide()
        self._said.hide()
        buttons = row(STRETCH, self._cancel, self._verb, margins=(0, GRID, 0, 0))
        title = Label(self.windowTitle(), size=TextSize.TITLE)
        parts = (title, self._which, self._what, self._kind, self._said, self._bar, buttons)
        self.setLayout(column(*parts, gap=2 * GRID, margins=3 * GRID))

    def _know(self, ids: list[str]) -> None:
        self._ids = ids
        self._verb.setEnabled(True)

    def _ask_where(self) -> None:
        kind = self._kind.key
        ask_where(
            self._bench.remembered,
            self,
            title=tr("Export leads"),
            purpose="export",
            name=f"leads.{kind}",
            filters=[tr(_KINDS[kind])],
            suffix=kind,
            on_chosen=self.export_to,
        )

    def _show_under_way(self, path: Path) -> None:
        for part in (self._which, self._what, self._kind, self._verb):
            part.setEnabled(False)
        self._bar.setRange(0, 0)
        self._bar.show()
        self._said.setText(tr("Writing %1").replace("%1", isolated(path.name)))
        self._said.show()

    def _moved(self, far: ExportProgress) -> None:
        self._bar.setRange(0, max(1, far.leads))
        self._bar.setValue(far.done)
        of = plural(far.leads, tr("%1 of %n lead"), tr("%1 of %n leads"))
        self._said.setText(of.replace("%1", number(far.done)))

    def _done(self, leads: int, path: Path) -> None:
        self._under_way = None
        said = plural(leads, tr("%n lead is in %1."), tr("%n leads are in %1."))
        self._bench.notifier.success(said.replace("%1", isolated(path.name)))
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._under_way = None
        if isinstance(error, Cancelled):
            self._bench.notifier.info(tr("The export was cancelled. No file was written."))
            super().reject()
            return
        for part in (self._which, self._what, self._kind, self._verb, self._cancel):
            part.setEnabled(True)
        self._bar.hide()
        self._said.setText(message_for(error).text)
        self._said.show()
