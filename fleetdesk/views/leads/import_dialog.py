"""`ImportDialog`: what a file would bring, before anything is imported; then what it brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QGridLayout, QScrollArea, QWidget

from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_import import OnExisting, Reason
from fleetdesk.commands.pending import CommandDesk
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.tasks import Cancelled
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.reports.import_findings import FindingKind
from fleetdesk.reports.import_report import CheckSummary, ImportReport
from fleetdesk.reports.lead_import import ImportChoices, ImportProgress, run_import
from fleetdesk.reports.left_out import write_left_out
from fleetdesk.views.leads.words import field_label, stage_word
from fleetdesk.views.long_acts import GoesOn, LongAct
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["ImportDialog"]

_SIZE = (760, 640)
_LEFT = 22 * GRID
_ROWS_NAMED = 12

_TARGETS = {
    Target.FULL_NAME: "First and last name",
    Target.STAGE: "A tag; the lead itself begins anew",
    Target.NOTE: "First note of the timeline",
    Target.REST: "Kept in the first note",
    Target.VERDICT: "Nothing: it is from an earlier import",
}


class ImportDialog(Dialog):
    """Reads the file at once without importing; the button says how many leads it would make."""

    def __init__(self, bench: Workbench, path: Path, parent: QWidget) -> None:
        super().__init__(tr("Import leads from %1").replace("%1", path.name), parent)
        self._bench = bench
        self._path = path
        self._report: ImportReport | None = None
        self._importing: LongAct | None = None
        self.resize(*_SIZE)
        self._title = Label(self.windowTitle(), size=TextSize.TITLE)
        self._about = Label(tint=Tint.MUTED, wrap=True)
        self._figures = row(gap=5 * GRID)
        self._keep = CheckBox(bench.theme, tr("Import duplicates too"))
        self._keep.toggled.connect(lambda _on: self._look())
        self._sections = column(gap=3 * GRID, margins=(0, 0, GRID, 0))
        self._left_out = Button(tr("Save the rows left out"), self._ask_where)
        self._close = Button(tr("Cancel"), self.reject)
        self._import = Button(tr("Import"), self._begin, kind=Kind.PRIMARY)
        self._lay_out()
        self._look()

    @property
    def report(self) -> ImportReport | None:
        """What the file would bring, or brought; None while it is read."""
        return self._report

    def reject(self) -> None:
        """Close; while leads are imported, end that first."""
        if self._importing is None:
            super().reject()
            return
        self._importing.end()
        self._close.setEnabled(False)
        self._overlay.show_overlay(Overlay(OverlayKind.LOADING, tr("Cancelling the import")))

    def save_left_out(self, path: Path) -> None:
        """Write the rows that became no lead, each with its reason, to a file that can be imported again."""
        report = self._report
        assert report is not None
        said = tr("The rows left out are in %1.").replace("%1", path.name)
        self._bench.runner.run(
            lambda _cancel: write_left_out(report, path),
            on_success=lambda _nothing: self._bench.notifier.success(said),
            owner=self,
        )

    def _lay_out(self) -> None:
        area = QScrollArea()
        area.setWidget(panel(self._sections))
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setAccessibleName(tr("What the file brings"))
        content = panel(column(self._about, self._figures, area, self._keep, gap=2 * GRID))
        buttons = row(self._left_out, STRETCH, self._close, self._import)
        lines = column(self._title, content, buttons, gap=2 * GRID, margins=3 * GRID)
        lines.setStretchFactor(content, 1)
        self.setLayout(lines)
        self._overlay = StateOverlay(self._bench.theme, content)

    # What the file brings

    def _look(self) -> None:
        self._run(dry_run=True, doing=tr("Reading %1").replace("%1", self._path.name))

    def _begin(self) -> None:
        self._run(dry_run=False, doing=tr("Importing"))

    def _run(self, *, dry_run: bool, doing: str) -> None:
        self._import.setEnabled(False)
        self._keep.setEnabled(False)
        self._left_out.hide()
        self._overlay.show_overlay(Overlay(OverlayKind.LOADING, doing))
        path, clock = self._path, self._bench.clock
        choices = ImportChoices(on_existing=OnExisting.CREATE if self._keep.isChecked() else OnExisting.LEAVE)

        def work(desk: CommandDesk, go_on: GoesOn[ImportProgress]) -> ImportReport:
            def say(far: ImportProgress) -> None:
                if not go_on(far):
                    raise Cancelled

            with self._bench.readings.open() as connection:
                return run_import(path, desk, connection, clock=clock, choices=choices, dry_run=dry_run, say=say)

        act = self._bench.acts.carry_out(
            work, owner=self, on_moved=partial(self._moved, doing), on_success=self._came, on_failure=self._failed
        )
        self._importing = None if dry_run else act

    def _moved(self, doing: str, far: ImportProgress) -> None:
        if self._importing is None or not self._importing.ending:
            rows = None if self._report is None else self._report.rows
            self._overlay.show_overlay(Overlay(OverlayKind.LOADING, doing, _how_far(far, rows)))

    def _came(self, report: ImportReport) -> None:
        late = self._importing is not None and self._importing.ending
        self._importing = None
        self._report = report
        self._overlay.clear_overlay()
        self._left_out.setVisible(bool(report.left_out))
        self._keep.setEnabled(report.dry_run)
        self._keep.setVisible(report.dry_run and (report.duplicates > 0 or self._keep.isChecked()))
        self._show(report)
        if report.dry_run:
            self._import.set_text(plural(report.created, tr("Import %n lead"), tr("Import %n leads")))
            self._import.setEnabled(report.created > 0)
            self._import.setDefault(True)
            return
        self._import.hide()
        self._close.setEnabled(True)
        self._close.set_text(tr("Close"))
        self._tell(report, tr("It was too late to cancel.") if late else "")

    def _tell(self, report: ImportReport, late: str) -> None:
        """Say what an import brought; `late` where it should not have."""
        said = plural(report.created, tr("%n lead was imported."), tr("%n leads were imported."))
        self._title.setText(said)
        if late or report.stopped:
            self._bench.notifier.warning(said, kept=late, do=report.stopped)
        else:
            self._bench.notifier.success(said)

    def _failed(self, error: Exception) -> None:
        self._importing = None
        if isinstance(error, Cancelled):
            self._bench.notifier.info(tr("The import was cancelled. Nothing was imported."))
            super().reject()
            return
        self._close.setEnabled(True)
        message = message_for(error)
        sentence = " ".join(part for part in (message.kept, message.do) if part)
        self._overlay.show_overlay(
            Overlay(OverlayKind.ERROR, tr("The file cannot be imported"), f"{message.what} {sentence}".strip())
        )

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, tr("Save the rows left out"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tr("Table (*.csv)"))
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self._path.stem}-left-out.csv")
        dialog.fileSelected.connect(lambda name: self.save_left_out(Path(name)))
        dialog.open()

    # Showing

    def _show(self, report: ImportReport) -> None:
        rows = plural(report.rows, tr("%n row"), tr("%n rows"))
        self._about.setText(f"{report.described} · {rows}")
        _refill(self._figures, [*_figures(report), None])
        _refill(self._sections, [*_sections(report), None])


def _how_far(far: ImportProgress, rows: int | None) -> str:
    """Such as “12,000 of 20,000 rows”; `rows` is how many the file has, where that is known."""
    if rows is not None:
        return plural(rows, tr("%1 of %n row"), tr("%1 of %n rows")).replace("%1", number(far.rows))
    return plural(far.rows, tr("%n row"), tr("%n rows"))


def _figures(report: ImportReport) -> Iterator[QWidget]:
    verb = tr("would be imported") if report.dry_run else tr("imported")
    for count, words, tint in (
        (report.created, verb, Tint.PLAIN),
        (report.flagged, tr("of them to be checked"), Tint.PLAIN),
        (report.duplicates, tr("duplicates left out") if report.dry_run else tr("duplicates"), Tint.PLAIN),
        (report.failed, tr("failed"), Tint.DANGER if report.failed else Tint.PLAIN),
    ):
        figure = Label(number(count), size=TextSize.HEADING, tint=tint)
        yield panel(column(figure, Label(words, size=TextSize.SMALL, tint=Tint.MUTED), gap=0))


def _sections(report: ImportReport) -> Iterator[QWidget]:
    if report.stopped:
        yield _section(tr("It ended early"), [(report.stopped, "")])
    if report.checks:
        yield _section(tr("Kept, but to be checked"), [_check(item) for item in report.checks])
    if report.left_out:
        places = report.findings.matching(frozenset({FindingKind.FAILED, FindingKind.DUPLICATE}))
        more = len(places) - _ROWS_NAMED
        found = [report.findings[place] for place in places[:_ROWS_NAMED]]
        lines = [(Reason(one.column, one.text).told(one.row), "") for one in found]
        if more > 0:
            lines.append((plural(more, tr("and %n more, in the file"), tr("and %n more, in the file")), ""))
        yield _section(tr("Not imported"), lines)
    if report.stages:
        lines = [(f"{item.text} ({number(item.leads)})", stage_word(item.stage)) for item in report.stages]
        yield _section(tr("Stages"), lines)
    columns = zip(report.mapping.titles, report.mapping.targets, strict=True)
    yield _section(tr("Columns"), [(title, _target_word(target)) for title, target in columns])


def _check(item: CheckSummary) -> tuple[str, str]:
    rows = plural(len(item.rows), tr("Row %1"), tr("%n rows, such as row %1")).replace("%1", str(item.rows[0]))
    return item.column or tr("The whole row"), f"{rows}: {item.example}"


def _target_word(target: Target) -> str:
    return tr(_TARGETS[target]) if target in _TARGETS else field_label(target.value)


def _section(title: str, lines: Sequence[tuple[str, str]]) -> QWidget:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(2 * GRID)
    grid.setVerticalSpacing(GRID // 2)
    grid.setColumnStretch(1, 1)
    if any(right for _left, right in lines):
        grid.setColumnMinimumWidth(0, _LEFT)
    for line, (left, right) in enumerate(lines):
        name = Label(left, wrap=True)
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(name, line, 0, 1, 1 if right else 2)
        if right:
            words = Label(right, tint=Tint.MUTED, wrap=True)
            words.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, line, 1)
    return panel(column(Label(title, strong=True), grid))


def _refill(layout: QBoxLayout, widgets: Sequence[QWidget | None]) -> None:
    """Put these widgets in place of those that are there; None is what takes the room left."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
