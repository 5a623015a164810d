"""The bytes of documents, as the hub takes and gives them: in pieces, so that whatever is cut goes on where it was.

They lie in the database, beside everything else that a backup holds, once for all documents of a scope with the same
digest. Whoever may see a document may have its bytes; policies compare the scope of each piece as of any row. What is
still coming is its sender's alone: what one person sends wrongly never spoils what another one sends.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import Invalid
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.hub.people import actor_of, claims_of, recognise
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import Permission
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import BYTES_ANSWER, BYTES_PIECE, BytesStanding, Person

__all__ = ["DocumentBytes"]


@dataclass(frozen=True)
class _Document:
    """What there is to know of the document whose bytes are meant."""

    scope: str
    sha256: str
    size: int
    stored: bool


class DocumentBytes:
    """Takes and gives bytes. Every call is one short transaction: a slow laptop holds nothing meanwhile."""

    def __init__(self, database: Database, platform: Platform, clock: Clock) -> None:
        self._database = database
        self._platform = platform
        self._clock = clock

    def standing(self, document_id: str, identity: Identity) -> BytesStanding:
        """How much of a document is here of what this person sends. Raises NotAllowed, Refused, Unavailable."""

        def ask(session: Session) -> BytesStanding:
            connection = session.connection()
            person = self._who(connection, identity, Permission.LEADS_EDIT)
            document = _document(connection, document_id)
            if document is None:
                return _UNKNOWN
            self._claim(connection, person, document)
            return self._standing(connection, person, document)

        return self._database.work(ask)

    def take(self, document_id: str, place: int, piece: bytes, identity: Identity) -> BytesStanding:
        """Take the piece that begins at `place`; one that is not the next is passed over, and the answer says which is.

        With the last one all are compared with the document's digest. Raises Invalid for a piece of a wrong length.
        """

        def do(session: Session) -> BytesStanding:
            connection = session.connection()
            person = self._who(connection, identity, Permission.LEADS_EDIT)
            document = _document(connection, document_id)
            if document is None:
                return _UNKNOWN
            self._claim(connection, person, document)
            standing = self._standing(connection, person, document)
            if standing.whole or standing.spoilt or place != standing.received:
                return standing
            if len(piece) != min(BYTES_PIECE, document.size - place):
                raise Invalid("piece", f"A piece has {BYTES_PIECE:,} bytes, the last one what is left.")
            return self._add(connection, person, document, place, piece)

        return self._database.work(do)

    def give(self, document_id: str, place: int, identity: Identity) -> bytes | None:
        """Bytes from `place` on, at most BYTES_ANSWER; None where the hub has them not, or not for this person."""
        if place < 0 or place % BYTES_PIECE:
            raise Invalid("place", "Bytes are given from the beginning of a piece.")
        with self._database.reading() as connection:
            self._who(connection, identity, Permission.LEADS_READ)
            document = _document(connection, document_id)
            if document is None or not document.stored:
                return None
            found = connection.execute(
                _PIECES,
                {
                    "scope": document.scope,
                    "sha256": document.sha256,
                    "first": place,
                    "behind": place + BYTES_ANSWER,
                },
            )
            return b"".join(bytes(row.bytes) for row in found) or None

    def _who(self, connection: Connection, identity: Identity, permission: Permission) -> Person:
        person = recognise(connection, identity, self._platform.access)
        self._platform.access.demand(actor_of(person, ""), permission)
        set_claims(connection, claims_of(person))
        return person

    def _claim(self, connection: Connection, person: Person, document: _Document) -> None:
        """Take the right to write where the document is, and nowhere else."""
        scopes = frozenset(person.scopes)
        set_claims(
            connection, Claims(person=person.id, role=person.role, read=scopes, write=frozenset({document.scope}))
        )

    def _standing(self, connection: Connection, person: Person, document: _Document) -> BytesStanding:
        """What is here; whole bytes are told to all documents that wait for them."""
        values = {"scope": document.scope, "sha256": document.sha256, "person": person.id}
        size = connection.execute(_WHOLE, values).scalar()
        if size is not None and size != document.size:
            # The digest is of other bytes than the document says it has: sending them would end in the same.
            return BytesStanding(received=0, spoilt=True)
        if size is not None:
            self._tell(connection, document)
            return BytesStanding(received=document.size, whole=True)
        coming = connection.execute(_COMING, values).one_or_none()
        return BytesStanding(received=0 if coming is None else coming.received)

    def _add(
        self, connection: Connection, person: Person, document: _Document, place: int, piece: bytes
    ) -> BytesStanding:
        values = {"scope": document.scope, "sha256": document.sha256, "person": person.id}
        now = self._clock.now()
        blob = connection.execute(_BEGIN, values | {"size": document.size, "now": now}).scalar_one()
        received = place + len(piece)
        connection.execute(_ADD, {"blob": blob, "place": place, "scope": document.scope, "bytes": piece})
        connection.execute(_RECEIVED, {"blob": blob, "received": received, "now": now})
        if received < document.size:
            return BytesStanding(received=received)
        if connection.execute(_DIGEST, {"blob": blob}).scalar_one() != document.sha256:
            connection.execute(_FORGET, {"blob": blob})
            return BytesStanding(received=0, spoilt=True)
        connection.execute(_MAKE_WHOLE, {"blob": blob})
        self._tell(connection, document)
        return BytesStanding(received=received, whole=True)

    def _tell(self, connection: Connection, document: _Document) -> None:
        connection.execute(_STORED, {"scope": document.scope, "sha256": document.sha256, "size": document.size})


_UNKNOWN = BytesStanding(known=False, received=0)


def _document(connection: Connection, document_id: str) -> _Document | None:
    """The document, if it is there for this transaction's claims and was not removed."""
    row = connection.execute(_DOCUMENT, {"id": document_id}).one_or_none()
    return None if row is None else _Document(row.scope, row.sha256, row.size, row.state == "stored")


