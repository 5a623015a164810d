"""What an import did, or would do: counted as the rows come, and told as a page of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.import_draft import Check
from fleetdesk.commands.import_words import begins_anew
from fleetdesk.commands.lead_fields import field_words
from fleetdesk.commands.lead_import import ColumnMapping, Outcome, PlannedRow, Reason, Target
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.models.stages import Stage
from fleetdesk.reports.import_findings import FindingKind, Findings, LeftOut
from fleetdesk.reports.tables import Reading

__all__ = ["CheckSummary", "ImportReport", "StageSummary", "Tally", "render"]

_LONGEST = 60
"""Characters of a value that a sentence repeats."""


@dataclass(frozen=True, slots=True)
class StageSummary:
    """Where the new leads of one of the file's own stages begin."""

    text: str
    stage: Stage
    leads: int


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What was kept but looks wrong, in one column: every row of it, and the first as an example."""

    check: Check
    column: str
    rows: Sequence[int]
    example: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    `updated` counts the leads that were there and got something; `duplicates` the rows whose lead is there already, or
    in the file before, and that updated nothing. `left_out` are the rows of which nothing came, `act` is the number by
    which the import is undone.
    """

    path: Path
    reading: Reading
    described: str
    mapping: ColumnMapping
    dry_run: bool
    import_id: str
    rows: int
    created: int
    updated: int
    duplicates: int
    failed: int
    flagged: int
    stages: tuple[StageSummary, ...]
    checks: tuple[CheckSummary, ...]
    findings: Findings
    left_out: LeftOut
    stopped: str = ""
    """Why it ended before the file did; empty where it came to the end."""
    act: int | None = None
    owner: str = ""
    """The name of the one who gets new leads where no column says whose they are; empty for nobody."""

    @property
    def gives_all(self) -> bool:
        """Whether all new leads go to one person, or to nobody: no column says whose they are."""
        return self.created > 0 and self.mapping.place(Target.OWNER) is None

    @property
    def counts(self) -> dict[str, int]:
        """The figures by name."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "duplicates": self.duplicates,
            "failed": self.failed,
            "flagged": self.flagged,
        }


@dataclass(slots=True)
class _Flagged:
    """The rows of one check in one column."""

    example: str
    rows: list[int] = field(default_factory=list)


class Tally:
    """Counts rows as they come, and keeps of each what a person may have to see. `people` are names by id."""

    def __init__(self, mapping: ColumnMapping, people: Mapping[str, str]) -> None:
        self.rows = self.created = self.updated = self.flagged = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.findings = Findings(mapping.titles)
        self.left_out = LeftOut()
        self.stopped = ""
        self._people = people
        self._titles = mapping.titles
        self._stage_place = mapping.place(Target.STAGE)
        self._stages: Counter[tuple[str, Stage]] = Counter()
        self._checks: dict[tuple[Check, str], _Flagged] = {}

    def add(self, row: PlannedRow) -> None:
        """One row with its fate."""
        self.rows += 1
        self.outcomes[row.outcome] += 1
        if row.command is None:
            self._leave_out(row)
            return
        if isinstance(row.command, UpdateLead):
            self.updated += 1
            told = _update(row, row.command, self._people)
            self.findings.add(row.number, FindingKind.UPDATED, "", told)
        else:
            self.created += 1
            self._count_stage(row, Stage.LOST if row.command.lost_reason else Stage.NEW)
        self.flagged += bool(row.flags)
        for flag in row.flags:
            self.findings.add(row.number, FindingKind.CHECK, flag.column, flag.reason)
            self._checks.setdefault((flag.check, flag.column), _Flagged(flag.reason)).rows.append(row.number)

    def refuse(self, row: int, *, updates: bool, why: str) -> None:
        """A row whose command was not taken after all."""
        outcome = Outcome.UPDATED if updates else Outcome.NEW
        self.created -= not updates
        self.updated -= updates
        self.outcomes[outcome] -= 1
        self.outcomes[Outcome.FAILED] += 1
        self.findings.add(row, FindingKind.FAILED, "", why)
        self.left_out.add(row, None, Reason("", why).told(row))

    def stages(self) -> tuple[StageSummary, ...]:
        """The file's own stages, the commonest first."""
        return tuple(StageSummary(text, stage, leads) for (text, stage), leads in self._stages.most_common())

    def checks(self) -> tuple[CheckSummary, ...]:
        """What is to be looked at, in the order of the columns."""
        found = (
            CheckSummary(check, column, list(dict.fromkeys(flagged.rows)), flagged.example)
            for (check, column), flagged in self._checks.items()
        )
        places = {title: place for place, title in enumerate(self._titles)}
        return tuple(sorted(found, key=lambda item: places.get(item.column, len(places))))

    def _leave_out(self, row: PlannedRow) -> None:
        kind = FindingKind.FAILED if row.outcome is Outcome.FAILED else FindingKind.DUPLICATE
        for reason in row.reasons:
            self.findings.add(row.number, kind, reason.column, reason.what)
        self.left_out.add(row.number, row.cells, " ".join(reason.told(row.number) for reason in row.reasons))

    def _count_stage(self, row: PlannedRow, stage: Stage) -> None:
        if self._stage_place is None or not (text := row.cells[self._stage_place].strip()):
            return
        if stage is Stage.NEW and (text, stage) not in self._stages and begins_anew(text):
            told = f"leads in “{text}” begin in New; the word stays as a tag"
            self.findings.add(row.number, FindingKind.STAGE, self._titles[self._stage_place], told)
        self._stages[text, stage] += 1


