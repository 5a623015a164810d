"""What was on a laptop that a super admin revoked: handed in by it before it forgets all, and kept for super admins.

Nothing of it is carried out. An edit that comes again is there once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fleetdesk.commands.devices import TakeInEdits
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import NoRoom
from fleetdesk.hub.claims import set_claims
from fleetdesk.hub.database import Database
from fleetdesk.hub.devices import DEVICE_KEEPER
from fleetdesk.hub.own_acts import act
from fleetdesk.models.access import Scope
from fleetdesk.models.devices import Device, QuarantinedEdit
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.protocol import HandedIn, HandedInEdit, TakenIn

__all__ = ["MOST_BYTES", "Quarantine"]

MOST_BYTES = 256 * 1024 * 1024
"""Bytes that the edits of one device may take, at most: ten times the largest import that waits."""
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

    def take(self, message: HandedIn, device_id: str) -> TakenIn:
        """Keep the edits; those that were here stay as they are, and after the last of a device none is added.

        What the laptop leaves out since there is no room is told beside them, as one more. Raises NoRoom, Unavailable.
        """

        def keep(session: Session) -> TakenIn:
            connection = session.connection()
            set_claims(connection, DEVICE_KEEPER)
            device = connection.execute(_WHOSE, {"device": device_id}).one()
            if message.edits and device.handed_in_at is None:
                rows = [self._row(edit, device_id, device.person_id) for edit in message.edits]
                connection.execute(insert(_EDITS).on_conflict_do_nothing(), rows)
            about = {"device": device_id, "marker": f"{device_id}:{_LEFT_OUT}"}
            kept, size = connection.execute(_SIZE, about).one()
            if device.handed_in_at is not None:
                return TakenIn(kept=kept, left_out=_count(connection.execute(_MARKER, about).scalar()))
            if size > self._most_bytes:
                raise NoRoom("This laptop hands in more than the hub keeps of one.")
            if message.last:
                if message.left_out:
                    row = self._row(self._left_out(message.left_out), device_id, device.person_id)
                    connection.execute(insert(_EDITS).on_conflict_do_nothing(), row)
                command = TakeInEdits(id=new_id(), issued_at=self._clock.now(), device_id=device_id)
                act(session, self._platform, command, self._clock)
            return TakenIn(kept=kept, left_out=message.left_out)

        return self._database.work(keep)

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
_TEXTS = [func.coalesce(func.octet_length(_EDITS.c[name]), 0) for name in ("id", "name", "sentence", "target_id")]
_MARKER = select(_EDITS.c.payload).where(_EDITS.c.id == bindparam("marker"))
_SIZE = select(
    func.count().filter(_EDITS.c.id != bindparam("marker")),
    func.coalesce(func.sum(sum(_TEXTS, func.octet_length(_EDITS.c.payload)) + _BYTES_EACH), 0),
).where(_EDITS.c.device_id == bindparam("device"))
