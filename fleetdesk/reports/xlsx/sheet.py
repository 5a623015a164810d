"""The rows of one sheet, as they stand in its XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from fleetdesk.reports.tables import Limits, RawRow, too_wide
from fleetdesk.reports.xlsx.markup import Markup, MarkupError
from fleetdesk.reports.xlsx.values import Values

__all__ = ["sheet_rows"]

_WIDEST = 16_384
"""Columns of the widest sheet that there can be."""
_LETTERS = 3
"""Letters of the last one's name."""


def sheet_rows(part: IO[bytes], values: Values, limits: Limits) -> Iterator[RawRow]:
    """Every row that the sheet has anything of, a few at a time. Raises MarkupError, ValueError, IndexError."""
    sheet = _Sheet(values, limits)
    for _ in sheet.read(part):
        rows, sheet.rows = sheet.rows, []
        yield from rows


class _Sheet(Markup):
    """Collects rows as they end. Where a row or cell says its own place, that counts; else it follows the last one.

    Of the cells beyond the limit of columns, only the first is kept, and once one says something, nothing more of its
    row is looked at: a row as wide as sheets may be costs as much as thousands, and a small file can have a million.
    """

    def __init__(self, values: Values, limits: Limits) -> None:
        self.rows: list[RawRow] = []
        self._values = values
        self._limits = limits
        self._beyond: int | None = None
        """The first place beyond the limit where something is said."""
        self._number = 0
        self._cells: list[str] = []
        self._place = 0
        self._kind = self._style = ""
        self._parts: list[str] = []
        self._inside = self._aside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "c" if self._beyond is None:
                self._place = _place(attributes.get("r", ""), self._place + 1)
                self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
                self._parts = []
            case "v" | "t" if self._beyond is None:
                self._inside = not self._aside
            case "row":
                self._number = max(self._number + 1, int(attributes.get("r", "0")))
                self._cells = []
                self._place = -1
                self._beyond = None
            case "rPh":
                self._aside = True

    def end(self, name: str) -> None:
        match name:
            case "c" if self._beyond is None:
                self._end_cell("".join(self._parts))
            case "v" | "t":
                self._inside = False
            case "row":
                fault = None if self._beyond is None else too_wide(self._limits, self._beyond)
                self.rows.append(RawRow(self._number, tuple(self._cells), fault=fault))
            case "rPh":
                self._aside = False

    def text(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def _end_cell(self, value: str) -> None:
        if value and self._place >= self._limits.columns:
            self._beyond = self._place
        if self._place > self._limits.columns:
            return
        text = self._values.text(self._kind, self._style, value)
        if self._place == len(self._cells):
            self._cells.append(text)
        elif text:
            self._put(text)

    def _put(self, text: str) -> None:
        self._cells += [""] * (self._place + 1 - len(self._cells))
        self._cells[self._place] = text


def _place(reference: str, following: int) -> int:
    """The column, from 0, of a reference such as “AB12”."""
    letters = reference.rstrip("0123456789")
    if not letters:
        return following
    number = 0
    for letter in letters[:_LETTERS]:
        number = number * 26 + ord(letter) - ord("A") + 1
    if not (letters.isascii() and letters.isupper() and len(letters) <= _LETTERS and number <= _WIDEST):
        raise MarkupError(f"there is no column {letters[:10]}")
    return number - 1
