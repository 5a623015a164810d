"""Leads that are the same prospect: merged into one, and separated again.

A merge marks the others with `merged_into`; their activities stay where they are, and timelines read through the marks.
Only a lead that is merged into no other takes others in, and only such ones: there is never a cycle, whichever order
the hub decides in. The winner keeps what it took from each (`merge_record`), so that anybody can separate them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from fleetdesk.commands.core import APPLIED, MERGED, Command, FieldEdit, conflicting, set_fields
from fleetdesk.commands.import_merge import PAIRS
from fleetdesk.commands.lead_command import LeadCommand
from fleetdesk.commands.lead_fields import EDITABLE, check_field
from fleetdesk.commands.leads import EditLead
from fleetdesk.commands.merge_record import Layer, layers_of, put_on, take_off
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid, Refused
from fleetdesk.models.access import Actor
from fleetdesk.models.base import Key
from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue, instant_text
from fleetdesk.models.values import to_plain
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = ["MOST_LOSERS", "MOST_MERGED", "MergeFacts", "MergeLeads", "Taken", "UnmergeLeads", "check_mergeable"]

MOST_LOSERS = 20
"""Leads that one command merges into another or separates from it, at most: a person compares them field by field."""
MOST_MERGED = 200
"""Leads that may be merged into one, at most."""


class MergeFacts(Protocol):
    """What decides whether a lead may be merged; a mapped record and a frozen row both have it."""

    @property
    def status(self) -> str: ...
    @property
    def deleted(self) -> bool: ...
    @property
    def merged_into(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A field in which the winner takes another's value: its own as the person saw it, the other's, and whose it is.

    A second address or number may be the other's first one.
    """

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
        return _rows(self.lead_id, self.losers)

    def sentence(self) -> str:
        return f"Merged {len(self.losers) + 1} leads into one"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        self._check()
        winner = self._lead(db)
        losers = [db.get(Lead, loser) for loser in self.losers]
        merging = [loser for loser in losers if loser.merged_into != winner.id]
        for loser in merging:
            check_mergeable(loser)
        if len(layers_of(winner.merge_record)) + len(merging) > MOST_MERGED:
            what = f"At most {MOST_MERGED} leads can be merged into one, and this one would have more."
            raise Refused("too_many", what, do="Separate some of them first.")
        conflicts: list[FieldConflict] = []
        for loser in merging:
            conflicts += self._take_in(winner, loser, actor)
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
        _check_count(self.losers, "merged")
        if not self.losers or len({self.lead_id, *self.losers}) <= len(self.losers):
            raise Invalid("losers", "A merge needs two different leads at least.")
        for name, taken in self.taken.items():
            check_field(name, taken.new)
            if taken.source not in self.losers:
                raise Invalid(name, "A value can be taken only from a lead that is merged.")

    def _take_in(self, winner: Lead, loser: Lead, actor: Actor) -> Iterator[FieldConflict]:
        """Merge one lead in; the fields that changed meanwhile are given, and stay as the winner has them."""
        wanted = {name: taken for name, taken in self.taken.items() if taken.source == loser.id}
        moved_on = {name for name, taken in wanted.items() if taken.new not in _values_for(loser, name)}
        edits = {name: FieldEdit(taken.base, taken.new) for name, taken in wanted.items() if name not in moved_on}
        before = {name: to_plain(getattr(winner, name)) for name in edits}
        verdict = set_fields(winner, edits)
        after = {name: to_plain(getattr(winner, name)) for name in edits}
        put_on(
            winner,
            Layer(
                lead_id=loser.id,
                at=instant_text(self.issued_at),
                by=actor.person_id,
                fields={name: (before[name], after[name]) for name in edits if before[name] != after[name]},
                tags=tuple(loser.tags),
                brought=tuple(sorted({*loser.tags} - {*winner.tags})),
                activities=loser.activity_count,
                last_activity_at=None if loser.last_activity_at is None else instant_text(loser.last_activity_at),
            ),
        )
        loser.merged_into = winner.id
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
        return _rows(self.lead_id, self.losers)

    def sentence(self) -> str:
        return "Separated merged leads"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        _check_count(self.losers, "separated")
        if not self.losers:
            raise Invalid("losers", "There is no lead to separate.")
        winner = db.get(Lead, self.lead_id)
        merged = [loser for name in self.losers if (loser := db.get(Lead, name)).merged_into == winner.id]
        for loser in merged:
            take_off(winner, loser)
            loser.merged_into = None
            self._stamp(loser)
        if not merged:
            return MERGED
        winner.rekey()
        self._stamp(winner)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        before, after = changes.get(self.target(), (None, {}))
        losers = tuple(loser for loser in self.losers if Lead.key_of(loser) in changes)
        taken = {
            name: Taken(base=after[name], new=took, source=layer.lead_id)
            for layer in layers_of((before or {}).get("merge_record"))
            for name, (_, took) in layer.fields.items()
            if layer.lead_id in losers and name in EDITABLE and name in after
        }
        return MergeLeads(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, losers=losers, taken=taken)


def check_mergeable(lead: MergeFacts, *, stays: bool = False) -> None:
    """Raise Refused unless the lead may be merged into another, or, with `stays`, take others in.

    Codes: `deleted`, `merged`, `converted`.
    """
    if lead.deleted:
        raise Refused("deleted", "One of these leads was deleted.", do="Restore it, or merge without it.")
    if lead.merged_into is not None:
        raise Refused("merged", "One of these leads was merged into another one.", do="Merge that one instead.")
    if lead.status == Stage.CONVERTED and not stays:
        what = "A converted lead belongs to its tenant, and must be the one that stays."
        raise Refused("converted", what, do="Merge the other leads into it.")


def _values_for(loser: Lead, name: str) -> list[JsonValue]:
    """What a lead may give to a field: its own value, or the other one of which a lead has two."""
    names = next((pair for pair in PAIRS if name == pair[1]), (name,))
    return [to_plain(getattr(loser, each)) for each in names]


def _rows(winner: str, losers: tuple[str, ...]) -> frozenset[Key]:
    """The rows of a command; it is refused where it names more than these, and then needs none of them."""
    return frozenset({Lead.key_of(winner), *map(Lead.key_of, losers[:MOST_LOSERS])})


def _check_count(losers: tuple[str, ...], done: str) -> None:
    if len(losers) > MOST_LOSERS:
        what = f"At most {MOST_LOSERS} leads can be {done} at once; here there are {len(losers):,}."
        raise Invalid("losers", what, do="Begin with some of them, and do the others after that.")
