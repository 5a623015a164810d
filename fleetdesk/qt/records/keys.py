"""How the key list of a table changes: what stays at both ends, what moves between, where a row went. Qt-free."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Interest", "KeyChange", "compare", "empty_keys"]


def empty_keys() -> array[int]:
    """No keys, in the form in which models hold them: 64-bit integers."""
    return array("q")


@dataclass(frozen=True, slots=True)
class Interest:
    """Rows that must be found again after the keys changed; their ids, as far as known, in case the keys are new."""

    keys: frozenset[int] = frozenset()
    ids: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeyChange:
    """From one key list to the next: `removed` rows at `prefix` made way for `inserted` ones.

    `afresh`: it answers another query. `complete`: the rest of the answer is not still on its way.
    """

    new: array[int]
    prefix: int
    removed: int
    inserted: int
    located: Mapping[int, int]  # the new positions of the old keys that somebody is interested in
    afresh: bool = False
    complete: bool = True

    @property
    def same(self) -> bool:
        """Whether the list stayed as it was."""
        return not self.removed and not self.inserted

    @property
    def changed(self) -> range:
        """The old rows between what both lists share at their ends."""
        return range(self.prefix, self.prefix + self.removed)

    def row_of(self, key: int, old_row: int) -> int | None:
        """Where a row went; None if it is gone, or stood among the changed ones and nobody was interested."""
        if old_row in self.changed:
            return self.located.get(key)
        return old_row if old_row < self.prefix else old_row - self.removed + self.inserted

    def moved(self, old: range) -> list[range]:
        """Where the rows of a range went that stand outside the changed ones."""
        shift = self.inserted - self.removed
        above = range(old.start, min(old.stop, self.changed.start))
        below = range(max(old.start, self.changed.stop) + shift, old.stop + shift)
        return [rows for rows in (above, below) if rows]


def compare(
    old: array[int], new: array[int], names: Mapping[int, int], *, afresh: bool = False, complete: bool = True
) -> KeyChange:
    """The change between two key lists. `names` gives the old key for each new one that somebody is interested in.

    Takes a few milliseconds for a million keys, and some 40 more where there are names.
    """
    prefix = _shared(old, new, min(len(old), len(new)), from_end=False)
    suffix = _shared(old, new, min(len(old), len(new)) - prefix, from_end=True)
    removed = len(old) - prefix - suffix
    return KeyChange(
        new=new,
        prefix=prefix,
        removed=removed,
        inserted=len(new) - prefix - suffix,
        located={names[key]: row for row, key in enumerate(new) if key in names} if names else {},
        afresh=afresh,
        complete=complete,
    )


def _shared(old: array[int], new: array[int], most: int, *, from_end: bool) -> int:
    """How many keys, at most `most`, both lists share at one end, by halving: comparing slices of memory is fast."""
    low, high = 0, most
    olds, news = memoryview(old), memoryview(new)
    while low < high:
        middle = (low + high + 1) // 2
        if from_end:
            same = olds[len(old) - middle : len(old) - low] == news[len(new) - middle : len(new) - low]
        else:
            same = olds[low:middle] == news[low:middle]
        if same:
            low = middle
        else:
            high = middle - 1
    return low
