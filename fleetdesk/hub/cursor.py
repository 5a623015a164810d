"""How far a laptop has come: a PostgreSQL snapshot, and what else must still hold for it to mean anything.

A snapshot knows exactly which transactions it saw. So a transaction that began earlier and commits later slips behind
no cursor, and nobody waits for it. Opaque to the laptop, and worth no signature: what it may see, the policies decide.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection

from fleetdesk.errors import CursorGone
from fleetdesk.hub.database import asked

__all__ = ["POSITION", "Cursor", "Position", "position_of"]

_SNAPSHOT = re.compile(r"(\d{1,19}):(\d{1,19}):((?:\d{1,19}(?:,\d{1,19})*)?)")


@dataclass(frozen=True)
class Position:
    """Where the database stands in a transaction: the epoch, and the transaction's snapshot."""

    epoch: str
    snapshot: str


class Cursor(BaseModel):
    """A position, with the scopes and the schema of the rows that a laptop took up to it, and the hub's time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epoch: str
    snapshot: str
    scopes: tuple[str, ...]
    schema_version: int
    taken_at: dt.datetime

    def encode(self) -> str:
        """The cursor as the laptop keeps it."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """The cursor behind its text. Raises CursorGone for any other text: loading again mends it."""
        try:
            cursor = cls.model_validate_json(base64.urlsafe_b64decode(text.encode()))
        except (binascii.Error, UnicodeError, ValidationError) as error:
            raise CursorGone("its cursor is of another kind") from error
        if not _is_snapshot(cursor.snapshot) or cursor.taken_at.tzinfo is None:
            raise CursorGone("its cursor is of another kind")
        return cursor

    def demand_current(self, position: Position, *, schema_version: int, earliest: dt.datetime) -> None:
        """Raise CursorGone unless a pull from here, by a laptop of this schema, can still be complete.

        `earliest` is the time since which removals are remembered.
        """
        if self.epoch != position.epoch:
            raise CursorGone("the hosted database was restored")
        if _xmax(self.snapshot) > _xmax(position.snapshot):
            raise CursorGone("it is ahead of the hosted database")
        if self.taken_at < earliest:
            raise CursorGone("it has been away for too long")
        if self.schema_version != schema_version:
            raise CursorGone("this version of FleetDesk keeps more of each row")


def position_of(connection: Connection) -> Position:
    """Where the database stands in this transaction."""
    [(epoch, snapshot)] = asked(connection, f"SELECT {POSITION} FROM sys_epoch", {})
    return Position(epoch, snapshot)


POSITION = "epoch, CAST(pg_current_snapshot() AS text)"
"""SQL: what a Position is made of, from `sys_epoch`, in which a migration put its one row."""


def _is_snapshot(text: str) -> bool:
    match = _SNAPSHOT.fullmatch(text)
    if match is None:
        return False
    xmin, xmax = int(match[1]), int(match[2])
    running = [int(xid) for xid in match[3].split(",") if xid]
    return 0 < xmin <= xmax < 1 << 63 and running == sorted(set(running)) and all(xmin <= xid < xmax for xid in running)


def _xmax(snapshot: str) -> int:
    return int(snapshot.split(":")[1])
