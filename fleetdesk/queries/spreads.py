"""The stretches of time that a calendar lays out: the days of a month, the hours of a week, by the clocks of a place.

Where clocks go forward an hour is missing, and its stretch is empty; where they go back, one stretch lasts two hours.
"""

from __future__ import annotations

import bisect
import datetime as dt
from dataclasses import dataclass

__all__ = ["Spread", "month_of", "on_clock", "week_of"]

_WEEK = 7
_HOURS = 24
_DAY = dt.timedelta(days=1)


def on_clock(day: dt.date, time: dt.time, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The instant, in UTC, at which the clocks of a zone show this; None is the machine's own.

    The first such instant where there are two; where there is none, that which clocks not put forward would show.
    """
    shown = dt.datetime.combine(day, time.replace(fold=0), zone)
    # Of a time that is left out, Python takes the machine's own zone and a named one to mean different instants.
    early, late = sorted(shown.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    there = early.astimezone(zone)
    return early if (there.date(), there.time()) == (day, time.replace(fold=0)) else late


@dataclass(frozen=True, slots=True)
class Spread:
    """Whole weeks from Monday on, a cell for each day; or, `by_hour`, one week with a cell for each of its hours.

    Cells are numbered as time goes on. `about` is the day that was asked for.
    """

    days: tuple[dt.date, ...]
    about: dt.date
    by_hour: bool = False

    @property
    def rows(self) -> int:
        """Weeks, or hours."""
        return _HOURS if self.by_hour else len(self.days) // _WEEK

    def cell(self, row: int, column: int) -> int:
        """The number of a cell, whose column is the day of the week."""
        return column * _HOURS + row if self.by_hour else row * _WEEK + column

    def place(self, cell: int) -> tuple[int, int]:
        """The row and the column of a cell."""
        column, row = divmod(cell, _HOURS)
        return (row, column) if self.by_hour else divmod(cell, _WEEK)

    def day(self, cell: int) -> dt.date:
        """The day of a cell."""
        return self.days[cell // _HOURS if self.by_hour else cell]

    def hour(self, cell: int) -> int | None:
        """The hour that a cell stands for; None for a whole day."""
        return cell % _HOURS if self.by_hour else None

    def bounds(self, zone: dt.tzinfo | None = None) -> list[dt.datetime]:
        """The instant at which each cell begins, and that at which the last one ends."""
        times = [dt.time(hour) for hour in range(_HOURS)] if self.by_hour else [dt.time.min]
        begins = [on_clock(day, time, zone) for day in self.days for time in times]
        return [*begins, on_clock(self.days[-1] + _DAY, dt.time.min, zone)]

    def holding(self, instant: dt.datetime, zone: dt.tzinfo | None = None) -> int | None:
        """The cell in which an instant lies; None where it is out of sight."""
        bounds = self.bounds(zone)
        place = bisect.bisect_right(bounds, instant) - 1
        return place if 0 <= place < len(bounds) - 1 else None

    def moved(self, instant: dt.datetime, cell: int, zone: dt.tzinfo | None = None) -> dt.datetime:
        """The same time of day, or the same minute of the hour, in another cell."""
        there = instant.astimezone(zone)
        hour = self.hour(cell)
        time = there.time() if hour is None else there.time().replace(hour=hour)
        return on_clock(self.day(cell), time, zone)

    def turned(self, by: int) -> Spread:
        """The spread so many months, or weeks, later."""
        if self.by_hour:
            return week_of(self.about + by * _WEEK * _DAY)
        year, month = divmod(self.about.year * 12 + self.about.month - 1 + by, 12)
        return month_of(dt.date(year, month + 1, 1))


def month_of(day: dt.date) -> Spread:
    """The weeks in which the days of a month lie."""
    first = day.replace(day=1)
    last = (first + 31 * _DAY).replace(day=1) - _DAY
    begins, ends = _monday(first), _monday(last) + (_WEEK - 1) * _DAY
    return Spread(_days(begins, (ends - begins).days + 1), day)


def week_of(day: dt.date) -> Spread:
    """The hours of a week."""
    return Spread(_days(_monday(day), _WEEK), day, by_hour=True)


def _monday(day: dt.date) -> dt.date:
    return day - day.weekday() * _DAY


def _days(first: dt.date, count: int) -> tuple[dt.date, ...]:
    return tuple(first + number * _DAY for number in range(count))
