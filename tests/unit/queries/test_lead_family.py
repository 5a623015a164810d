"""Leads that were merged, and into which."""

from __future__ import annotations

from sqlalchemy import Connection

from fleetdesk.models.access import Role
from fleetdesk.queries.lead_family import Family, lead_family
from tests.unit.queries.replica import NOON, add_lead, add_person

LAYER = {"lead": "b", "by": "mona", "at": "2026-03-02T12:00:00.000000Z"}


def test_a_lead_that_is_one_with_no_other_has_no_family(replica: Connection) -> None:
    add_lead(replica, "a")
    assert lead_family(replica, "a") == lead_family(replica, "nobody") == Family()


def test_those_that_were_merged_are_named_with_who_did_it_and_when(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_lead(replica, "a", merge_record={"layers": [LAYER]})
    add_lead(replica, "b", last_name="Petit", merged_into="a")
    [one] = lead_family(replica, "a").merged
    assert (one.id, one.name, one.merged_by, one.merged_at, one.into) == ("b", "Petit", "Mona Saleh", NOON, "a")


def test_one_that_was_merged_knows_into_which(replica: Connection) -> None:
    add_lead(replica, "a", company="Taxi")
    add_lead(replica, "b", merged_into="a")
    into = lead_family(replica, "b").into
    assert into is not None
    assert (into.id, into.company) == ("a", "Taxi")


def test_those_that_came_by_way_of_others_belong_to_it(replica: Connection) -> None:
    add_lead(replica, "a")
    add_lead(replica, "b", merged_into="a")
    add_lead(replica, "c", merged_into="b")
    assert {one.id: one.into for one in lead_family(replica, "a").merged} == {"b": "a", "c": "b"}


def test_a_record_that_cannot_be_read_names_them_all_the_same(replica: Connection) -> None:
    add_lead(replica, "a", merge_record={"layers": "broken"})
    add_lead(replica, "b", merged_into="a")
    assert [one.merged_at for one in lead_family(replica, "a").merged] == [None]
