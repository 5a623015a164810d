"""Spreadsheets that people bring: CSV and XLSX files as rows of text, with the row numbers that their program shows.

Nothing is guessed in silence: `Spreadsheet.described` says which encoding, delimiter and sheet were found, and all of
it can be said by hand. A file that is not what it claims to be is a BadFile; a row that cannot be trusted still comes,
with its problem and all its cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from fleetdesk.errors import BadFile
from fleetdesk.process.chosen_files import demand_file
from fleetdesk.reports.csv_files import CsvFile
from fleetdesk.reports.tables import AS_FOUND, Fault, Limits, RawRow, Reading
from fleetdesk.reports.xlsx.reading import XlsxFile

__all__ = ["LIMITS", "Limits", "Reading", "SheetRow", "Spreadsheet", "column_name", "open_spreadsheet"]

LIMITS = Limits()

_START = 16
"""Bytes by which the kind of a file is known."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"
_PICTURE, _PACKED = "a picture", "packed files"
_NO_TABLES = (
    (re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*|BM.{4}\0{4}", re.DOTALL), _PICTURE),
    (re.compile(rb".{4}ftyp(hei|avif|mif1)", re.DOTALL), _PICTURE),
    (re.compile(rb".{4}ftyp", re.DOTALL), "a film or a sound"),
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"\x1f\x8b|7z\xbc\xaf|Rar!\x1a"), _PACKED),
)
"""How files begin that are often chosen by mistake, and what they are."""
_UNREADABLE = re.compile("[\0\udc80-\udcff\N{REPLACEMENT CHARACTER}]")
"""NUL, and what stands for bytes that the encoding does not know."""
_UNPRINTABLE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\udc80-\udcff]")
_SAMPLE = 20
"""Rows from the top among which the titles are looked for, and that a preview shows."""
_SHOWN = 300
"""Characters of a cell that a preview shows."""
_COMPLETE = "Complete the row, with delimiters for empty cells."
_MEND = "Check the quotes and delimiters of the row."


