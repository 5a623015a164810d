"""A filter's terms as people read them: “Owner: Me”, “Fleet size over 20”, “Created in the last 7 days”."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fleetdesk.models.normalise import search_key
from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.queries.filters.fields import ME, ONLY_DELETED, OVERDUE, Field, Kind
from fleetdesk.queries.filters.moments import Ago, Moment, Span, Unit
from fleetdesk.queries.filters.values import AnyOf, Bound, Compared, Comparison, Condition, Range, Term, Value
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.lead_imports import NamedImport
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.leads.words import stage_word
from fleetdesk.views.words import country_name, local, number

__all__ = ["FilterWords", "field_title"]

_TITLES: Mapping[str, str] = {
    "status": "Stage",
    "owner": "Owner",
    "country": "Country",
    "source": "Source",
    "tag": "Tag",
    "fleet": "Fleet size",
    "score": "Score",
    "next": "Next step due",
    "rotting": "Days without activity",
    "last": "Last activity",
    "created": "Created",
    "updated": "Updated",
    "moved": "Stage since",
    "qualified": "Qualified",
    "import": "Import",
    "deleted": "Deleted",
}
_GROUPS: Mapping[str, str] = {"open": "Open", "closed": "Closed"}
_NONE: Mapping[str, str] = {"owner": "Nobody", "next": "Nothing planned", "last": "None yet", "tag": "No tag"}
_BEFORE: Mapping[Unit, tuple[str, str]] = {
    Unit.DAY: ("%n day ago", "%n days ago"),
    Unit.WEEK: ("%n week ago", "%n weeks ago"),
    Unit.MONTH: ("%n month ago", "%n months ago"),
    Unit.YEAR: ("%n year ago", "%n years ago"),
}
_AHEAD: Mapping[Unit, tuple[str, str]] = {
    Unit.DAY: ("in %n day", "in %n days"),
    Unit.WEEK: ("in %n week", "in %n weeks"),
    Unit.MONTH: ("in %n month", "in %n months"),
    Unit.YEAR: ("in %n year", "in %n years"),
}
_LAST: Mapping[Unit, tuple[str, str]] = {
    Unit.DAY: ("in the last %n day", "in the last %n days"),
    Unit.WEEK: ("in the last %n week", "in the last %n weeks"),
    Unit.MONTH: ("in the last %n month", "in the last %n months"),
    Unit.YEAR: ("in the last %n year", "in the last %n years"),
}
_NEXT: Mapping[Unit, tuple[str, str]] = {
    Unit.DAY: ("in the next %n day", "in the next %n days"),
    Unit.WEEK: ("in the next %n week", "in the next %n weeks"),
    Unit.MONTH: ("in the next %n month", "in the next %n months"),
    Unit.YEAR: ("in the next %n year", "in the next %n years"),
}
_TODAY = Ago(0)
_NUMBERS: Mapping[Comparison, str] = {
    Comparison.LESS: "under %1",
    Comparison.AT_MOST: "at most %1",
    Comparison.MORE: "over %1",
    Comparison.AT_LEAST: "at least %1",
}
_DAYS: Mapping[Comparison, str] = {
    Comparison.LESS: "before %1",
    Comparison.AT_MOST: "until %1",
    Comparison.MORE: "after %1",
    Comparison.AT_LEAST: "since %1",
}
_COMING = "from %1 on"  # what is ahead is not “since”
_ALL_NAMED = 3


def field_title(key: str) -> str:
    """What can be asked for, as people call it."""
    return tr(_TITLES[key])


@dataclass(frozen=True, slots=True)
class FilterWords:
    """Words for what a filter asks for; `people` are those who may be named in it, `imports` imports by their ids."""

    people: Sequence[StaffPerson] = ()
    imports: Mapping[str, NamedImport] = field(default_factory=dict)

    def term(self, term: Term) -> str:
        """One term as a sentence without a verb."""
        field = LEAD_FIELDS.get(term.field)
        assert field is not None, "a filter asks for fields that there are"
        match field.kind, term.condition:
            case Kind.QUIET, AnyOf((int(days),)):
                one, many = ("No activity for %n day", "No activity for %n days")
                if term.negated:
                    one, many = ("Active in the last %n day", "Active in the last %n days")
                return plural(days, tr(one), tr(many))
            case Kind.DELETION, AnyOf(values):
                only = ONLY_DELETED in values
                if term.negated:
                    return tr("Not deleted") if only else tr("Nothing at all")
                return tr("Deleted ones only") if only else tr("Deleted ones too")
        said = self.condition(field, term.condition)
        apart = ": " if term.negated or isinstance(term.condition, AnyOf) else " "
        return field_title(field.key) + apart + (tr("not %1").replace("%1", said) if term.negated else said)

    def value(self, field: Field, value: Value | None) -> str:
        """One value as people read it."""
        match field.kind, value:
            case _, None:
                return tr(_NONE.get(field.key, "Not known"))
            case _, int():
                return number(value)
            case _, Span() | Ago():
                return _moment(value)
            case Kind.PERSON, str():
                return self._person(value)
            case _, str() if field.key == "status":
                return tr(_GROUPS[value]) if value in field.groups else stage_word(Stage(value))
            case _, str() if field.key == "country":
                return country_name(value)
            case _, str() if value == OVERDUE and value in field.choices:
                return tr("Overdue")
            case _:
                return self._word(field, str(value))

    def _word(self, field: Field, value: str) -> str:
        if field.key == "import" and value in self.imports:
            return _import(self.imports[value])
        return isolated(value)

    def condition(self, field: Field, condition: Condition) -> str:
        """What is asked of a field, without its name: “in the last 7 days”."""
        match condition:
            case AnyOf(values):
                return self._any_of([self.value(field, value) for value in values])
            case Compared(comparison, bound):
                return _compared(field, comparison, bound)
            case Range(low, high):
                return _range(field, low, high)

    def _any_of(self, words: Sequence[str]) -> str:
        if len(words) == 1:
            return words[0]
        if len(words) > _ALL_NAMED:
            more = plural(len(words) - _ALL_NAMED + 1, tr("%1 or %n more"), tr("%1 or %n more"))
            return more.replace("%1", ", ".join(words[: _ALL_NAMED - 1]))
        return tr("%1 or %2").replace("%1", ", ".join(words[:-1])).replace("%2", words[-1])

    def _person(self, name: str) -> str:
        if name.casefold() == ME:
            return tr("Me")
        known = next((one.name for one in self.people if _means(name, one)), None)
        if known is None and self.people:
            return tr("%1 (no colleague has this name)").replace("%1", isolated(name))
        return isolated(known or name)


def _means(name: str, person: StaffPerson) -> bool:
    """Whether somebody is asked for so: by id, email address or name."""
    named = search_key(name) == search_key(person.name)
    return named or name == person.id or name.casefold() == person.email.casefold()


def _import(named: NamedImport) -> str:
    """Such as “fair.csv, 12 Mar 2026”."""
    at = local(named.imported_at)
    day = _moment(Span(at.year, at.month, at.day))
    return tr("%1, %2").replace("%1", isolated(named.file_name)).replace("%2", day)


def _compared(field: Field, comparison: Comparison, bound: Bound) -> str:
    if isinstance(bound, int):
        return tr(_NUMBERS[comparison]).replace("%1", number(bound))
    if comparison is Comparison.AT_LEAST and _ahead(bound):
        return tr(_COMING).replace("%1", _moment(bound))
    return tr(_DAYS[comparison]).replace("%1", _moment(bound))


def _range(field: Field, low: Bound | None, high: Bound | None) -> str:
    if low == _TODAY and isinstance(high, Ago) and high.count < -1:
        return plural(-high.count, *map(tr, _NEXT[high.unit]))
    if low is not None and high is not None:
        said = tr("from %1 to %2") if field.kind is Kind.INSTANT else tr("%1 to %2")
        return said.replace("%1", _bound(low)).replace("%2", _bound(high))
    if isinstance(low, Ago) and low.count > 1 and OVERDUE not in field.choices:
        return plural(low.count, *map(tr, _LAST[low.unit]))
    if low is not None:
        return _compared(field, Comparison.AT_LEAST, low)
    assert high is not None, "a range has a bound"
    return _compared(field, Comparison.AT_MOST, high)


def _bound(bound: Bound) -> str:
    return number(bound) if isinstance(bound, int) else _moment(bound)


def _ahead(moment: Moment) -> bool:
    return isinstance(moment, Ago) and moment.count < 0


def _moment(moment: Moment) -> str:
    """A day, month or year: “today”, “7 days ago”, “12 Mar 2026”, “March 2026”, “2026”."""
    match moment:
        case Ago(0, Unit.DAY):
            return tr("today")
        case Ago(1, Unit.DAY):
            return tr("yesterday")
        case Ago(-1, Unit.DAY):
            return tr("tomorrow")
        case Ago(count, unit):
            return plural(abs(count), *map(tr, (_BEFORE if count > 0 else _AHEAD)[unit]))
        case Span(year, int(month), int(day)):
            return f"{day} {dt.date(year, month, day):%b} {year}"
        case Span(year, int(month)):
            return f"{dt.date(year, month, 1):%B} {year}"
        case Span(year):
            return str(year)
