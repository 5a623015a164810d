"""What the calendar says: of a step in one line, of a cell in one sentence, and what it is called itself."""

from __future__ import annotations

import datetime as dt

from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.queries.lead_agenda import AgendaCell
from fleetdesk.queries.leads import LeadRow
from fleetdesk.queries.spreads import Spread
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.words import local

__all__ = ["cell_name", "cell_words", "spread_title", "step_time", "step_title", "step_words", "when_words"]


def step_title(row: LeadRow) -> str:
    """Whose step it is, and what is to be done."""
    title = lead_title(row.name, row.company, row.email, row.phone)
    return f"{isolated(title)} · {isolated(row.next_activity)}" if row.next_activity else title


def step_time(row: LeadRow) -> str:
    """The time of day of a step."""
    return "" if row.next_activity_at is None else f"{local(row.next_activity_at):%H:%M}"


def step_words(row: LeadRow, now: dt.datetime) -> str:
    """A step as a screen reader says it."""
    late = row.next_activity_at is not None and row.next_activity_at < now
    parts = (step_time(row), step_title(row), tr("overdue") if late else "", tr("deleted") if row.deleted else "")
    return ", ".join(part for part in parts if part)


def cell_name(spread: Spread, cell: int, today: dt.date) -> str:
    """The day of a cell, and its hour where it has one."""
    day, hour = spread.day(cell), spread.hour(cell)
    parts = (
        f"{day:%A} {day.day} {day:%B}",
        tr("today") if day == today else "",
        "" if hour is None else f"{hour:02}:00",
    )
    return ", ".join(part for part in parts if part)


def cell_words(spread: Spread, cell: int, agenda: AgendaCell, now: dt.datetime) -> str:
    """A cell as a screen reader says it: when it is, how much is to be done, and the first of it."""
    name = cell_name(spread, cell, local(now).date())
    if not agenda.count:
        return f"{name}. {tr('Nothing is planned')}"
    count = plural(agenda.count, tr("%n next step"), tr("%n next steps"))
    return ". ".join((name, count, *(step_words(row, now) for row in agenda.rows)))


def when_words(instant: dt.datetime, now: dt.datetime) -> str:
    """A day and a time of it, and that it has passed where it has."""
    there = local(instant)
    when = f"{there:%A} {there.day} {there:%B}, {there:%H:%M}"
    return f"{when}. {tr('That time has passed')}" if instant < now else when


def spread_title(spread: Spread) -> str:
    """“March 2026”, or the days of a week: “9 – 15 March 2026”."""
    if not spread.by_hour:
        return f"{spread.about:%B %Y}"
    first, last = spread.days[0], spread.days[-1]
    if first.month == last.month:
        return f"{first.day} – {last.day} {last:%B %Y}"
    return f"{first.day} {first:%B} – {last.day} {last:%B %Y}"
