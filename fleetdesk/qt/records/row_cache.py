"""The rows of a table that were read lately, with their cells. Qt-free."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from fleetdesk.qt.records.columns import Cell

__all__ = ["Identified", "Line", "RowCache"]


class Identified(Protocol):
    """A frozen row of a query: it has the record's id."""

    @property
    def id(self) -> str:
        """The record's id."""
        ...


RowT = TypeVar("RowT", bound=Identified)


@dataclass(frozen=True, slots=True)
class Line(Generic[RowT]):
    """A row with its cells already made, in the words of a time that the model counts."""

    row: RowT
    cells: tuple[Cell, ...]
    wording: int = 0


class RowCache(Generic[RowT]):
    """Lines by key, the longest unseen dropped first. A stale line is shown until its new state has come."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lines: OrderedDict[int, Line[RowT]] = OrderedDict()
        self._keys: dict[str, int] = {}
        self._stale: set[int] = set()
        self._gone: set[int] = set()

    def get(self, key: int) -> Line[RowT] | None:
        """The line of a key, stale or not."""
        return self._lines.get(key)

    def ids(self, keys: frozenset[int]) -> dict[int, str]:
        """The ids behind those of the keys that have a line: there are fewer lines than keys may be asked for."""
        return {key: line.row.id for key, line in self._lines.items() if key in keys}

    def missing(self, keys: Iterable[int]) -> list[int]:
        """Which of these keys must be read: unknown or stale ones, but not those found gone."""
        return [key for key in keys if (key not in self._lines or key in self._stale) and key not in self._gone]

    def put(self, asked: Iterable[int], lines: Mapping[int, Line[RowT]], *, stale: bool) -> None:
        """Keep what was read; of the keys asked for, those without a line are gone."""
        for key in asked:
            self._drop(key)
            if key not in lines:
                self._gone.add(key)
        for key, line in lines.items():
            self._lines[key] = line
            self._keys[line.row.id] = key
            if stale:
                self._stale.add(key)
        while len(self._lines) > self._capacity:
            self._drop(next(iter(self._lines)))

    def reword(self, key: int, line: Line[RowT]) -> None:
        """Keep the same row in other words; whether it is stale stays as it was."""
        self._lines[key] = line

    def touch(self, keys: Sequence[int]) -> None:
        """Remember that these rows are being looked at."""
        for key in keys:
            if key in self._lines:
                self._lines.move_to_end(key)

    def outdate(self, ids: Iterable[str] | None = None) -> None:
        """The rows with these ids (by default all) must be read again."""
        if ids is None:
            self._stale.update(self._lines)
        else:
            self._stale.update(self._keys[id_] for id_ in ids if id_ in self._keys)

    def give_up(self, keys: Iterable[int]) -> None:
        """Do not ask for these keys again until `reconsider`."""
        self._gone.update(keys)

    def reconsider(self) -> None:
        """Rows that were gone may be asked for again."""
        self._gone.clear()

    def clear(self) -> None:
        """Forget everything."""
        for kept in (self._lines, self._keys, self._stale, self._gone):
            kept.clear()

    def _drop(self, key: int) -> None:
        if (line := self._lines.pop(key, None)) is not None:
            self._keys.pop(line.row.id, None)
        self._stale.discard(key)
