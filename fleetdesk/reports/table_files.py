"""Tables written row by row, as CSV or XLSX: typed cells, and none that a spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol, Self

from fleetdesk.errors import Invalid
from fleetdesk.reports.csv_files import guarded
from fleetdesk.reports.whole_files import written_whole
from fleetdesk.reports.xlsx.writing import XlsxWriter

__all__ = ["KINDS", "Cell", "TableWriter", "table_file"]

Cell = str | int | dt.datetime | None
"""What a cell may hold. Instants are aware, and written as they are read on the person's own clock."""

KINDS = ("csv", "xlsx")
"""How the names of files end that can be written."""


class TableWriter(Protocol):
    """Takes a table in."""

    def write(self, row: Sequence[Cell]) -> None:
        """One more row."""
        ...


@contextmanager
def table_file(path: Path, titles: Sequence[str]) -> Iterator[TableWriter]:
    """A table under a row of titles, of the kind that the name ends in; there when the block ends well, and whole.

    Raises Invalid for another kind, DiskFull and Unavailable where it cannot be written.
    """
    kind = path.suffix.casefold().removeprefix(".")
    if kind not in KINDS:
        raise Invalid("file", f"{path.name} is of a kind that cannot be written.", do="End its name in .csv or .xlsx.")
    with written_whole(path) as file:
        if kind == "xlsx":
            with XlsxWriter(file, titles) as writer:
                yield writer
        else:
            with _CsvWriter(file) as lines:
                lines.write(titles)
                yield lines


class _CsvWriter:
    """Writes what Excel opens rightly: with a byte order mark, and no cell that it would take for a formula."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", errors="replace", write_through=False)
        self._writer = csv.writer(self._text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What is still in hand goes to the file, which is closed by who opened it.
        self._text.detach()

    def write(self, row: Sequence[Cell]) -> None:
        self._writer.writerow([_text(cell) for cell in row])


def _text(cell: Cell) -> str | int | None:
    match cell:
        case str():
            return guarded(cell)
        case dt.datetime():
            return cell.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        case _:
            return cell
