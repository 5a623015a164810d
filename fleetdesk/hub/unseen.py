"""Which rows a cursor has not seen: the one condition on which the whole feed stands."""

from __future__ import annotations

from psycopg import sql

from fleetdesk.hub.cursor import Cursor
from fleetdesk.models.base import Synced

__all__ = ["UNSEEN_TABLES", "Unseen", "unseen"]

UNSEEN_TABLES = "fleetdesk_unseen(%(seen)s::pg_snapshot)"
"""SQL: the names of the tables with rows that the snapshot did not see, among those that the claims show.

`hub.hosted` makes the function. It costs a tenth of asking the tables themselves, of which most have nothing new.
"""


class Unseen:
    """Tells the rows that a cursor has not seen. A test hands in one that goes by time, to see that rows are lost."""

    def rows(self, record: type[Synced], cursor: Cursor) -> sql.Composable:
        """The condition on the rows of a record's hosted table."""
        return unseen(cursor.snapshot)

    def removals(self, cursor: Cursor) -> sql.Composable:
        """The condition on the removal log's rows."""
        return unseen(cursor.snapshot)


def unseen(snapshot: str) -> sql.Composable:
    """The condition on `xid`: stamped by a transaction that the snapshot did not see.

    Its first half is answered by the index on xid, also under row level security (xid8's comparisons are leakproof);
    the second then leaves out those that had committed when the snapshot was taken.
    """
    return sql.SQL(
        "xid >= pg_snapshot_xmin({snapshot}::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, {snapshot}::pg_snapshot)"
    ).format(snapshot=sql.Literal(snapshot))
