"""Laptops and what they handed in, in people's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from fleetdesk.models.devices import EditKind
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.queries.devices import DeviceRow, DeviceStanding
from fleetdesk.views.words import day_and_time

__all__ = ["STANDING_TONES", "kind_icon", "kind_word", "lease_word", "note_about", "person_word", "standing_word"]

STANDING_TONES: Mapping[DeviceStanding, Tone] = {
    DeviceStanding.IN_USE: Tone.SUCCESS,
    DeviceStanding.REVOKED: Tone.WARNING,
    DeviceStanding.EMPTIED: Tone.NEUTRAL,
}
_STANDINGS: Mapping[DeviceStanding, str] = {
    DeviceStanding.IN_USE: "In use",
    DeviceStanding.REVOKED: "Revoked",
    DeviceStanding.EMPTIED: "Emptied",
}
_KINDS: Mapping[EditKind, tuple[str, str]] = {
    EditKind.WAITING: ("Not sent", "hourglass-medium"),
    EditKind.INBOX: ("Inbox", "tray"),
    EditKind.DRAFT: ("Draft", "pencil-simple"),
}


def standing_word(standing: DeviceStanding) -> str:
    """A standing, on a chip."""
    return tr(_STANDINGS[standing])


def person_word(row: DeviceRow) -> str:
    """Whose it is."""
    return row.person or tr("Somebody who left")


def lease_word(row: DeviceRow, now: dt.datetime) -> str:
    """When it locks unless it reaches the hub before; nothing where that was not told, or it was emptied."""
    if row.lease_until is None or row.standing is DeviceStanding.EMPTIED:
        return ""
    if row.lease_until <= now:
        return tr("Locked")
    return day_and_time(row.lease_until, now)


def kind_word(kind: EditKind) -> str:
    """Where an edit was, on a chip."""
    return tr(_KINDS[kind][0])


def kind_icon(kind: EditKind) -> str:
    """Its icon."""
    return _KINDS[kind][1]


def note_about(row: DeviceRow, now: dt.datetime, *, unsent: bool) -> str:
    """Who revoked it, why, and what became of it; nothing for one in use. `unsent`: the hub does not know yet."""
    if row.revoked_at is None:
        return ""
    who = tr("%1 revoked it (%2): “%3”")
    who = who.replace("%2", day_and_time(row.revoked_at, now)).replace("%1", isolated(row.revoked_by or tr("Someone")))
    who = who.replace("%3", isolated(row.reason))
    if unsent:
        then = tr("This was not sent yet: that laptop goes on until the hub knows of it.")
    elif row.handed_in_at is None:
        then = tr(
            "At its next contact it hands in what waits there, and deletes everything. Until then it is encrypted."
        )
    else:
        then = plural(
            row.edits,
            tr("It handed in %n edit (%1), and deletes everything."),
            tr("It handed in %n edits (%1), and deletes everything."),
        ).replace("%1", day_and_time(row.handed_in_at, now))
    return f"{who}\n{then}"
