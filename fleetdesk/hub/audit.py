"""The audit log as the push writes it: one event a command, applied or denied, with its payload as a sibling row."""

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
from fleetdesk.models.types import JsonValue, canonical_json
from fleetdesk.protocol import Verdict

__all__ = ["Deed", "Origin", "record"]


@dataclass(frozen=True)
class Origin:
    """Where a request came from: the address that the hub saw, and the request's id."""

    address: str | None
    request_id: str


@dataclass(frozen=True)
class Deed:
    """One command and how it ended, as the log tells it. `target` is unknown where it could not be read.

    `snapshots` are whole rows that it deleted (SPEC.md section 4).
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


def record(connection: Connection, deeds: Sequence[Deed], actor: Actor, origin: Origin, now: dt.datetime) -> None:
    """Write the events and their payloads."""
    events, payloads = [], []
    for deed in deeds:
        id, salt, body = new_id(), secrets.token_hex(16), _body(deed)
        payloads.append({"id": id, "scope": Scope.AUDIT, "salt": salt, "body": canonical_json(body)})
        digest = {"id": id, "recorded_at": now, "payload_digest": payload_digest(salt, body)}
        events.append(_event(deed, actor, origin) | digest)
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
        "outcome": _outcome(deed.verdict),
        "laptop_id": actor.laptop_id,
        "address": origin.address,
        "request_id": origin.request_id,
        "issued_at": deed.issued_at,
    }


def _outcome(verdict: Verdict) -> str:
    return f"{verdict.kind}:{verdict.code}" if verdict.code else verdict.kind


def _body(deed: Deed) -> dict[str, JsonValue]:
    return {
        "changes": [
            {"table": key.table, "id": key.id, "before": before, "after": after}
            | ({"snapshot": deed.snapshots[key]} if key in deed.snapshots else {})
            for key, (before, after) in sorted(deed.changes.items())
        ],
        "conflicts": [conflict.model_dump() for conflict in deed.verdict.conflicts],
    }
