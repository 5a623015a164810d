"""Cells' values as the text that people see: shared strings, numbers, dates by their cell's format."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from fleetdesk.reports.xlsx.markup import Markup, unescaped

__all__ = ["SharedTexts", "Styles", "Values"]

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Formats of dates and times that need no declaration (ECMA-376, 18.8.30)."""
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_LETTERS = re.compile("[ymdhs]", re.IGNORECASE)
_EPOCH, _EPOCH_1904 = map(dt.datetime.fromisoformat, ("1899-12-30", "1904-01-01"))
_LEAP_DAY = 60
"""Excel counts 29 February 1900, which was none: days before it are one further on."""
_LAST_DAY = 2_958_466
_EXACT = 10**15
"""Whole numbers up to here are exact in Excel's floating point."""


class SharedTexts(Markup):
    """The texts that cells name by number; what tells how to read them aloud (`rPh`) is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._inside = self._aside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "si":
                self._parts = []
            case "rPh":
                self._aside = True
            case "t":
                self._inside = not self._aside

    def end(self, name: str) -> None:
        match name:
            case "si":
                self.texts.append(unescaped("".join(self._parts)))
            case "rPh":
                self._aside = False
            case "t":
                self._inside = False

    def text(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)


class Styles(Markup):
    """Which of a workbook's cell styles show dates."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        """By the number that cells give their style."""
        self._declared: dict[str, bool] = {}
        self._inside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "numFmt":
                code = _LITERAL.sub("", attributes.get("formatCode", ""))
                self._declared[attributes.get("numFmtId", "")] = _DATE_LETTERS.search(code) is not None
            case "cellXfs":
                self._inside = True
            case "xf" if self._inside:
                number = attributes.get("numFmtId", "0")
                built_in = number.isdecimal() and int(number) in _BUILT_IN_DATES
                self.dates.append(self._declared.get(number, built_in))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False


class Values:
    """Makes text of what cells hold; `date1904` counts days from 1904, as old Macs did."""

    def __init__(self, texts: Sequence[str], dates: Sequence[bool], *, date1904: bool) -> None:
        self._texts = texts
        self._dates = [str(style) for style, date in enumerate(dates) if date]
        self._epoch = _EPOCH_1904 if date1904 else _EPOCH

    def text(self, kind: str, style: str, value: str) -> str:
        """The text of a cell of this type (ECMA-376, 18.18.11), style and stored value. Raises ValueError."""
        match kind:
            case "s":
                return self._texts[int(value)] if value else ""
            case "str" | "inlineStr":
                return unescaped(value)
            case "b":
                return "yes" if value.strip() == "1" else "no"
            case "e" | "d":
                return value
            case _:
                if not value:
                    return ""
                return self._date(value) if style in self._dates else _number(value)

    def _date(self, value: str) -> str:
        days = float(value)
        if not 0 <= days < _LAST_DAY:
            return _number(value)
        if self._epoch is _EPOCH and days < _LEAP_DAY:
            days += 1
        # Excel keeps fractions of a day in floating point: to the second, they are what was typed.
        moment = self._epoch + dt.timedelta(seconds=round(days * 86_400))
        if float(value) < 1:
            return moment.time().isoformat("auto")
        if moment.time() == dt.time():
            return moment.date().isoformat()
        return moment.isoformat(" ", "seconds" if moment.second else "minutes")


def _number(value: str) -> str:
    text = value.strip()
    if text.isdecimal() and len(text) <= len(str(_EXACT)):
        return text.lstrip("0") or "0"
    amount = float(text)
    if amount.is_integer() and abs(amount) < _EXACT:
        return str(int(amount))
    return f"{amount:.15g}"
