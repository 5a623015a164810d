"""Importing leads from a file, start to end: read, plan, hand to the desk, and say what became of every row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.import_draft import Words
from fleetdesk.commands.import_words import known_title
from fleetdesk.commands.lead_import import (
    ColumnMapping,
    ImportBatch,
    ImportPlanner,
    OnExisting,
    Outcome,
    PlannedRow,
    guess_mapping,
)
from fleetdesk.commands.lead_imports import LONGEST_NAME, RecordImport
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.commands.pending import BatchDone, Heard
from fleetdesk.errors import BadFile
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.models.normalise import search_key
from fleetdesk.models.stages import Stage
from fleetdesk.process.collecting import no_collection
from fleetdesk.queries.lead_book import LeadBook
from fleetdesk.queries.staff import StaffPerson, staff_directory
from fleetdesk.reports.import_report import ImportReport, Tally
from fleetdesk.reports.left_out import write_left_out
from fleetdesk.reports.spreadsheets import Spreadsheet, open_spreadsheet
from fleetdesk.reports.tables import AS_FOUND, Reading

__all__ = ["ImportChoices", "ImportProgress", "Performer", "open_leads", "owners_by_name", "run_import"]

_SAID_EVERY = 500
"""Rows between two words of how far an import is."""


class Performer(Protocol):
    """What an import needs of a `commands.pending.CommandDesk`."""

    def perform_whole(
        self, batch_id: str, acts: Iterable[Command], *, sentence: Callable[[int], str], heard: Heard
    ) -> BatchDone: ...


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: so many rows of the file are read or, where it is `importing`, imported."""

    rows: int
    importing: bool = False

    def __str__(self) -> str:
        rows = "row" if self.rows == 1 else "rows"
        return f"{self.rows:,} {rows} {'imported' if self.importing else 'read'}"


Say = Callable[[ImportProgress], None]


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What a person says of a file and its import; what is left out is found or guessed.

    `owner` is whose the new leads are where no column says it; None: nobody's. `owners` and `stages` are those of
    `commands.import_draft.Words`, beyond the staff directory's own names.
    """

    reading: Reading = AS_FOUND
    mapping: ColumnMapping | None = None
    on_existing: OnExisting = OnExisting.LEAVE
    overwritten: frozenset[str] = frozenset()
    owners: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    owner: str | None = None
    zone: dt.tzinfo | None = None
    """That of dates without one; None: this machine's."""


AS_GUESSED = ImportChoices()


def open_leads(path: Path, reading: Reading = AS_FOUND) -> Spreadsheet:
    """Open a file of leads. Raises BadFile as `open_spreadsheet` does."""
    return open_spreadsheet(path, reading, knows=known_title)


@no_collection()
def run_import(
    path: Path,
    desk: Performer,
    replica: Connection,
    *,
    clock: Clock,
    choices: ImportChoices = AS_GUESSED,
    dry_run: bool = False,
    failures: Path | None = None,
    say: Say = lambda _progress: None,
) -> ImportReport:
    """Import a CSV or XLSX file; with `dry_run`, only say what would happen. All leads share one id, import and batch.

    `failures` is a file for the rows that were left out, if there are any. `say` is told how far it is, and may raise
    to end it with nothing imported: for the last time when all leads are made and none is kept yet. Whatever happens,
    all of them are kept or none. Raises BadFile for a file that cannot be imported at all, and what the desk raises.
    """
    sheet = open_leads(path, choices.reading)
    mapping = choices.mapping or guess_mapping(sheet.titles)
    if not mapping.names_leads:
        raise BadFile(
            f"No column of {path.name} names a person, a company, an email or a phone: {', '.join(sheet.titles)}.",
            kept="Nothing was imported.",
            do="Say what its columns are, or write the titles into its first row.",
        )
    staff = staff_directory(replica)
    batch = ImportBatch(
        import_id=new_id(),
        issued_at=clock.now(),
        new_id=new_id,
        words=Words({**owners_by_name(staff), **choices.owners}, choices.stages, choices.zone),
        on_existing=choices.on_existing,
        overwritten=choices.overwritten,
        owner=choices.owner,
    )
    names = {person.id: person.name for person in staff}
    running = _Running(Tally(mapping, names), say, names.get(choices.owner or "", ""), importing=not dry_run)
    planned = running.taken(ImportPlanner(mapping, batch, LeadBook(replica)).plan(sheet.rows()))
    done = None
    if dry_run:
        for _ in planned:
            pass
    else:
        done = running.perform(desk, batch, path.name, planned)
    report = running.report(sheet, mapping, batch.import_id, path, done)
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