class _Source(Protocol):
    """A file of one kind."""

    @property
    def described(self) -> str: ...
    @property
    def reading(self) -> Reading: ...
    @property
    def sheets(self) -> tuple[str, ...]: ...
    def rows(self) -> Iterator[RawRow]: ...


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row below the header. `number` counts from 1 with the header and blank rows, as spreadsheet programs do.

    `cells` are at least as many as the header's. `problem` is set where the row cannot be taken as it stands.
    """

    number: int
    cells: tuple[str, ...]
    problem: BadFile | None = None


class Spreadsheet:
    """An opened file: its header, and its rows as often as they are asked for (each time, the file is read anew)."""

    def __init__(
        self, source: _Source, *, top: Sequence[RawRow], header: tuple[str, ...], row: int, limits: Limits
    ) -> None:
        self.header = header
        self.top = tuple(replace(raw, cells=tuple(_readable(cell[:_SHOWN]) for cell in raw.cells)) for raw in top)
        """The first rows as they stand in the file, header and what is above it included; long cells are cut."""
        self.reading = replace(source.reading, header_row=row)
        """How it is read: what was said, and what was found."""
        self.sheets = source.sheets
        """The names of the sheets that can be read, where there is more than the table itself."""
        self.titles = _titles(header)
        """What people call the columns: their titles, or letters where there are none; no two alike."""
        self._source = source
        self._header_row = row
        self._limits = limits

    @property
    def described(self) -> str:
        """What was found: kind, encoding, delimiter or sheet, in words."""
        return self._source.described

    def rows(self) -> Iterator[SheetRow]:
        """The rows below the header; blank ones are passed over. Raises BadFile where the file itself is broken."""
        width = len(self.header)
        for raw in self._source.rows():
            if raw.number <= self._header_row or not "".join(raw.cells).strip():
                continue
            if raw.number > self._limits.rows:
                raise BadFile(
                    f"The file has more than {self._limits.rows:,} rows.",
                    row=raw.number,
                    kept="Nothing was imported.",
                    do="Split it and import the parts.",
                )
            cells = raw.cells + ("",) * (width - len(raw.cells))
            problem = self._problem(raw)
            if problem is not None:
                cells = tuple(map(_readable, cells))
            yield SheetRow(raw.number, cells, problem)

    def _problem(self, raw: RawRow) -> BadFile | None:
        fault = raw.fault or self._misfit(raw) or self._bad_cell(raw)
        if fault is None:
            return None
        column = None if fault.place is None else self._column_name(fault.place)
        where = f"Row {raw.number}" if column is None else f"Row {raw.number}, column “{column}”"
        return BadFile(f"{where}: {fault.what}.", row=raw.number, column=column, do=fault.do)

    def _column_name(self, place: int) -> str:
        return self.titles[place] if place < len(self.titles) else column_name(self.header, place)

    def _misfit(self, raw: RawRow) -> Fault | None:
        width = len(self.header)
        if raw.ends_early and len(raw.cells) < width:
            return Fault(f"the row ends before it, after {len(raw.cells)} of {width} cells", _COMPLETE, len(raw.cells))
        for place, cell in enumerate(raw.cells[width:], start=width):
            if cell:
                return Fault("there is a cell but no title, the row is longer than the header", _MEND, place)
        return None

    def _bad_cell(self, raw: RawRow) -> Fault | None:
        text = "".join(raw.cells)
        if len(text) <= self._limits.cell and not _UNREADABLE.search(text):
            return None
        for place, cell in enumerate(raw.cells):
            if len(cell) > self._limits.cell:
                return Fault(
                    f"it holds {len(cell):,} characters, more than {self._limits.cell:,}", "Shorten it.", place
                )
            if _UNREADABLE.search(cell):
                return Fault("it holds bytes that are no text", "Write the cell again.", place)
        return None


def open_spreadsheet(
    path: Path,
    reading: Reading = AS_FOUND,
    *,
    knows: Callable[[str], bool] = lambda _title: False,
    limits: Limits = LIMITS,
) -> Spreadsheet:
    """Look into the file: its kind, by its first bytes rather than its name; encoding and delimiter; the header.

    What `reading` says is not looked for. The header is the row near the top with the most titles that somebody
    `knows`, and else the first. Raises BadFile where it cannot be read, is protected, is a bomb, has no header, or has
    too many columns.
    """
    source = _source(path, reading, limits)
    top = list(islice(source.rows(), _SAMPLE))
    filled = [raw for raw in top if any(map(str.strip, raw.cells))]
    if not filled:
        raise BadFile(f"{path.name} is empty.", do="Choose a file whose first row names the columns.")
    if reading.header_row == 0:
        header, row = ("",) * max(len(raw.cells) for raw in filled), 0
    else:
        header, row = _header(path, filled, reading.header_row, knows)
    if len(header) > limits.columns:
        raise BadFile(
            f"{path.name} has more than {limits.columns} columns, which is what can be read at most.",
            row=row,
            column=column_name(header, limits.columns),
            do="Keep the columns that are about leads, and save it again.",
        )
    return Spreadsheet(source, top=top, header=header, row=row, limits=limits)


def column_name(header: tuple[str, ...], place: int) -> str:
    """What people call the column: its title, or its letters where it has none."""
    if place < len(header) and header[place]:
        return header[place]
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _header(
    path: Path, filled: Sequence[RawRow], asked: int | None, knows: Callable[[str], bool]
) -> tuple[tuple[str, ...], int]:
    """The titles, and the number of their row."""
    if asked is None:
        first = max(filled, key=lambda raw: sum(map(knows, raw.cells)))
    else:
        first = next((raw for raw in filled if raw.number == asked), filled[0])
    if first.fault is not None:
        raise BadFile(
            f"Row {first.number} of {path.name}: {first.fault.what}.",
            row=first.number,
            column=None if first.fault.place is None else column_name(first.cells, first.fault.place),
            do=first.fault.do,
        )
    header = tuple(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", cell.strip()) for cell in first.cells)
    while not header[-1]:
        header = header[:-1]
    return header, first.number


def _titles(header: tuple[str, ...]) -> tuple[str, ...]:
    """The columns' names; a title that stands there again gets a number."""
    names = [column_name(header, place) for place in range(len(header))]
    taken, counted = set(names), Counter[str]()
    for place, name in enumerate(names):
        counted[name] += 1
        if counted[name] > 1:
            number = counted[name]
            while f"{name} ({number})" in taken:
                number += 1
            names[place] = f"{name} ({number})"
            taken.add(names[place])
    return tuple(names)


def _readable(cell: str) -> str:
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", cell)


def _source(path: Path, reading: Reading, limits: Limits) -> _Source:
    try:
        demand_file(path)
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise BadFile(
            f"{path.name} cannot be read: {error.strerror}.", do="Check where it is and try again."
        ) from error
    for beginning, kind in _NO_TABLES:
        if beginning.match(start):
            raise BadFile(f"{path.name} is no table but {kind}.", do="Choose a CSV or XLSX file.")
    if start.startswith(_OLE):
        raise BadFile(
            f"{path.name} is an old Excel file, or one with a password.",
            do="Save it as .xlsx without a password, or as .csv.",
        )
    return XlsxFile(path, limits, reading) if start.startswith(_ZIP) else CsvFile(path, limits, reading)
