"""Importing leads from a file, start to end: read, plan, hand to the desk, and say what became of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.import_words import VERDICT_TITLE
from fleetdesk.commands.lead_import import (
    Check,
    ColumnMapping,
    ImportBatch,
    ImportPlanner,
    Outcome,
    PlannedRow,
    Target,
    guess_mapping,
)
from fleetdesk.commands.pending import Heard, unheard
from fleetdesk.errors import BadFile, Unavailable
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.models.normalise import search_key
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.queries.lead_duplicates import existing_leads
from fleetdesk.queries.staff import StaffPerson, staff_directory
from fleetdesk.reports.spreadsheets import column_name, open_spreadsheet
from fleetdesk.reports.table_files import table_file

__all__ = [
    "CheckSummary",
    "ImportProgress",
    "ImportReport",
    "Performer",
    "StageSummary",
    "owners_by_name",
    "render",
    "run_import",
    "write_left_out",
]

_SAID_EVERY = 500
"""Rows between two words of how far an import is."""


class Performer(Protocol):
    """What an import needs of a `commands.pending.CommandDesk`."""

    def perform(self, *acts: Command, heard: Heard = unheard) -> tuple[Verdict, ...]: ...


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: that many rows of the file are read or, where `leads` are written, that many of these."""

    done: int
    leads: int | None = None

    def __str__(self) -> str:
        if self.leads is None:
            return f"{_count(self.done, 'row')} read"
        return f"{self.done:,} of {_count(self.leads, 'lead')} imported"


Say = Callable[[ImportProgress], None]


@dataclass(frozen=True, slots=True)
class StageSummary:
    """Where the leads of one of the file's own stages begin."""

    text: str
    stage: Stage
    leads: int


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What was kept but looks wrong, in one column: every row of it, and the first as an example."""

    check: Check
    column: str
    rows: tuple[int, ...]
    example: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do. `left_out` holds every row that became no lead, with its reasons."""

    file: str
    described: str
    mapping: ColumnMapping
    dry_run: bool
    import_id: str
    rows: int
    created: int
    duplicates: int
    failed: int
    flagged: int
    stages: tuple[StageSummary, ...]
    checks: tuple[CheckSummary, ...]
    left_out: tuple[PlannedRow, ...]
    stopped: str = ""
    """Why it ended before the file did; empty where it came to the end."""

    @property
    def counts(self) -> dict[str, int]:
        """The figures by name."""
        return {
            "rows": self.rows,
            "created": self.created,
            "duplicates": self.duplicates,
            "failed": self.failed,
            "flagged": self.flagged,
        }


def run_import(
    path: Path,
    desk: Performer,
    replica: Connection,
    *,
    clock: Clock,
    dry_run: bool = False,
    keep_duplicates: bool = False,
    failures: Path | None = None,
    say: Say = lambda _progress: None,
) -> ImportReport:
    """Import a CSV or XLSX file; with `dry_run`, only say what would happen. All leads share one id, import and batch.

    `keep_duplicates` imports those too, tagged; `failures` is a file for the rows that were left out, if there are any.
    `say` is told how far it is, and may raise to end it with nothing imported: for the last time when all leads are
    made and none is kept yet. The file is read first, then its leads are performed at once: whatever happens, all of
    them are kept or none. Raises BadFile for a file that cannot
    be imported at all.
    """
    sheet = open_spreadsheet(path)
    mapping = guess_mapping(sheet.titles)
    if not mapping.names_leads:
        raise BadFile(
            f"No column of {path.name} names a person, a company, an email or a phone: {', '.join(sheet.titles)}.",
            kept="Nothing was imported.",
            do="Write the titles of the columns into its first row.",
        )
    batch = ImportBatch(
        import_id=new_id(),
        issued_at=clock.now(),
        new_id=new_id,
        owners=owners_by_name(staff_directory(replica)),
        keep_duplicates=keep_duplicates,
    )
    tally = _Tally(mapping)
    planned = ImportPlanner(mapping, batch, partial(existing_leads, replica)).plan(sheet.rows())
    if dry_run:
        for row in _read(planned, tally, say):
            tally.add(row)
    else:
        for row in _performed(list(_read(planned, tally, say)), desk, tally, say):
            tally.add(row)
    report = ImportReport(
        file=path.name,
        described=sheet.described,
        mapping=mapping,
        dry_run=dry_run,
        import_id=batch.import_id,
        rows=tally.rows,
        created=tally.created,
        duplicates=tally.outcomes[Outcome.DUPLICATE],
        failed=tally.outcomes[Outcome.FAILED],
        flagged=tally.flagged,
        stages=tally.stages(),
        checks=tally.checks(),
        left_out=tuple(tally.left_out),
        stopped=tally.stopped,
    )
    if failures is not None and report.left_out:
        write_left_out(report, failures)
    return report


def owners_by_name(staff: Iterable[StaffPerson]) -> dict[str, str]:
    """The ids of those who are active, by name and by email address, as an import looks for them."""
    found: dict[str, str] = {}
    for person in staff:
        if person.active:
            found.setdefault(search_key(person.name), person.id)
            found[person.email.casefold()] = person.id
    return found