class _Running:
    """One import under way: its rows go by, are counted, and leave a number behind in case one is refused.

    `owner` is the name of the one who gets new leads where no column says whose they are.
    """

    def __init__(self, tally: Tally, say: Say, owner: str, *, importing: bool) -> None:
        self._tally = tally
        self._say = say
        self._owner = owner
        self._importing = importing
        self._rows: dict[str, int] = {}
        self._updates: set[str] = set()

    def taken(self, planned: Iterator[PlannedRow]) -> Iterator[PlannedRow]:
        """The rows up to the file's end, or to where it breaks off, each counted."""
        try:
            for row in planned:
                self._tally.add(row)
                if self._tally.rows % _SAID_EVERY == 0:
                    self._say(ImportProgress(self._tally.rows, self._importing))
                yield row
        except BadFile as error:
            self._tally.stopped = str(error)

    def perform(self, desk: Performer, batch: ImportBatch, name: str, planned: Iterator[PlannedRow]) -> BatchDone:
        """Hand the rows' commands to the desk, and behind them what is remembered of the import."""

        def heard(_applied: int) -> None:
            self._say(ImportProgress(self._tally.rows, importing=True))

        acts = self._commands(planned, batch, name)
        done = desk.perform_whole(batch.import_id, acts, sentence=_sentence, heard=heard)
        for refused in done.refused:
            if refused.target.id not in self._rows:
                continue  # of the record of the import, which says nothing of a row
            lead_id, why = refused.target.id, refused.verdict
            updates = lead_id in self._updates
            self._tally.refuse(self._rows[lead_id], updates=updates, why=" ".join(filter(None, (why.reason, why.do))))
        return done

    def _commands(self, planned: Iterator[PlannedRow], batch: ImportBatch, name: str) -> Iterator[Command]:
        for row in planned:
            if row.command is not None:
                self._rows[row.command.lead_id] = row.number
                if isinstance(row.command, UpdateLead):
                    self._updates.add(row.command.lead_id)
                yield row.command
        if self._rows:
            figures = {
                "rows": self._tally.rows,
                "created": self._tally.created,
                "updated": self._tally.updated,
                "duplicates": self._tally.outcomes[Outcome.DUPLICATE],
                "failed": self._tally.outcomes[Outcome.FAILED],
            }
            yield RecordImport(
                id=new_id(),
                issued_at=batch.issued_at,
                batch=batch.import_id,
                import_id=batch.import_id,
                file_name=name[:LONGEST_NAME],
                figures=figures,
            )

    def report(
        self, sheet: Spreadsheet, mapping: ColumnMapping, import_id: str, path: Path, done: BatchDone | None
    ) -> ImportReport:
        """What came of it, or would."""
        tally = self._tally
        return ImportReport(
            path=path,
            reading=sheet.reading,
            described=sheet.described,
            mapping=mapping,
            dry_run=done is None,
            import_id=import_id,
            rows=tally.rows,
            created=tally.created,
            updated=tally.updated,
            duplicates=tally.outcomes[Outcome.DUPLICATE],
            failed=tally.outcomes[Outcome.FAILED],
            flagged=tally.flagged,
            stages=tally.stages(),
            checks=tally.checks(),
            findings=tally.findings,
            left_out=tally.left_out,
            stopped=tally.stopped,
            act=None if done is None else done.act,
            owner=self._owner,
        )


def _sentence(commands: int) -> str:
    # The last one is the record of the import itself.
    leads = max(1, commands - 1)
    return "Imported a lead" if leads == 1 else f"Imported {leads:,} leads"
