"""The bench's own record: twelve columns, searchable, revised, with commands like those of leads; their platform."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.commands.core import APPLIED, MERGED, Command, FieldEdit, set_fields
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.models.access import Actor, Permission, Role, Scope
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.normalise import search_key
from fleetdesk.models.revisions import Revised, Revision
from fleetdesk.models.types import Choice, Instant, Whole, Words
from fleetdesk.protocol import Verdict

__all__ = ["ROLE", "STAGES", "AddProspect", "EditProspect", "Prospect", "ProspectRevision", "bench_platform"]

ROLE = Role.COMMERCIAL
"""Who the bench's laptops belong to."""
STAGES = ("new", "contacted", "qualified", "onboarding", "converted", "lost")


class Prospect(Revised, Synced):
    """Someone who may become a customer; of its changes revisions are kept, as of a lead's."""

    __tablename__ = "bench_prospect"
    search_columns = ("search_key",)
    revised = frozenset({"status", "name", "company", "email", "phone", "fleet_size", "message"})

    status: Mapped[str] = mapped_column(Choice(STAGES))
    name: Mapped[str] = mapped_column(Words)
    company: Mapped[str | None] = mapped_column(Words)
    email: Mapped[str | None] = mapped_column(Words)
    phone: Mapped[str | None] = mapped_column(Words)
    fleet_size: Mapped[int | None] = mapped_column(Whole)
    message: Mapped[str | None] = mapped_column(Words)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)
    search_key: Mapped[str] = mapped_column(Words)

    __table_args__ = (Index(None, "status", "updated_at"), Index(None, "phone"))

    def renormalise(self) -> None:
        """Bring the search key in step with the words that it is made of."""
        self.search_key = search_key(self.name, self.company, self.message)


class ProspectRevision(Revision):
    """What one command changed in a prospect."""

    __tablename__ = "bench_prospect_revision"
    revises = Prospect.__tablename__

    __table_args__ = (Index(None, "row_id", "at"),)


@dataclass(frozen=True, kw_only=True)
class _ProspectCommand(Command):
    permission: ClassVar[Permission] = Permission.LEADS_EDIT
    writes: ClassVar[frozenset[str]] = frozenset({Scope.LEADS})

    prospect_id: str

    def target(self) -> Key:
        return Prospect.key_of(self.prospect_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})


@dataclass(frozen=True, kw_only=True)
class EditProspect(_ProspectCommand):
    """Sets fields, each with the value that it was based on."""

    name: ClassVar[str] = "bench.edit"

    edits: Mapping[str, FieldEdit]

    def sentence(self) -> str:
        return "Edited a prospect"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        prospect = db.get(Prospect, self.prospect_id)
        verdict = set_fields(prospect, self.edits)
        prospect.renormalise()
        if verdict is not MERGED:
            prospect.updated_at = max(prospect.updated_at, self.issued_at)
        return verdict


@dataclass(frozen=True, kw_only=True)
class AddProspect(_ProspectCommand):
    """A new prospect."""

    name: ClassVar[str] = "bench.add"

    who: str
    company: str

    def creates(self) -> frozenset[Key]:
        return self.touches()

    def sentence(self) -> str:
        return "Added a prospect"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        prospect = Prospect(
            id=self.prospect_id,
            scope=Scope.LEADS,
            status="new",
            name=self.who,
            company=self.company,
            email=None,
            phone=None,
            fleet_size=None,
            message=None,
            updated_at=self.issued_at,
        )
        prospect.renormalise()
        db.add(prospect)
        return APPLIED


def bench_platform() -> Platform:
    """FleetDesk's own platform with the bench's record and commands in it."""
    fleet = fleet_platform()
    schema = fleet.schema.including(Prospect, ProspectRevision)
    return Platform(schema, fleet.commands.including(EditProspect, AddProspect), fleet.access)
