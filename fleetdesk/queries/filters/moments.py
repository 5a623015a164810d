"""Days as people ask for them: of the calendar, or counted from today."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Ago", "Moment", "Span", "Unit", "parse_moment"]

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_SPAN = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)
_AGO = re.compile(r"([+-]?)(\d{1,5})([dwmy])", re.ASCII)


class Unit(StrEnum):
    """What is counted: days, weeks, months, years."""

    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    YEAR = "y"


_MOST = {Unit.DAY: 36_500, Unit.WEEK: 5_200, Unit.MONTH: 1_200, Unit.YEAR: 100}


@dataclass(frozen=True, slots=True)
class Span:
    """A year, a month or a day of the calendar, from 1900 to 2199. Raises ValueError for one that does not exist."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not _FIRST_YEAR <= self.year <= _LAST_YEAR or (self.month is None and self.day is not None):
            raise ValueError("no such year, or a day without a month")
        dt.date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """The first and the last day."""
        last_month = self.month or 12
        last_day = self.day or calendar.monthrange(self.year, last_month)[1]
        return dt.date(self.year, self.month or 1, self.day or 1), dt.date(self.year, last_month, last_day)

    def __str__(self) -> str:
        month = "" if self.month is None else f"-{self.month:02}"
        return f"{self.year}{month}" + ("" if self.day is None else f"-{self.day:02}")


@dataclass(frozen=True, slots=True)
class Ago:
    """The day so many units before today; after it where `count` is negative. Raises ValueError beyond a century."""

    count: int
    unit: Unit = Unit.DAY

    def __post_init__(self) -> None:
        if abs(self.count) > _MOST[self.unit] or (self.count == 0 and self.unit is not Unit.DAY):
            raise ValueError("too far away, or today in other units")

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """The day, as the first and the last."""
        day = self._day(today)
        return day, day

    def _day(self, today: dt.date) -> dt.date:
        match self.unit:
            case Unit.DAY | Unit.WEEK:
                return today - dt.timedelta(days=self.count * (7 if self.unit is Unit.WEEK else 1))
            case Unit.MONTH | Unit.YEAR:
                months = today.year * 12 + today.month - 1 - self.count * (12 if self.unit is Unit.YEAR else 1)
                year, month = divmod(months, 12)
                return dt.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))

    def __str__(self) -> str:
        named = _NAMES.get(self)
        if named is not None:
            return named
        return f"{'+' if self.count < 0 else ''}{abs(self.count)}{self.unit}"


Moment = Span | Ago
_NAMED = {"today": Ago(0), "yesterday": Ago(1), "tomorrow": Ago(-1)}
_NAMES = {moment: name for name, moment in _NAMED.items()}


def parse_moment(text: str) -> Moment | None:
    """The days behind `2026`, `2026-03`, `2026-03-01`, `today`, `7d` (ago), `+2w` (ahead); None for anything else."""
    typed = text.casefold()
    if typed in _NAMED:
        return _NAMED[typed]
    try:
        if found := _SPAN.fullmatch(typed):
            return Span(*(int(part) for part in found.groups() if part is not None))
        if found := _AGO.fullmatch(typed):
            sign, count, unit = found.groups()
            return Ago(-int(count) if sign == "+" else int(count), Unit(unit) if int(count) else Unit.DAY)
    except ValueError:
        return None
    return None
