"""From rows of a file to leads: what each column becomes, and what each row would do.

A new lead begins in `new`, or in `lost` with the source's stage as the reason; that stage stays as a tag. What has no
field stays in a note that opens the timeline. Nothing is dropped in silence: what looks wrong is kept and flagged, a
row that cannot become a lead is failed with every reason, and one whose lead is there already is left out or updates
it, as the person says; each names its row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from fleetdesk.commands.import_draft import Check, Draft, Flag, Words
from fleetdesk.commands.import_merge import edits_of
from fleetdesk.commands.import_words import Target, own_outcome, target_of
from fleetdesk.commands.lead_fields import check_field
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import BadFile, Invalid
from fleetdesk.models.duplicates import DuplicateKey, ExistingLead, duplicate_keys
from fleetdesk.models.normalise import search_key
from fleetdesk.models.types import JsonValue

__all__ = [
    "Check",
    "ColumnMapping",
    "Flag",
    "ImportBatch",
    "ImportPlanner",
    "LeadBook",
    "OnExisting",
    "Outcome",
    "PlannedRow",
    "Reason",
    "SourceRow",
    "Target",
    "Words",
    "guess_mapping",
    "in_batches",
]

T = TypeVar("T")
_AT_ONCE = 500
_SEVERAL = frozenset({Target.EMAIL, Target.PHONE, Target.NOTE, Target.TAGS, Target.REST, Target.NOTHING})
_NAMING = frozenset(
    {
        Target.FIRST_NAME,
        Target.LAST_NAME,
        Target.FULL_NAME,
        Target.COMPANY,
        Target.EMAIL,
        Target.PHONE,
        Target.LEAD_ID,
    }
)
_KEY_WORDS = {"email_key": "email address", "phone_key": "phone number", "trade_licence_key": "trade licence"}


class SourceRow(Protocol):
    """A row of a file; `number` is what the person's program shows, `problem` why it cannot be taken as it stands."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> tuple[str, ...]: ...
    @property
    def problem(self) -> BadFile | None: ...


class LeadBook(Protocol):
    """The leads that are there: neither deleted nor merged into others."""

    def having(self, keys: Iterable[DuplicateKey]) -> Mapping[DuplicateKey, ExistingLead]:
        """The oldest lead that has each key."""
        ...

    def named(self, ids: Iterable[str]) -> Mapping[str, ExistingLead]:
        """Those of these ids."""
        ...

    def values(self, ids: Iterable[str]) -> Mapping[str, Mapping[str, JsonValue]]:
        """The fields and tags of those of these ids, as plain values."""
        ...


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What each column becomes; `titles` and `targets` are of equal length."""

    titles: tuple[str, ...]
    targets: tuple[Target, ...]

    @property
    def names_leads(self) -> bool:
        """Whether any column tells one lead from another."""
        return not _NAMING.isdisjoint(self.targets)

    def place(self, target: Target) -> int | None:
        """The first column with that target."""
        return self.targets.index(target) if target in self.targets else None


class OnExisting(StrEnum):
    """What becomes of a row whose lead is there already."""

    LEAVE = "leave"
    """The lead stays as it is."""
    FILL = "fill"
    """Fields that are empty are filled."""
    OVERWRITE = "overwrite"
    """Fields that are empty are filled, and those named are overwritten."""
    CREATE = "create"
    """It becomes another lead, flagged as a duplicate."""


class Outcome(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    UPDATED = "updated"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is failed or left out: in which column, if it is one's fault, and a clause."""

    column: str
    what: str

    def told(self, row: int) -> str:
        """The whole sentence."""
        return f"Row {row}, column “{self.column}”: {self.what}" if self.column else f"Row {row}: {self.what}"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row's fate. `command` is there unless it failed or is left out; `reasons` say why.

    `lead` is the one that is there already, where there is one.
    """

    number: int
    cells: tuple[str, ...]
    outcome: Outcome
    command: CreateLead | UpdateLead | None = None
    flags: tuple[Flag, ...] = ()
    reasons: tuple[Reason, ...] = ()
    lead: ExistingLead | None = None


@dataclass(frozen=True, kw_only=True)
class ImportBatch:
    """What all rows of one import share. `overwritten` are the fields that OVERWRITE names.

    `owner` is whose the new leads are where no column says it; None: nobody's.
    """

    import_id: str
    issued_at: dt.datetime
    new_id: Callable[[], str]
    words: Words = field(default_factory=Words)
    on_existing: OnExisting = OnExisting.LEAVE
    overwritten: frozenset[str] = frozenset()
    owner: str | None = None


def guess_mapping(titles: tuple[str, ...]) -> ColumnMapping:
    """The mapping that the titles suggest, in English, French or Arabic. A second column for one field becomes REST."""
    guessed = [target_of(title) for title in titles]
    if Target.FULL_NAME in guessed and Target.FIRST_NAME in guessed:
        # “Nom” beside “Prénom” is the family name.
        family = Target.REST if Target.LAST_NAME in guessed else Target.LAST_NAME
        guessed = [family if target is Target.FULL_NAME else target for target in guessed]
    if Target.LEAD_ID in guessed:
        # An export of ours: what was done with the lead is told, and cannot be brought in.
        guessed = [
            Target.NOTHING if own_outcome(title) else target for title, target in zip(titles, guessed, strict=True)
        ]
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


@dataclass(slots=True)
class _Row:
    """A row that is being planned."""

    source: SourceRow
    draft: Draft
    keys: tuple[DuplicateKey, ...] = ()
    lead: ExistingLead | None = None
    same: str = ""
    """By what it is known that the lead is there already: the end of a sentence."""
    perhaps: str = ""
    """Of whom it may be a double and is taken for another, as a sentence's end: they share a phone number alone."""

    @property
    def name(self) -> str:
        """The person's name as search compares it; empty where there is no email address that tells them apart."""
        values = self.draft.values
        texts = [str(values.get(name) or "") for name in ("first_name", "last_name")]
        return search_key(*texts) if values.get("email") else ""