_DOCUMENT = text("SELECT scope, sha256, size, state FROM doc_documents WHERE id = :id AND deleted_at IS NULL")
_WHOLE = text("SELECT size FROM doc_blob WHERE scope = :scope AND sha256 = :sha256 AND whole")
# Held until the transaction's end: of two requests of one person for the same bytes, one waits for the other.
_COMING = text(
    "SELECT received FROM doc_blob WHERE scope = :scope AND sha256 = :sha256 AND person_id = :person AND NOT whole"
    " FOR UPDATE"
)
_BEGIN = text(
    "INSERT INTO doc_blob (scope, sha256, size, person_id, touched_at)"
    " VALUES (:scope, :sha256, :size, :person, :now)"
    " ON CONFLICT (scope, sha256, person_id) WHERE NOT whole DO UPDATE SET touched_at = :now RETURNING id"
)
_ADD = text("INSERT INTO doc_blob_piece (blob_id, place, scope, bytes) VALUES (:blob, :place, :scope, :bytes)")
_RECEIVED = text("UPDATE doc_blob SET received = :received, touched_at = :now WHERE id = :blob")
_DIGEST = text(
    "SELECT encode(sha256(string_agg(bytes, ''::bytea ORDER BY place)), 'hex')"
    " FROM doc_blob_piece WHERE blob_id = :blob"
)
_FORGET = text("DELETE FROM doc_blob WHERE id = :blob")
_MAKE_WHOLE = text("UPDATE doc_blob SET whole = true WHERE id = :blob")
_STORED = text(
    "UPDATE doc_documents SET state = 'stored'"
    " WHERE scope = :scope AND sha256 = :sha256 AND size = :size AND state = 'waiting'"
)
_PIECES = text(
    "SELECT piece.bytes FROM doc_blob_piece AS piece JOIN doc_blob AS blob ON blob.id = piece.blob_id"
    " WHERE blob.scope = :scope AND blob.sha256 = :sha256 AND blob.whole"
    " AND piece.place >= :first AND piece.place < :behind ORDER BY piece.place"
)
