"""`ReportView`: what an import would bring, or brought: the figures, and all that is to be said of single rows."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.search_field import SearchField
from fleetdesk.reports.import_findings import FindingKind, Findings
from fleetdesk.reports.import_report import ImportReport
from fleetdesk.views.leads.importing.findings_table import Asked, FindingsTable
from fleetdesk.views.leads.importing.words import finding_word, whose
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["ReportView"]

_ALL = "all"


class ReportView(QFrame):
    """The figures on top, below them a table that is narrowed by what it says and by text."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._findings = Findings(())
        self._about = Label(tint=Tint.MUTED, wrap=True)
        self._figures = [_Figure() for _ in range(5)]
        self._kind = ChoiceBox(bench.theme, [(_ALL, tr("Everything"))], tr("Show"))
        self._kind.set_key(_ALL)
        self._kind.setMinimumWidth(bench.theme.pixels(26 * GRID))
        self._search = SearchField(bench.theme, tr("Search the rows"))
        self.table = FindingsTable(bench.theme, bench.runner)
        figures = row(*self._figures, STRETCH, gap=5 * GRID)
        narrowing = row(self._kind, self._search, gap=GRID)
        narrowing.setStretchFactor(self._search, 1)
        lines = column(self._about, figures, narrowing, self.table, gap=2 * GRID)
        lines.setStretchFactor(self.table, 1)
        self.setLayout(lines)
        self._kind.chosen.connect(self._narrow)
        self._search.searched.connect(self._narrow)

    def show_report(self, report: ImportReport) -> None:
        """Show what a file brings."""
        self._findings = report.findings
        rows = plural(report.rows, tr("%n row"), tr("%n rows"))
        ended = f"{tr('It ended early: %1').replace('%1', report.stopped)}" if report.stopped else ""
        self._about.setText(" ".join(filter(None, (f"{report.described} · {rows}.", whose(report), ended))))
        would = report.dry_run
        for figure, (count, words, danger) in zip(
            self._figures,
            (
                (report.created, tr("new leads"), False),
                (report.updated, tr("would be updated") if would else tr("updated"), False),
                (report.duplicates, tr("there already"), False),
                (report.failed, tr("failed"), report.failed > 0),
                (report.flagged, tr("to be checked"), False),
            ),
            strict=True,
        ):
            figure.show_figure(count, words, danger=danger)
        self._offer_kinds()
        self._narrow()

    def narrow_to(self, kind: FindingKind) -> None:
        """Show the findings of one kind."""
        self._kind.set_key(str(int(kind)))
        self._narrow()

    def _offer_kinds(self) -> None:
        counted = [(kind, count) for kind, count in self._findings.counts().items() if count]
        options = [(str(int(kind)), f"{finding_word(kind)} ({number(count)})") for kind, count in counted]
        before = self._kind.key
        self._kind.offer([(_ALL, f"{tr('Everything')} ({number(len(self._findings))})"), *options])
        self._kind.set_key(before if before in dict(options) else _ALL)

    def _narrow(self, *_: str) -> None:
        key = self._kind.key
        kinds = frozenset(FindingKind) if key == _ALL else frozenset({FindingKind(int(key))})
        self.table.show_findings(Asked(self._findings, kinds, self._search.text()))


class _Figure(QFrame):
    """A number with its words below."""

    def __init__(self) -> None:
        super().__init__()
        self._figure = Label(size=TextSize.HEADING)
        self._words = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        self.setLayout(column(self._figure, self._words, gap=0))

    def show_figure(self, count: int, words: str, *, danger: bool) -> None:
        """Show another one."""
        self._figure.setText(number(count))
        self._figure.set_tint(Tint.DANGER if danger else Tint.PLAIN)
        self._words.setText(words)