class ImportPlanner:
    """Plans rows one after the other, and remembers which keys it has met, so that a file's own doubles are found."""

    def __init__(self, mapping: ColumnMapping, batch: ImportBatch, book: LeadBook) -> None:
        self._mapping = mapping
        self._batch = batch
        self._book = book
        self._id_place = mapping.place(Target.LEAD_ID)
        told = mapping.place(Target.OWNER) is not None
        self._given: Mapping[str, JsonValue] = {} if told or batch.owner is None else {"owner_id": batch.owner}
        self._columns = list(zip(mapping.titles, mapping.targets, strict=True))
        # By column, as texts and numbers alone: a million tuples would make every search for garbage a long one.
        self._seen: dict[str, dict[str, int]] = {column: {} for column in (*_KEY_WORDS, "id")}
        self._callers: dict[int, int] = {}  # by row, the hash of a name: a million names would take much memory

    def plan(self, rows: Iterable[SourceRow]) -> Iterator[PlannedRow]:
        """The fate of each row, in order; some hundred rows are read ahead."""
        for some in in_batches(rows, _AT_ONCE):
            named = self._named(some)
            drafted = [self._draft(row, named) for row in some if row.problem is None]
            self._match(drafted)
            values = self._values(drafted)
            planned = iter([self._planned(row, values) for row in drafted])
            for row in some:
                yield next(planned) if row.problem is None else _broken(row, row.problem)

    def _named(self, rows: Iterable[SourceRow]) -> Mapping[str, ExistingLead]:
        """The leads that rows name by our own ids."""
        place = self._id_place
        ids = {row.cells[place].strip() for row in rows if row.problem is None} if place is not None else set()
        return self._book.named(ids - {""}) if ids - {""} else {}

    def _draft(self, row: SourceRow, named: Mapping[str, ExistingLead]) -> _Row:
        draft = Draft(self._batch.words)
        lead = named.get(row.cells[self._id_place].strip()) if self._id_place is not None else None
        for (title, target), cell in zip(self._columns, row.cells, strict=False):
            if cell and not (target is Target.LEAD_ID and lead is not None):
                draft.take(target, title, cell)
        draft.finish()
        return _Row(row, draft, duplicate_keys(draft.values), lead, "a lead with this id" if lead else "")

    def _match(self, rows: list[_Row]) -> None:
        """Find the leads that are there already, by their keys where no id tells."""
        known = self._book.having({key for row in rows if row.lead is None for key in row.keys})
        for row in rows:
            key = next((key for key in row.keys if key in known), None) if row.lead is None else None
            if key is not None and key.column == "phone_key" and _others(row.name, search_key(known[key].name)):
                row.perhaps = f"a lead of another name has the same phone number: {_called(known[key])}."
            elif key is not None:
                row.lead = known[key]
                row.same = f"a lead with the same {_KEY_WORDS[key.column]}"

    def _values(self, rows: list[_Row]) -> Mapping[str, Mapping[str, JsonValue]]:
        if self._batch.on_existing not in (OnExisting.FILL, OnExisting.OVERWRITE):
            return {}
        ids = {row.lead.id for row in rows if row.lead is not None}
        return self._book.values(ids) if ids else {}

    def _planned(self, row: _Row, values: Mapping[str, Mapping[str, JsonValue]]) -> PlannedRow:
        double = self._double(row)
        self._remember(row)
        creates = self._batch.on_existing is OnExisting.CREATE
        if double and not creates:
            return self._left_out(row, double)
        if row.lead is not None and row.lead.id in values:
            return self._update(row, row.lead, values[row.lead.id])
        reason = double or (f"{row.same} is there already: {_called(row.lead)}." if row.lead else "")
        if reason and not creates:
            return self._left_out(row, reason)
        planned = self._create(row)
        if row.perhaps and not reason:
            return _flagged(planned, row.perhaps)
        if not reason or not isinstance(planned.command, CreateLead):
            return planned
        return replace(_flagged(planned, reason), outcome=Outcome.DUPLICATE, lead=row.lead)

    def _create(self, row: _Row) -> PlannedRow:
        batch, draft = self._batch, row.draft
        note = draft.note
        command = CreateLead(
            id=batch.new_id(),
            issued_at=batch.issued_at,
            batch=batch.import_id,
            lead_id=batch.new_id(),
            values={**draft.values, **self._given},
            tags=tuple(draft.tags),
            lost_reason=draft.lost_reason,
            import_id=batch.import_id,
            note=note or None,
            note_id=batch.new_id() if note else None,
        )
        return self._judged(row, Outcome.NEW, command, command.checked, tuple(draft.flags))

    def _update(self, row: _Row, lead: ExistingLead, values: Mapping[str, JsonValue]) -> PlannedRow:
        batch, draft = self._batch, row.draft
        overwritten = batch.overwritten if batch.on_existing is OnExisting.OVERWRITE else frozenset[str]()
        edits = edits_of(draft.values, values, overwritten)
        tags = values.get("tags")
        there = set(tags) if isinstance(tags, list) else set()
        add = tuple(tag for tag in dict.fromkeys(draft.own_tags) if " ".join(tag.split()) not in there)
        if not edits and not add:
            return self._left_out(row, f"{row.same} is there already, and has all of it: {_called(lead)}.")
        command = UpdateLead(
            id=batch.new_id(),
            issued_at=batch.issued_at,
            batch=batch.import_id,
            lead_id=lead.id,
            edits=edits,
            add=add,
            import_id=batch.import_id,
        )
        taken = [edit.new for edit in edits.values()]
        columns = {draft.columns[name] for name, value in draft.values.items() if value in taken}
        flags = tuple(flag for flag in draft.flags if flag.column in columns)
        return self._judged(row, Outcome.UPDATED, command, command.check, flags)

    def _judged(
        self,
        row: _Row,
        outcome: Outcome,
        command: CreateLead | UpdateLead,
        check: Callable[[], object],
        flags: tuple[Flag, ...],
    ) -> PlannedRow:
        number, cells = row.source.number, row.source.cells
        reasons = tuple(_reasons(row.draft, check))
        if reasons:
            return PlannedRow(number, cells, Outcome.FAILED, reasons=reasons, lead=row.lead)
        return PlannedRow(number, cells, outcome, command, flags, lead=row.lead)

    def _left_out(self, row: _Row, reason: str) -> PlannedRow:
        source = row.source
        return PlannedRow(source.number, source.cells, Outcome.DUPLICATE, reasons=(Reason("", reason),), lead=row.lead)

    def _double(self, row: _Row) -> str:
        """That an earlier row of the file is about the same lead, as a sentence's end; empty if none is."""
        if row.lead is not None and (first := self._seen["id"].get(row.lead.id)) is not None:
            return f"row {first} of this file is about the same lead: {_called(row.lead)}."
        for key in row.keys:
            if (first := self._seen[key.column].get(key.value)) is None:
                continue
            name = self._callers.get(first)
            if key.column == "phone_key" and row.name and name is not None and name != hash(row.name):
                row.perhaps = f"row {first} of this file has the same phone number, under another name."
            else:
                return f"row {first} of this file has the same {_KEY_WORDS[key.column]}."
        return ""

    def _remember(self, row: _Row) -> None:
        if row.lead is not None:
            self._seen["id"].setdefault(row.lead.id, row.source.number)
        for key in row.keys:
            first = self._seen[key.column].setdefault(key.value, row.source.number)
            if key.column == "phone_key" and first == row.source.number and row.name:
                self._callers[first] = hash(row.name)


