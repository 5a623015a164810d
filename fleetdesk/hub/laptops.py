"""What the hub keeps about each laptop: whose it is, and how far its stream of commands has come.

The row is the laptop's lock: while one push holds it, another of the same laptop waits, at whichever hub it arrives.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, text

from fleetdesk.errors import NotAllowed
from fleetdesk.hub.database import driver
from fleetdesk.protocol import Person

__all__ = ["Laptop", "advance", "last_sequence", "lock_laptop"]


@dataclass(frozen=True)
class Laptop:
    """A laptop's stream: the last sequence decided, the last one whose receipt it stored, when it was last drained.

    `drained_at` is the hub's time of the last push behind which nothing waited: what comes later was made later.
    """

    id: str
    last_sequence: int
    confirmed: int
    drained_at: dt.datetime | None


def lock_laptop(connection: Connection, laptop_id: str, person: Person, now: dt.datetime) -> Laptop:
    """The laptop, held until the transaction's end; made known at its first push.

    Raises NotAllowed where its id belongs to someone else.
    """
    named = {"id": laptop_id, "person": person.id, "now": now}
    connection.execute(_MEET, named)
    row = connection.execute(_LOCK, named).one_or_none()
    if row is None:
        raise NotAllowed("This local copy belongs to another person.", do="Sign in as them, or begin a copy anew.")
    return Laptop(row.id, row.last_sequence, row.confirmed, row.drained_at)


def advance(connection: Connection, laptop: Laptop) -> None:
    """Write down how far the laptop's stream has come now."""
    connection.execute(
        _ADVANCE,
        {
            "id": laptop.id,
            "last_sequence": laptop.last_sequence,
            "confirmed": laptop.confirmed,
            "drained_at": laptop.drained_at,
        },
    )


def last_sequence(connection: Connection, laptop_id: str) -> int:
    """The last sequence decided, as this transaction sees it; 0 for a laptop that never pushed."""
    found = driver(connection).execute(_LAST, [laptop_id]).fetchone()
    return int(str(found[0])) if found else 0


_MEET = text(
    "INSERT INTO sys_laptop (id, person_id, first_seen_at, last_seen_at) VALUES (:id, :person, :now, :now)"
    " ON CONFLICT (id) DO NOTHING"
)
_LOCK = text("SELECT id, last_sequence, confirmed, drained_at FROM sys_laptop WHERE id = :id FOR UPDATE")
_ADVANCE = text(
    "UPDATE sys_laptop SET last_sequence = :last_sequence, confirmed = :confirmed, drained_at = :drained_at,"
    " last_seen_at = now() WHERE id = :id"
)
_LAST = "SELECT last_sequence FROM sys_laptop WHERE id = %s"
