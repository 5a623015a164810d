"""The typed form of a filter: `status:new,contacted country:AE -tag:vip created:7d.. fleet>20 next:overdue words`.

`parse` never fails: it gives what it understood, and what it did not with the place, the reason and what is possible.
`written` gives the one text of a filter; parsed again, it is the same filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto

from fleetdesk.queries.filters.fields import NONE, Field, FieldTable, Kind
from fleetdesk.queries.filters.moments import parse_moment
from fleetdesk.queries.filters.scanning import Demand, Piece, quoted, scan
from fleetdesk.queries.filters.values import AnyOf, Bound, Compared, Comparison, Condition, Filter, Range, Term, Value

__all__ = ["MOMENT_EXAMPLES", "Parsed", "Problem", "Wrong", "parse", "written"]

MOMENT_EXAMPLES = ("today", "yesterday", "7d..", "30d..", "2026-03", "2026-03-01..2026-03-31")
_MOST_OFFERED = 12
_NUMBER = re.compile(r"-?\d{1,15}", re.ASCII)
_EXCLUDING = re.compile(r'-(?:"|[^\W\d])')
_PLAIN_WORD = re.compile(r'[^\s":<>=-][^\s":<>=]*')
_PLAIN_VALUE = re.compile(r'[^\s",<>=][^\s",]*')


class Wrong(Enum):
    """What is wrong with a piece of a query."""

    FIELD = auto()  # there is no such field
    VALUE = auto()  # the field has no such value
    MISSING = auto()  # a value is missing
    FORM = auto()  # the field cannot be asked for in this way
    WORD = auto()  # a word cannot be excluded
    QUOTE = auto()  # a closing quote is missing; the piece was understood all the same


@dataclass(frozen=True, slots=True)
class Problem:
    """A piece of the text, from `start` to `end`: `what` is a sentence for people, `possible` what could be there."""

    start: int
    end: int
    wrong: Wrong
    what: str
    possible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood, and what was not. Whoever typed keeps the text."""

    filter: Filter
    problems: tuple[Problem, ...] = ()


def parse(fields: FieldTable, text: str) -> Parsed:
    """The filter behind a typed text."""
    parser = _Parser(fields)
    return parser.parse(_presentable(text))


def written(asked: Filter) -> str:
    """The text of a filter: its terms, then its words."""
    words = (word if _PLAIN_WORD.fullmatch(word) else quoted(word) for word in asked.text.split())
    return " ".join((*map(_term_text, asked.terms), *words))


