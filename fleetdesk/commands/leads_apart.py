"""Telling leads apart that share something, for all who work on them; and taking that back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid
from fleetdesk.models.access import Actor, Permission, Scope
from fleetdesk.models.base import UNDELETED, Key
from fleetdesk.models.leads_apart import MOST_APART, LeadsApart
from fleetdesk.protocol import LONGEST_ID, Verdict

__all__ = ["KeepApart", "TellApart"]


@dataclass(frozen=True, kw_only=True)
class _ApartCommand(Command):
    """A command about leads that are told apart."""

    permission: ClassVar[Permission] = Permission.LEADS_EDIT
    writes: ClassVar[frozenset[str]] = frozenset({Scope.LEADS})

    apart_id: str

    def target(self) -> Key:
        return LeadsApart.key_of(self.apart_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})


@dataclass(frozen=True, kw_only=True)
class TellApart(_ApartCommand):
    """These leads are different prospects: none of them is offered as a duplicate of another."""

    name: ClassVar[str] = "leads.tell_apart"

    lead_ids: tuple[str, ...]

    def creates(self) -> frozenset[Key]:
        return self.touches()

    def sentence(self) -> str:
        return f"Told {len(self.lead_ids):,} leads apart"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        leads = sorted(set(self.lead_ids))
        if not 2 <= len(leads) <= MOST_APART:
            what = f"From 2 to {MOST_APART:,} leads can be told apart at once; these are {len(leads):,}."
            raise Invalid("lead_ids", what)
        if any(not 0 < len(lead) <= LONGEST_ID for lead in leads):
            raise Invalid("lead_ids", "One of these is no lead.")
        db.add(
            LeadsApart(
                id=self.apart_id,
                scope=Scope.LEADS,
                lead_ids=leads,
                author_id=actor.person_id,
                created_at=self.issued_at,
                updated_at=self.issued_at,
                **UNDELETED,
            )
        )
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return KeepApart(id=new_id(), issued_at=issued_at, apart_id=self.apart_id, apart=False)


@dataclass(frozen=True, kw_only=True)
class KeepApart(_ApartCommand):
    """Whether leads that were told apart once are still to be: if not, they are offered as duplicates again."""

    name: ClassVar[str] = "leads.keep_apart"

    apart: bool

    def sentence(self) -> str:
        return "Told leads apart again" if self.apart else "Took back that leads are no duplicates"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        row = db.get(LeadsApart, self.apart_id)
        if row.deleted is not self.apart:
            return MERGED
        row.deleted_at, row.deleted_by = (None, None) if self.apart else (self.issued_at, actor.person_id)
        row.updated_at = max(row.updated_at, self.issued_at)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return KeepApart(id=new_id(), issued_at=issued_at, apart_id=self.apart_id, apart=not self.apart)
