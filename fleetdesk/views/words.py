"""Times, numbers, countries and roles as people read them: one wording for every screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from PySide6.QtCore import QLocale

from fleetdesk.models.access import Role
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.queries.last_changes import LastChange
from fleetdesk.views.long_acts import Far

__all__ = [
    "change_about",
    "country_name",
    "country_names",
    "day",
    "day_and_time",
    "due",
    "exact_time",
    "far_text",
    "local",
    "number",
    "role_name",
    "share",
    "short_day",
    "short_time",
]

_ROLES: Mapping[Role, str] = {
    Role.COMMERCIAL: "Sales",
    Role.SUPPORT: "Support",
    Role.FINANCE: "Finance",
    Role.PRODUCT_MANAGER: "Product manager",
    Role.SUPER_ADMIN: "Super admin",
    Role.SYSTEM: "System",
}


def role_name(role: Role) -> str:
    """A role as people call it."""
    return tr(_ROLES[role])


def change_about(change: LastChange | None, me: str, you: str, now: dt.datetime) -> str:
    """Who changed a field, and when; nothing where that is not known. `me` is the id of the reader, called `you`."""
    if change is None:
        return ""
    who = you if change.person_id == me else change.name or tr("Someone else")
    return tr("%1 · %2").replace("%2", day_and_time(change.at, now)).replace("%1", isolated(who))


def number(value: int) -> str:
    """A whole number with its thousands set apart."""
    return QLocale().toString(value)


def far_text(far: Far) -> str:
    """How far a long act is, such as “Undoing “Imported a lead”: 12,000 of 20,000 rows”."""
    rows = plural(far.of, tr("%1: %2 of %n row"), tr("%1: %2 of %n rows"))
    return rows.replace("%2", number(far.rows)).replace("%1", far.what)


def local(instant: dt.datetime) -> dt.datetime:
    """An instant on the person's own clock."""
    return instant.astimezone()


def exact_time(instant: dt.datetime) -> str:
    """Day, year and minute: for tooltips and for what must not be mistaken."""
    there = local(instant)
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M}"


def day(instant: dt.datetime, now: dt.datetime) -> str:
    """The day on the person's calendar: “Today”, “Yesterday”, “12 Mar”, “12 Mar 2024”."""
    there, today = local(instant).date(), local(now).date()
    match (there - today).days:
        case 0:
            return tr("Today")
        case 1:
            return tr("Tomorrow")
        case -1:
            return tr("Yesterday")
    return f"{there.day} {there:%b}" if there.year == today.year else f"{there.day} {there:%b %Y}"


def short_day(date: dt.date) -> str:
    """A day of the year: “12 Mar”."""
    return f"{date.day} {date:%b}"


def share(part: float) -> str:
    """A share as a percentage, to the tenth: “8.3%”, “50%”."""
    return QLocale().toString(100 * part, "f", 1).removesuffix(f"{QLocale().decimalPoint()}0") + "%"


def day_and_time(instant: dt.datetime, now: dt.datetime) -> str:
    """The day (in words where it is near) and the minute: “Today, 14:05”, “12 Mar, 09:30”."""
    return f"{day(instant, now)}, {local(instant):%H:%M}"


def short_time(instant: dt.datetime, now: dt.datetime) -> str:
    """How long ago in one or two words: “now”, “8 min”, “14:05”, “Yesterday”, “12 Mar”, “12 Mar 2024”."""
    age = now - instant
    if dt.timedelta(0) <= age < dt.timedelta(minutes=1):
        return tr("now")
    if dt.timedelta(0) <= age < dt.timedelta(hours=1):
        return tr("%1 min").replace("%1", str(int(age.total_seconds() // 60)))
    there = local(instant)
    return f"{there:%H:%M}" if there.date() == local(now).date() else day(instant, now)


def due(instant: dt.datetime, now: dt.datetime) -> str:
    """When something is to be done: “Overdue · 12 Mar”, “Today, 14:05”, “Tomorrow, 09:30”."""
    if instant < now:
        return tr("Overdue · %1").replace("%1", day(instant, now))
    return day_and_time(instant, now)


def country_name(code: str) -> str:
    """The country of an ISO 3166 code, or the code where it names none."""
    territory = QLocale.codeToTerritory(code)
    return code if territory is QLocale.Country.AnyTerritory else QLocale.territoryToString(territory)


def country_names(codes: frozenset[str]) -> list[tuple[str, str]]:
    """The codes with their countries, sorted by name."""
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])
