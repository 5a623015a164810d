"""A typed query that is made to ask for another filter: it does, and keeps what the person has still to mend."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fleetdesk.queries.filters.grammar import Wrong, parse, written
from fleetdesk.queries.filters.rewriting import rewritten
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter, Term
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from tests.unit.queries.filters.asking import filters

NEW = Term("status", AnyOf(("new",)))
LOST = Term("status", AnyOf(("lost",)))
MINE = Term("owner", AnyOf(("me",)))
VIP = Term("tag", AnyOf(("vip",)))

REWRITTEN: dict[tuple[str, Filter], str] = {
    ("", Filter((NEW,))): "status:new",
    ("al", Filter((NEW,), "al")): "al status:new",
    ("al status:new noor", Filter((MINE,), "al noor")): "al noor owner:me",
    ("STATUS=New  owner:me", Filter((LOST, MINE))): "status:lost owner:me",
    ("STATUS=New owner:me", Filter((NEW,))): "STATUS=New",
    ("tag:hot tag:vip", Filter((VIP,))): "tag:vip",
    ("status:new al", Filter((NEW,))): "status:new",
    ("status:new al", Filter((NEW,), "noor")): "status:new noor",
    ("flet:20 status:new", Filter((MINE,))): "flet:20 owner:me",
    ("status:nwe,new", EVERYTHING): "status:nwe",
    ("status:nwe,new", Filter((LOST,))): "status:lost status:nwe",
    ("-vip al", EVERYTHING): "-vip",
    ('"al noor', Filter((NEW,), "al noor")): '"al noor" status:new',
    ("status:new status:new", EVERYTHING): "",
    ("tag:vip status:new", Filter((NEW, VIP))): "status:new tag:vip",
}


@pytest.mark.parametrize(("typed", "asked"), REWRITTEN)
def test_what_is_still_asked_for_stays_as_it_was_typed(typed: str, asked: Filter) -> None:
    assert rewritten(LEAD_FIELDS, typed, asked) == REWRITTEN[typed, asked]


def pieces(text: str) -> list[str]:
    """What is not understood in a text, in order."""
    problems = parse(LEAD_FIELDS, text).problems
    return sorted(text[problem.start : problem.end] for problem in problems if problem.wrong is not Wrong.QUOTE)


typed_texts = st.one_of(
    st.lists(
        st.sampled_from(
            ("al", "-al", '"al', "flet:20", "status:nwe,new", "owner:me", "tag:vip,", "fleet>", "fleet:20..", "-tag:x")
        ),
        max_size=6,
    ).map(" ".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    filters(LEAD_FIELDS).map(written),
)


@given(typed_texts, filters(LEAD_FIELDS))
@example('tag:"a', EVERYTHING)
@example("status:new,,lost", Filter((NEW,)))
def test_a_rewritten_query_asks_for_the_filter_and_loses_nothing_to_be_mended(typed: str, asked: Filter) -> None:
    text = rewritten(LEAD_FIELDS, typed, asked)
    assert parse(LEAD_FIELDS, text).filter == asked
    assert pieces(text) == pieces(typed)