def render(report: ImportReport) -> str:
    """The report as a page of text."""
    return "\n\n".join("\n".join(part) for part in _parts(report)) + "\n"


def _update(row: PlannedRow, command: UpdateLead, people: Mapping[str, str]) -> str:
    """What a row brings to the lead that is there, as a sentence."""
    lead = row.lead
    called = (lead.name or lead.company) if lead is not None else ""
    parts = [_edit(name, edit, people) for name, edit in command.edits.items()]
    if command.add:
        parts.append(f"tags {', '.join(command.add)}")
    return f"{called or 'The lead that is there'} gets {', '.join(parts)}."


def _edit(name: str, edit: FieldEdit, people: Mapping[str, str]) -> str:
    new, old = (_short(people.get(str(value), str(value))) for value in (edit.new, edit.base))
    if edit.base in (None, ""):
        return f"{field_words(name)} “{new}”"
    return f"{field_words(name)} “{new}” instead of “{old}”"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _parts(report: ImportReport) -> Iterator[list[str]]:
    yield [f"{report.path.name}: {report.described}; {_count(report.rows, 'row')}."]
    columns = zip(report.mapping.titles, report.mapping.targets, strict=True)
    yield ["Columns", *(f"  {title} → {_TARGET_WORDS.get(target, _words(target))}" for title, target in columns)]
    if report.stages:
        yield ["Stages", *(f"  “{item.text}” ({item.leads:,}) → {item.stage}" for item in report.stages)]
    if report.checks:
        yield ["Kept, but to be checked", *(line for item in report.checks for line in _check_lines(item))]
    for kind, title in _LISTED.items():
        if lines := [_line(report, place) for place in report.findings.matching(frozenset({kind}))]:
            yield [title, *lines]
    yield _outcome(report)


def _line(report: ImportReport, place: int) -> str:
    finding = report.findings[place]
    column = f", column “{finding.column}”" if finding.column else ""
    return f"  Row {finding.row}{column}: {finding.text}"


def _outcome(report: ImportReport) -> list[str]:
    would = report.dry_run
    leads = f"{_count(report.created, 'lead')} {'would be imported' if would else 'imported'}"
    updated = f"{report.updated:,} {'would be ' if would else ''}updated"
    counted = (
        f"{leads} and {updated}, {report.flagged:,} of them to be checked; "
        f"{_count(report.duplicates, 'duplicate')}, {report.failed:,} failed."
    )
    ended = f"It ended early: {report.stopped}" if report.stopped else ""
    return [line for line in (counted, _whose(report), ended) if line]


def _whose(report: ImportReport) -> str:
    if not report.gives_all:
        return ""
    are = "will be" if report.dry_run else "are"
    return f"All new leads {are} {report.owner}'s." if report.owner else f"The new leads {are} nobody's."


def _check_lines(item: CheckSummary) -> Iterator[str]:
    column = f", column “{item.column}”" if item.column else ""
    rows = "row" if len(item.rows) == 1 else "rows"
    yield f"  {item.check}{column}: {rows} {_ranges(item.rows)}"
    yield f"    such as row {item.rows[0]}: {item.example}"


def _ranges(numbers: Sequence[int]) -> str:
    """Such as “2–5, 7”."""
    runs = (list(run) for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]))
    return ", ".join(f"{run[0][1]}" if len(run) == 1 else f"{run[0][1]}–{run[-1][1]}" for run in runs)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _words(target: Target) -> str:
    return target.value.replace("_", " ")


_LISTED = {
    FindingKind.UPDATED: "Updated",
    FindingKind.DUPLICATE: "There already, left as they are",
    FindingKind.FAILED: "Not imported",
}
_TARGET_WORDS = {
    Target.FULL_NAME: "first and last name",
    Target.STAGE: "stage, kept as a tag",
    Target.NOTE: "first note of the timeline",
    Target.REST: "kept in the first note",
    Target.LEAD_ID: "the lead that it is about",
    Target.VERDICT: "nothing: it is from an earlier import",
    Target.NOTHING: "nothing",
}
