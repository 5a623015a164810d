"""Search as people type: words, phone numbers, email addresses."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Connection

from fleetdesk.models.base import ReplicaIndex
from fleetdesk.models.leads import BY_DOMAIN, BY_PHONE_ENDING, BY_SECOND_EMAIL, Lead
from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter
from fleetdesk.queries.lead_search import hits, parse_search
from fleetdesk.queries.leads import LeadQuery, lead_keys, lead_page
from tests.unit.queries.replica import add_lead, small_replica


def found(replica: Connection, text: str, asked: Filter = EVERYTHING) -> set[str]:
    """The ids of the leads that the text finds."""
    rows = lead_page(replica, lead_keys(replica, LeadQuery(asked.searching(text)), NO_ONE))
    return {row.id for row in rows.values()}


@pytest.fixture
def leads(replica: Connection) -> Connection:
    """A few leads to look for."""
    add_lead(replica, "eloise", first_name="Éloïse", last_name="Lefèvre", company="Taxis du Nord", country="FR")
    add_lead(replica, "ahmad", first_name="أحمد", last_name="الهاشمي", company="Gulf Limousine", country="AE")
    add_lead(replica, "jean", first_name="Jean", email="Jean.Petit@vtc-lyon.fr", message="Nous avons 24 / 7 chauffeurs")
    add_lead(replica, "dubai", phone="+971 50 123 4567", country="AE")
    add_lead(replica, "paris", phone="06 12 34 56 78", country="FR")
    add_lead(replica, "odd", phone="495-3467", second_phone="+971 55 765 4321", second_email="boss@fleet.ae")
    return replica


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("elo", {"eloise"}),
        ("LEFEVRE", {"eloise"}),
        ("lef taxi", {"eloise"}),
        ("lef gulf", set()),
        ("احمد", {"ahmad"}),
        ("أحم", {"ahmad"}),
        ("limo", {"ahmad"}),
        ("chauff", {"jean"}),
        ("24/7", {"jean"}),
        ("nobody", set()),
    ],
)
def test_words_find_the_beginnings_of_words_without_case_accents_and_letter_variants(
    leads: Connection, text: str, expected: set[str]
) -> None:
    assert found(leads, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+971 50", {"dubai"}),
        ("0097150", {"dubai"}),
        ("97150123", {"dubai"}),
        ("050 123", {"dubai"}),
        ("0501234567", {"dubai"}),
        ("06 12 34", {"paris"}),
        ("+33612", {"paris"}),
        ("612345678", {"paris"}),
        ("+49 170", set()),
    ],
)
def test_a_number_finds_a_phone_written_with_or_without_its_country(
    leads: Connection, text: str, expected: set[str]
) -> None:
    assert found(leads, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4567", {"dubai"}),
        ("123 4567", {"dubai"}),
        ("23-45-67", {"dubai"}),
        ("5678", {"paris"}),
        ("56 78", {"paris"}),
        ("567", set()),
        ("1567", set()),
        ("+4567", set()),
    ],
)
def test_the_last_four_digits_or_more_find_a_phone(leads: Connection, text: str, expected: set[str]) -> None:
    assert found(leads, text) == expected


def test_an_ending_that_begins_with_zeros_is_found(leads: Connection) -> None:
    add_lead(leads, "round", phone="+971 50 700 0012", country="AE")
    assert "round" in found(leads, "0012")


@pytest.mark.parametrize(
    ("text", "index"), [("4567", BY_PHONE_ENDING), ("@gmail", BY_DOMAIN), ("info@", BY_SECOND_EMAIL)]
)
def test_what_search_looks_for_is_looked_up_in_an_index(leads: Connection, text: str, index: ReplicaIndex) -> None:
    search = parse_search(text)
    assert search is not None
    statement = hits(search).compile(leads, compile_kwargs={"literal_binds": True})
    plan = [row[3] for row in leads.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert any(step.startswith("SEARCH") and index.name(Lead.__tablename__) in step for step in plan)


@pytest.mark.parametrize("text", ["4953467", "495-34", "055 765", "+97155765", "boss", "boss@fleet"])
def test_odd_numbers_and_second_ones_are_found_too(leads: Connection, text: str) -> None:
    assert found(leads, text) == {"odd"}


@pytest.mark.parametrize("text", ["jean.petit@", "JEAN.PETIT@vtc-lyon.fr", "@vtc-lyon", "jean jean.petit@", "petit"])
def test_an_address_is_found_by_its_beginning_or_its_domain(leads: Connection, text: str) -> None:
    assert found(leads, text) == {"jean"}


def test_words_and_an_address_are_both_demanded(leads: Connection) -> None:
    assert found(leads, "chauffeurs jean.petit@vtc") == {"jean"}
    assert found(leads, "limousine jean.petit@vtc") == set()


def test_a_filter_narrows_a_search(leads: Connection) -> None:
    add_lead(leads, "lost", first_name="Éloïse", status=Stage.LOST)
    assert found(leads, "eloise", EVERYTHING.asking("status", AnyOf((Stage.LOST,)))) == {"lost"}


@pytest.mark.parametrize("text", ["", "   ", "!!", "@", '"', "*"])
def test_a_text_without_anything_to_look_for_asks_for_nothing(text: str) -> None:
    assert parse_search(text) is None


def test_a_search_with_very_many_hits_keeps_the_order_of_the_list(replica: Connection) -> None:
    for number in range(2_100):
        add_lead(replica, f"{number:04}", first_name="Ali", fleet_size=number)
    rows = lead_page(replica, lead_keys(replica, LeadQuery(EVERYTHING.searching("al")), NO_ONE)[:50]).values()
    assert len(lead_keys(replica, LeadQuery(EVERYTHING.searching("al")), NO_ONE)) == 2_100
    assert [row.updated_at for row in rows] == sorted((row.updated_at for row in rows), reverse=True)


@given(st.text(max_size=40))
@example("a\u19b0b c@a\u1cf2b")
def test_no_text_that_people_can_type_breaks_the_search(text: str) -> None:
    with small_replica() as replica:
        lead_keys(replica, LeadQuery(EVERYTHING.searching(text)), NO_ONE)
