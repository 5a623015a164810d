"""`ImportWizard`: a file becomes leads in four steps, each of which can be gone back from with all that was said."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.tab_order import give_keyboard_on
from fleetdesk.qt.tasks import Cancelled
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.staff import StaffPerson, staff_directory
from fleetdesk.reports.import_report import ImportReport
from fleetdesk.reports.lead_import import ImportProgress
from fleetdesk.reports.tables import AS_FOUND, Reading
from fleetdesk.views.leads.importing.aftermath import Aftermath, tell_elsewhere
from fleetdesk.views.leads.importing.behind import Behind
from fleetdesk.views.leads.importing.choices import Opened, People
from fleetdesk.views.leads.importing.columns_step import ColumnsStep
from fleetdesk.views.leads.importing.existing_choice import ExistingChoice
from fleetdesk.views.leads.importing.file_step import FileStep
from fleetdesk.views.leads.importing.progress import Progress
from fleetdesk.views.leads.importing.report_view import ReportView
from fleetdesk.views.leads.importing.sayings import Sayings
from fleetdesk.views.leads.importing.steps_line import StepsLine
from fleetdesk.views.leads.importing.words import brought, how_far
from fleetdesk.views.leads.importing.works import bringing, looking, surveying
from fleetdesk.views.long_acts import Far, LongAct
from fleetdesk.views.workbench import Workbench

__all__ = ["ImportWizard", "Step"]

_SIZE = (960, 704)


class Step(enum.IntEnum):
    """Where one is."""

    FILE = 0
    COLUMNS = 1
    CHECK = 2
    DONE = 3


class ImportWizard(Behind):
    """Whatever takes a while shows how far it is and can be cancelled; nothing is imported before the last step."""

    def __init__(self, bench: Workbench, path: Path, parent: QWidget) -> None:
        super().__init__(tr("Import leads from %1").replace("%1", path.name), parent)
        self._bench = bench
        self._path = path
        self._opened: Opened | None = None
        self._people = People()
        self._report: ImportReport | None = None
        self._step = Step.FILE
        self._again: Callable[[], None] = self._look
        self._file = FileStep(bench.theme)
        self._sayings = Sayings(bench.theme, bench.remembered, bench.person.id, self)
        self._check, self._done = ReportView(bench), ReportView(bench)
        self._steps = StepsLine([tr("File"), tr("Columns"), tr("Check"), tr("Done")])
        self._title = Label(self.windowTitle(), size=TextSize.TITLE)
        self._trouble = Label(tint=Tint.DANGER, wrap=True)
        self._news = Label(tint=Tint.MUTED, wrap=True)
        self._meanwhile = Button(tr("Work on meanwhile"), self.go_behind)
        self._close = Button(tr("Cancel"), self.reject)
        self._back = Button(tr("Back"), self._go_back)
        self._next = Button(tr("Next"), self._go_on, kind=Kind.PRIMARY)
        self._lay_out()
        self._file.reading_asked.connect(self._look)
        self._sayings.said_more.connect(lambda: self._tell(""))
        self._sayings.existing_changed.connect(partial(self._run, dry_run=True))
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
        return self._sayings.columns

    @property
    def existing(self) -> ExistingChoice:
        """The choice about leads that are there already."""
        return self._sayings.existing

    @property
    def file(self) -> FileStep:
        """The step about the file."""
        return self._file

    @property
    def shown_report(self) -> ReportView:
        """The report in sight."""
        return self._done if self._step is Step.DONE else self._check

    @property
    def importing(self) -> bool:
        """Whether the leads come in just now."""
        return self._step is Step.CHECK and self._progress.alone

    def reject(self) -> None:
        """Close; what is under way is ended first, with nothing half done."""
        if not self._progress.busy:
            super().reject()
            return
        self._progress.end()
        self._close.setEnabled(False)

    def save_left_out(self, path: Path) -> None:
        """Write the rows of which nothing came, each with its reason, to a file that can be imported again."""
        self._after.save_left_out(path)

    # Set-up

    def _lay_out(self) -> None:
        self.resize(*_SIZE)
        self._stack = QStackedWidget()
        lines = column(self._sayings.existing, self._check, gap=2 * GRID)
        lines.setStretchFactor(self._check, 1)
        check = QFrame()
        check.setLayout(lines)
        for page in (self._file, self._sayings.columns, check, self._done):
            self._stack.addWidget(page)
        self._progress = Progress(self._bench, self._stack, self)
        self._after = Aftermath(self._bench, self._progress, self, self._failed)
        buttons = row(*self._after.buttons, STRETCH, self._meanwhile, self._close, self._back, self._next)
        head = column(self._title, self._steps, gap=GRID)
        lines = column(head, self._stack, self._trouble, self._news, buttons, gap=2 * GRID, margins=3 * GRID)
        lines.setStretchFactor(self._stack, 1)
        self.setLayout(lines)
        self._progress.changed.connect(self._word_next)
        self._after.said.connect(self._title.setText)
        self._after.saved.connect(self._report_news)
        self._after.left.connect(self.accept)
        self._show_step(Step.FILE)

    def _show_step(self, step: Step) -> None:
        self._step = step
        self._steps.show_step(step)
        self._stack.setCurrentIndex(step)
        self._tell("")
        self._after.show_report(self._report if step in (Step.CHECK, Step.DONE) else None)
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
        ready = self._opened is not None and not self._progress.busy
        if self._step is Step.CHECK:
            brought = 0 if self._report is None else self._report.created + self._report.updated
            self._next.set_text(plural(brought, tr("Import %n lead"), tr("Import %n leads")))
            ready = ready and brought > 0
        else:
            self._next.set_text(tr("Next"))
        self._next.setEnabled(ready)
        self._back.setEnabled(not self._progress.busy)
        self._next.setDefault(ready)
        self._meanwhile.setVisible(self.importing)
        if not self._progress.busy:
            self._close.setEnabled(True)

    def _tell(self, trouble: str) -> None:
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self._report_news("")

    def _report_news(self, news: str) -> None:
        """Say what went well here: a message of the window would stand behind."""
        self._news.setText(news)
        self._news.setVisible(bool(news))

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
                self._run(dry_run=False)

    def _go_back(self) -> None:
        self._progress.uncover()
        self._show_step(Step(self._step - 1))

    # The file

    def _look(self, asked: Reading = AS_FOUND) -> None:
        self._again = partial(self._look, asked)
        doing = tr("Reading %1").replace("%1", isolated(self._path.name))
        self._progress.begin(doing, looking(self._path, asked), lambda _far: "", self._looked, self._failed)

    def _looked(self, opened: Opened) -> None:
        self._opened = opened
        self._progress.rest()
        self._file.show_sheet(opened.sheet, opened.asked)
        self._show_step(Step.FILE)

    def _survey(self) -> None:
        opened = self._opened
        assert opened is not None
        if opened.survey is not None:
            self._show_columns(opened)
            return

        self._again = self._survey
        doing = tr("Looking at the columns")
        self._progress.begin(doing, surveying(opened), lambda far: how_far(far, None), self._show_columns, self._failed)

    def _show_columns(self, opened: Opened) -> None:
        fresh = self._opened is None or self._opened.survey is None
        self._opened = opened
        self._progress.rest()
        self._sayings.show_file(opened, self._people, fresh=fresh)
        self._show_step(Step.COLUMNS)

    # What it would bring

    def _check_file(self) -> None:
        if self._sayings.settle() is None:
            self._tell(tr("Say which column names a person, a company, an email or a phone."))
        else:
            self._run(dry_run=True)

    def _run(self, *, dry_run: bool) -> None:
        opened = self._opened
        assert opened is not None
        work = bringing(self._bench, self._path, self._sayings.choices, dry_run=dry_run)
        rows = None if opened.survey is None else opened.survey.rows
        self._again = partial(self._run, dry_run=dry_run)
        doing = tr("Checking every row") if dry_run else tr("Importing")
        came = self._checked if dry_run else self._imported
        failed = self._failed if dry_run else self._not_imported

        def told(act: LongAct, far: ImportProgress | None) -> None:
            if not dry_run:
                done = 0 if far is None else far.rows
                so_far = Far(tr("Importing"), done, rows or done, whole=True)
                self._bench.acts.under_way.moved(act, so_far, owner=self)

        self._progress.begin(doing, work, lambda far: how_far(far, rows), came, failed, alone=not dry_run, told=told)

    def _checked(self, report: ImportReport) -> None:
        self._report = report
        self._progress.rest()
        self._check.show_report(report)
        self._show_step(Step.CHECK)

    def _imported(self, report: ImportReport) -> None:
        late = self._progress.ending
        self._report = report
        self._progress.rest()
        self._bench.outbox.refresh()
        self._done.show_report(report)
        said = brought(report)
        self._title.setText(said)
        self._show_step(Step.DONE)
        if self.behind:
            tell_elsewhere(self._bench, report, said)
        elif late or report.stopped:
            kept = tr("It was too late to cancel.") if late else ""
            self._bench.notifier.warning(said, kept=kept, do=report.stopped)
        else:
            self._bench.notifier.success(said)

    def _not_imported(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._progress.rest()
            self.behind = False
            self._bench.notifier.info(tr("The import was cancelled. Nothing was imported."))
            super().reject()
        else:
            self.come_back()
            self._failed(error, self._again)

    def _failed(self, error: Exception, again: Callable[[], None] | None = None) -> None:
        self._progress.rest()
        if isinstance(error, Cancelled):
            super().reject()
            return
        sentence = message_for(error).text
        if self._step is Step.FILE and self._opened is not None:
            self._file.show_sheet(self._opened.sheet, self._opened.asked)
            self._tell(sentence)
            return
        title = tr("The file cannot be imported") if self._report is None else tr("It did not work")
        self._progress.cover(Overlay(OverlayKind.ERROR, title, sentence, tr("Try again"), again or self._again))
        self._next.setEnabled(False)