def _broken(row: SourceRow, problem: BadFile) -> PlannedRow:
    column = problem.column or ""
    what = str(problem).removeprefix(Reason(column, "").told(row.number))
    return PlannedRow(row.number, row.cells, Outcome.FAILED, reasons=(Reason(column, what),))


def _flagged(planned: PlannedRow, reason: str) -> PlannedRow:
    """The same row, to be looked at as a duplicate."""
    if not isinstance(planned.command, CreateLead):
        return planned
    command = replace(planned.command, tags=(*planned.command.tags, Check.DUPLICATE))
    return replace(planned, command=command, flags=(*planned.flags, Flag(Check.DUPLICATE, "", reason)))


def _others(name: str, other: str) -> bool:
    """Whether two names, as search compares them, are of two people: neither is a part of the other."""
    words, others = set(name.split()), set(other.split())
    return bool(words and others) and not (words <= others or others <= words)


def _called(lead: ExistingLead | None) -> str:
    """How a sentence names a lead that is there."""
    if lead is None:
        return ""
    beside = f" ({lead.company})" if lead.name and lead.company else ""
    return f"{lead.name or lead.company or 'one without a name'}{beside}"


def _reasons(draft: Draft, check: Callable[[], object]) -> Iterator[Reason]:
    """Every reason why it cannot be done."""
    try:
        check()
    except Invalid as first:
        errors = {error.field: error for error in _field_errors(draft.values)} or {first.field: first}
        for name, error in errors.items():
            yield Reason(draft.columns.get(name, ""), str(error))


def _field_errors(values: Mapping[str, JsonValue]) -> Iterator[Invalid]:
    for name, value in values.items():
        try:
            check_field(name, value)
        except Invalid as error:
            yield error
