"""Tables written row by row, as CSV or XLSX: typed cells, and none that a spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, Self

from fleetdesk.errors import Invalid
from fleetdesk.process.whole_files import written_whole
from fleetdesk.reports.formulas import guarded
from fleetdesk.reports.xlsx.writing import XlsxWriter

__all__ = ["FOR_EXCEL", "KINDS", "Cell", "CsvForm", "TableWriter", "table_file"]

Cell = str | int | dt.datetime | None
"""What a cell may hold. Instants are aware, and written as they are read on the person's own clock."""

KINDS = ("csv", "xlsx")
"""How the names of files end that can be written."""


class TableWriter(Protocol):
    """Takes a table in."""

    def write(self, row: Sequence[Cell]) -> None:
        """One more row."""
        ...


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a CSV file is written: what stands between its cells, and the name of its codec."""

    delimiter: str = ","
    encoding: str = "utf-8-sig"


FOR_EXCEL = CsvForm()
"""With a byte order mark, so that Excel takes its letters rightly."""


@contextmanager
def table_file(path: Path, titles: Sequence[str], form: CsvForm = FOR_EXCEL) -> Iterator[TableWriter]:
    """A table under a row of titles, of the kind that the name ends in; there when the block ends well, and whole.

    `form` is that of a CSV file. Raises Invalid for another kind, DiskFull and Unavailable where it cannot be written.
    """
    kind = path.suffix.casefold().removeprefix(".")
    if kind not in KINDS:
        raise Invalid("file", f"{path.name} is of a kind that cannot be written.", do="End its name in .csv or .xlsx.")
    with written_whole(path) as file:
        if kind == "xlsx":
            with XlsxWriter(file, titles) as writer:
                yield writer
        else:
            with _CsvWriter(file, form) as lines:
                lines.write(titles)
                yield lines


class _CsvWriter:
    """Writes no cell that Excel would take for a formula."""

    def __init__(self, file: IO[bytes], form: CsvForm) -> None:
        self._text = io.TextIOWrapper(file, encoding=form.encoding, newline="", errors="replace", write_through=False)
        self._writer = csv.writer(self._text, delimiter=form.delimiter)

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
