"""Applies a laptop's commands, in their order: all of them together where that works, else each on its own.

Together means one query a table for the rows, one savepoint, and one statement a table for what became of them; only if
the database refuses that is all of it undone and done again with a savepoint a command, so that the refused one alone
is turned away. What is written is what the commands report as their changes, and so what the audit log will say.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import errors as pg
from sqlalchemy.orm import Session

from fleetdesk.commands.core import Command, perform
from fleetdesk.commands.platform import Platform
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.hub.bulk import insert_rows, update_rows
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import asked, cause_of
from fleetdesk.models.access import Actor, scopes_of
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.types import Json, JsonValue, canonical_json
from fleetdesk.protocol import Verdict, VerdictKind

__all__ = ["Batch", "Outcome", "rejected"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How a command ended, what it changed, and the whole rows that it deleted."""

    verdict: Verdict
    changes: Mapping[Key, RowChange] = field(default_factory=dict)
    snapshots: Mapping[Key, dict[str, JsonValue]] = field(default_factory=dict)


def rejected(code: str, reason: str, do: str = "") -> Outcome:
    """A command that did nothing."""
    return Outcome(Verdict(kind=VerdictKind.REJECTED, code=code, reason=reason, do=do))


class Batch:
    """The commands of one push, before one session whose autoflush is off; the session itself writes nothing."""

    def __init__(self, session: Session, platform: Platform, actor: Actor) -> None:
        self._session = session
        self._platform = platform
        self._actor = actor

    def apply(self, commands: Sequence[Command]) -> list[Outcome]:
        """One outcome a command. Errors of the database that are nobody's fault pass through."""
        if not commands:
            return []
        try:
            return self._together(commands)
        except Exception as error:
            if _passes_through(error):
                raise
        return [self._alone(command) for command in commands]

    def _alone(self, command: Command) -> Outcome:
        try:
            return self._together([command])[0]
        except Exception as error:
            if _passes_through(error):
                raise
            return _refused(command, error)

    def _together(self, commands: Sequence[Command]) -> list[Outcome]:
        connection = self._session.connection()
        try:
            with connection.begin_nested():
                workspace = self._workspace(commands)
                outcomes = []
                for command in commands:
                    verdict = perform(command, workspace, self._actor, self._platform.access)
                    changes = workspace.changes()
                    # Taken here: the next command may change the row again.
                    deleted = [key for key, change in changes.items() if _deletes(change)]
                    outcomes.append(Outcome(verdict, changes, {key: workspace.snapshot(key) for key in deleted}))
                self._write(outcomes)
                return outcomes
        finally:
            self._session.expunge_all()

    def _workspace(self, commands: Iterable[Command]) -> Workspace:
        """The rows of the commands that the actor's role allows, locked; then the claims to write what they write."""
        access = self._platform.access
        allowed = [command for command in commands if access.allows(self._actor, *command.permissions())]
        person_id = self._actor.person_id
        writes = scopes_of(person_id, frozenset[str]().union(*(command.writes for command in allowed)))
        reads = access.scopes(self._actor.role, person_id) | writes
        keys = {key for command in allowed for key in command.rows() | command.reads()}
        # A lock asks for the right to write, also on rows that a command only reads.
        self._claim(read=reads, write=reads)
        workspace = Workspace.load(self._session, self._platform.schema, keys, lock=True)
        self._claim(read=reads, write=writes)
        return workspace

    def _claim(self, *, read: frozenset[str], write: frozenset[str]) -> None:
        actor = self._actor
        claims = Claims(person=actor.person_id, role=actor.role, laptop=actor.laptop_id or "", read=read, write=write)
        set_claims(self._session.connection(), claims)

    def _write(self, outcomes: Iterable[Outcome]) -> None:
        """Write what became of each row after all commands: new ones, then changed ones by the columns that changed."""
        connection = self._session.connection()
        created: dict[Key, dict[str, JsonValue]] = {}
        changed: dict[Key, dict[str, JsonValue]] = defaultdict(dict)
        for outcome in outcomes:
            for key, (before, after) in outcome.changes.items():
                if before is None:
                    created[key] = dict(after)
                else:
                    (created if key in created else changed)[key].update(after)
        for table, rows in self._grouped(created):
            insert_rows(connection, table, rows)
        for table, rows in self._grouped(changed):
            update_rows(connection, table, rows)
        # References are checked here, while the savepoint can still be undone; a child may stand before its parent.
        asked(connection, "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", {})

    def _grouped(self, values: Mapping[Key, dict[str, JsonValue]]) -> list[tuple[str, list[dict[str, JsonValue]]]]:
        """Rows that one statement can write: of one table, with values for the same columns."""
        groups: dict[tuple[str, frozenset[str]], list[dict[str, JsonValue]]] = defaultdict(list)
        for key, row in sorted(values.items()):
            record = self._platform.schema.record(key.table)
            groups[key.table, frozenset(row)].append(_stored(record, row) | {"id": key.id})
        return [(table, rows) for (table, _), rows in groups.items()]


def _stored(record: type[Synced], row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Plain values as the hosted table keeps them: JSON columns hold canonical text."""
    columns = record.table().columns
    return {
        name: canonical_json(value) if value is not None and isinstance(columns[name].type, Json) else value
        for name, value in row.items()
    }


def _deletes(change: RowChange) -> bool:
    before, after = change
    return after.get("deleted_at") is not None and (before is None or before["deleted_at"] is None)


def _passes_through(error: Exception) -> bool:
    """Whether the failure is the whole transaction's, not one command's."""
    cause = cause_of(error)
    # A value too long for an index is called operational too, and would be so at every further try.
    return isinstance(cause, psycopg.OperationalError) and not isinstance(cause, pg.ProgramLimitExceeded)


def _refused(command: Command, error: Exception) -> Outcome:
    cause = cause_of(error)
    match cause:
        case pg.UniqueViolation():
            return rejected("not_unique", "Something of this name or id exists already.", "Change it, then retry.")
        case pg.ForeignKeyViolation():
            return rejected("invalid", "What this refers to is not there (any more).", "Choose another, then retry.")
        case pg.CheckViolation() | pg.NotNullViolation() | pg.ProgramLimitExceeded() | psycopg.DataError():
            return rejected("invalid", "The database does not accept one of the values.", "Change it, then retry.")
    # A mistake of ours must not hold back everything that the laptop has waiting behind this command.
    _log.error("command failed", extra={"command": command.name}, exc_info=error)
    return rejected("defect", "FleetDesk made a mistake over this change; nothing was done.", "Retry, or tell us.")
