"""`ImportWizard`: a file becomes leads in four steps, each of which can be gone back from with all that was said."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QStackedWidget, QWidget

from fleetdesk.commands.pending import BatchDone, CommandDesk
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.tab_order import give_keyboard_on
from fleetdesk.qt.tasks import Cancelled
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.queries.staff import StaffPerson, staff_directory
from fleetdesk.reports.import_report import ImportReport
from fleetdesk.reports.lead_import import ImportProgress, open_leads, run_import
from fleetdesk.reports.left_out import write_left_out
from fleetdesk.reports.survey import survey_columns
from fleetdesk.reports.tables import AS_FOUND, Reading
from fleetdesk.views.leads.importing.choices import Opened, People, choices_of, merged_targets
from fleetdesk.views.leads.importing.columns_step import ColumnsStep
from fleetdesk.views.leads.importing.existing_choice import ExistingChoice
from fleetdesk.views.leads.importing.file_step import FileStep
from fleetdesk.views.leads.importing.memory import MappingMemory, Said
from fleetdesk.views.leads.importing.report_view import ReportView
from fleetdesk.views.leads.importing.steps_line import StepsLine
from fleetdesk.views.leads.importing.words import how_far
from fleetdesk.views.long_acts import GoesOn, LongAct
from fleetdesk.views.workbench import Workbench

__all__ = ["ImportWizard", "Step"]

T = TypeVar("T")
A = TypeVar("A")
_SIZE = (960, 704)


class Step(enum.IntEnum):
    """Where one is."""

    FILE = 0
    COLUMNS = 1
    CHECK = 2
    DONE = 3


class ImportWizard(Dialog):
    """Whatever takes a while shows how far it is and can be cancelled; nothing is imported before the last step."""

    def __init__(self, bench: Workbench, path: Path, parent: QWidget) -> None:
        super().__init__(tr("Import leads from %1").replace("%1", path.name), parent)
        self._bench = bench
        self._path = path
        self._memory = MappingMemory(bench.remembered)
        self._opened: Opened | None = None
        self._people = People()
        self._report: ImportReport | None = None
        self._under_way: LongAct | None = None
        self._step = Step.FILE
        self._again: Callable[[], None] = self._look
        self._file, self._columns = FileStep(bench.theme), ColumnsStep(bench.theme)
        self._existing = ExistingChoice(bench.theme)
        self._check, self._done = ReportView(bench), ReportView(bench)
        self._steps = StepsLine([tr("File"), tr("Columns"), tr("Check"), tr("Done")])
        self._title = Label(self.windowTitle(), size=TextSize.TITLE)
        self._trouble = Label(tint=Tint.DANGER, wrap=True)
        self._left_out = Button(tr("Save the rows left out"), self._ask_where)
        self._undo = Button(tr("Undo the import"), self._undo_import)
        self._close = Button(tr("Cancel"), self.reject)
        self._back = Button(tr("Back"), self._go_back)
        self._next = Button(tr("Next"), self._go_on, kind=Kind.PRIMARY)
        self._lay_out()
        self._file.reading_asked.connect(self._read_as)
        self._columns.changed.connect(self._said_more)
        self._existing.changed.connect(self._check_again)
        bench.readings.run(staff_directory, on_success=self._know_people, owner=self)
        self._look()

    @property
    def step(self) -> Step:
        """Where one is."""
        return self._step

    @property
    def report(self) -> ImportReport | None:
        """What the file would bring, or brought; None before it was checked."""
        return self._report

    @property
    def columns(self) -> ColumnsStep:
        """The step about columns."""
        return self._columns

    @property
    def existing(self) -> ExistingChoice:
        """The choice about leads that are there already."""
        return self._existing

    @property
    def file(self) -> FileStep:
        """The step about the file."""
        return self._file

    @property
    def shown_report(self) -> ReportView:
        """The report in sight."""
        return self._done if self._step is Step.DONE else self._check

    def reject(self) -> None:
        """Close; what is under way is ended first, with nothing half done."""
        if self._under_way is None:
            super().reject()
            return
        self._under_way.end()
        self._close.setEnabled(False)
        self._overlay.show_overlay(Overlay(OverlayKind.LOADING, tr("Cancelling")))

    def save_left_out(self, path: Path) -> None:
        """Write the rows of which nothing came, each with its reason, to a file that can be imported again."""
        report = self._report
        assert report is not None

        def work(_desk: CommandDesk, go_on: GoesOn[int]) -> None:
            write_left_out(report, path, _or_cancelled(go_on))

        def written(_nothing: None) -> None:
            self._rest()
            self._bench.notifier.success(tr("The rows left out are in %1.").replace("%1", isolated(path.name)))

        def failed(error: Exception) -> None:
            self._rest()
            if not isinstance(error, Cancelled):
                self._bench.notifier.failed(error)

        doing = tr("Saving the rows left out")
        self._begin(doing, work, lambda far: how_far(far, report.rows), written, failed, alone=True)

    # Set-up

    def _lay_out(self) -> None:
        self.resize(*_SIZE)
        self._stack = QStackedWidget()
        lines = column(self._existing, self._check, gap=2 * GRID)
        lines.setStretchFactor(self._check, 1)
        check = QFrame()
        check.setLayout(lines)
        for page in (self._file, self._columns, check, self._done):
            self._stack.addWidget(page)
        buttons = row(self._left_out, self._undo, STRETCH, self._close, self._back, self._next)
        head = column(self._title, self._steps, gap=GRID)
        lines = column(head, self._stack, self._trouble, buttons, gap=2 * GRID, margins=3 * GRID)
        lines.setStretchFactor(self._stack, 1)
        self.setLayout(lines)
        self._overlay = StateOverlay(self._bench.theme, self._stack)
        self._show_step(Step.FILE)

    def _show_step(self, step: Step) -> None:
        self._step = step
        self._steps.show_step(step)
        self._stack.setCurrentIndex(step)
        self._tell("")
        left_out = self._report is not None and len(self._report.left_out) > 0
        self._left_out.setVisible(step in (Step.CHECK, Step.DONE) and left_out)
        self._undo.setVisible(step is Step.DONE and self._report is not None and self._report.act is not None)
        self._back.setVisible(step in (Step.COLUMNS, Step.CHECK))
        self._next.setVisible(step is not Step.DONE)
        self._close.set_text(tr("Close") if step is Step.DONE else tr("Cancel"))
        self._word_next()
        if step is Step.DONE:
            self._close.setDefault(True)
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.isVisible() and self.focusWidget() is None:
            give_keyboard_on(self, forward=True)

    def _word_next(self) -> None:
        ready = self._opened is not None and self._under_way is None
        if self._step is Step.CHECK:
            brought = 0 if self._report is None else self._report.created + self._report.updated
            self._next.set_text(plural(brought, tr("Import %n lead"), tr("Import %n leads")))
            ready = ready and brought > 0
        else:
            self._next.set_text(tr("Next"))
        self._next.setEnabled(ready)
        for button in (self._back, self._left_out, self._undo):
            button.setEnabled(self._under_way is None)
        self._next.setDefault(ready)

    def _tell(self, trouble: str) -> None:
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))

    def _know_people(self, staff: tuple[StaffPerson, ...]) -> None:
        self._people = People.of(staff, self._bench.platform.access)

    # To and fro

    def _go_on(self) -> None:
        match self._step:
            case Step.FILE:
                self._survey()
            case Step.COLUMNS:
                self._check_file()
            case _:
                self._import()

    def _go_back(self) -> None:
        self._overlay.clear_overlay()
        self._show_step(Step(self._step - 1))

    # The file

    def _look(self, asked: Reading = AS_FOUND) -> None:
        path = self._path

        def work(_desk: CommandDesk, _go_on: GoesOn[int]) -> Opened:
            return Opened(open_leads(path, asked), asked)

        self._again = partial(self._look, asked)
        self._begin(tr("Reading %1").replace("%1", isolated(path.name)), work, lambda _far: "", self._looked)

    def _looked(self, opened: Opened) -> None:
        self._opened = opened
        self._rest()
        self._file.show_sheet(opened.sheet, opened.asked)
        self._show_step(Step.FILE)

    def _read_as(self, asked: Reading) -> None:
        self._look(asked)

    def _survey(self) -> None:
        opened = self._opened
        assert opened is not None
        if opened.survey is not None:
            self._show_columns(opened)
            return

        def work(_desk: CommandDesk, go_on: GoesOn[int]) -> Opened:
            survey = survey_columns(opened.sheet, _or_cancelled(go_on))
            return Opened(opened.sheet, opened.asked, survey)

        self._again = self._survey
        doing = tr("Looking at the columns")
        self._begin(doing, work, lambda far: how_far(far, None), self._show_columns)

    # The columns

    def _show_columns(self, opened: Opened) -> None:
        fresh = self._opened is None or self._opened.survey is None
        self._opened = opened
        self._rest()
        assert opened.survey is not None
        if fresh:
            said = self._memory.get(opened.sheet.titles)
            self._recall(opened, said or Said())
        self._show_step(Step.COLUMNS)

    def _recall(self, opened: Opened, said: Said) -> None:
        titles, survey = opened.sheet.titles, opened.survey
        assert survey is not None
        targets = merged_targets(titles, said)
        self._columns.stages, self._columns.owners = dict(said.stages), dict(said.owners)
        self._columns.show_columns(titles, targets, survey, people=self._people.able, known_owners=self._people.known)
        self._existing.show_choice(said.on_existing, said.overwritten, targets)

    def _said(self) -> Said:
        assert self._opened is not None
        return Said(
            dict(zip(self._opened.sheet.titles, self._columns.targets, strict=True)),
            dict(self._columns.stages),
            dict(self._columns.owners),
            self._existing.on_existing,
            self._existing.overwritten,
        )

    def _said_more(self) -> None:
        """Remember it at once: what was typed is there again after a crash, and with the next file like this."""
        if self._opened is not None:
            self._memory.keep(self._opened.sheet.titles, self._said())
        self._tell("")

    # What it would bring

    def _check_file(self) -> None:
        opened = self._opened
        assert opened is not None
        said = self._said()
        choices = choices_of(opened, said)
        if choices.mapping is None or not choices.mapping.names_leads:
            self._tell(tr("Say which column names a person, a company, an email or a phone."))
            return
        self._said_more()
        self._existing.show_choice(said.on_existing, said.overwritten, self._columns.targets)
        self._run(dry_run=True)

    def _check_again(self) -> None:
        self._said_more()
        self._run(dry_run=True)

    def _import(self) -> None:
        self._run(dry_run=False)

    def _run(self, *, dry_run: bool) -> None:
        opened, path, clock = self._opened, self._path, self._bench.clock
        assert opened is not None
        choices = choices_of(opened, self._said())

        def work(desk: CommandDesk, go_on: GoesOn[ImportProgress]) -> ImportReport:
            say = _or_cancelled(go_on)
            with self._bench.readings.open() as connection:
                return run_import(path, desk, connection, clock=clock, choices=choices, dry_run=dry_run, say=say)

        rows = None if opened.survey is None else opened.survey.rows
        self._again = partial(self._run, dry_run=dry_run)
        doing = tr("Checking every row") if dry_run else tr("Importing")
        came = self._checked if dry_run else self._imported
        failed = None if dry_run else self._not_imported
        self._begin(doing, work, lambda far: how_far(far, rows), came, failed, alone=not dry_run)

    def _checked(self, report: ImportReport) -> None:
        self._report = report
        self._rest()
        self._check.show_report(report)
        self._show_step(Step.CHECK)

    def _imported(self, report: ImportReport) -> None:
        late = self._under_way is not None and self._under_way.ending
        self._report = report
        self._rest()
        self._bench.outbox.refresh()
        self._done.show_report(report)
        said = _brought(report)
        self._title.setText(said)
        self._show_step(Step.DONE)
        if late or report.stopped:
            kept = tr("It was too late to cancel.") if late else ""
            self._bench.notifier.warning(said, kept=kept, do=report.stopped)
        else:
            self._bench.notifier.success(said)

    def _not_imported(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._rest()
            self._bench.notifier.info(tr("The import was cancelled. Nothing was imported."))
            super().reject()
        else:
            self._failed(error)

    # Taking it back

    def _undo_import(self) -> None:
        report = self._report
        assert report is not None
        act = report.act
        assert act is not None

        def work(desk: CommandDesk, go_on: GoesOn[int]) -> BatchDone:
            return desk.undo(act, go_on=go_on)

        rows = report.created + report.updated
        self._again = self._undo_import
        self._begin(tr("Undoing the import"), work, lambda far: how_far(far, rows), self._undone, alone=True)

    def _undone(self, done: BatchDone) -> None:
        self._rest()
        self._bench.outbox.refresh()
        self._undo.setVisible(False)
        if done.trouble is not None:
            self._bench.notifier.failed(done.trouble)
        changed = len(done.refused)
        left = plural(changed, tr("%n lead was changed since, and stays."), tr("%n were changed since, and stay."))
        report = self._report
        assert report is not None
        back = report.created + report.updated - changed
        said = plural(back, tr("%n lead is as before the import."), tr("%n leads are as before the import."))
        if done.ended and done.trouble is None:
            self._undo.setVisible(True)
            self._bench.notifier.warning(
                tr("The import is undone in part."), kept=tr("The rest stays until you go on.")
            )
        elif done.refused:
            self._title.setText(f"{said} {left}")
            self._bench.notifier.warning(said, kept=left)
        else:
            self._title.setText(said)
            self._bench.notifier.success(said)

    # What takes a while

    def _begin(
        self,
        doing: str,
        work: Callable[[CommandDesk, GoesOn[T]], object],
        far_text: Callable[[T], str],
        came: Callable[..., None],
        failed: Callable[[Exception], None] | None = None,
        *,
        alone: bool = False,
    ) -> None:
        """Do it in place of what is under way, whose answer nobody waits for any more; `alone`, nothing else begins."""
        if self._under_way is not None:
            self._under_way.end()
        self._tell("")
        self._overlay.show_overlay(Overlay(OverlayKind.LOADING, doing))

        def moved(far: T) -> None:
            if not act.ending:
                self._overlay.show_overlay(Overlay(OverlayKind.LOADING, doing, far_text(far)))

        def latest(tell: Callable[[A], None]) -> Callable[[A], None]:
            return lambda answer: tell(answer) if self._under_way is act else None

        act = self._bench.acts.carry_out(
            work, owner=self, on_moved=moved, on_success=latest(came), on_failure=latest(failed or self._failed)
        )
        self._under_way = act
        self._stack.setEnabled(not alone)
        self._word_next()

    def _rest(self) -> None:
        self._under_way = None
        self._stack.setEnabled(True)
        self._overlay.clear_overlay()
        self._close.setEnabled(True)
        self._word_next()

    def _failed(self, error: Exception) -> None:
        cancelled = isinstance(error, Cancelled)
        self._rest()
        if cancelled:
            super().reject()
            return
        sentence = message_for(error).text
        if self._step is Step.FILE and self._opened is not None:
            self._file.show_sheet(self._opened.sheet, self._opened.asked)
            self._tell(sentence)
            return
        title = tr("The file cannot be imported") if self._report is None else tr("It did not work")
        self._overlay.show_overlay(Overlay(OverlayKind.ERROR, title, sentence, tr("Try again"), self._again))
        self._next.setEnabled(False)

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, tr("Save the rows left out"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("Table (*.csv)"), tr("Excel (*.xlsx)")])
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self._path.stem}-left-out.csv")
        dialog.fileSelected.connect(lambda name: self.save_left_out(Path(name)))
        dialog.open()


def _or_cancelled(go_on: GoesOn[T]) -> Callable[[T], None]:
    """Tells how far it is; raises Cancelled where it shall end."""

    def say(far: T) -> None:
        if not go_on(far):
            raise Cancelled

    return say


def _brought(report: ImportReport) -> str:
    created = plural(report.created, tr("%n lead was imported"), tr("%n leads were imported"))
    if not report.updated:
        return f"{created}."
    return f"{created}, {plural(report.updated, tr('%n was updated'), tr('%n were updated'))}."
