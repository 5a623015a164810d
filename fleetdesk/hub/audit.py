"""The audit log as the hub writes it: an event a command, applied or denied, and one for each request turned away.

Each has its payload as a sibling row.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleetdesk.commands.workspace import RowChange
from fleetdesk.hub.bulk import insert_rows
from fleetdesk.models.access import Actor, Scope
from fleetdesk.models.audit import AuditEvent, AuditPayload, payload_digest
from fleetdesk.models.base import Key
from fleetdesk.models.ids import new_id
from fleetdesk.models.revisions import is_revision
from fleetdesk.models.types import JsonValue, canonical_json
from fleetdesk.protocol import Verdict

__all__ = ["Deed", "Denial", "Origin", "outcome_of", "record", "record_denial"]


@dataclass(frozen=True)
class Origin:
    """Where a request came from: the address that the hub saw, and the request's id."""

    address: str | None
    request_id: str


@dataclass(frozen=True)
class Deed:
    """One command and how it ended, as the log tells it. `target` is unknown where it could not be read.

    `snapshots` are whole rows that it deleted.
    """

    command_id: str
    batch_id: str | None
    action: str
    sentence: str
    target: Key | None
    issued_at: dt.datetime
    verdict: Verdict
    changes: Mapping[Key, RowChange]
    snapshots: Mapping[Key, dict[str, JsonValue]]


@dataclass(frozen=True)
class Denial:
    """A request that was turned away. `actor_id` is the person's id, or the token's subject.

    With `more`, so many that were turned away within the minute from `at` on, beside the one that has its own event.
    """

    action: str
    code: str
    actor_id: str
    role: str
    laptop_id: str | None
    at: dt.datetime
    more: int = 0


def record(connection: Connection, deeds: Sequence[Deed], actor: Actor, origin: Origin, now: dt.datetime) -> None:
    """Write the events and their payloads."""
    _insert(connection, [(_event(deed, actor, origin), _body(deed)) for deed in deeds], now)


def record_denial(connection: Connection, denial: Denial, origin: Origin, now: dt.datetime) -> None:
    """Write the event of a request that was turned away."""
    event: dict[str, object] = {
        "scope": Scope.AUDIT,
        "actor_id": denial.actor_id,
        "role": denial.role,
        "action": denial.action,
        "sentence": f"Was turned away {denial.more:,} more times" if denial.more else "Was turned away",
        "outcome": denial.code,
        "laptop_id": denial.laptop_id,
        "address": origin.address,
        "request_id": origin.request_id,
        "issued_at": denial.at,
    }
    _insert(connection, [(event, {"more": denial.more} if denial.more else {})], now)


def _insert(
    connection: Connection, told: Sequence[tuple[dict[str, object], dict[str, JsonValue]]], now: dt.datetime
) -> None:
    """Write events, of the same columns, each with the body that its digest covers."""
    events, payloads = [], []
    for event, body in told:
        id, salt = new_id(), secrets.token_hex(16)
        payloads.append({"id": id, "scope": Scope.AUDIT, "salt": salt, "body": canonical_json(body)})
        events.append(event | {"id": id, "recorded_at": now, "payload_digest": payload_digest(salt, body)})
    insert_rows(connection, AuditEvent.__tablename__, events)
    insert_rows(connection, AuditPayload.__tablename__, payloads)


def _event(deed: Deed, actor: Actor, origin: Origin) -> dict[str, object]:
    return {
        "scope": Scope.AUDIT,
        "command_id": deed.command_id,
        "batch_id": deed.batch_id,
        "actor_id": actor.person_id,
        "on_behalf_of": None,
        "role": actor.role,
        "action": deed.action,
        "sentence": deed.sentence,
        "target_table": deed.target.table if deed.target else None,
        "target_id": deed.target.id if deed.target else None,
        "outcome": outcome_of(deed.verdict),
        "laptop_id": actor.laptop_id,
        "address": origin.address,
        "request_id": origin.request_id,
        "issued_at": deed.issued_at,
    }


def outcome_of(verdict: Verdict) -> str:
    """How a command ended, in the log's word."""
    return f"{verdict.kind}:{verdict.code}" if verdict.code else verdict.kind


def _body(deed: Deed) -> dict[str, JsonValue]:
    # A revision says again what its row's change says.
    changes = sorted((key, change) for key, change in deed.changes.items() if not is_revision(key))
    return {
        "changes": [_change(key, change, deed.snapshots.get(key)) for key, change in changes],
        "conflicts": [conflict.model_dump() for conflict in deed.verdict.conflicts],
    }


def _change(key: Key, change: RowChange, snapshot: dict[str, JsonValue] | None) -> JsonValue:
    before, after = change
    told: dict[str, JsonValue] = {"table": key.table, "id": key.id, "before": before, "after": after}
    return told if snapshot is None else told | {"snapshot": snapshot}
