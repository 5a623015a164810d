"""The rows of one sheet, as they stand in its XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from fleetdesk.reports.tables import RawRow
from fleetdesk.reports.xlsx.markup import Markup, MarkupError
from fleetdesk.reports.xlsx.values import Values

__all__ = ["sheet_rows"]

_WIDEST = 16_384
"""Columns of the widest sheet that there can be."""
_LETTERS = 3
"""Letters of the last one's name."""


def sheet_rows(part: IO[bytes], values: Values) -> Iterator[RawRow]:
    """Every row that the sheet has anything of, a few at a time. Raises MarkupError, ValueError, IndexError."""
    sheet = _Sheet(values)
    for _ in sheet.read(part):
        rows, sheet.rows = sheet.rows, []
        yield from rows


class _Sheet(Markup):
    """Collects rows as they end. Where a row or cell says its own place, that counts; else it follows the last one."""

    def __init__(self, values: Values) -> None:
        self.rows: list[RawRow] = []
        self._values = values
        self._number = 0
        self._cells: list[str] = []
        self._place = 0
        self._kind = self._style = ""
        self._parts: list[str] = []
        self._inside = self._aside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "c":
                self._place = _place(attributes.get("r", ""), len(self._cells))
                self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
                self._parts = []
            case "v" | "t":
                self._inside = not self._aside
            case "row":
                self._number = max(self._number + 1, int(attributes.get("r", "0")))
                self._cells = []
            case "rPh":
                self._aside = True

    def end(self, name: str) -> None:
        match name:
            case "c":
                text = self._values.text(self._kind, self._style, "".join(self._parts))
                if self._place == len(self._cells):
                    self._cells.append(text)
                elif text:
                    self._put(text)
            case "v" | "t":
                self._inside = False
            case "row":
                self.rows.append(RawRow(self._number, tuple(self._cells)))
            case "rPh":
                self._aside = False

    def text(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

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
