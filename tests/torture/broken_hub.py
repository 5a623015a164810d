"""A hub with a planted bug, run as a process in the place of `fleetdesk hub serve`: `broken_hub NAME`."""

from __future__ import annotations

import sys

from psycopg import sql

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.hub.cursor import Cursor
from fleetdesk.hub.owned import owned_settings
from fleetdesk.hub.serve import serve
from fleetdesk.hub.unseen import Unseen
from fleetdesk.models.base import Synced
from tests.hub.forgetful import Forgetful


class _ByTime(Unseen):
    """Goes by `updated_at`: a transaction that commits late slips behind the cursor."""

    def rows(self, record: type[Synced], cursor: Cursor) -> sql.Composable:
        if "updated_at" not in record.table().columns:
            return super().rows(record, cursor)
        return sql.SQL("updated_at > {}::timestamptz").format(sql.Literal(cursor.taken_at.isoformat()))


def main() -> None:
    """Serve with the bug named on the command line."""
    planted = sys.argv[1]
    serve(
        owned_settings(),
        fleet_platform(),
        receipts=Forgetful() if planted == "receipt forgotten" else None,
        unseen=_ByTime() if planted == "updated_at cursor" else None,
    )


if __name__ == "__main__":
    main()
