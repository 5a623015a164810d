"""Filters as Hypothesis thinks them up, for any table of fields."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from fleetdesk.queries.filters.fields import Field, FieldTable, Kind
from fleetdesk.queries.filters.moments import Ago, Moment, Span, Unit
from fleetdesk.queries.filters.values import AnyOf, Compared, Comparison, Condition, Filter, Range, Term, Value
from fleetdesk.queries.lead_filter import LEAD_FIELDS

WITHOUT_FLEET = FieldTable(field for field in LEAD_FIELDS if field.key != "fleet")
"""What can be asked of leads once they have no fleet size any more."""
_NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1)
_WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).filter(str.strip)
_COUNTS = st.one_of(st.integers(1, 100), st.integers(-100, -1))


def moments() -> st.SearchStrategy[Moment]:
    """Days of either form."""
    days = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
    return st.one_of(
        st.builds(lambda day, parts: Span(*(day.year, day.month, day.day)[:parts]), days, st.integers(1, 3)),
        st.just(Ago(0)),
        st.builds(Ago, _COUNTS, st.sampled_from(Unit)),
    )


def filters(fields: FieldTable) -> st.SearchStrategy[Filter]:
    """Anything that can be asked of the fields."""
    terms = st.sampled_from(list(fields)).flatmap(_terms)
    return st.builds(
        lambda asked, words: Filter(tuple(asked)).searching(" ".join(words)),
        st.lists(terms, max_size=4, unique=True),
        st.lists(_WORDS, max_size=3),
    )


def _terms(field: Field) -> st.SearchStrategy[Term]:
    return st.builds(Term, st.just(field.key), _conditions(field), st.booleans())


def _conditions(field: Field) -> st.SearchStrategy[Condition]:
    values = st.one_of(_values(field), st.none()) if field.optional else _values(field)
    any_of = st.lists(values, min_size=1, max_size=1 if field.single else 3, unique=True)
    found: st.SearchStrategy[Condition] = st.builds(AnyOf, any_of.map(tuple))
    if not field.ordered:
        return found
    bounds = _NUMBERS if field.kind is Kind.NUMBER else moments()
    ends = st.tuples(st.one_of(bounds, st.none()), st.one_of(bounds, st.none())).filter(any_end)
    return st.one_of(found, st.builds(Compared, st.sampled_from(Comparison), bounds), ends.map(lambda two: Range(*two)))


def any_end(ends: tuple[object, object]) -> bool:
    return ends != (None, None)


def _values(field: Field) -> st.SearchStrategy[Value]:
    match field.kind:
        case Kind.CHOICE | Kind.DELETION:
            return st.sampled_from((*field.choices, *field.groups))
        case Kind.NUMBER:
            return _NUMBERS
        case Kind.QUIET:
            return st.integers(0, 36_500)
        case Kind.INSTANT:
            return st.one_of(moments(), st.sampled_from(field.choices)) if field.choices else moments()
        case _:
            return _WORDS
