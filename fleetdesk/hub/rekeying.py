"""Makes the keys of rows that others than FleetDesk wrote: the web site, say, or a person with a SQL prompt.

Search and duplicates go by normal forms that only Python makes (`models.normalise`): of a telephone number, say. The
triggers of migration 0002 mark each row that came without them; the hub makes them within a second or two, and the
laptops get the row again.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select, text
from sqlalchemy.orm import QueryableAttribute, Session, load_only

from fleetdesk.commands.platform import Platform
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import Database
from fleetdesk.models.access import Role
from fleetdesk.models.base import Keyed, Synced
from fleetdesk.models.types import Id, Words

__all__ = ["Rekeyer"]

_AT_ONCE = 500
_REKEYING = 0x666C6565746B6579


class Rekeyer:
    """Makes keys that are missing. Any number of hubs may call for it at once: one does it."""

    def __init__(self, database: Database, platform: Platform) -> None:
        self._database = database
        self._schema = platform.schema
        scopes = platform.access.grant(Role.SYSTEM).scopes
        self._claims = Claims(role=Role.SYSTEM, read=scopes, write=scopes)

    def rekey(self) -> None:
        """Make the keys of all rows that are marked. Raises Busy, Unavailable; what is left stays marked."""
        while self._database.work(self._some) == _AT_ONCE:
            pass

    def _some(self, session: Session) -> int:
        """Make those of some rows; gives how many marks were taken away."""
        connection = session.connection()
        set_claims(connection, self._claims)
        connection.execute(_PATIENCE)
        if not connection.execute(_ALONE, {"key": _REKEYING}).scalar_one():
            return 0
        marks = connection.execute(_TAKE, {"most": _AT_ONCE}).all()
        ids: defaultdict[str, set[str]] = defaultdict(set)
        for mark in marks:
            ids[mark.table_name].add(mark.row_id)
        for table, wanted in sorted(ids.items()):
            record = self._schema.record(table)
            rows = select(record).where(record.id.in_(wanted)).order_by(record.id).with_for_update()
            for row in session.scalars(rows.options(load_only(*_texts(record)))):
                if isinstance(row, Keyed):
                    row.rekey()
        return len(marks)


def _texts(record: type[Synced]) -> list[QueryableAttribute[str]]:
    """The columns that keys are made of, and the keys. What stands in the others may be nothing that can be read."""
    return [getattr(record, column.name) for column in record.table().columns if isinstance(column.type, Id | Words)]


# Whoever holds a row for long is waited for at the next turn: this one gives its connection back.
_PATIENCE = text("SELECT set_config('lock_timeout', '2s', true)")
_ALONE = text("SELECT pg_try_advisory_xact_lock(:key)")
_TAKE = text(
    "DELETE FROM sys_unkeyed WHERE (xid, table_name, row_id) IN"
    " (SELECT xid, table_name, row_id FROM sys_unkeyed LIMIT :most) RETURNING table_name, row_id"
)
