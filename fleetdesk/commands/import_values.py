"""Numbers, dates and phone numbers as people and spreadsheet programs write them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Moment", "in_zone", "phone_text", "read_moment", "read_number"]

_NUMBER = re.compile(r"(\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+|\d+)(?:[.,]0+)?\s*[^\W\d]*\.?")
_SEPARATORS = re.compile(r"\D")
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T,]+(\d{1,2})[:h](\d{2})(?::\d{2})?)?")
_COUNTED = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
"""Days as Excel counts them, from 1954 to 2119."""
_EPOCH = dt.datetime.fromisoformat("1899-12-30")
_SHORTENED = re.compile(r"\+?(\d+)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_AS_A_NUMBER = re.compile(r"(\+?\d{5,})[.,]0+")
_MORNING = dt.time(9)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time, with its zone if one was written; `counted`: it stood there as a number of days."""

    at: dt.datetime
    counted: bool = False


def read_number(text: str) -> int | None:
    """The whole number of a text such as “1 200”, “1,200” or “12 vehicles”."""
    match = _NUMBER.fullmatch(text)
    return None if match is None else int(_SEPARATORS.sub("", match[1]))


def phone_text(text: str) -> tuple[str, bool]:
    """A phone number behind what a spreadsheet program made of it, and whether it is whole.

    “971501234567.0” and “9.71501234567E+11” are; of “9.71501E+11” the last digits are lost: it is given as it is.
    """
    if (as_number := _AS_A_NUMBER.fullmatch(text)) is not None:
        return as_number[1], True
    shortened = _SHORTENED.fullmatch(text)
    if shortened is None:
        return text, True
    digits, exponent = shortened[2] or "", int(shortened[3])
    if len(digits) < exponent:
        return text, False
    return str(int(Decimal(f"{shortened[1]}.{digits or 0}").scaleb(exponent))), True


def read_moment(text: str) -> Moment | None:
    """An ISO 8601 text, one with the day first, as both countries write, or Excel's count; at nine by default.

    None for what is no date of the calendar.
    """
    day_first = _DAY.fullmatch(text)
    try:
        if day_first is not None:
            day, month, year, hour, minute = day_first.groups()
            at = dt.time(int(hour), int(minute)) if hour else _MORNING
            return Moment(dt.datetime.combine(dt.date(int(year), int(month), int(day)), at))
        if _COUNTED.fullmatch(text):
            return Moment(_counted(text), counted=True)
        if len(text) == len("2026-03-01"):
            return Moment(dt.datetime.combine(dt.date.fromisoformat(text), _MORNING))
        return Moment(dt.datetime.fromisoformat(text))
    except ValueError:
        return None


def in_zone(at: dt.datetime, zone: dt.tzinfo | None) -> dt.datetime | None:
    """An aware moment, in UTC: one without a zone is of this one, or of this machine's (None).

    None at the ends of the calendar, where UTC has no such day.
    """
    try:
        aware = at if at.tzinfo is not None or zone is None else at.replace(tzinfo=zone)
        return aware.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _counted(text: str) -> dt.datetime:
    days = float(text.replace(",", "."))
    moment = _EPOCH + dt.timedelta(seconds=round(days * 86_400))
    return moment if days % 1 else dt.datetime.combine(moment.date(), _MORNING)
