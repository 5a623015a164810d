"""Audit events and intents: what was done, by whom, and what the hub still has to do outside.

The event holds a salted hash of its payload; the payload is a sibling row that an erasure may delete without
breaking the log. Seals chain the events: whoever holds the rows can tell, offline, whether one was changed, taken out
or put in between.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.models.base import Synced
from fleetdesk.models.types import Choice, Id, Instant, Json, JsonValue, Whole, Words, canonical_json

__all__ = ["AuditEvent", "AuditPayload", "AuditSeal", "Intent", "IntentState", "digest_of_text", "payload_digest"]


class AuditEvent(Synced):
    """Who did what, when, from where, and how it ended. Append-only.

    Its id is its own: a command that is retried has a new id, and one that two people sent has an event for each.
    """

    __tablename__ = "sys_audit_event"

    command_id: Mapped[str | None] = mapped_column(Id)
    batch_id: Mapped[str | None] = mapped_column(Id)
    actor_id: Mapped[str] = mapped_column(Id)
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    role: Mapped[str] = mapped_column(Words)
    action: Mapped[str] = mapped_column(Words)
    sentence: Mapped[str] = mapped_column(Words)
    target_table: Mapped[str | None] = mapped_column(Words)
    target_id: Mapped[str | None] = mapped_column(Id)
    outcome: Mapped[str] = mapped_column(Words)
    laptop_id: Mapped[str | None] = mapped_column(Id)
    address: Mapped[str | None] = mapped_column(Words)
    request_id: Mapped[str | None] = mapped_column(Id)
    issued_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    payload_digest: Mapped[str] = mapped_column(Words)

    __table_args__ = (Index(None, "recorded_at"), Index(None, "target_id"))


class AuditPayload(Synced):
    """What an audit event's digest covers: the changed columns before and after. Its id is the event's."""

    __tablename__ = "sys_audit_payload"

    salt: Mapped[str] = mapped_column(Words)
    body: Mapped[dict[str, JsonValue]] = mapped_column(Json)


class AuditSeal(Synced):
    """An event's place in the chain, from 1 on, and its hash there (`models.audit_chain`). Its id is the event's."""

    __tablename__ = "sys_audit_seal"

    sequence: Mapped[int] = mapped_column(Whole)
    hash: Mapped[str] = mapped_column(Words)

    __table_args__ = (Index("uq_sys_audit_seal_sequence", "sequence", unique=True),)


def payload_digest(salt: str, body: dict[str, JsonValue]) -> str:
    """The SHA-256, in hex, of the salt and the canonical text of a payload."""
    return digest_of_text(salt, canonical_json(body))


def digest_of_text(salt: str, text: str) -> str:
    """The same of a payload's canonical text."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


class IntentState(StrEnum):
    """How far an outside effect has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Intent(Synced):
    """An outside effect that a command asks for; a job of the hub acts on it under the idempotency key."""

    __tablename__ = "sys_intent"

    kind: Mapped[str] = mapped_column(Words)
    subject_id: Mapped[str] = mapped_column(Id)
    payload: Mapped[dict[str, JsonValue]] = mapped_column(Json)
    idempotency_key: Mapped[str] = mapped_column(Words)
    state: Mapped[str] = mapped_column(Choice(tuple(IntentState)))
    attempts: Mapped[int] = mapped_column(Whole)
    outcome: Mapped[str | None] = mapped_column(Words)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("uq_sys_intent_idempotency_key", "idempotency_key", unique=True),
        Index(None, "subject_id"),
    )