class _Unfit(Exception):
    """A piece that does not fit its field."""

    def __init__(self, piece: Piece, wrong: Wrong, what: str, possible: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.problem = Problem(piece.start, piece.end, wrong, what, possible)


class _Parser:
    def __init__(self, fields: FieldTable) -> None:
        self._fields = fields
        self._problems: list[Problem] = []

    def parse(self, text: str) -> Parsed:
        terms: list[Term] = []
        words: list[str] = []
        for found in scan(text):
            for piece in found.values if isinstance(found, Demand) else (found,):
                if piece.open:
                    self._problems.append(
                        Problem(piece.start, piece.end, Wrong.QUOTE, "The closing quote is missing.", ('"',))
                    )
            if isinstance(found, Demand):
                terms.extend(self._term(text, found))
            elif not found.quoted and _EXCLUDING.match(text, found.start):
                self._not_excludable(text, found)
            else:
                words.append(found.text)
        unique = tuple(dict.fromkeys(terms))
        return Parsed(Filter(unique).searching(" ".join(words)), tuple(self._problems))

    def _term(self, text: str, demand: Demand) -> Iterator[Term]:
        field = self._fields.get(demand.name.text.casefold())
        try:
            if field is None:
                raise self._no_field(text, demand)
            condition = self._condition(field, demand)
        except _Unfit as unfit:
            self._problems.append(unfit.problem)
            return
        if condition is not None:
            yield Term(field.key, condition, demand.negated)

    def _condition(self, field: Field, demand: Demand) -> Condition | None:
        first = demand.values[0]
        if demand.operator != ":":
            return self._compared(field, demand)
        if field.ordered and not first.quoted and ".." in first.text:
            if len(demand.values) > 1:
                raise _Unfit(demand.values[1], Wrong.FORM, "A range stands alone.")
            return self._range(field, first)
        if field.single and len(demand.values) > 1:
            raise _Unfit(demand.values[1], Wrong.FORM, f"“{field.key}” takes one value.")
        values: list[Value | None] = []
        for piece in demand.values:
            try:
                values.append(_value(field, piece))
            except _Unfit as unfit:
                self._problems.append(unfit.problem)
        return AnyOf(tuple(dict.fromkeys(values))) if values else None

    def _compared(self, field: Field, demand: Demand) -> Condition:
        first = demand.values[0]
        if not field.ordered:
            form = f"{field.key}:"
            raise _Unfit(demand.name, Wrong.FORM, f"“{field.key}” has no more or less; write {form}…", (form,))
        if len(demand.values) > 1:
            raise _Unfit(demand.values[1], Wrong.FORM, "A comparison takes one value.")
        return Compared(Comparison(demand.operator), _bound(field, first, first.text))

    def _range(self, field: Field, piece: Piece) -> Condition:
        low, _, high = piece.text.partition("..")
        if not low and not high:
            raise _Unfit(piece, Wrong.MISSING, "A range needs a beginning or an end.", _examples(field))
        return Range(
            _bound(field, piece, low) if low else None,
            _bound(field, piece, high) if high else None,
        )

    def _no_field(self, text: str, demand: Demand) -> _Unfit:
        keys = [field.key for field in self._fields]
        near = get_close_matches(demand.name.text.casefold(), keys) or keys
        as_words = quoted(text[demand.start : demand.end])
        return _Unfit(
            demand.name,
            Wrong.FIELD,
            f"There is no field “{demand.name.text}”.",
            (*(f"{key}:" for key in near[:_MOST_OFFERED]), as_words),
        )

    def _not_excludable(self, text: str, piece: Piece) -> None:
        what = "Words cannot be excluded; only fields can, as in -tag:vip."
        as_words = quoted(text[piece.start : piece.end])
        self._problems.append(Problem(piece.start, piece.end, Wrong.WORD, what, (piece.text[1:], as_words)))


def _value(field: Field, piece: Piece) -> Value | None:
    if not piece.text.strip():
        raise _Unfit(piece, Wrong.MISSING, f"“{field.key}” needs a value.", _examples(field))
    if field.optional and not piece.quoted and piece.text.casefold() == NONE:
        return None
    choice = field.choice(piece.text)
    if choice is not None:
        return choice
    match field.kind:
        case Kind.WORD | Kind.TAGS | Kind.PERSON:
            return piece.text
        case Kind.NUMBER | Kind.INSTANT | Kind.QUIET:
            return _bound(field, piece, piece.text)
        case Kind.CHOICE | Kind.DELETION:
            words = (*field.choices, *field.groups)
            near = tuple(get_close_matches(piece.text.casefold(), words)) or words
            raise _Unfit(piece, Wrong.VALUE, f"“{field.key}” is never “{piece.text}”.", near[:_MOST_OFFERED])


def _bound(field: Field, piece: Piece, text: str) -> Bound:
    if field.kind is Kind.INSTANT:
        moment = parse_moment(text)
        if moment is not None:
            return moment
        raise _Unfit(piece, Wrong.VALUE, f"“{text}” is no day that can be understood.", _examples(field))
    if _NUMBER.fullmatch(text) and (field.kind is Kind.NUMBER or 0 <= int(text) <= _LONGEST_QUIET):
        return int(text)
    what = "number of days, such as 30" if field.kind is Kind.QUIET else "whole number"
    raise _Unfit(piece, Wrong.VALUE, f"“{text}” is no {what}.", _examples(field))


_LONGEST_QUIET = 36_500


def _examples(field: Field) -> tuple[str, ...]:
    match field.kind:
        case Kind.INSTANT:
            return (*field.choices, *MOMENT_EXAMPLES)
        case Kind.NUMBER:
            return ("20", "20..50", "20..")
        case Kind.QUIET:
            return ("7", "30", "90")
        case _:
            return (*field.choices, *field.groups)[:_MOST_OFFERED]


def _term_text(term: Term) -> str:
    head = f"{'-' if term.negated else ''}{term.field}"
    match term.condition:
        case Compared(comparison, bound):
            return f"{head}{comparison}{bound}"
        case Range(low, high):
            return f"{head}:{'' if low is None else low}..{'' if high is None else high}"
        case AnyOf(values):
            return f"{head}:{','.join(map(_value_text, values))}"


def _value_text(value: Value | None) -> str:
    if value is None:
        return NONE
    if isinstance(value, str) and (value.casefold() == NONE or not _PLAIN_VALUE.fullmatch(value)):
        return quoted(value)
    return str(value)


def _presentable(text: str) -> str:
    """The text, as long as it was, without what no database takes: NUL, and halves of characters."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
