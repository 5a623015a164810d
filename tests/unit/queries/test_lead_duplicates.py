"""Finding leads that have something in common."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from fleetdesk.models.duplicates import DuplicateKey, duplicate_keys
from fleetdesk.queries.lead_duplicates import duplicates_of, existing_leads
from tests.unit.queries.replica import NOON, add_lead


def test_a_lead_is_found_by_each_of_its_keys(replica: Connection) -> None:
    add_lead(replica, "a", email="Jean@Taxi.fr", phone="+971 50 123 4567", trade_licence="CN-12 34", first_name="Jean")
    keys = duplicate_keys(
        {"email": "jean@taxi.FR ", "phone": "0501234567", "country": "AE", "trade_licence": "cn 1234"}
    )
    found = existing_leads(replica, keys)
    assert len(keys) == 3
    assert {found[key].id for key in keys} == {"a"}


def test_the_oldest_lead_is_named_where_several_share_a_key(replica: Connection) -> None:
    add_lead(replica, "young", email="a@b.fr", created_at=NOON)
    add_lead(replica, "old", email="a@b.fr", created_at=NOON - dt.timedelta(days=1))
    [found] = existing_leads(replica, duplicate_keys({"email": "a@b.fr"})).values()
    assert found.id == "old"


def test_a_deleted_lead_is_no_duplicate(replica: Connection) -> None:
    add_lead(replica, "a", email="a@b.fr", deleted_at=NOON)
    assert existing_leads(replica, duplicate_keys({"email": "a@b.fr"})) == {}


def test_an_odd_phone_number_makes_no_key() -> None:
    assert duplicate_keys({"phone": "555 1234", "email": ""}) == ()


def test_the_address_counts_before_the_phone() -> None:
    keys = duplicate_keys({"phone": "+971501234567", "email": "a@b.fr"})
    assert keys == (DuplicateKey("email_key", "a@b.fr"), DuplicateKey("phone_key", "+971501234567"))


def test_a_merged_lead_is_no_duplicate(replica: Connection) -> None:
    add_lead(replica, "winner")
    add_lead(replica, "a", email="a@b.fr", merged_into="winner")
    assert existing_leads(replica, duplicate_keys({"email": "a@b.fr"})) == {}


def test_fields_that_are_about_to_be_saved_name_their_duplicates(replica: Connection) -> None:
    add_lead(replica, "both", email="a@b.fr", phone="+971501234567", company="Taxi")
    add_lead(replica, "one", phone="+971501234567")
    add_lead(replica, "other", email="c@d.fr")
    found = duplicates_of(replica, {"email": "A@B.fr", "phone": "050 123 4567", "country": "AE"})
    shared = {each.lead.id: each.shared for each in found}
    assert list(shared.items()) == [("both", ("email_key", "phone_key")), ("one", ("phone_key",))]


def test_a_lead_is_not_its_own_duplicate(replica: Connection) -> None:
    add_lead(replica, "self", email="a@b.fr")
    assert duplicates_of(replica, {"email": "a@b.fr"}, lead_id="self") == ()
