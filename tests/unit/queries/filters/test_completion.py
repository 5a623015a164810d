"""What is offered where somebody types a query."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from fleetdesk.models.access import Role
from fleetdesk.queries.filters.completion import Offer, complete
from fleetdesk.queries.lead_filter import LEAD_FIELDS, lead_vocabulary
from tests.unit.queries.replica import add_lead, add_person

VOCABULARY = {
    "owner": [Offer("mona@fleetcore.example", "Mona Saleh"), Offer("ali@fleetcore.example", "Ali Haddad")],
    "tag": [Offer("vip"), Offer("price sensitive")],
}


def offered(text: str) -> list[str]:
    """The texts that are offered at the bar in the text."""
    cursor = text.index("|")
    found = complete(LEAD_FIELDS, text.replace("|", ""), cursor, VOCABULARY)
    return [offer.text for offer in found.offers]


def completed(text: str) -> str:
    """The text once the first offer is taken."""
    bare = text.replace("|", "")
    found = complete(LEAD_FIELDS, bare, text.index("|"), VOCABULARY)
    return bare[: found.start] + found.offers[0].text + bare[found.end :]


def test_where_nothing_is_typed_every_field_is_offered() -> None:
    assert offered("status:new |") == [f"{field.key}:" for field in LEAD_FIELDS]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("sta|", "status:"),
        ("-ta|", "-tag:"),
        ("omar cou| vip", "omar country: vip"),
        ("act|", "next:"),
        ("fle|>20", "fleet>20"),
        ("status:co|", "status:contacted"),
        ("status:new,lo|", "status:new,lost"),
        ("status:|", "status:open"),
        ("owner:sal|", "owner:mona@fleetcore.example"),
        ("owner:|", "owner:me"),
        ("tag:pri|", 'tag:"price sensitive"'),
        ('tag:"pri|', 'tag:"price sensitive"'),
        ("next:ov|", "next:overdue"),
        ("created:7|", "created:7d.."),
        ("created>to|", "created>today"),
        ("rotting:|", "rotting:7"),
        ("deleted:|", "deleted:yes"),
    ],
)
def test_the_first_offer_completes_what_was_begun(text: str, taken: str) -> None:
    assert completed(text) == taken


@pytest.mark.parametrize("text", ['"sta|"', "colour:r|", "fleet>2|", "zzz|"])
def test_where_nothing_is_known_nothing_is_offered(text: str) -> None:
    assert offered(text) == []


def test_a_value_that_stands_already_is_not_offered_again() -> None:
    assert "new" not in offered("status:new,|")


def test_no_value_is_offered_where_rows_may_have_none() -> None:
    assert ("none" in offered("owner:|"), "none" in offered("status:|")) == (True, False)


def test_the_values_that_leads_have_now_can_be_asked_for(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_lead(replica, "a", source="Web", country="AE", tags=["vip", "hot"])
    add_lead(replica, "b", source="Web", country=None, tags=["vip"])
    assert lead_vocabulary(replica) == {
        "owner": [Offer("mona@fleetcore.example", "Mona Saleh")],
        "source": [Offer("Web")],
        "country": [Offer("AE")],
        "tag": [Offer("hot"), Offer("vip")],
    }
