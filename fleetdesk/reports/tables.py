"""What both kinds of file give: raw rows, and the limits that keep a hostile file from taking the machine."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Fault", "Limits", "RawRow"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read, at most. `rows` is what a sheet of Excel's holds; `unpacked` counts bytes of an XLSX file."""

    rows: int = 1_048_576
    columns: int = 500
    cell: int = 32_767
    parts: int = 2_000
    unpacked: int = 400_000_000
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be taken as it stands: a sentence's end, what to do, and which cell (from 0) if it is one."""

    what: str
    do: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it. `ends_early`: a cell that is missing at the end is missing, not empty."""

    number: int
    cells: tuple[str, ...]
    ends_early: bool = False
    fault: Fault | None = None
