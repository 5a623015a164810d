"""XLSX files written row by row, straight into the archive: a million rows take no more memory than one.

Text is text, whatever it begins with; numbers are numbers; instants are dates and times on the person's own clock.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Self
from xml.sax.saxutils import escape

from fleetdesk.reports.formulas import like_a_formula
from fleetdesk.reports.xlsx.book import GUARDED, GUARDED_TITLE, HEAD, MOMENT, NAMESPACE, TEXT, TITLE, book_parts

__all__ = ["XlsxWriter"]

_MOST_ROWS = 1_048_576
_LONGEST = 32_767
"""Characters that Excel takes in one cell."""
_AT_ONCE = 500
"""Rows put together before they are packed."""
_EPOCH = dt.datetime.fromisoformat("1899-12-30")
_FIRST_DAY = dt.datetime.fromisoformat("1900-03-01")
"""Before it Excel's count of days is one off."""
_UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\r]|_(?=x[0-9A-Fa-f]{4}_)")


class XlsxWriter:
    """A workbook with one sheet under its titles; where that is full (`rows`), the next one goes on.

    Text that a program would take for a formula, were it typed, bears Excel's mark of text that was meant so.
    """

    def __init__(self, file: IO[bytes], titles: Sequence[str], *, name: str = "Leads", rows: int = _MOST_ROWS) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        self._titles = titles
        self._name = name
        self._most = rows
        self._sheets = 0
        self._row = 0
        self._lines: list[str] = []
        self._begin_sheet()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._end_sheet()
            for name, text in book_parts(self._name, self._sheets).items():
                self._archive.writestr(name, text)
            self._archive.close()
        else:
            self._abandon()

    def write(self, row: Sequence[str | int | dt.datetime | None]) -> None:
        """One more row."""
        if self._row == self._most:
            self._end_sheet()
            self._begin_sheet()
        self._row += 1
        self._lines.append(f'<row r="{self._row}">{"".join(map(_cell, row))}</row>')
        if len(self._lines) == _AT_ONCE:
            self._flush()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._part = self._archive.open(f"xl/worksheets/sheet{self._sheets}.xml", "w", force_zip64=True)
        titles = "".join(_text_cell(title, GUARDED_TITLE if like_a_formula(title) else TITLE) for title in self._titles)
        self._lines = [
            f'{HEAD}<worksheet xmlns="{NAMESPACE}"><sheetViews><sheetView workbookViewId="0">',
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>',
            f'<cols><col min="1" max="{len(self._titles)}" width="20" customWidth="1"/></cols>',
            f'<sheetData><row r="1">{titles}</row>',
        ]
        self._row = 1

    def _end_sheet(self) -> None:
        self._lines.append("</sheetData></worksheet>")
        self._flush()
        self._part.close()

    def _flush(self) -> None:
        self._part.write("".join(self._lines).encode())
        self._lines.clear()

    def _abandon(self) -> None:
        """Let go of everything without finishing the archive: whoever opened the file deletes it."""
        with contextlib.suppress(OSError):
            self._part.close()
        self._archive.fp = None


def _cell(value: str | int | dt.datetime | None) -> str:
    match value:
        case None | "":
            return "<c/>"
        case int():
            return f"<c><v>{value}</v></c>"
        case dt.datetime():
            return _moment(value)
        case _:
            return _text_cell(value, GUARDED if like_a_formula(value) else TEXT)


def _text_cell(text: str, style: int) -> str:
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{_written(text)}</t></is></c>'


def _moment(value: dt.datetime) -> str:
    there = value.astimezone().replace(tzinfo=None)
    if there < _FIRST_DAY:
        return _text_cell(there.isoformat(" ", "minutes"), TEXT)
    days = (there - _EPOCH) / dt.timedelta(days=1)
    return f'<c s="{MOMENT}"><v>{days:.10f}</v></c>'


def _written(text: str) -> str:
    """The text within XML; what that cannot hold, as Excel writes it (ECMA-376, 22.4.2.4); too long a one is cut."""
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
