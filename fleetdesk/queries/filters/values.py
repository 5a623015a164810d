"""`Filter`: which rows a list shows, as one frozen value. All of its terms must hold, and all of its words be found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from fleetdesk.queries.filters.moments import Moment

__all__ = ["EVERYTHING", "AnyOf", "Bound", "Compared", "Comparison", "Condition", "Filter", "Range", "Term", "Value"]

Bound = int | Moment
Value = str | Bound


class Comparison(StrEnum):
    """How a value compares with a bound; days are whole: after the 1st means from the 2nd on."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the values; None among them stands for no value at all. At least one, none of them twice."""

    values: tuple[Value | None, ...]

    def __post_init__(self) -> None:
        if not self.values or len(set(self.values)) < len(self.values):
            raise ValueError("no value, or one twice")
        if any(isinstance(value, str) and (not value.strip() or "\0" in value) for value in self.values):
            raise ValueError("a value without letters")


@dataclass(frozen=True, slots=True)
class Compared:
    """On one side of a bound."""

    comparison: Comparison
    bound: Bound


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; None on one side leaves it open."""

    low: Bound | None
    high: Bound | None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a range needs a bound")


Condition = AnyOf | Compared | Range


@dataclass(frozen=True, slots=True)
class Term:
    """A condition on a field, named by its key; `negated` asks for the rows where it does not hold."""

    field: str
    condition: Condition
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Terms in the order in which they were asked for, none twice, and the words to search for, one space between."""

    terms: tuple[Term, ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        if self.text != " ".join(self.text.split()) or "\0" in self.text:
            raise ValueError("words have one space between them")
        if len(set(self.terms)) < len(self.terms):
            raise ValueError("a term stands twice")

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.terms or self.text)

    def of(self, *fields: str) -> tuple[Term, ...]:
        """The terms on these fields."""
        return tuple(term for term in self.terms if term.field in fields)

    def without(self, *fields: str) -> Filter:
        """The same but for the terms on these fields."""
        return replace(self, terms=tuple(term for term in self.terms if term.field not in fields))

    def asking(self, field: str, condition: Condition | None, *, negated: bool = False) -> Filter:
        """The same with this as its only term on the field, in the place of the first one there; None takes it away."""
        if condition is None:
            return self.without(field)
        term = Term(field, condition, negated)
        before = [one.field for one in self.terms]
        at = before.index(field) if field in before else len(before)
        others = self.without(field).terms
        return replace(self, terms=(*others[:at], term, *others[at:]))

    def exchanging(self, old: Term | None, new: Term | None) -> Filter:
        """The same with one term in the place of another; None for `old` puts it last, for `new` takes that away."""
        wanted = [new if term == old else term for term in self.terms]
        if old not in self.terms:
            wanted.append(new)
        return replace(self, terms=tuple(dict.fromkeys(term for term in wanted if term is not None)))

    def searching(self, text: str) -> Filter:
        """The same with these words in place of its own."""
        return replace(self, text=" ".join(text.replace("\0", " ").split()))


EVERYTHING = Filter()
"""Asks for nothing in particular."""
