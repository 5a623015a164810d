"""`FindingsTable`: all that an import has to say of a file's rows, however many those are."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.tasks import Cancellation, TaskRunner
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.reports.import_findings import Finding, FindingKind, Findings
from fleetdesk.views.leads.importing.words import FINDING_TONES, finding_word
from fleetdesk.views.words import number

__all__ = ["Asked", "FindingsTable"]

_MOST = 1 << 32
"""More findings than a report can have."""
_NO_TABLE = "import"
"""No change of any table is one of what a file holds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings: of these kinds, with a text in them."""

    findings: Findings
    kinds: frozenset[FindingKind] = frozenset(FindingKind)
    text: str = ""
    report: int = 0
    """The number of the report: the places of another one's findings are other keys."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A finding as a row of the table."""

    id: str
    finding: Finding


class _Source:
    def __init__(self) -> None:
        self.findings = Findings(())

    def keys(self, query: Asked, cancel: Cancellation) -> Iterator[array[int]]:
        self.findings = query.findings
        places = query.findings.matching(query.kinds, query.text)
        yield array("q", [query.report * _MOST + place for place in places])

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, _Line]:
        findings = self.findings
        return {key: _Line(str(key), findings[key % _MOST]) for key in keys if key % _MOST < len(findings)}

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        return {id_: int(id_) for id_ in ids}


class FindingsTable(RecordTableView[Asked, _Line]):
    """Row, what it says, column, sentence; in the order of the file."""

    def __init__(self, theme: Theme, runner: TaskRunner) -> None:
        self._findings_model: RecordTableModel[Asked, _Line] = RecordTableModel(
            _Source(), _columns(), table=_NO_TABLE, runner=runner, changes=ChangeFeed()
        )
        self._shown: Findings | None = None
        self._reports = 0
        super().__init__(self._findings_model, theme=theme, name=tr("Notes on the rows"))
        self._findings_model.setParent(self)
        self.set_empty(Overlay(OverlayKind.EMPTY, tr("All rows are fine"), icon="check-circle"))

    @property
    def lines(self) -> int:
        """How many findings are shown."""
        return self._findings_model.rowCount()

    def show_findings(self, asked: Asked) -> None:
        """Show these."""
        if asked.findings is not self._shown:
            self._shown = asked.findings
            self._reports += 1
        self._findings_model.set_query(replace(asked, report=self._reports))


def _columns() -> tuple[Column[_Line], ...]:
    return (
        Column("row", tr("Row"), lambda line: Cell(number(line.finding.row)), 72, Align.END, sortable=False),
        Column("kind", tr("Outcome"), _kind, 136, sortable=False),
        Column("column", tr("Column"), _column, 152, sortable=False),
        Column("text", tr("Note"), _text, 400, sortable=False, stretch=True),
    )


def _kind(line: _Line) -> Cell:
    return Cell(finding_word(line.finding.kind), tone=FINDING_TONES[line.finding.kind])


def _column(line: _Line) -> Cell:
    return Cell(line.finding.column) if line.finding.column else Cell(tr("The whole row"), muted=True)


def _text(line: _Line) -> Cell:
    text = line.finding.text[:1].upper() + line.finding.text[1:]
    return Cell(text, tooltip=text)
