"""What was on a laptop that a super admin revoked: handed in by it before it forgets all, and kept for super admins.

Nothing of it is carried out. An edit that comes again is there once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fleetdesk.commands.devices import TakeInEdits
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import NoRoom
from fleetdesk.hub.claims import set_claims
from fleetdesk.hub.database import Database, asked
from fleetdesk.hub.devices import DEVICE_KEEPER
from fleetdesk.hub.own_acts import act
from fleetdesk.hub.slots import Slots
from fleetdesk.models.access import Scope
from fleetdesk.models.devices import Device, QuarantinedEdit
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.models.types import canonical_json
from fleetdesk.protocol import HandedIn, HandedInEdit, TakenIn

__all__ = ["MOST_BYTES", "Quarantine"]

MOST_BYTES = 256 * 1024 * 1024
"""Bytes that the edits of one device may take, at most: ten times the largest import that waits."""
MOST_EDITS = 100_000
"""Edits of one device, at most, however small: every super admin's laptop holds them."""
_HANDING_IN = 2
"""Laptops that hand in at a time: each has a connection of the pool meanwhile, and may wait for the one before it."""
_BYTES_EACH = 200
"""Bytes that an edit takes besides its texts."""
_LEFT_OUT = "left-out"
_WHY_LEFT_OUT = (
    "More waited on the laptop than the hub keeps of one. What is missing was deleted with the laptop’s data."
)


class Quarantine:
    """Takes in what revoked laptops hand in."""

    def __init__(self, database: Database, platform: Platform, clock: Clock, *, most_bytes: int = MOST_BYTES) -> None:
        self._database = database
        self._platform = platform
        self._clock = clock
        self._most_bytes = most_bytes
        self._slots = Slots(_HANDING_IN, "Other laptops are handing in just now.")

    def take(self, message: HandedIn, device_id: str) -> TakenIn:
        """Keep the edits; those that were here stay as they are, and after the last of a device none is added.

        What the laptop leaves out since there is no room is told beside them, as one more. Raises NoRoom, before
        anything is written, and never for a last message without edits; Busy, Unavailable.
        """

        def keep(session: Session) -> TakenIn:
            connection = session.connection()
            set_claims(connection, DEVICE_KEEPER)
            device = connection.execute(_WHOSE, {"device": device_id}).one()
            kept, size = asked(connection, _KEPT, {"device": device_id})[0]
            if device.handed_in_at is not None:
                marker = connection.execute(_MARKER, {"marker": f"{device_id}:{_LEFT_OUT}"}).scalar()
                return TakenIn(kept=kept, left_out=_count(marker))
            rows = self._new(connection, [self._row(edit, device_id, device.person_id) for edit in message.edits])
            if rows:
                kept, size = kept + len(rows), size + sum(map(_size, rows))
                if kept > MOST_EDITS or size > self._most_bytes:
                    raise NoRoom("This laptop hands in more than the hub keeps of one.")
                connection.execute(insert(_EDITS), rows)
                asked(connection, _NOTE, {"device": device_id, "kept": kept, "size": size})
            if message.last:
                if message.left_out:
                    row = self._row(self._left_out(message.left_out), device_id, device.person_id)
                    connection.execute(insert(_EDITS).on_conflict_do_nothing(), row)
                command = TakeInEdits(id=new_id(), issued_at=self._clock.now(), device_id=device_id)
                act(session, self._platform, command, self._clock)
            return TakenIn(kept=kept, left_out=message.left_out)

        with self._slots.slot(device_id):
            return self._database.work(keep)

    def _new(self, connection: Connection, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
        """The rows that are not here yet, each once."""
        by_id = {str(row["id"]): row for row in rows}
        here = set(connection.execute(_HERE, {"ids": list(by_id)}).scalars()) if by_id else set()
        return [row for id, row in by_id.items() if id not in here]

    def _left_out(self, count: int) -> HandedInEdit:
        """What super admins read of edits that there was no room for."""
        what = "1 edit is" if count == 1 else f"{count:,} edits are"
        return HandedInEdit(
            id=_LEFT_OUT,
            kind="waiting",
            name=_LEFT_OUT,
            sentence=f"{what} missing",
            made_at=self._clock.now(),
            payload={"text": _WHY_LEFT_OUT, "left_out": count},
        )

    def _row(self, edit: HandedInEdit, device_id: str, person_id: str) -> dict[str, object]:
        now = self._clock.now()
        return {
            "id": f"{device_id}:{_keepable(edit.id)}",
            "scope": Scope.MEMBERS,
            "device_id": device_id,
            "person_id": person_id,
            "kind": edit.kind,
            "name": _keepable(edit.name),
            "sentence": _keepable(edit.sentence),
            "target_table": _keepable(edit.target_table) or None,
            "target_id": _keepable(edit.target_id) or None,
            "made_at": _instant(edit.made_at) or now,
            "received_at": now,
            "payload": edit.payload,
        }


def _size(row: Mapping[str, object]) -> int:
    texts = sum(len(value.encode()) for value in row.values() if isinstance(value, str))
    return texts + len(canonical_json(row["payload"]).encode()) + _BYTES_EACH  # type: ignore[arg-type]


def _count(payload: Mapping[str, object] | None) -> int:
    """How many were left out, by what is kept of that; none where nothing is."""
    match payload:
        case {"left_out": int(count)} if count >= 0:
            return count
    return 0


def _keepable(words: str) -> str:
    """What PostgreSQL can hold of a text: a laptop that was refused over it would never have handed in."""
    return words.replace("\0", "")


def _instant(told: dt.datetime) -> dt.datetime | None:
    """The same in UTC; None for what is no instant, or lies outside of the years that there are."""
    try:
        return told.astimezone(dt.UTC) if told.tzinfo is not None else None
    except OverflowError:
        return None


_DEVICE, _EDITS = Device.table(), QuarantinedEdit.table()
_WHOSE = (
    select(_DEVICE.c.person_id, _DEVICE.c.handed_in_at)
    .where(_DEVICE.c.id == bindparam("device"))
    .with_for_update()  # of two requests at once, the second sees what the first one added
)
_HERE = select(_EDITS.c.id).where(_EDITS.c.id.in_(bindparam("ids", expanding=True)))
_MARKER = select(_EDITS.c.payload).where(_EDITS.c.id == bindparam("marker"))
# Kept beside the device, and not summed up each time: that would read all that is there.
_KEPT = "SELECT handed_in, handed_in_bytes FROM sys_device_turn WHERE device_id = %(device)s"
_NOTE = "UPDATE sys_device_turn SET handed_in = %(kept)s, handed_in_bytes = %(size)s WHERE device_id = %(device)s"
