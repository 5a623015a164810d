"""Fuzzy matching finds what people mean by a few letters."""

from __future__ import annotations

import pytest

from fleetdesk.qt.fuzzy import match


def ranked(query: str, *texts: str) -> list[str]:
    hits = {text: hit.score for text in texts if (hit := match(query, text)) is not None}
    return sorted(hits, key=lambda text: -hits[text])


@pytest.mark.parametrize("query", ["", "imp", "ilf", "IMPORT", "import leads", "file"])
def test_letters_in_order_are_found(query: str) -> None:
    assert match(query, "Import leads from a file") is not None


@pytest.mark.parametrize("query", ["x", "tropmi", "fileimport", "importt leads from a file!"])
def test_letters_that_are_missing_or_out_of_order_are_not(query: str) -> None:
    assert match(query, "Import leads from a file") is None


def test_the_beginnings_of_words_count_most() -> None:
    assert ranked("gl", "Single record", "Go to leads") == ["Go to leads", "Single record"]


def test_letters_that_stand_together_count_more_than_scattered_ones() -> None:
    assert ranked("lead", "Long excel adjusted", "Misleading") == ["Misleading", "Long excel adjusted"]


def test_the_earlier_of_two_equal_matches_counts_more() -> None:
    assert ranked("new", "Show what is new", "New lead") == ["New lead", "Show what is new"]


def test_the_positions_are_those_of_the_letters_found() -> None:
    hit = match("gl", "Go to leads")

    assert hit is not None
    assert hit.positions == (0, 6)


def test_letters_outside_ascii_are_found() -> None:
    assert match("élé", "Éléonore Lefèvre") is not None
    assert match("ليلى", "ليلى حداد") is not None


def test_accents_do_not_matter() -> None:
    assert match("eleonore", "Éléonore Lefèvre") is not None
    assert match("ÉLE", "Eleonore") is not None


@pytest.mark.parametrize("query", ["ilf", "import", "imp le", "leads"])
def test_what_begins_words_is_known_from_the_rest(query: str) -> None:
    hit = match(query, "Import leads from a file")

    assert hit is not None
    assert hit.at_words


@pytest.mark.parametrize("query", ["om", "mport", "ilr"])
def test_letters_in_the_middle_of_words_are_found_but_not_meant(query: str) -> None:
    hit = match(query, "Import leads from a file")

    assert hit is not None
    assert not hit.at_words
