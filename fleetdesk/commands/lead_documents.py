"""What staff do with the documents of a lead: attach, remove, bring back. The bytes go another way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command
from fleetdesk.commands.lead_command import LeadCommand
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid
from fleetdesk.models.access import Actor, Scope
from fleetdesk.models.base import UNDELETED, Key
from fleetdesk.models.documents import Document, DocumentState, OwnerKind, check_document
from fleetdesk.protocol import Verdict

__all__ = ["AttachDocument", "RemoveDocument", "RestoreDocument"]


@dataclass(frozen=True, kw_only=True)
class _DocumentCommand(LeadCommand):
    document_id: str

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target(), Document.key_of(self.document_id)})

    def _document(self, db: Workspace) -> Document:
        """The document, refused if it is another lead's."""
        document = db.get(Document, self.document_id)
        if (document.owner_kind, document.owner_id) != (OwnerKind.LEAD, self.lead_id):
            raise Invalid("document_id", "This document belongs to something else.")
        return document


@dataclass(frozen=True, kw_only=True)
class AttachDocument(_DocumentCommand):
    """Attaches a file of this name, digest, size and type. Whoever attaches it has the bytes, which follow."""

    name: ClassVar[str] = "leads.attach_document"

    file_name: str
    sha256: str
    size: int
    media_type: str

    def creates(self) -> frozenset[Key]:
        return frozenset({Document.key_of(self.document_id)})

    def sentence(self) -> str:
        return "Attached a document"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        check_document(self.file_name, self.sha256, self.size, self.media_type)
        lead = self._lead(db)
        db.add(
            Document(
                id=self.document_id,
                scope=Scope.LEADS,
                owner_kind=OwnerKind.LEAD,
                owner_id=self.lead_id,
                name=self.file_name,
                sha256=self.sha256,
                size=self.size,
                media_type=self.media_type,
                state=DocumentState.WAITING,
                added_by=actor.person_id,
                created_at=self.issued_at,
                updated_at=self.issued_at,
                **UNDELETED,
            )
        )
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return RemoveDocument(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, document_id=self.document_id)


@dataclass(frozen=True, kw_only=True)
class RemoveDocument(_DocumentCommand):
    """Removes a document softly."""

    name: ClassVar[str] = "leads.remove_document"

    def sentence(self) -> str:
        return "Removed a document"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        lead, document = self._lead_or_merged(db), self._document(db)
        if document.deleted:
            return MERGED
        document.deleted_at, document.deleted_by = self.issued_at, actor.person_id
        document.updated_at = max(document.updated_at, self.issued_at)
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return RestoreDocument(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, document_id=self.document_id)


@dataclass(frozen=True, kw_only=True)
class RestoreDocument(_DocumentCommand):
    """Brings a removed document back."""

    name: ClassVar[str] = "leads.restore_document"

    def sentence(self) -> str:
        return "Brought a document back"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        lead, document = self._lead_or_merged(db), self._document(db)
        if not document.deleted:
            return MERGED
        document.deleted_at = document.deleted_by = document.deletion_reason = None
        document.updated_at = max(document.updated_at, self.issued_at)
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return RemoveDocument(id=new_id(), issued_at=issued_at, lead_id=self.lead_id, document_id=self.document_id)
