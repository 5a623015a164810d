"""What an import found in a file, row by row, for a person to look at: a million of them take little memory."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Finding", "FindingKind", "Findings", "LeftOut", "fingerprint"]


_UNKNOWN = 1 << 32
"""Larger than any fingerprint."""


class FindingKind(IntEnum):
    """What a finding says of its row."""

    FAILED = 0
    DUPLICATE = 1
    UPDATED = 2
    CHECK = 3
    STAGE = 4
    """Of the first row with a word for a stage, for all rows with it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: the row's number, the column's title (empty for the whole row), and a sentence."""

    row: int
    kind: FindingKind
    column: str
    text: str


class Findings(Sequence[Finding]):
    """Findings in the order of the rows. They are kept as numbers and texts, and put together when looked at."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._titles = list(titles)
        self._places = {title: place for place, title in enumerate(titles)}
        self._rows = array("q")
        self._kinds = bytearray()
        self._columns = array("i")
        self._texts: list[str] = []

    def add(self, row: int, kind: FindingKind, column: str, text: str) -> None:
        """One more."""
        place = self._places.get(column, -1) if column else -1
        if column and place < 0:
            place = self._places[column] = len(self._titles)
            self._titles.append(column)
        self._rows.append(row)
        self._kinds.append(kind)
        self._columns.append(place)
        self._texts.append(text)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Finding:  # type: ignore[override]  # nobody slices it
        column = self._columns[place]
        return Finding(
            self._rows[place],
            FindingKind(self._kinds[place]),
            self._titles[column] if column >= 0 else "",
            self._texts[place],
        )

    def counts(self) -> dict[FindingKind, int]:
        """How many there are of each kind."""
        return {kind: self._kinds.count(kind) for kind in FindingKind}

    def matching(self, kinds: frozenset[FindingKind], text: str = "") -> array[int]:
        """The places of those of these kinds that hold a text, in whatever case, in column or sentence."""
        wanted = text.strip().casefold()
        columns = {place for place, title in enumerate(self._titles) if wanted in title.casefold()}
        return array(
            "q",
            (
                place
                for place, kind in enumerate(self._kinds)
                if kind in kinds
                and (not wanted or self._columns[place] in columns or wanted in self._texts[place].casefold())
            ),
        )


class LeftOut:
    """The rows that become no lead and update none: their numbers, why, and what tells that they are still the same."""

    def __init__(self) -> None:
        self._rows = array("q")
        self._prints = array("Q")
        self._reasons: list[str] = []

    def add(self, row: int, cells: Sequence[str] | None, reasons: str) -> None:
        """One more; its cells as far as they are still known."""
        self._rows.append(row)
        self._prints.append(_UNKNOWN if cells is None else fingerprint(cells))
        self._reasons.append(reasons)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[int, int | None, str]]:
        """Row, fingerprint of its cells if that is known, reasons: in the order of the rows."""
        for place in sorted(range(len(self._rows)), key=self._rows.__getitem__):
            known = self._prints[place]
            yield self._rows[place], None if known == _UNKNOWN else known, self._reasons[place]


def fingerprint(cells: Sequence[str]) -> int:
    """A number that another row hardly has."""
    return zlib.crc32("\x1f".join(cells).encode("utf-8", "surrogatepass"))
