"""What both kinds of file give: raw rows, how they were read, and the limits that keep a hostile file from harm."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AS_FOUND", "Fault", "Limits", "RawRow", "Reading", "too_wide"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read, at most. `rows` is what a sheet of Excel's holds; `unpacked` counts bytes of an XLSX file.

    `line` are the characters of one line of a CSV file.
    """

    rows: int = 1_048_576
    columns: int = 500
    cell: int = 32_767
    line: int = 4_000_000
    parts: int = 2_000
    unpacked: int = 400_000_000
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, as far as a person says so; what is None is found by looking into the file.

    `encoding` is the codec's name, `header_row` the number of the row with the titles; 0: no row has them.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None


AS_FOUND = Reading()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be taken as it stands: a clause, what to do, and which cell (from 0) if it is one."""

    what: str
    do: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it. `ends_early`: a cell that is missing at the end is missing, not empty.

    Cells beyond the limit of columns are not there, but for the first of them; where one says something, that is the
    row's fault.
    """

    number: int
    cells: tuple[str, ...]
    ends_early: bool = False
    fault: Fault | None = None


def too_wide(limits: Limits, place: int) -> Fault:
    """What is wrong with a row that says something at a place beyond the last column that is read."""
    return Fault(
        f"there is something beyond column {limits.columns}, the last that is read",
        "Keep the columns that are about leads, and save it again.",
        place,
    )
