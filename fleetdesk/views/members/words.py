"""Standings, changes and what became of them, in people's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from fleetdesk.models.access import Role
from fleetdesk.models.members import MemberField, NotDone
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.queries.members import AskedChange, MemberEvent, MemberRow, Standing
from fleetdesk.views.words import day_and_time, role_name

__all__ = [
    "STANDING_TONES",
    "asked_sentence",
    "event_body",
    "event_icon",
    "event_title",
    "not_done_sentence",
    "standing_word",
    "value_word",
    "waiting_word",
]

STANDING_TONES: Mapping[Standing, Tone] = {
    Standing.ACTIVE: Tone.SUCCESS,
    Standing.SUSPENDED: Tone.WARNING,
    Standing.LEFT: Tone.NEUTRAL,
}
_STANDINGS: Mapping[Standing, str] = {
    Standing.ACTIVE: "Active",
    Standing.SUSPENDED: "Suspended",
    Standing.LEFT: "Left",
}
_NOT_DONE: Mapping[str, str] = {
    NotDone.LAST_SUPER_ADMIN: "It would have left no super admin.",
    NotDone.NO_LONGER_ALLOWED: "Whoever asked for it is no super admin any more.",
    NotDone.OVERTAKEN: "The membership had changed meanwhile.",
    NotDone.PROVIDER: "The identity provider refused it.",
}
_EVENTS: Mapping[str, tuple[str, str]] = {
    "members.change_role": ("Asked for another role", "identification-badge"),
    "members.suspend": ("Asked to suspend", "prohibit"),
    "members.reinstate": ("Asked to take back", "user-plus"),
    "members.withdraw": ("Withdrew a change", "arrow-counter-clockwise"),
    "members.join": ("Joined", "user-plus"),
    "members.follow": ("Changed at the identity provider", "identification-badge"),
    "members.dismiss": ("Left", "prohibit"),
    "members.forget_account": ("Has no account any more", "prohibit"),
    "hub.member_add": ("Put on the staff at the server", "identification-badge"),
    "hub.admin_add": ("Made super admin on the server", "identification-badge"),
}

_TELLING = frozenset({"members.settle", "members.dismiss"})
"""Events whose sentence says more than their title, where it is not a change from something to something."""


def standing_word(standing: Standing) -> str:
    """A standing, on a chip."""
    return tr(_STANDINGS[standing])


def value_word(field: MemberField, value: str) -> str:
    """A role or a status as people call it."""
    if field is MemberField.ROLE:
        return role_name(Role(value)) if value in tuple(Role) else value
    return tr("Active") if value == "active" else tr("Suspended")


def waiting_word(asked: AskedChange) -> str:
    """What waits, in a few words for a list: “Finance”, “Suspension”, “Taking back”."""
    change = asked.change
    if change.field is MemberField.ROLE:
        return value_word(change.field, change.new)
    return tr("Suspension") if change.new == "suspended" else tr("Taking back")


def asked_sentence(asked: AskedChange, now: dt.datetime) -> str:
    """What waits, who asked for it, and for what it waits."""
    change = asked.change
    if change.field is MemberField.ROLE:
        what = tr("%1 asked for the role %2 (%3).").replace("%2", value_word(change.field, change.new))
    elif change.new == "suspended":
        what = tr("%1 asked for the suspension (%3).")
    else:
        what = tr("%1 asked that they be taken back (%3).")
    what = what.replace("%3", day_and_time(asked.at, now)).replace("%1", isolated(asked.by or tr("Someone")))
    return f"{what} {tr('It waits to be carried out by the hub; until then everything stays as it is.')}"


def not_done_sentence(row: MemberRow) -> str:
    """Why what was asked for last was not done; nothing where it was, or waits, or was withdrawn."""
    asked = row.asked
    if asked is None or asked.waits or asked.outcome not in _NOT_DONE:
        return ""
    what = tr("Not carried out: %1.").replace("%1", waiting_word(asked))
    return f"{what} {tr(_NOT_DONE[asked.outcome])}"


def event_title(event: MemberEvent) -> str:
    """What an event of the audit log is called."""
    if event.action in _EVENTS:
        return tr(_EVENTS[event.action][0])
    if event.action == "members.settle" and event.new:
        return tr("Role changed") if event.field is MemberField.ROLE else tr("Status changed")
    return tr("Not carried out") if event.action == "members.settle" else event.sentence


def event_icon(event: MemberEvent) -> str:
    """The icon of an event."""
    if event.action in _EVENTS:
        return _EVENTS[event.action][1]
    return "check-circle" if event.new else "warning-circle"


def event_body(event: MemberEvent) -> str:
    """From what to what: “Support → Finance”; or why not."""
    if event.field is None or not event.new:
        return event.sentence if event.action in _TELLING else ""
    words = [value_word(event.field, value) for value in (event.base, event.new) if value]
    return " → ".join(isolated(word) for word in words)
