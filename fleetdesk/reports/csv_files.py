"""CSV files as people have them: in any usual encoding and with any usual delimiter (RFC 4180 for the rest)."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from fleetdesk.errors import BadFile
from fleetdesk.reports.encodings import Encoding, find_encoding
from fleetdesk.reports.formulas import unguarded
from fleetdesk.reports.tables import Fault, Limits, RawRow, Reading, too_wide

__all__ = ["DELIMITERS", "CsvFile"]

_SAMPLE = 65_536
_SAMPLE_ROWS = 100
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_HINT = "sep="
"""Excel's own first line: it names the delimiter and is no row."""


class CsvFile:
    """A CSV file whose encoding and delimiter are known."""

    def __init__(self, path: Path, limits: Limits, reading: Reading) -> None:
        """Look into the file, as far as it is not said how to read it. Raises BadFile where it cannot be read."""
        self._path = path
        self._limits = limits
        try:
            self._encoding = find_encoding(path) if reading.encoding is None else Encoding(reading.encoding)
            with self._open() as file:
                sample = file.read(_SAMPLE)
        except OSError as error:
            raise self._vanished(error) from error
        self._hinted = sample[:4].casefold() == _HINT and len(sample) > len(_HINT)
        found = sample[len(_HINT)] if self._hinted else _find_delimiter(sample)
        self._delimiter = found if reading.delimiter is None else reading.delimiter

    @property
    def sheets(self) -> tuple[str, ...]:
        """None: the file is a table itself."""
        return ()

    @property
    def reading(self) -> Reading:
        """How it is read."""
        return Reading(encoding=self._encoding.codec, delimiter=self._delimiter)

    @property
    def described(self) -> str:
        """Such as “CSV, UTF-8, separated by commas”."""
        name = DELIMITERS.get(self._delimiter, f"“{self._delimiter}”")
        return f"CSV, {self._encoding.described}, separated by {name}"

    def rows(self) -> Iterator[RawRow]:
        """Every record. One whose quotes are broken comes as the text of its first line; reading goes on behind it."""
        try:
            with self._open() as file:
                yield from self._records(file)
        except OSError as error:
            raise self._vanished(error) from error

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding.codec, errors=self._encoding.errors, newline="")

    def _records(self, file: TextIO) -> Iterator[RawRow]:
        lines = _Lines(file, self._limits.line)
        if self._hinted:
            self._skip_hint(lines)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        number = 0
        while True:
            number += 1
            lines.forget()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                first = lines.keep_first().rstrip("\r\n")
                yield RawRow(number, (first,), fault=self._fault(first))
                continue
            except _LineTooLong as error:
                raise self._endless(number) from error
            columns = self._limits.columns
            beyond = next((place for place, cell in enumerate(cells[columns:], start=columns) if cell), None)
            fault = None if beyond is None else too_wide(self._limits, beyond)
            yield RawRow(number, tuple(map(unguarded, cells[: columns + 1])), ends_early=True, fault=fault)

    def _skip_hint(self, lines: Iterator[str]) -> None:
        try:
            next(lines)
        except _LineTooLong as error:
            raise self._endless(1) from error

    def _fault(self, line: str) -> Fault:
        if len(line) > csv.field_size_limit():
            sizes = [len(cell) for cell in line.split(self._delimiter)]
            return Fault(f"it holds {max(sizes):,} characters", "Shorten it.", place=sizes.index(max(sizes)))
        return Fault("a quote is not closed, or text stands behind one", "Mend its quotes.")

    def _endless(self, row: int) -> BadFile:
        return BadFile(
            f"Row {row} of {self._path.name} has a line of more than {self._limits.line:,} characters.",
            row=row,
            kept="Nothing was imported from here on.",
            do="Check that it is a table, and that its lines end.",
        )

    def _vanished(self, error: OSError) -> BadFile:
        return BadFile(
            f"{self._path.name} cannot be read: {error.strerror}.",
            kept="Nothing was imported from here on.",
            do="Check where the file is and try again.",
        )


class _LineTooLong(Exception):
    """A line has no end within the limit."""


class _Lines:
    """The lines of a file, with a way back: all but the first of those taken since `forget` can be read again.

    Raises _LineTooLong for one of more than `longest` characters.
    """

    def __init__(self, file: TextIO, longest: int) -> None:
        self._file = file
        self._longest = longest
        self._again: deque[str] = deque()
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        self._taken.append(line)
        return line

    def _read(self) -> str:
        line = self._file.readline(self._longest + 1)
        if not line:
            raise StopIteration
        if len(line) > self._longest:
            raise _LineTooLong
        return line

    def forget(self) -> None:
        """A record begins."""
        self._taken.clear()

    def keep_first(self) -> str:
        """The first line of the record; the others will be read again."""
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        return first


def _find_delimiter(sample: str) -> str:
    """The delimiter that cuts the most rows to the width of the first; of equal ones, that which makes it widest.

    Where none cuts the first row, a line stands above the table: then that which cuts the most rows to any one width.
    """
    lines = sample.splitlines(keepends=True)
    if len(sample) == _SAMPLE:
        del lines[-1]
    widths = {
        delimiter: [len(row) for row in csv.reader(lines[:_SAMPLE_ROWS], delimiter=delimiter) if row]
        for delimiter in DELIMITERS
    }

    def score(delimiter: str) -> tuple[float, float, int]:
        found = widths[delimiter]
        commonest = max((width for width in found if width > 1), key=found.count, default=1)
        first = found[0] if found and found[0] > 1 else 0
        return _share(found, first), _share(found, commonest) if commonest > 1 else 0.0, first or commonest

    return max(DELIMITERS, key=score)


def _share(widths: Sequence[int], width: int) -> float:
    """How many of the rows have that width, to the tenth."""
    return round(widths.count(width) / len(widths), 1) if widths else 0.0
