"""Columns as data: what a table shows of a row, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.tokens import Tone

__all__ = ["Cell", "Column"]

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows. With a `tone` it is a coloured chip with the text as its word."""

    text: str
    tone: Tone | None = None
    muted: bool = False
    strong: bool = False
    icon: str = ""
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column. `render` is quick, and asks for nothing but the time.

    It runs in a worker thread for each row that is read, and again where the row is seen after time has passed.
    """

    key: str
    title: str
    render: Callable[[RowT], Cell]
    width: int = 160
    align: Align = Align.START
    sortable: bool = True
    stretch: bool = False
