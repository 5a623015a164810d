"""`DiagnosticsSection`: everything between here and the hub looked at, and the log, with copies to hand on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from fleetdesk.models.diagnosis import Check, Diagnosis, render
from fleetdesk.process.log_lines import readable
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.views.settings.section import Section, hint
from fleetdesk.views.settings.words import conclusion_sentence, finding_word
from fleetdesk.views.workbench import Workbench

__all__ = ["DiagnosticsSection"]

_LOG_HEIGHT = 200


class DiagnosticsSection(Section):
    """Looks only when it is asked to: every table is compared, row for row."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("Diagnostics"))
        self._bench = bench
        self._report: Diagnosis | None = None
        self._said = Label(wrap=True)
        self._said.hide()
        self._checks = QWidget()
        self._grid = QGridLayout(self._checks)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID + 4)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(2, 1)
        self._checks.hide()
        self.look = Button(tr("Examine this laptop"), self.examine)
        self.copy = Button(tr("Copy the report"), self._copy)
        self.copy.hide()
        self._lines: tuple[str, ...] = ()
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setAccessibleName(tr("The log, the newest lines last"))
        self.log.setFixedHeight(bench.theme.pixels(_LOG_HEIGHT))
        self.log.setTabChangesFocus(True)
        self.log.hide()
        self.show_log = Button(tr("Show the log"), self.read_log)
        self.copy_log = Button(tr("Copy the log"), self._copy_log)
        self.copy_log.hide()
        self.fill(
            hint(
                tr(
                    "Versions, clock, files, and every table compared with the hub’s. The report has your name and role"
                    " in it, and nothing of any lead."
                )
            ),
            row(self.look, self.copy, STRETCH),
            self._said,
            self._checks,
            hint(tr("The log says what FleetDesk did and what failed. No name, address or text of yours is in it.")),
            row(self.show_log, self.copy_log, STRETCH),
            self.log,
        )

    def examine(self) -> None:
        """Look at everything, and show what was found."""
        if self._bench.sync.examine(self._found, self._failed, owner=self):
            self.look.setEnabled(False)
            self._say(tr("Looking …"), Tint.MUTED)
        else:
            self._say(tr("Synchronisation has ended, so that nobody can look. Start FleetDesk again."), Tint.DANGER)

    def read_log(self) -> None:
        """Show the end of the log, as it is now."""
        self._bench.runner.run(lambda _cancel: self._bench.log(), on_success=self.show_lines, owner=self)

    def show_lines(self, lines: tuple[str, ...]) -> None:
        """Show these lines of the log."""
        self._lines = tuple(readable(line) for line in lines)
        self.log.setPlainText("\n".join(self._lines) or tr("Nothing is in the log yet."))
        self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())
        self.log.show()
        self.copy_log.setVisible(bool(lines))
        self.show_log.set_text(tr("Read it again"))

    def _found(self, report: Diagnosis) -> None:
        self._report = report
        self.look.setEnabled(True)
        self.copy.show()
        self._say(conclusion_sentence(report), Tint.DANGER if report.exit_status == 1 else Tint.PLAIN)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for line, check in enumerate(report.checks):
            self._add(line, check)
        self._checks.show()

    def _failed(self, error: Exception) -> None:
        self.look.setEnabled(True)
        self._say(str(error), Tint.DANGER)

    def _add(self, line: int, check: Check) -> None:
        word, tone = finding_word(check.finding)
        detail = Label(check.detail, wrap=True)
        detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(StatusChip(self._bench.theme, word, tone), line, 0, top)
        self._grid.addWidget(Label(check.name.capitalize(), tint=Tint.MUTED), line, 1, top)
        self._grid.addWidget(detail, line, 2, top)

    def _say(self, text: str, tint: Tint) -> None:
        self._said.set_tint(tint)
        self._said.setText(text)
        self._said.show()

    def _copy_log(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._lines))
        self._bench.notifier.success(tr("The log is copied."))

    def _copy(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(render(self._report))
            self._bench.notifier.success(tr("The report is copied."))
