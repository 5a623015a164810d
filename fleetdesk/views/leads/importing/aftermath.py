"""`Aftermath`: what can be done with an import that was checked or made: its leads, what was left out, the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.commands.pending import BatchDone, CommandDesk
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.tasks import Cancelled
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.queries.links import Link
from fleetdesk.reports.import_report import ImportReport
from fleetdesk.reports.left_out import write_left_out
from fleetdesk.views.file_dialogs import ask_where
from fleetdesk.views.leads.importing.progress import Progress, or_cancelled
from fleetdesk.views.leads.importing.words import how_far, undone
from fleetdesk.views.long_acts import GoesOn
from fleetdesk.views.workbench import Workbench

__all__ = ["Aftermath", "tell_elsewhere"]

_BROUGHT = "imported"  # the key of what is told of an import that went on without its dialog


class Aftermath(QObject):
    """Three buttons, there where they lead anywhere."""

    said = Signal(str)  # what the import came to in the end
    saved = Signal(str)  # where the rows left out are
    left = Signal()  # the person goes where its leads are

    def __init__(self, bench: Workbench, progress: Progress, window: QWidget, failed: Callable[..., None]) -> None:
        """`failed` is told what did not work, and what to do to try again."""
        super().__init__(window)
        self._bench = bench
        self._progress = progress
        self._window = window
        self._failed = failed
        self._report: ImportReport | None = None
        self._undone = False
        self.left_out = Button(tr("Save the rows left out"), self._ask_where)
        self.undo = Button(tr("Undo the import"), self.take_back)
        self.leads = Button(tr("Show the imported leads"), self._show_leads)
        progress.changed.connect(self._enable)

    @property
    def buttons(self) -> tuple[Button, Button, Button]:
        """In the order of the eye."""
        return self.left_out, self.undo, self.leads

    def show_report(self, report: ImportReport | None) -> None:
        """Show the buttons for what a file would bring, or brought; none for nothing."""
        self._report, self._undone = report, False
        self._show()

    def save_left_out(self, path: Path) -> None:
        """Write the rows of which nothing came, each with its reason, to a file that can be imported again."""
        report = self._report
        assert report is not None

        def work(_desk: CommandDesk, go_on: GoesOn[int]) -> None:
            write_left_out(report, path, or_cancelled(go_on))

        def written(_nothing: None) -> None:
            self._progress.rest()
            self.saved.emit(tr("The rows left out are in %1.").replace("%1", isolated(path.name)))

        def failed(error: Exception) -> None:
            self._progress.rest()
            if not isinstance(error, Cancelled):
                self._bench.notifier.failed(error)

        doing = tr("Saving the rows left out")
        self._progress.begin(doing, work, lambda far: how_far(far, report.rows), written, failed, alone=True)

    def take_back(self) -> None:
        """Undo the import."""
        report = self._report
        assert report is not None
        act = report.act
        assert act is not None

        def work(desk: CommandDesk, go_on: GoesOn[int]) -> BatchDone:
            return desk.undo(act, go_on=go_on)

        def failed(error: Exception) -> None:
            self._failed(error, self.take_back)

        rows = report.created + report.updated
        doing = tr("Undoing the import")
        self._progress.begin(doing, work, lambda far: how_far(far, rows), self._taken_back, failed, alone=True)

    def _taken_back(self, done: BatchDone) -> None:
        self._progress.rest()
        self._bench.outbox.refresh()
        self._undone = not (done.ended and done.trouble is None)
        self._show()
        if done.trouble is not None:
            self._bench.notifier.failed(done.trouble)
        changed = len(done.refused)
        left = plural(changed, tr("%n lead was changed since, and stays."), tr("%n were changed since, and stay."))
        report = self._report
        assert report is not None
        back = report.created + report.updated - changed
        said = undone(back, report.updated)
        if not self._undone:
            self._bench.notifier.warning(
                tr("The import is undone in part."), kept=tr("The rest stays until you go on.")
            )
        elif done.refused:
            self.said.emit(f"{said} {left}")
            self._bench.notifier.warning(said, kept=left)
        else:
            self.said.emit(said)
            self._bench.notifier.success(said)

    def _show_leads(self) -> None:
        assert self._report is not None
        self.left.emit()
        self._bench.navigator.open_link(_leads_of(self._report))

    def _show(self) -> None:
        report = self._report
        made = report is not None and report.act is not None and not self._undone
        self.left_out.setVisible(report is not None and len(report.left_out) > 0)
        self.undo.setVisible(made)
        self.leads.setVisible(made and report is not None and report.created > 0)

    def _enable(self) -> None:
        for button in self.buttons:
            button.setEnabled(not self._progress.busy)

    def _ask_where(self) -> None:
        assert self._report is not None
        ask_where(
            self._bench.remembered,
            self._window,
            title=tr("Save the rows left out"),
            purpose="left_out",
            name=f"{self._report.path.stem}-left-out.csv",
            filters=[tr("Table (*.csv)"), tr("Excel (*.xlsx)")],
            suffix="csv",
            on_chosen=self.save_left_out,
        )


def tell_elsewhere(bench: Workbench, report: ImportReport, said: str) -> None:
    """The person went on with other work: one word, wherever they are, and the way to what came in."""
    left = plural(len(report.left_out), tr("%n row was left out."), tr("%n rows were left out."))
    bench.alerts.tell(
        Alert(
            what=said,
            do=" ".join(filter(None, (left if report.left_out else "", report.stopped))),
            verb=tr("Show the leads"),
            link=_leads_of(report),
            key=_BROUGHT,
            more=((tr("Show the import"), "leads.import_back"),),
            stays=True,
        )
    )


def _leads_of(report: ImportReport) -> Link:
    """Where the new leads of an import are."""
    return Link("leads", query=f"import:{report.import_id}")
