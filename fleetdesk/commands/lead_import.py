"""From rows of a file to new leads: what each column becomes, and what each row would do (SPEC.md section 1).

A lead begins in `new`, or in `lost` with the source's stage as the reason; that stage stays as a tag. What has no field
stays in a note that opens the timeline. Nothing is dropped in silence: what looks wrong is kept and flagged, a row that
cannot become a lead is failed with every reason, and one that is there already is a duplicate; each names its row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from fleetdesk.commands.import_draft import Check, Draft, Flag
from fleetdesk.commands.import_words import Target, target_of
from fleetdesk.commands.lead_fields import check_field
from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import BadFile, Invalid
from fleetdesk.models.duplicates import DuplicateKey, ExistingLead, duplicate_keys

__all__ = [
    "Check",
    "ColumnMapping",
    "Existing",
    "Flag",
    "ImportBatch",
    "ImportPlanner",
    "Outcome",
    "PlannedRow",
    "SourceRow",
    "Target",
    "guess_mapping",
    "in_batches",
]

Existing = Callable[[frozenset[DuplicateKey]], Mapping[DuplicateKey, ExistingLead]]
"""Finds the leads that have any of the keys."""

T = TypeVar("T")
_AT_ONCE = 500
_SEVERAL = frozenset({Target.EMAIL, Target.PHONE, Target.NOTE, Target.TAGS, Target.REST})
_NAMING = frozenset({Target.FIRST_NAME, Target.LAST_NAME, Target.FULL_NAME, Target.COMPANY, Target.EMAIL, Target.PHONE})
_KEY_WORDS = {"email_key": "email address", "phone_key": "phone number", "trade_licence_key": "trade licence"}


class SourceRow(Protocol):
    """A row of a file; `number` is what the person's program shows, `problem` why it cannot be taken as it stands."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> tuple[str, ...]: ...
    @property
    def problem(self) -> BadFile | None: ...


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What each column becomes; `titles` and `targets` are of equal length."""

    titles: tuple[str, ...]
    targets: tuple[Target, ...]

    @property
    def names_leads(self) -> bool:
        """Whether any column tells one lead from another."""
        return not _NAMING.isdisjoint(self.targets)


class Outcome(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row's fate. `command` is there unless it failed or is left out; `reasons` say why, in sentences."""

    number: int
    cells: tuple[str, ...]
    outcome: Outcome
    command: CreateLead | None = None
    flags: tuple[Flag, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportBatch:
    """What all rows of one import share.

    `owners` gives people's ids by name (as `normalise.search_key` writes it) and by email address; `zone` is that of
    dates without one; `keep_duplicates` imports those too, flagged.
    """

    import_id: str
    issued_at: dt.datetime
    new_id: Callable[[], str]
    owners: Mapping[str, str]
    zone: dt.tzinfo = dt.UTC
    keep_duplicates: bool = False


def guess_mapping(titles: tuple[str, ...]) -> ColumnMapping:
    """The mapping that the titles suggest, in English, French or Arabic. A second column for one field becomes REST."""
    guessed = [target_of(title) for title in titles]
    if Target.FULL_NAME in guessed and Target.FIRST_NAME in guessed:
        # “Nom” beside “Prénom” is the family name.
        family = Target.REST if Target.LAST_NAME in guessed else Target.LAST_NAME
        guessed = [family if target is Target.FULL_NAME else target for target in guessed]
    targets: list[Target] = []
    for target in guessed:
        targets.append(Target.REST if target in targets and target not in _SEVERAL else target)
    return ColumnMapping(titles, tuple(targets))


def in_batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of that size; where the file breaks, what came before it is given first."""
    batch: list[T] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                yield batch
                batch = []
    except BadFile:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


class ImportPlanner:
    """Plans rows one after the other, and remembers which keys it has met, so that a file's own doubles are found."""

    def __init__(self, mapping: ColumnMapping, batch: ImportBatch, existing: Existing) -> None:
        self._mapping = mapping
        self._batch = batch
        self._existing = existing
        self._seen: dict[DuplicateKey, int] = {}

    def plan(self, rows: Iterable[SourceRow]) -> Iterator[PlannedRow]:
        """The fate of each row, in order; some hundred rows are read ahead."""
        for some in in_batches(rows, _AT_ONCE):
            drafted = [self._draft(row) for row in some]
            keys = {planned.number: duplicate_keys(planned.command.values) for planned in drafted if planned.command}
            known = self._existing(frozenset(key for row_keys in keys.values() for key in row_keys))
            for planned in drafted:
                yield self._judged(planned, keys.get(planned.number, ()), known)

    def _draft(self, row: SourceRow) -> PlannedRow:
        if row.problem is not None:
            return PlannedRow(row.number, row.cells, Outcome.FAILED, reasons=(str(row.problem),))
        draft = Draft(self._batch.owners, self._batch.zone)
        for title, target, cell in zip(self._mapping.titles, self._mapping.targets, row.cells, strict=False):
            draft.take(target, title, cell)
        draft.finish()
        command = CreateLead(
            id=self._batch.new_id(),
            issued_at=self._batch.issued_at,
            batch=self._batch.import_id,
            lead_id=self._batch.new_id(),
            values=draft.values,
            tags=tuple(draft.tags),
            lost_reason=draft.lost_reason,
            import_id=self._batch.import_id,
            note=draft.note or None,
            note_id=self._batch.new_id() if draft.note else None,
        )
        reasons = tuple(f"Row {row.number}{reason}" for reason in _reasons(command, draft))
        if reasons:
            return PlannedRow(row.number, row.cells, Outcome.FAILED, reasons=reasons)
        return PlannedRow(row.number, row.cells, Outcome.NEW, command, tuple(draft.flags))

    def _judged(
        self, planned: PlannedRow, keys: tuple[DuplicateKey, ...], known: Mapping[DuplicateKey, ExistingLead]
    ) -> PlannedRow:
        reason = next(filter(None, (self._same(key, known) for key in keys)), None)
        for key in keys:
            self._seen.setdefault(key, planned.number)
        if reason is None:
            return planned
        reason = f"Row {planned.number}: {reason}"
        if planned.command is None or not self._batch.keep_duplicates:
            return PlannedRow(planned.number, planned.cells, Outcome.DUPLICATE, reasons=(reason,))
        command = replace(planned.command, tags=(*planned.command.tags, Check.DUPLICATE))
        flags = (*planned.flags, Flag(Check.DUPLICATE, "", reason))
        return replace(planned, outcome=Outcome.DUPLICATE, command=command, flags=flags)

    def _same(self, key: DuplicateKey, known: Mapping[DuplicateKey, ExistingLead]) -> str | None:
        what = _KEY_WORDS[key.column]
        if key in self._seen:
            return f"row {self._seen[key]} of this file has the same {what}."
        if key not in known:
            return None
        lead = known[key]
        named = lead.name or lead.company or key.value
        beside = f" ({lead.company})" if lead.name and lead.company else ""
        return f"a lead with the same {what} is there already: {named}{beside}."


def _reasons(command: CreateLead, draft: Draft) -> Iterator[str]:
    """Every reason why the lead cannot be created, as the end of a sentence that begins with its row."""
    try:
        command.checked()
    except Invalid as first:
        errors = {error.field: error for error in _field_errors(command)} or {first.field: first}
        for field, error in errors.items():
            column = draft.columns.get(field)
            yield f", column “{column}”: {error}" if column else f": {error}"


def _field_errors(command: CreateLead) -> Iterator[Invalid]:
    for name, value in command.values.items():
        try:
            check_field(name, value)
        except Invalid as error:
            yield error
