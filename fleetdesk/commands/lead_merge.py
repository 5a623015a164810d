"""Leads that are the same prospect: merged into one, and separated again (SPEC.md, 1).

A merge marks the others with `merged_into`; their activities stay where they are, and timelines read through the marks.
Only a lead that is merged into no other takes others in, and only such ones: there is never a cycle, whichever order
the hub decides in. What the winner took from each is written down on that one, so that anybody can separate them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command, FieldEdit, conflicting, set_fields
from fleetdesk.commands.lead_command import LeadCommand
from fleetdesk.commands.lead_fields import EDITABLE, check_field
from fleetdesk.commands.leads import EditLead
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid, Refused
from fleetdesk.models.access import Actor
from fleetdesk.models.base import Key
from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import from_plain, to_plain
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = ["MergeLeads", "Taken", "UnmergeLeads"]

_LAST = "last_activity_at"


@dataclass(frozen=True, slots=True)
class Taken:
    """A field in which the winner takes another's value: its own as the person saw it, the other's, and whose it is."""

    base: Any
    new: Any
    source: str


@dataclass(frozen=True, kw_only=True)
class MergeLeads(LeadCommand):
    """Merges other leads into this one, the winner, which takes the values of some fields from them.

    A field that changed meanwhile, here or there, is a conflict of that field alone.
    """

    name: ClassVar[str] = "leads.merge"

    losers: tuple[str, ...]
    taken: Mapping[str, Taken] = field(default_factory=dict)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target(), *(Lead.key_of(loser) for loser in self.losers)})

    def sentence(self) -> str:
        return f"Merged {len(self.losers) + 1} leads into one"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        self._check()
        winner = self._lead(db)
        losers = [db.get(Lead, loser) for loser in self.losers]
        merging = [loser for loser in losers if loser.merged_into != winner.id]
        for loser in merging:
            _check_loser(loser)
        conflicts: list[FieldConflict] = []
        for loser in merging:
            conflicts += self._take_in(winner, loser)
        if not merging:
            return MERGED
        winner.rekey()
        self._stamp(winner)
        return conflicting(tuple(conflicts)) if conflicts else APPLIED

    def insisting(self, conflicts: tuple[FieldConflict, ...], *, id: str, issued_at: dt.datetime) -> Command | None:
        edits = {
            conflict.field: FieldEdit(
                # Where the other lead's value changed, the winner's own is still what it was.
                base=conflict.theirs if conflict.row_id == self.lead_id else conflict.base,
                new=conflict.mine,
            )
            for conflict in conflicts
            if conflict.field in self.taken
        }
        return EditLead(id=id, issued_at=issued_at, lead_id=self.lead_id, edits=edits) if edits else None

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        losers = tuple(loser for loser in self.losers if Lead.key_of(loser) in changes)
        return UnmergeLeads(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, losers=losers)

    def _check(self) -> None:
        if not self.losers or len({self.lead_id, *self.losers}) <= len(self.losers):
            raise Invalid("losers", "A merge needs two different leads at least.")
        for name, taken in self.taken.items():
            check_field(name, taken.new)
            if taken.source not in self.losers:
                raise Invalid(name, "A value can be taken only from a lead that is merged.")

    def _take_in(self, winner: Lead, loser: Lead) -> Iterator[FieldConflict]:
        """Merge one lead in; the fields that changed meanwhile are given, and stay as the winner has them."""
        wanted = {name: taken for name, taken in self.taken.items() if taken.source == loser.id}
        moved_on = {name for name, taken in wanted.items() if to_plain(getattr(loser, name)) != taken.new}
        edits = {name: FieldEdit(taken.base, taken.new) for name, taken in wanted.items() if name not in moved_on}
        before = {name: to_plain(getattr(winner, name)) for name in (*edits, _LAST)}
        verdict = set_fields(winner, edits)
        winner.last_activity_at = max(filter(None, (winner.last_activity_at, loser.last_activity_at)), default=None)
        after = {name: to_plain(getattr(winner, name)) for name in before}
        tags = sorted(set(loser.tags) - set(winner.tags))
        winner.tags = sorted({*winner.tags, *tags})
        winner.activity_count += loser.activity_count
        loser.merged_into = winner.id
        loser.merge_record = {
            "fields": {name: [before[name], after[name]] for name in before if before[name] != after[name]},
            "tags": list(tags),
            "activities": loser.activity_count,
        }
        self._stamp(loser)
        yield from verdict.conflicts
        for name in sorted(moved_on):
            yield FieldConflict(
                table=Lead.__tablename__,
                row_id=loser.id,
                field=name,
                base=wanted[name].base,
                mine=wanted[name].new,
                theirs=to_plain(getattr(loser, name)),
            )


@dataclass(frozen=True, kw_only=True)
class UnmergeLeads(LeadCommand):
    """Separates merged leads from the winner, which gets its former values back where nobody changed them since."""

    name: ClassVar[str] = "leads.unmerge"

    losers: tuple[str, ...]

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target(), *(Lead.key_of(loser) for loser in self.losers)})

    def sentence(self) -> str:
        return "Separated merged leads"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if not self.losers:
            raise Invalid("losers", "There is no lead to separate.")
        winner = db.get(Lead, self.lead_id)
        merged = [loser for name in self.losers if (loser := db.get(Lead, name)).merged_into == winner.id]
        # What was merged last goes first: it stands upon what the others brought.
        for loser in reversed(merged):
            _give_back(winner, loser)
            self._stamp(loser)
        if not merged:
            return MERGED
        winner.rekey()
        self._stamp(winner)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        _, winner = changes.get(self.target(), (None, {}))
        losers = tuple(loser for loser in self.losers if Lead.key_of(loser) in changes)
        taken = {
            name: Taken(base=winner[name], new=after, source=loser)
            for loser in losers
            for name, _, after in _fields(_record_before(changes[Lead.key_of(loser)]))
            if name in EDITABLE and name in winner
        }
        return MergeLeads(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, losers=losers, taken=taken)


def _check_loser(loser: Lead) -> None:
    if loser.deleted:
        raise Refused("deleted", "One of these leads was deleted.", do="Restore it, or merge without it.")
    if loser.merged_into is not None:
        raise Refused("merged", "One of these leads was merged into another one.", do="Merge that one instead.")
    if loser.status == Stage.CONVERTED:
        what = "A converted lead belongs to its tenant, and must be the one that stays."
        raise Refused("converted", what, do="Merge the other leads into it.")


def _give_back(winner: Lead, loser: Lead) -> None:
    """Take out of the winner what it has of the loser, as the loser's record says; the mark goes with the record."""
    record = loser.merge_record or {}
    for name, before, after in _fields(record):
        if name in EDITABLE | {_LAST} and to_plain(getattr(winner, name)) == after:
            setattr(winner, name, from_plain(Lead, name, before))
    brought = record.get("tags")
    winner.tags = [tag for tag in winner.tags if not isinstance(brought, list) or tag not in brought]
    counted = record.get("activities")
    winner.activity_count = max(0, winner.activity_count - (counted if isinstance(counted, int) else 0))
    loser.merged_into = loser.merge_record = None


def _record_before(change: RowChange) -> Mapping[str, JsonValue]:
    before, _ = change
    record = None if before is None else before.get("merge_record")
    return record if isinstance(record, dict) else {}


def _fields(record: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    """Each field that the winner took, with what it had before and what it took."""
    fields = record.get("fields")
    for name, pair in fields.items() if isinstance(fields, dict) else ():
        if isinstance(pair, Sequence) and len(pair) == 2:
            yield name, pair[0], pair[1]
