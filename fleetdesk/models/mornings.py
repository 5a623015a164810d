"""Instants by which people put things off, on the calendar of where they are."""

from __future__ import annotations

import datetime as dt

__all__ = ["MORNING", "morning_in"]

MORNING = dt.time(9, 0)
"""When a day of work begins."""


def morning_in(days: int, now: dt.datetime, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The morning so many days after today, in UTC; days are those of `zone` (None: the machine's own)."""
    day = now.astimezone(zone).date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, MORNING, zone).astimezone(dt.UTC)
