"""What is remembered of an import as a whole: that it was, and that it was taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid
from fleetdesk.models.access import Actor, Permission, Scope
from fleetdesk.models.base import Key
from fleetdesk.models.lead_imports import LeadImport
from fleetdesk.protocol import Verdict

__all__ = ["LONGEST_NAME", "MarkImport", "RecordImport"]

_FIGURES = frozenset({"rows", "created", "updated", "duplicates", "failed"})
LONGEST_NAME = 300
"""Characters of a file's name that are kept."""


@dataclass(frozen=True, kw_only=True)
class _ImportCommand(Command):
    """A command about one import."""

    permission: ClassVar[Permission] = Permission.LEADS_IMPORT
    writes: ClassVar[frozenset[str]] = frozenset({Scope.LEADS})

    import_id: str

    def target(self) -> Key:
        return LeadImport.key_of(self.import_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})


@dataclass(frozen=True, kw_only=True)
class RecordImport(_ImportCommand):
    """Writes down an import, as the last command of its batch; `figures` are those of `LeadImport`."""

    name: ClassVar[str] = "imports.record"

    file_name: str
    figures: Mapping[str, Any]

    def creates(self) -> frozenset[Key]:
        return self.touches()

    def sentence(self) -> str:
        return "Imported a file of leads"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if not 0 < len(self.file_name) <= LONGEST_NAME or "\0" in self.file_name:
            raise Invalid("file_name", f"A file's name has 1 to {LONGEST_NAME} characters.")
        if self.figures.keys() != _FIGURES or not all(_is_count(count) for count in self.figures.values()):
            raise Invalid("figures", "It is not said what came of the import.")
        db.add(
            LeadImport.made(
                {
                    **self.figures,
                    "id": self.import_id,
                    "scope": Scope.LEADS,
                    "file_name": self.file_name,
                    "person_id": actor.person_id,
                    "imported_at": self.issued_at,
                    "taken_back_at": None,
                    "taken_back_by": None,
                }
            )
        )
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return MarkImport(id=new_id(), issued_at=issued_at, import_id=self.import_id, taken_back=True)


@dataclass(frozen=True, kw_only=True)
class MarkImport(_ImportCommand):
    """Says that an import was taken back, as far as it could be; or that it counts again."""

    name: ClassVar[str] = "imports.mark"

    taken_back: bool

    def sentence(self) -> str:
        return "Took back an import" if self.taken_back else "Brought an import back"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        record = db.get(LeadImport, self.import_id)
        if (record.taken_back_at is not None) is self.taken_back:
            return MERGED
        record.taken_back_at = self.issued_at if self.taken_back else None
        record.taken_back_by = actor.person_id if self.taken_back else None
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return MarkImport(id=new_id(), issued_at=issued_at, import_id=self.import_id, taken_back=not self.taken_back)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 32
