"""The list of leads: filters, order, keys and pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Connection

from fleetdesk.errors import Refused
from fleetdesk.models.access import Role
from fleetdesk.models.stages import Stage, check_move
from fleetdesk.queries.leads import (
    Deleted,
    LeadQuery,
    LeadSort,
    SortBy,
    lead_count,
    lead_key_pieces,
    lead_keys,
    lead_page,
    locate_leads,
    stage_counts,
)
from tests.unit.queries.replica import NOON, add_lead, add_person

DAY = dt.timedelta(days=1)


def found(replica: Connection, query: LeadQuery) -> list[str]:
    """The ids of the matching leads, in order."""
    return [row.id for row in lead_page(replica, lead_keys(replica, query)).values()]


def test_a_list_without_wishes_shows_what_changed_last_first(replica: Connection) -> None:
    for age, lead in enumerate("abc"):
        add_lead(replica, lead, updated_at=NOON - age * DAY)
    assert found(replica, LeadQuery()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("deleted", "expected"),
    [(Deleted.HIDDEN, {"kept"}), (Deleted.ONLY, {"gone"}), (Deleted.SHOWN, {"kept", "gone"})],
)
def test_deleted_leads_are_shown_as_asked(replica: Connection, deleted: Deleted, expected: set[str]) -> None:
    add_lead(replica, "kept")
    add_lead(replica, "gone", deleted_at=NOON)
    assert set(found(replica, LeadQuery(deleted=deleted))) == expected


FILTERS: dict[str, tuple[LeadQuery, dict[str, Any]]] = {
    "statuses": (LeadQuery(statuses=frozenset({Stage.LOST, Stage.QUALIFIED})), {"status": Stage.LOST}),
    "owner": (LeadQuery(owner_ids=frozenset({"mona"})), {"owner_id": "mona"}),
    "no owner": (LeadQuery(owner_ids=frozenset({None})), {"owner_id": None}),
    "an owner or none": (LeadQuery(owner_ids=frozenset({None, "ali"})), {"owner_id": None}),
    "countries": (LeadQuery(countries=frozenset({"AE"})), {"country": "AE"}),
    "sources": (LeadQuery(sources=frozenset({"Web"})), {"source": "Web"}),
    "tags": (LeadQuery(tags=frozenset({"vip", "hot"})), {"tags": ["cold", "vip"]}),
    "import": (LeadQuery(import_id="i1"), {"import_id": "i1"}),
    "created from": (LeadQuery(created_from=NOON), {"created_at": NOON}),
    "created before": (LeadQuery(created_before=NOON - DAY), {"created_at": NOON - 3 * DAY}),
    "next activity due": (LeadQuery(next_before=NOON), {"next_activity_at": NOON - DAY}),
    "quiet": (LeadQuery(quiet_since=NOON - 2 * DAY), {"last_activity_at": NOON - 3 * DAY}),
    "quiet from the start": (
        LeadQuery(quiet_since=NOON - 2 * DAY),
        {"created_at": NOON - 3 * DAY, "last_activity_at": None},
    ),
    "without next activity": (LeadQuery(without_next=True), {"next_activity_at": None}),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_shows_what_it_asks_for_and_nothing_else(replica: Connection, name: str) -> None:
    query, values = FILTERS[name]
    other: dict[str, Any] = {
        "status": Stage.NEW,
        "owner_id": "omar",
        "country": "FR",
        "source": "Call",
        "tags": ["cold"],
        "import_id": "i0",
        "created_at": NOON - DAY,
        "next_activity_at": NOON + DAY,
        "last_activity_at": NOON,
    }
    add_lead(replica, "other", **other)
    add_lead(replica, "wanted", **other | values)
    assert found(replica, query) == ["wanted"]


def test_filters_are_all_demanded_at_once(replica: Connection) -> None:
    add_lead(replica, "both", status=Stage.LOST, country="AE")
    add_lead(replica, "stage alone", status=Stage.LOST, country="FR")
    add_lead(replica, "country alone", country="AE")
    assert found(replica, LeadQuery(statuses=frozenset({Stage.LOST}), countries=frozenset({"AE"}))) == ["both"]


SORTS: dict[LeadSort, tuple[dict[str, Any], dict[str, Any]]] = {
    LeadSort.UPDATED: ({"updated_at": NOON - DAY}, {"updated_at": NOON}),
    LeadSort.CREATED: ({"created_at": NOON - DAY}, {"created_at": NOON}),
    LeadSort.NAME: ({"first_name": "Éloïse"}, {"first_name": "fatima"}),
    LeadSort.COMPANY: ({"company": "alpha"}, {"company": "Beta"}),
    LeadSort.COUNTRY: ({"country": "AE"}, {"country": "FR"}),
    LeadSort.STAGE: ({"status": Stage.QUALIFIED}, {"status": Stage.CONVERTED}),
    LeadSort.FLEET_SIZE: ({"fleet_size": 9}, {"fleet_size": 10}),
    LeadSort.OWNER: ({"owner_id": "z1"}, {"owner_id": "a1"}),
    LeadSort.SOURCE: ({"source": "call"}, {"source": "Web"}),
    LeadSort.SCORE: ({"score": 9}, {"score": 10}),
    LeadSort.NEXT_ACTIVITY: ({"next_activity_at": NOON}, {"next_activity_at": NOON + DAY}),
    LeadSort.LAST_ACTIVITY: ({"last_activity_at": NOON - DAY}, {"last_activity_at": NOON}),
}


@pytest.mark.parametrize("sort", LeadSort)
def test_a_list_is_sorted_by_its_column_both_ways(replica: Connection, sort: LeadSort) -> None:
    add_person(replica, "z1", "Amal", "Haddad", Role.COMMERCIAL)
    add_person(replica, "a1", "Zoé", "Martin", Role.COMMERCIAL)
    less, more = SORTS[sort]
    add_lead(replica, "more", **more)
    add_lead(replica, "less", **less)
    assert found(replica, LeadQuery(sort=(SortBy(sort),))) == ["less", "more"]
    assert found(replica, LeadQuery(sort=(SortBy(sort, descending=True),))) == ["more", "less"]


@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_value_come_last_in_either_direction(replica: Connection, descending: bool) -> None:
    add_lead(replica, "none")
    add_lead(replica, "some", fleet_size=3)
    assert found(replica, LeadQuery(sort=(SortBy(LeadSort.FLEET_SIZE, descending),))) == ["some", "none"]


def test_a_second_column_orders_what_the_first_leaves_equal(replica: Connection) -> None:
    add_lead(replica, "a", country="FR", fleet_size=2)
    add_lead(replica, "b", country="AE", fleet_size=1)
    add_lead(replica, "c", country="AE", fleet_size=5)
    order = (SortBy(LeadSort.COUNTRY), SortBy(LeadSort.FLEET_SIZE, descending=True))
    assert found(replica, LeadQuery(sort=order)) == ["c", "b", "a"]


def test_the_pieces_of_a_long_list_make_the_whole_and_the_first_is_small(replica: Connection) -> None:
    for number in range(600):
        add_lead(replica, f"{number}", fleet_size=number)
    query = LeadQuery(sort=(SortBy(LeadSort.FLEET_SIZE),))
    pieces = list(lead_key_pieces(replica, query))
    assert len(pieces[0]) < len(pieces[1])
    assert [key for piece in pieces for key in piece] == list(lead_keys(replica, query))


def test_a_page_keeps_the_order_of_its_keys_and_leaves_out_what_is_gone(replica: Connection) -> None:
    add_lead(replica, "a")
    add_lead(replica, "b")
    keys = locate_leads(replica, ["a", "b", "never"])
    assert [row.id for row in lead_page(replica, [keys["b"], 999, keys["a"]]).values()] == ["b", "a"]


def test_a_row_has_the_names_of_lead_and_owner(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_lead(replica, "a", first_name="Jean", last_name="Petit", owner_id="mona")
    [row] = lead_page(replica, lead_keys(replica, LeadQuery())).values()
    assert (row.name, row.owner_name) == ("Jean Petit", "Mona Saleh")


def test_a_row_can_be_asked_whether_the_lead_may_move(replica: Connection) -> None:
    add_lead(replica, "a", status=Stage.CONTACTED, company="Taxi Nord", country="FR", fleet_size=4)
    [row] = lead_page(replica, lead_keys(replica, LeadQuery())).values()
    with pytest.raises(Refused) as refusal:
        check_move(row, Stage.QUALIFIED)
    assert refusal.value.missing == ("email",)


def test_stage_counts_leave_out_the_stage_filter_but_no_other(replica: Connection) -> None:
    add_lead(replica, "a", country="AE")
    add_lead(replica, "b", country="AE", status=Stage.LOST)
    add_lead(replica, "c", country="FR", status=Stage.LOST)
    add_lead(replica, "d", country="AE", status=Stage.LOST, deleted_at=NOON)
    counts = stage_counts(replica, LeadQuery(statuses=frozenset({Stage.NEW}), countries=frozenset({"AE"})))
    assert counts == {**dict.fromkeys(Stage, 0), Stage.NEW: 1, Stage.LOST: 1}


def test_a_count_is_the_number_of_keys(replica: Connection) -> None:
    for number in range(3):
        add_lead(replica, f"{number}", first_name="Ali" if number else "Zoé")
    assert lead_count(replica, LeadQuery(text="ali")) == 2
