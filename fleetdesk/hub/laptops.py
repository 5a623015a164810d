"""What the hub keeps about each laptop: whose it is, and how far its stream of commands has come.

The row is the laptop's lock: while one push holds it, another of the same laptop waits, at whichever hub it arrives.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from fleetdesk.errors import NotAllowed
from fleetdesk.hub.claims import Claims, ask_as
from fleetdesk.hub.database import asked
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


def lock_laptop(connection: Connection, person: Person, claims: Claims, now: dt.datetime) -> Laptop:
    """The laptop that is claimed, held until the transaction's end; made known at its first push. The claims stay set.

    Raises NotAllowed where its id belongs to someone else; Busy if it is held for long.
    """
    rows = ask_as(connection, claims, _LOCK, {"id": claims.laptop, "person": person.id, "now": now})
    if not rows:
        raise NotAllowed("This local copy belongs to another person.", do="Sign in as them, or begin a copy anew.")
    return Laptop(*rows[0])


def advance(connection: Connection, laptop: Laptop) -> None:
    """Write down how far the laptop's stream has come now."""
    asked(connection, _ADVANCE, dataclasses.asdict(laptop))


def last_sequence(connection: Connection, laptop_id: str) -> int:
    """The last sequence decided, as this transaction sees it; 0 for a laptop that never pushed."""
    found = asked(connection, _LAST, {"id": laptop_id})
    return int(found[0][0]) if found else 0


# Somebody's transaction may hold rows for a minute: the laptop is told to come again, and its connection is free.
_LOCK = (
    "SELECT set_config('lock_timeout', '5s', true);"
    " INSERT INTO sys_laptop (id, person_id, first_seen_at, last_seen_at)"
    " VALUES (%(id)s, %(person)s, %(now)s, %(now)s) ON CONFLICT (id) DO NOTHING;"
    " SELECT id, last_sequence, confirmed, drained_at FROM sys_laptop WHERE id = %(id)s FOR UPDATE"
)
_ADVANCE = (
    "UPDATE sys_laptop SET last_sequence = %(last_sequence)s, confirmed = %(confirmed)s, drained_at = %(drained_at)s,"
    " last_seen_at = now() WHERE id = %(id)s"
)
_LAST = "SELECT last_sequence FROM sys_laptop WHERE id = %(id)s"
