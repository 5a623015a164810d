"""Filters as values: one term in the place of another."""

from __future__ import annotations

from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter, Term

NEW = Term("status", AnyOf(("new",)))
LOST = Term("status", AnyOf(("lost",)))
MINE = Term("owner", AnyOf(("me",)))
VIP = Term("tag", AnyOf(("vip",)))
HOT = Term("tag", AnyOf(("hot",)))


def test_a_term_takes_the_place_of_another() -> None:
    assert Filter((NEW, MINE), "al").exchanging(NEW, LOST) == Filter((LOST, MINE), "al")


def test_a_term_of_the_same_field_beside_it_stays() -> None:
    assert Filter((VIP, HOT)).exchanging(VIP, None) == Filter((HOT,))


def test_a_new_term_comes_last() -> None:
    assert Filter((NEW,)).exchanging(None, MINE) == Filter((NEW, MINE))


def test_a_term_whose_predecessor_is_gone_meanwhile_comes_last() -> None:
    assert Filter((MINE,)).exchanging(NEW, LOST) == Filter((MINE, LOST))


def test_a_term_that_is_asked_for_already_is_not_asked_for_twice() -> None:
    assert Filter((NEW, LOST)).exchanging(NEW, LOST) == Filter((LOST,))


def test_nothing_in_the_place_of_nothing_changes_nothing() -> None:
    assert EVERYTHING.exchanging(None, None) == EVERYTHING
