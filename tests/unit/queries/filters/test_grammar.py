"""The typed query: what it means, what is told of one that is not understood, and that text and filter are one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fleetdesk.queries.filters.grammar import Wrong, parse, written
from fleetdesk.queries.filters.moments import Ago, Span, Unit
from fleetdesk.queries.filters.values import AnyOf, Compared, Comparison, Filter, Range, Term
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from tests.unit.queries.filters.asking import WITHOUT_FLEET, filters

UNDERSTOOD: dict[str, Filter] = {
    "status:new,contacted": Filter((Term("status", AnyOf(("new", "contacted"))),)),
    "STATUS:New": Filter((Term("status", AnyOf(("new",))),)),
    "stage:new": Filter((Term("status", AnyOf(("new",))),)),
    "status=open": Filter((Term("status", AnyOf(("open",))),)),
    "country:ae": Filter((Term("country", AnyOf(("AE",))),)),
    "owner:me,none": Filter((Term("owner", AnyOf(("me", None))),)),
    'owner:"Mona Saleh"': Filter((Term("owner", AnyOf(("Mona Saleh",))),)),
    "-tag:vip": Filter((Term("tag", AnyOf(("vip",)), negated=True),)),
    'tag:"none"': Filter((Term("tag", AnyOf(("none",))),)),
    'tag:"a ""b"", c"': Filter((Term("tag", AnyOf(('a "b", c',))),)),
    "tag:vip tag:hot": Filter((Term("tag", AnyOf(("vip",))), Term("tag", AnyOf(("hot",))))),
    "created:7d..": Filter((Term("created", Range(Ago(7), None)),)),
    "created:2026-01..2026-02-03": Filter((Term("created", Range(Span(2026, 1), Span(2026, 2, 3))),)),
    "created:2026": Filter((Term("created", AnyOf((Span(2026),))),)),
    "created:yesterday": Filter((Term("created", AnyOf((Ago(1),))),)),
    "next:..+2w": Filter((Term("next", Range(None, Ago(-2, Unit.WEEK))),)),
    "next:overdue,today": Filter((Term("next", AnyOf(("overdue", Ago(0)))),)),
    "next:none": Filter((Term("next", AnyOf((None,))),)),
    "fleet>20": Filter((Term("fleet", Compared(Comparison.MORE, 20)),)),
    "fleet:<=5": Filter((Term("fleet", Compared(Comparison.AT_MOST, 5)),)),
    "fleet:20..": Filter((Term("fleet", Range(20, None)),)),
    "updated>=1m": Filter((Term("updated", Compared(Comparison.AT_LEAST, Ago(1, Unit.MONTH))),)),
    "rotting:30": Filter((Term("rotting", AnyOf((30,))),)),
    "deleted:yes": Filter((Term("deleted", AnyOf(("yes",))),)),
    "  al   noor ": Filter(text="al noor"),
    '"status:new"': Filter(text="status:new"),
    "+971 50 123-45": Filter(text="+971 50 123-45"),
    "12:30 a@b.c - -5": Filter(text="12:30 a@b.c - -5"),
    "omar status:new haddad": Filter((Term("status", AnyOf(("new",))),), "omar haddad"),
    "status:new status:new": Filter((Term("status", AnyOf(("new",))),)),
    "": Filter(),
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_query_means_what_it_says(text: str) -> None:
    parsed = parse(LEAD_FIELDS, text)
    assert (parsed.filter, parsed.problems) == (UNDERSTOOD[text], ())


@given(filters(LEAD_FIELDS))
def test_a_filter_that_is_written_and_read_again_is_the_same(asked: Filter) -> None:
    parsed = parse(LEAD_FIELDS, written(asked))
    assert (parsed.filter, parsed.problems) == (asked, ())


@given(st.text() | st.text('":,<>=.-+ stauowner0123dwmy\n'))
@example('tag:"')
@example('-"a b" owner:,x tag:"a"b')
@example("\0status\0:\0new")
@example("created:99999d..9999-99-99 fleet:99999999999999999999")
def test_what_was_understood_of_any_text_can_be_written_and_read_again(text: str) -> None:
    understood = parse(LEAD_FIELDS, text).filter
    assert parse(LEAD_FIELDS, written(understood)).filter == understood


@given(st.text() | st.text('":,<>=.-+ stauowner0123dwmy\n'))
def test_a_problem_lies_within_the_text(text: str) -> None:
    for problem in parse(LEAD_FIELDS, text).problems:
        assert 0 <= problem.start <= problem.end <= len(text)


PROBLEMS: dict[str, tuple[Wrong, str]] = {
    "stauts:new": (Wrong.FIELD, "stauts"),
    "status:nwe": (Wrong.VALUE, "nwe"),
    "country:UAE": (Wrong.VALUE, "UAE"),
    "status:": (Wrong.MISSING, ""),
    "status:new,": (Wrong.MISSING, ""),
    'tag:""': (Wrong.MISSING, '""'),
    "created:..": (Wrong.MISSING, ".."),
    "created:soon": (Wrong.VALUE, "soon"),
    "created:2026-02-30": (Wrong.VALUE, "2026-02-30"),
    "created:1000y..": (Wrong.VALUE, "1000y.."),
    "status:none": (Wrong.VALUE, "none"),
    "fleet:many": (Wrong.VALUE, "many"),
    "fleet:1..2,3": (Wrong.FORM, "3"),
    "fleet>1,2": (Wrong.FORM, "2"),
    "country>AE": (Wrong.FORM, "country"),
    "rotting>30": (Wrong.FORM, "rotting"),
    "rotting:30,60": (Wrong.FORM, "60"),
    "rotting:-1": (Wrong.VALUE, "-1"),
    "-taxi": (Wrong.WORD, "-taxi"),
    '-"al noor"': (Wrong.WORD, '-"al noor"'),
    'tag:"vip': (Wrong.QUOTE, '"vip'),
    '"al noor': (Wrong.QUOTE, '"al noor'),
}


@pytest.mark.parametrize("text", PROBLEMS)
def test_a_problem_says_what_is_wrong_and_where(text: str) -> None:
    wrong, piece = PROBLEMS[text]
    [problem] = parse(LEAD_FIELDS, f"omar {text}").problems
    assert (problem.wrong, f"omar {text}"[problem.start : problem.end]) == (wrong, piece)


POSSIBLE = {
    "stauts:new": "status:",
    "status:nwe": "new",
    "fleet:": "20..",
    "created:soon": "7d..",
    "next:": "overdue",
    "rotting:x": "30",
    "http://noor.ae": '"http://noor.ae"',
}


@pytest.mark.parametrize("text", POSSIBLE)
def test_a_problem_says_what_could_stand_there(text: str) -> None:
    [problem] = parse(LEAD_FIELDS, text).problems
    assert POSSIBLE[text] in problem.possible


def test_a_piece_that_is_not_understood_takes_nothing_else_along() -> None:
    parsed = parse(LEAD_FIELDS, "status:new,nwe colour:red owner:me omar")
    assert parsed.filter == parse(LEAD_FIELDS, "status:new owner:me omar").filter


def test_a_field_that_is_no_more_is_a_problem_and_the_rest_stands() -> None:
    parsed = parse(WITHOUT_FLEET, "status:new fleet>20")
    assert ([problem.wrong for problem in parsed.problems], written(parsed.filter)) == ([Wrong.FIELD], "status:new")
