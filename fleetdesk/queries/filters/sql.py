"""A filter's terms as conditions on the replica."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, String, Text, and_, cast, func, or_, select, true

from fleetdesk.errors import Defect
from fleetdesk.models.normalise import search_key
from fleetdesk.models.types import canonical_json
from fleetdesk.queries.filters.fields import ME, OVERDUE, WITH_DELETED, Field, FieldTable, Kind
from fleetdesk.queries.filters.moments import Ago, Moment, Span
from fleetdesk.queries.filters.values import AnyOf, Bound, Compared, Comparison, Filter, Range, Term, Value
from fleetdesk.queries.spreads import on_clock
from fleetdesk.queries.staff import staff_directory

__all__ = ["NO_ONE", "Viewpoint", "conditions"]


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Who looks, and when: what `me`, `today` and `overdue` mean. Days are those of `zone`; None: the machine's own."""

    person_id: str
    now: dt.datetime
    zone: dt.tzinfo | None = None

    @property
    def today(self) -> dt.date:
        """The day that it is there."""
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: dt.date) -> dt.datetime:
        """The instant at which the day begins there."""
        return on_clock(day, dt.time.min, self.zone)


NO_ONE = Viewpoint("", dt.datetime.fromtimestamp(0, dt.UTC), dt.UTC)
"""For filters that ask neither for `me` nor for days counted from today: words, stages, an import."""


def conditions(
    connection: Connection, fields: FieldTable, asked: Filter, viewpoint: Viewpoint
) -> list[ColumnElement[bool]]:
    """One condition for each term, and those that hold where nothing is asked for. Raises Defect for an alien term."""
    compiler = _Compiler(connection, viewpoint)
    unasked = (field for field in fields if field.kind is Kind.DELETION and not asked.of(field.key))
    return [
        *(compiler.condition(_known(fields, term), term) for term in asked.terms),
        *(field.column.is_(None) for field in unasked),
    ]


def _known(fields: FieldTable, term: Term) -> Field:
    field = fields.get(term.field)
    if field is None:
        raise Defect(f"a filter asks for the unknown field {term.field!r}")
    return field


class _Compiler:
    def __init__(self, connection: Connection, viewpoint: Viewpoint) -> None:
        self._connection = connection
        self._viewpoint = viewpoint

    def condition(self, field: Field, term: Term) -> ColumnElement[bool]:
        holds = self._holds(field, term)
        if field.behind is not None:
            holds = field.behind(holds)
        # Where there is no value, a condition on it is neither true nor false.
        return holds.is_not(true()) if term.negated else holds

    def _holds(self, field: Field, term: Term) -> ColumnElement[bool]:
        match term.condition:
            case AnyOf(values):
                some = [value for value in values if value is not None]
                parts = list(self._any_of(field, some)) if some else []
                if None in values:
                    parts.append(
                        cast(field.column, Text) == "[]" if field.kind is Kind.TAGS else field.column.is_(None)
                    )
                return or_(*parts)
            case Compared(comparison, bound):
                return self._compared(field, comparison, bound)
            case Range(low, high):
                sides = ((Comparison.AT_LEAST, low), (Comparison.AT_MOST, high))
                return and_(*(self._compared(field, side, bound) for side, bound in sides if bound is not None))

    def _any_of(self, field: Field, values: Sequence[Value]) -> Iterator[ColumnElement[bool]]:
        match field.kind:
            case Kind.CHOICE:
                yield field.column.in_(sorted(_ungrouped(field, values)))
            case Kind.NUMBER:
                yield field.column.in_(sorted(map(_number, values)))
            case Kind.WORD:
                yield field.column.collate("NOCASE").in_(sorted(map(str, values)))
            case Kind.PERSON:
                yield field.column.in_(sorted(self._people(map(str, values))))
            case Kind.TAGS:
                yield _tagged(field, sorted(map(str, values)))
            case Kind.INSTANT:
                yield from (self._at(field, value) for value in values)
            case Kind.QUIET:
                quiet = dt.timedelta(days=min(map(_number, values)))
                yield field.column < self._viewpoint.now - quiet
            case Kind.DELETION:
                yield true() if WITH_DELETED in values else field.column.is_not(None)

    def _at(self, field: Field, value: Value) -> ColumnElement[bool]:
        if value == OVERDUE:
            return field.column < self._viewpoint.now
        first, last = self._day_bounds(value)
        return and_(field.column >= first, field.column < last)

    def _compared(self, field: Field, comparison: Comparison, bound: Bound) -> ColumnElement[bool]:
        if field.kind is Kind.NUMBER:
            number = _number(bound)
            match comparison:
                case Comparison.LESS:
                    return field.column < number
                case Comparison.AT_MOST:
                    return field.column <= number
                case Comparison.MORE:
                    return field.column > number
                case Comparison.AT_LEAST:
                    return field.column >= number
        first, after = self._day_bounds(bound)
        match comparison:
            case Comparison.LESS:
                return field.column < first
            case Comparison.AT_MOST:
                return field.column < after
            case Comparison.MORE:
                return field.column >= after
            case Comparison.AT_LEAST:
                return field.column >= first

    def _day_bounds(self, value: Value) -> tuple[dt.datetime, dt.datetime]:
        """The instant at which the days begin, and that at which the day after them does."""
        first, last = _moment(value).days(self._viewpoint.today)
        return self._viewpoint.midnight(first), self._viewpoint.midnight(last + dt.timedelta(days=1))

    def _people(self, names: Iterable[str]) -> set[str]:
        people = staff_directory(self._connection)
        found: set[str] = set()
        for name in names:
            if name.casefold() == ME:
                found.add(self._viewpoint.person_id)
                continue
            # Somebody who is in no directory any more may still be asked for by id.
            found.add(name)
            found.update(
                person.id
                for person in people
                if name.casefold() == person.email.casefold() or search_key(name) == search_key(person.name)
            )
        return found


def _ungrouped(field: Field, values: Iterable[Value]) -> set[str]:
    return {choice for value in map(str, values) for choice in field.groups.get(value, (value,))}


def _tagged(field: Field, tags: Sequence[str]) -> ColumnElement[bool]:
    """Whether one of the tags is in the JSON list. Its text is looked at first: few rows are then taken apart."""
    text = cast(field.column, Text)
    likely = or_(*(text.contains(canonical_json(tag)[1:-1], autoescape=True) for tag in tags))
    one = func.json_each(text).table_valued("value")
    value = cast(one.c.value, String).collate("NOCASE")
    return and_(likely, select(one.c.value).where(value.in_(tags)).exists())


def _number(value: Value) -> int:
    if not isinstance(value, int):
        raise Defect(f"{value!r} is no number")
    return value


def _moment(value: Value) -> Moment:
    if not isinstance(value, Span | Ago):
        raise Defect(f"{value!r} is no day")
    return value
