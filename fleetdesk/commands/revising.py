"""Writes down what a command changed in each row of which revisions are kept: part of performing it, here and there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from fleetdesk.commands.workspace import Workspace
from fleetdesk.models.access import Actor
from fleetdesk.models.base import Key
from fleetdesk.models.revisions import REVISIONS, Revised, revision_key
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import to_plain

__all__ = ["revision_keys", "write_revisions"]


def revision_keys(command_id: str, rows: Iterable[Key], target: Key) -> frozenset[Key]:
    """The revisions that a command writes if it changes all of these rows."""
    return frozenset(revision_key(command_id, row, target) for row in rows if row.table in REVISIONS)


def write_revisions(
    db: Workspace, *, command_id: str, action: str, target: Key, issued_at: dt.datetime, actor: Actor, batch: str | None
) -> None:
    """Write a revision of each row in which the command under way changed what revisions tell of."""
    for key, before, row in db.changed():
        if not isinstance(row, Revised):
            continue
        changes: dict[str, JsonValue] = {}
        if before is not None:
            now = {name: getattr(row, name) for name in row.revised}
            changes = {
                name: [to_plain(before[name]), to_plain(value)] for name, value in now.items() if value != before[name]
            }
            if not changes:
                continue
        row.revision = (row.revision or 0) + 1
        record = REVISIONS[key.table]
        db.add(
            record.made(
                {
                    "id": revision_key(command_id, key, target).id,
                    "scope": row.scope,
                    "row_id": key.id,
                    "number": row.revision,
                    "action": action,
                    "changes": changes,
                    "actor_id": actor.person_id,
                    "laptop_id": actor.laptop_id,
                    "at": issued_at,
                    "batch": batch,
                }
            )
        )
