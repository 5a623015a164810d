"""Receipts that a hub forgets: what shows that they are missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from fleetdesk.hub.receipts import Receipts
from fleetdesk.protocol import Receipt, Verdict, WireCommand

__all__ = ["Forgetful"]


class Forgetful(Receipts):
    """Knows nothing of what it decided: a command that comes twice is applied twice."""

    def known(
        self, connection: Connection, person_id: str, commands: Mapping[int, WireCommand], last_sequence: int
    ) -> dict[str, Verdict]:
        return {}

    def keep(
        self,
        connection: Connection,
        person_id: str,
        laptop_id: str,
        decided: Sequence[tuple[WireCommand, Receipt]],
        now: dt.datetime,
    ) -> None:
        return