def write_left_out(report: ImportReport, path: Path) -> None:
    """Write the rows that became no lead, as they were, with the reasons in one more column; the file can be imported.

    Raises DiskFull and Unavailable where it cannot be written.
    """
    width = max((len(row.cells) for row in report.left_out), default=0)
    titles = report.mapping.titles
    header = [column_name(titles, place) for place in range(max(width, len(titles)))]
    padded = ([*row.cells, *[""] * (len(header) - len(row.cells)), " ".join(row.reasons)] for row in report.left_out)
    with table_file(path, [*header, VERDICT_TITLE]) as table:
        for line in padded:
            table.write(line)


def render(report: ImportReport) -> str:
    """The report as a page of text."""
    return "\n\n".join("\n".join(part) for part in _parts(report)) + "\n"


def _read(planned: Iterator[PlannedRow], tally: _Tally, say: Say) -> Iterator[PlannedRow]:
    """The rows up to the file's end, or to where it breaks off."""
    try:
        for count, row in enumerate(planned, start=1):
            if count % _SAID_EVERY == 0:
                say(ImportProgress(count))
            yield row
    except BadFile as error:
        tally.stopped = str(error)


def _performed(rows: Sequence[PlannedRow], desk: Performer, tally: _Tally, say: Say) -> list[PlannedRow]:
    commands = [row.command for row in rows if row.command is not None]

    def heard(applied: int) -> None:
        say(ImportProgress(applied, len(commands)))

    heard(0)
    try:
        verdicts = dict(zip((command.id for command in commands), desk.perform(*commands, heard=heard), strict=True))
    except Unavailable as error:
        tally.stopped = str(error)
        return [_failed(row, f"Row {row.number} was not imported. {error}") for row in rows]
    done: list[PlannedRow] = []
    for row in rows:
        verdict = verdicts[row.command.id] if row.command is not None else None
        refused = verdict is not None and verdict.kind is VerdictKind.REJECTED
        done.append(_failed(row, f"Row {row.number}: {verdict.reason}") if verdict and refused else row)
    return done


def _failed(row: PlannedRow, reason: str) -> PlannedRow:
    if row.command is None:
        return row
    return PlannedRow(row.number, row.cells, Outcome.FAILED, reasons=(*row.reasons, reason))


class _Tally:
    """Counts rows as they come, so that a dry run need not hold a long file's."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self.rows = self.created = self.flagged = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.left_out: list[PlannedRow] = []
        self.stopped = ""
        self._titles = mapping.titles
        self._stage_column = mapping.targets.index(Target.STAGE) if Target.STAGE in mapping.targets else None
        self._stages: Counter[tuple[str, Stage]] = Counter()
        self._checks: dict[tuple[Check, str], tuple[list[int], str]] = {}

    def add(self, row: PlannedRow) -> None:
        """One row with its fate."""
        self.rows += 1
        self.outcomes[row.outcome] += 1
        if row.command is None:
            self.left_out.append(row)
            return
        self.created += 1
        self.flagged += bool(row.flags)
        if self._stage_column is not None and (text := row.cells[self._stage_column].strip()):
            self._stages[text, Stage.LOST if row.command.lost_reason else Stage.NEW] += 1
        for flag in row.flags:
            numbers, _ = self._checks.setdefault((flag.check, flag.column), ([], flag.reason))
            numbers.append(row.number)

    def stages(self) -> tuple[StageSummary, ...]:
        """The file's own stages, the commonest first."""
        return tuple(StageSummary(text, stage, leads) for (text, stage), leads in self._stages.most_common())

    def checks(self) -> tuple[CheckSummary, ...]:
        """What is to be looked at, in the order of the columns."""
        found = (
            CheckSummary(check, column, tuple(dict.fromkeys(numbers)), example)
            for (check, column), (numbers, example) in self._checks.items()
        )
        places = {title: place for place, title in enumerate(self._titles)}
        return tuple(sorted(found, key=lambda item: places.get(item.column, len(places))))


def _parts(report: ImportReport) -> Iterator[list[str]]:
    yield [f"{report.file}: {report.described}; {_count(report.rows, 'row')}."]
    columns = zip(report.mapping.titles, report.mapping.targets, strict=True)
    yield ["Columns", *(f"  {title} → {_TARGET_WORDS.get(target, _words(target))}" for title, target in columns)]
    if report.stages:
        yield ["Stages", *(f"  “{item.text}” ({item.leads:,}) → {item.stage}" for item in report.stages)]
    if report.checks:
        yield ["Kept, but to be checked", *(line for item in report.checks for line in _check_lines(item))]
    if report.left_out:
        yield ["Not imported", *(f"  {reason}" for row in report.left_out for reason in row.reasons)]
    yield _outcome(report)


def _outcome(report: ImportReport) -> list[str]:
    verb = "would be imported" if report.dry_run else "imported"
    leads = f"{_count(report.created, 'lead')} {verb}, {report.flagged:,} of them to be checked"
    counted = f"{leads}; {_count(report.duplicates, 'duplicate')}, {report.failed:,} failed."
    return [counted, f"It ended early: {report.stopped}"] if report.stopped else [counted]


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


_TARGET_WORDS = {
    Target.FULL_NAME: "first and last name",
    Target.STAGE: "stage, kept as a tag",
    Target.NOTE: "first note of the timeline",
    Target.REST: "kept in the first note",
    Target.VERDICT: "nothing: it is from an earlier import",
}
