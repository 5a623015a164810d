"""What can be asked of a record: its fields, as data, in one table that everything about filters reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement

__all__ = ["ME", "NONE", "ONLY_DELETED", "OVERDUE", "WITH_DELETED", "Field", "FieldTable", "Kind"]

NONE = "none"
"""What people type for no value at all."""
ME = "me"
"""What people type for themselves, in a field of people: whoever looks, so that a shared view fits each."""

OVERDUE = "overdue"
"""The choice of a field of instants whose rows are those with one that has passed."""
ONLY_DELETED, WITH_DELETED = "yes", "any"
"""The choices of a field of deletion."""


class Kind(Enum):
    """What a field holds, and so what can be asked of it."""

    CHOICE = auto()  # one of the declared words
    WORD = auto()  # any words, compared as a whole, without case
    TAGS = auto()  # a set of words
    PERSON = auto()  # one of the staff: by email address, name or id, or `me`
    NUMBER = auto()  # a whole number: values, comparisons, ranges
    INSTANT = auto()  # an instant, asked for by days: values, comparisons, ranges
    QUIET = auto()  # an instant, asked for by how many days it lies back at least
    DELETION = auto()  # when a row was deleted; without a term on it, deleted rows are left out


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the word that people type, its title, its kind and the column behind it.

    `choices` are the words that may stand for a value (all there are, in a field of choices); `groups` stand for
    several. `also` is another word that people type for the field. `optional`: rows may have no value, which is asked
    for by `none`. Where the column is another table's, `behind` makes a condition on the record of one on the column.
    """

    key: str
    title: str
    kind: Kind
    column: ColumnElement[Any]
    choices: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = True
    behind: Callable[[ColumnElement[bool]], ColumnElement[bool]] | None = None
    also: str = ""

    @property
    def ordered(self) -> bool:
        """Whether there is a less and a more, and so comparisons and ranges."""
        return self.kind in (Kind.NUMBER, Kind.INSTANT)

    @property
    def single(self) -> bool:
        """Whether one value alone can be asked for."""
        return self.kind in (Kind.QUIET, Kind.DELETION)

    def choice(self, typed: str) -> str | None:
        """The declared word that was typed in whatever case."""
        wanted = typed.casefold()
        return next((word for word in (*self.choices, *self.groups) if word.casefold() == wanted), None)


class FieldTable:
    """The fields of one record, by key."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._fields = {one.key: one for one in fields}
        self._by_other_words = {one.also: one for one in self._fields.values() if one.also}

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def get(self, key: str) -> Field | None:
        """The field of that key, or of that other word; None if there is none (any more)."""
        return self._fields.get(key) or self._by_other_words.get(key)
