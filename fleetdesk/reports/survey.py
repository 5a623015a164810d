"""A look at all of a file's rows before a person says what its columns are: samples of each, and the words it uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from fleetdesk.errors import BadFile
from fleetdesk.process.collecting import no_collection
from fleetdesk.reports.spreadsheets import Spreadsheet

__all__ = ["ColumnSurvey", "Survey", "survey_columns"]

_SAMPLES = 3
_LONGEST = 60
"""Characters of a sample, and of what counts as a word."""
_MOST_WORDS = 100
"""Different words of a column, at most: one with more is a list of names or numbers."""
_SAID_EVERY = 500


@dataclass(frozen=True, slots=True)
class ColumnSurvey:
    """What a column holds: a few different values, how many cells are filled, and its words with how often each comes.

    `words` is empty where there are too many different ones.
    """

    samples: tuple[str, ...]
    filled: int
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """All columns, in their order, and the number of rows. `stopped`: why it ended before the file did."""

    rows: int
    columns: tuple[ColumnSurvey, ...]
    stopped: str = ""


@no_collection()
def survey_columns(sheet: Spreadsheet, say: Callable[[int], None] = lambda _rows: None) -> Survey:
    """Look at every row. `say` is told how many were read, and may raise to end it."""
    columns = [_Column() for _ in sheet.titles]
    rows, stopped = 0, ""
    try:
        for row in sheet.rows():
            rows += 1
            if rows % _SAID_EVERY == 0:
                say(rows)
            if row.problem is None:
                for column, cell in zip(columns, row.cells, strict=False):
                    if cell and (text := cell.strip()):
                        column.add(text)
    except BadFile as error:
        stopped = str(error)
    return Survey(rows, tuple(column.found() for column in columns), stopped)


class _Column:
    def __init__(self) -> None:
        self._filled = 0
        self._samples: list[str] = []
        self._words: Counter[str] | None = Counter()

    def add(self, text: str) -> None:
        self._filled += 1
        if len(self._samples) < _SAMPLES and text[:_LONGEST] not in self._samples:
            self._samples.append(text[:_LONGEST])
        if self._words is None:
            return
        self._words[text] += 1
        if len(text) > _LONGEST or len(self._words) > _MOST_WORDS:
            self._words = None

    def found(self) -> ColumnSurvey:
        words = () if self._words is None else tuple(self._words.most_common())
        return ColumnSurvey(tuple(self._samples), self._filled, words)
