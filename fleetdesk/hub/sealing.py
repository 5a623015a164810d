"""Seals the audit log, and verifies its seals: a chain of hashes over the events, in an order that never changes.

Events are written by many transactions at once, and none of them waits for another. A chore then seals what can no
longer be preceded by anything: events whose transaction is older than the oldest that still runs, by transaction and
id. Each gets the next place, and the hash of itself and of all before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from sqlalchemy import Connection, Text, select, text, type_coerce
from sqlalchemy.orm import Session

from fleetdesk.hub.bulk import insert_rows
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.models.access import Role, Scope
from fleetdesk.models.audit import AuditEvent, AuditPayload, AuditSeal
from fleetdesk.models.audit_chain import Link, Seal, faults, seal_hash
from fleetdesk.models.values import plain_row

__all__ = ["Audited", "Sealer", "verify"]

_AT_ONCE = 1_000
_SEALING = 0x666C656574736561
_MOST_FAULTS = 100
_AUDITING = Claims(role=Role.SYSTEM, read=frozenset({Scope.AUDIT}), write=frozenset({Scope.AUDIT}))


class Sealer:
    """Seals events. Any number of hubs may call for it at once: one does it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seal(self) -> None:
        """Seal all events that can be sealed by now. Raises Busy, Unavailable."""
        while self._database.work(_seal_some) == _AT_ONCE:
            pass


@dataclass(frozen=True)
class Audited:
    """What a verification found: how many events are sealed, how many wait, the last seal, and the faults, in words.

    After a hundred faults it has looked no further.
    """

    events: int
    unsealed: int
    last: Seal
    faults: tuple[str, ...]


def verify(database: Database, noted: Seal | None = None) -> Audited:
    """Look through the whole chain, in one snapshot; `noted` is a seal that must still be in its place.

    Raises Unavailable.
    """
    with database.reading() as connection, Session(connection) as session:
        set_claims(connection, _AUDITING)
        last = connection.execute(_LAST).one_or_none()
        found = [*islice(faults(_links(session), noted), _MOST_FAULTS), *_put_in(connection)]
        return Audited(
            events=connection.execute(_EVENTS).scalar_one(),
            unsealed=connection.execute(_WAITING).scalar_one(),
            last=Seal(last.sequence, last.hash) if last else Seal(0, ""),
            faults=tuple(found[:_MOST_FAULTS]),
        )


def _seal_some(session: Session) -> int:
    """Seal some events; gives how many."""
    connection = session.connection()
    set_claims(connection, _AUDITING)
    if not connection.execute(_ALONE, {"key": _SEALING}).scalar_one():
        return 0
    last = connection.execute(_LAST).one_or_none()
    seal = Seal(last.sequence, last.hash) if last else Seal(0, "")
    after = (last.xid if last else None) or "0"
    seals: list[dict[str, object]] = []
    for event in session.scalars(select(AuditEvent).from_statement(_SEALABLE), {"after": after, "most": _AT_ONCE}):
        seal = Seal(seal.sequence + 1, seal_hash(seal.hash, plain_row(event)))
        seals.append({"id": event.id, "scope": Scope.AUDIT, "sequence": seal.sequence, "hash": seal.hash})
    insert_rows(connection, AuditSeal.__tablename__, seals)
    return len(seals)


def _links(session: Session) -> Iterator[Link]:
    query = (
        select(AuditSeal, AuditEvent, AuditPayload.salt, type_coerce(AuditPayload.body, Text))
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.id)
        .outerjoin(AuditPayload, AuditPayload.id == AuditSeal.id)
        .order_by(AuditSeal.sequence)
        .execution_options(yield_per=_AT_ONCE)
    )
    with session.execute(query) as result:
        # Outer joins: what is gone is None, which the query's type does not say.
        rows = cast("Iterable[tuple[AuditSeal, AuditEvent | None, str | None, str | None]]", result)
        for seal, event, salt, body in rows:
            yield Link(
                Seal(seal.sequence, seal.hash),
                None if event is None else plain_row(event),
                None if salt is None or body is None else (salt, body),
            )


def _put_in(connection: Connection) -> Iterable[str]:
    """Events that no seal covers and that are older than sealed ones: sealing leaves none behind."""
    for row in connection.execute(_PUT_IN, {"most": _MOST_FAULTS}):
        yield f"The event {row.id} was put in among sealed ones."


_ALONE = text("SELECT pg_try_advisory_xact_lock(:key)")
_LAST = text(
    "SELECT seal.sequence, seal.hash, event.xid::text AS xid FROM sys_audit_seal AS seal"
    " LEFT JOIN sys_audit_event AS event USING (id) ORDER BY seal.sequence DESC LIMIT 1"
)
# No transaction that is older can still commit, so nothing can come before these. The last sealed event tells where to
# begin; others of its transaction may be left, and after a new epoch all are of one.
_SEALABLE = text(
    "SELECT * FROM sys_audit_event AS event WHERE xid >= CAST(:after AS xid8)"
    " AND xid < pg_snapshot_xmin(pg_current_snapshot())"
    " AND NOT EXISTS (SELECT FROM sys_audit_seal AS seal WHERE seal.id = event.id) ORDER BY xid, id LIMIT :most"
)
_PUT_IN = text(
    "SELECT id FROM sys_audit_event AS event WHERE xid < (SELECT event.xid FROM sys_audit_seal AS seal"
    " JOIN sys_audit_event AS event USING (id) ORDER BY seal.sequence DESC LIMIT 1)"
    " AND NOT EXISTS (SELECT FROM sys_audit_seal AS seal WHERE seal.id = event.id) ORDER BY xid, id LIMIT :most"
)
_EVENTS = text("SELECT count(*) FROM sys_audit_seal")
_WAITING = text(
    "SELECT count(*) FROM sys_audit_event AS event"
    " WHERE NOT EXISTS (SELECT FROM sys_audit_seal AS seal WHERE seal.id = event.id)"
)
