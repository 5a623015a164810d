"""A new epoch: after the hosted database was restored, every laptop loads again and offers what it had settled."""

from __future__ import annotations

import psycopg
from psycopg import sql

from fleetdesk.errors import BadSettings, Unavailable

__all__ = ["new_epoch"]

# Removals are forgotten instead. Marks of missing keys go by their stamps: two marks of a row would become one.
_STAMPED = """
    SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attname = 'xid' AND NOT attisdropped
    AND relname NOT IN ('sys_removal', 'sys_unkeyed') ORDER BY relname
"""


def new_epoch(owner_dsn: str) -> str:
    """Change the epoch, stamp all rows anew and forget the removals, in one transaction; gives the new epoch.

    A dump brings stamps of the server that it was taken from, which mean nothing here. Raises Unavailable, BadSettings.
    """
    try:
        with psycopg.connect(owner_dsn) as connection:
            row = connection.execute(
                "UPDATE sys_epoch SET epoch = gen_random_uuid()::text, began_at = now() RETURNING epoch"
            ).fetchone()
            if row is None:
                raise _unmigrated()
            for (table,) in connection.execute(_STAMPED).fetchall():
                connection.execute(sql.SQL("UPDATE {} SET xid = pg_current_xact_id()").format(sql.SQL(table)))
            connection.execute("DELETE FROM sys_removal")
            return str(row[0])
    except psycopg.errors.UndefinedTable as error:
        raise _unmigrated() from error
    except psycopg.OperationalError as error:
        raise Unavailable("The database cannot be reached.", do="Check its address and try again.") from error


def _unmigrated() -> BadSettings:
    return BadSettings(
        "This database does not hold FleetDesk's tables, or not all of them.",
        kept="Nothing was changed.",
        do="Check its address; for a new database, run “fleetdesk hub migrate”.",
    )
