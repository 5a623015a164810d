"""Links from outside: what they may ask for, and what is made of hostile ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.errors import Invalid
from fleetdesk.queries.links import Link, link_text, parse_link

SCREENS = frozenset({"leads", "inbox"})
_IDS = st.text("abcdef0123456789-", min_size=1, max_size=40)
_QUERIES = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=100)


@given(st.builds(Link, st.sampled_from(sorted(SCREENS)), st.none() | _IDS, st.none() | _QUERIES))
def test_a_link_that_is_written_and_read_again_is_the_same(link: Link) -> None:
    assert parse_link(link_text(link), SCREENS) == link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("fleetdesk://leads", Link("leads")),
        ("fleetdesk://leads/?view=0193-a", Link("leads", view_id="0193-a")),
        ("FLEETDESK://leads?q=status:new+omar", Link("leads", query="status:new omar")),
        ("fleetdesk://leads?q=%C3%89lo%C3%AFse", Link("leads", query="Éloïse")),
        ("fleetdesk://leads?q=", Link("leads", query="")),
        ("fleetdesk://leads?q=a&q=b&delete=all&x#y", Link("leads", query="a", ignored=("#", "q", "delete", "x"))),
    ],
)
def test_a_link_says_what_it_asks_for_and_what_of_it_is_not_understood(text: str, link: Link) -> None:
    assert parse_link(text, SCREENS) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "leads",
        "https://leads?q=a",
        "fleetdesk:leads",
        "fleetdesk://tenants",
        "fleetdesk://leads/../inbox",
        "fleetdesk://root@leads",
        "fleetdesk://leads:80",
        "fleetdesk://[leads",
        "fleetdesk://leads?view=",
        "fleetdesk://leads?view=../../x",
        "fleetdesk://leads?view=" + "a" * 101,
        "fleetdesk://leads?q=" + "a" * 2_001,
        "fleetdesk://leads?q=%00",
        "fleetdesk://leads?q=%0A",
        "fleetdesk://leads?q=%FF",
        "fleetdesk://leads?" + "&".join("a" * 11),
        "fleetdesk://leads?q=a\nb",
        "fleetdesk://leads?q=" + "a" * 9_000,
    ],
)
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_link(text, SCREENS)
    assert refusal.value.field == "link"


@given(st.text())
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_link("fleetdesk://leads?view=\x00" + text, SCREENS)
