"""The list of leads: filters, order, keys and pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import Connection, event

from fleetdesk.errors import Defect, Refused
from fleetdesk.models.access import Role
from fleetdesk.models.leads import BY_OWNER, IN_LISTS, STAGE_MOVES, Lead, LeadActivity
from fleetdesk.models.stages import Stage, check_move
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import (
    LeadQuery,
    LeadSort,
    SortBy,
    lead_count,
    lead_ids,
    lead_key_pieces,
    lead_keys,
    lead_page,
    lead_rows,
    lead_stages,
    locate_leads,
    stage_counts,
)
from tests.unit.queries.filters.asking import filters
from tests.unit.queries.replica import NOON, add_lead, add_person, small_replica

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
MIDNIGHT = NOON - dt.timedelta(hours=12)
VIEWPOINT = Viewpoint("mona", NOON, dt.UTC)


def query(text: str) -> LeadQuery:
    """What the typed text asks for, all of which is understood."""
    parsed = parse(LEAD_FIELDS, text)
    assert not parsed.problems
    return LeadQuery(parsed.filter)


def found(replica: Connection, wanted: LeadQuery) -> list[str]:
    """The ids of the matching leads, in order."""
    return [row.id for row in lead_page(replica, lead_keys(replica, wanted, VIEWPOINT)).values()]


def test_a_list_without_wishes_shows_what_changed_last_first(replica: Connection) -> None:
    for age, lead in enumerate("abc"):
        add_lead(replica, lead, updated_at=NOON - age * DAY)
    assert found(replica, LeadQuery()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("", {"kept"}), ("deleted:yes", {"gone"}), ("deleted:any", {"kept", "gone"})],
)
def test_deleted_leads_are_shown_as_asked(replica: Connection, asked: str, expected: set[str]) -> None:
    add_lead(replica, "kept")
    add_lead(replica, "gone", deleted_at=NOON)
    assert set(found(replica, query(asked))) == expected


@pytest.mark.parametrize("asked", ["", "deleted:yes", "deleted:any", "status:new"])
def test_merged_leads_are_in_no_list(replica: Connection, asked: str) -> None:
    add_lead(replica, "merged", merged_into="other", deleted_at=NOON if asked == "deleted:yes" else None)
    assert found(replica, query(asked)) == []


def test_merged_leads_are_in_no_count(replica: Connection) -> None:
    add_lead(replica, "merged", merged_into="other")
    assert sum(stage_counts(replica, EVERYTHING, VIEWPOINT).values()) == 0


def test_many_rows_are_read_in_their_order(replica: Connection) -> None:
    for number in range(3):
        add_lead(replica, f"lead-{number}", updated_at=NOON - number * DAY)
    ids = lead_ids(replica, lead_keys(replica, LeadQuery(), VIEWPOINT))
    assert ids == ["lead-0", "lead-1", "lead-2"]
    assert [row.id for row in lead_rows(replica, [*reversed(ids), "gone"])] == ["lead-2", "lead-1", "lead-0"]


def test_the_stages_of_chosen_leads_are_known(replica: Connection) -> None:
    for number, stage in enumerate((Stage.NEW, Stage.LOST, Stage.NEW, Stage.VALIDATED)):
        add_lead(replica, f"lead-{number}", status=stage, updated_at=NOON - number * DAY)
    keys = lead_keys(replica, LeadQuery(), VIEWPOINT)
    assert lead_stages(replica, keys[:3]) == {Stage.NEW, Stage.LOST}
    assert lead_stages(replica, keys[3:]) == {Stage.VALIDATED}


OTHER: dict[str, Any] = {
    "status": Stage.NEW,
    "owner_id": "omar",
    "country": "FR",
    "source": "Call",
    "tags": ["cold"],
    "fleet_size": 7,
    "import_id": "i0",
    "created_at": NOON - DAY,
    "next_activity_at": NOON + DAY,
    "last_activity_at": NOON,
}
FILTERS: dict[str, dict[str, Any]] = {
    "status:lost,qualified": {"status": Stage.LOST},
    "-status:open": {"status": Stage.CONVERTED},
    "owner:mona": {"owner_id": "mona"},
    "owner:me": {"owner_id": "mona"},
    'owner:"mona SALEH"': {"owner_id": "mona"},
    "owner:mona@fleetcore.example": {"owner_id": "mona"},
    "owner:none": {"owner_id": None},
    "owner:none,ali": {"owner_id": None},
    "-owner:omar": {"owner_id": None},
    "country:AE": {"country": "AE"},
    "-country:FR": {"country": None},
    "source:web": {"source": "Web"},
    "tag:vip,hot": {"tags": ["cold", "vip"]},
    "tag:VIP": {"tags": ["cold", "vip"]},
    "tag:cold tag:vip": {"tags": ["cold", "vip"]},
    "-tag:cold": {"tags": []},
    "tag:none": {"tags": []},
    'tag:"a ""b"", c"': {"tags": ['a "b", c']},
    "fleet>7": {"fleet_size": 8},
    "fleet<=6": {"fleet_size": 6},
    "fleet:8..": {"fleet_size": 8},
    "fleet:5,6": {"fleet_size": 6},
    "fleet:none": {"fleet_size": None},
    "-fleet:7": {"fleet_size": None},
    "import:i1": {"import_id": "i1"},
    "created:today": {"created_at": MIDNIGHT},
    "created:3d": {"created_at": MIDNIGHT - 3 * DAY},
    "created>yesterday": {"created_at": MIDNIGHT},
    "created<yesterday": {"created_at": MIDNIGHT - DAY - SECOND},
    "created:2026-02": {"created_at": MIDNIGHT - 2 * DAY},
    "created:2025": {"created_at": NOON - 90 * DAY},
    "created:..3d": {"created_at": MIDNIGHT - 2 * DAY - SECOND},
    "next:overdue": {"next_activity_at": NOON - SECOND},
    "next:today": {"next_activity_at": NOON - SECOND},
    "next:none": {"next_activity_at": None},
    "next:+2d..": {"next_activity_at": MIDNIGHT + 2 * DAY},
    "rotting:2": {"last_activity_at": NOON - 3 * DAY},
    "rotting:3": {"created_at": NOON - 4 * DAY, "last_activity_at": None},
    "last:none": {"last_activity_at": None},
}


@pytest.mark.parametrize("asked", FILTERS)
def test_a_filter_shows_what_it_asks_for_and_nothing_else(replica: Connection, asked: str) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_lead(replica, "other", **OTHER)
    add_lead(replica, "wanted", **OTHER | FILTERS[asked])
    assert found(replica, query(asked)) == ["wanted"]


@pytest.mark.parametrize("asked", ["country:AE", "rotting:30 status:open", "owner:me tag:vip", "-fleet>20 next:none"])
@pytest.mark.parametrize("column", [LeadSort.UPDATED, LeadSort.CREATED, LeadSort.NAME, LeadSort.COMPANY])
def test_whatever_is_asked_for_is_found_without_reading_rows(replica: Connection, asked: str, column: LeadSort) -> None:
    way = way_to(replica, asked, SortBy(column, descending=True))
    scans = [f"SCAN sys_demo_lead USING COVERING INDEX {one.name(Lead.__tablename__)}" for one in (IN_LISTS, BY_OWNER)]
    assert any(scan in way for scan in scans)


@pytest.mark.parametrize(
    "asked", ["owner:me rotting:30", "owner:me,ali status:open next:overdue", "owner:me qualified:7d.."]
)
@pytest.mark.parametrize("column", [LeadSort.UPDATED, LeadSort.NEXT_ACTIVITY, LeadSort.OWNER])
def test_the_leads_of_some_owners_are_found_without_passing_by_those_of_others(
    replica: Connection, asked: str, column: LeadSort
) -> None:
    way = way_to(replica, asked, SortBy(column))
    assert f"SEARCH sys_demo_lead USING COVERING INDEX {BY_OWNER.name(Lead.__tablename__)} (owner_id=?)" in way


@pytest.mark.parametrize("asked", ["owner:me country:AE rotting:30", "owner:me next:overdue haddad"])
@pytest.mark.parametrize("column", [LeadSort.NAME, LeadSort.COMPANY])
def test_what_that_index_does_not_hold_is_looked_for_elsewhere(
    replica: Connection, asked: str, column: LeadSort
) -> None:
    way = way_to(replica, asked, SortBy(column))
    assert BY_OWNER.name(Lead.__tablename__) not in way


def test_when_leads_were_qualified_is_looked_up_by_the_time(replica: Connection) -> None:
    way = way_to(replica, "qualified:7d..", SortBy(LeadSort.UPDATED))
    moves = STAGE_MOVES.name(LeadActivity.__tablename__)
    assert f"INDEX {moves} (to_status=? AND happened_at>?" in way


def way_to(replica: Connection, asked: str, *order: SortBy) -> str:
    """How SQLite goes about finding a list."""
    told: list[str] = []
    event.listen(replica, "before_cursor_execute", lambda *call: told.append(explained(replica, call[2], call[3])))
    lead_keys(replica, LeadQuery(query(asked).filter, order), VIEWPOINT)
    return told[-1]


def test_one_stage_is_sorted_by_any_column_without_reading_rows(replica: Connection) -> None:
    told: list[str] = []
    event.listen(replica, "before_cursor_execute", lambda *call: told.append(explained(replica, call[2], call[3])))
    lead_keys(replica, LeadQuery(query("status:new").filter, (SortBy(LeadSort.NAME),)), VIEWPOINT)
    assert f"SCAN sys_demo_lead USING COVERING INDEX {IN_LISTS.name(Lead.__tablename__)}" in told[-1]


def explained(replica: Connection, statement: str, parameters: tuple[object, ...]) -> str:
    """How SQLite goes about the statement."""
    raw = replica.connection.driver_connection
    assert raw is not None
    return "; ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))


def test_days_begin_at_midnight_where_the_person_is(replica: Connection) -> None:
    add_lead(replica, "a", created_at=MIDNIGHT - dt.timedelta(hours=4))
    in_dubai = Viewpoint("mona", NOON, dt.timezone(dt.timedelta(hours=4)))
    assert lead_count(replica, query("created:today").filter, in_dubai) == 1


def test_filters_are_all_demanded_at_once(replica: Connection) -> None:
    add_lead(replica, "both", status=Stage.LOST, country="AE")
    add_lead(replica, "stage alone", status=Stage.LOST, country="FR")
    add_lead(replica, "country alone", country="AE")
    assert found(replica, query("status:lost country:AE")) == ["both"]


def test_a_filter_on_a_field_that_leads_do_not_have_is_a_mistake(replica: Connection) -> None:
    with pytest.raises(Defect, match="colour"):
        lead_count(replica, EVERYTHING.asking("colour", AnyOf(("red",))), VIEWPOINT)


@given(filters(LEAD_FIELDS))
def test_whatever_is_asked_for_can_be_answered(asked: Filter) -> None:
    with small_replica() as replica:
        lead_count(replica, asked, VIEWPOINT)


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
    LeadSort.STAGE_SINCE: ({"stage_changed_at": NOON - DAY}, {"stage_changed_at": NOON}),
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
    by_fleet = LeadQuery(sort=(SortBy(LeadSort.FLEET_SIZE),))
    pieces = list(lead_key_pieces(replica, by_fleet, VIEWPOINT))
    assert len(pieces[0]) < len(pieces[1])
    assert [key for piece in pieces for key in piece] == list(lead_keys(replica, by_fleet, VIEWPOINT))


def test_a_page_keeps_the_order_of_its_keys_and_leaves_out_what_is_gone(replica: Connection) -> None:
    add_lead(replica, "a")
    add_lead(replica, "b")
    keys = locate_leads(replica, ["a", "b", "never"])
    assert [row.id for row in lead_page(replica, [keys["b"], 999, keys["a"]]).values()] == ["b", "a"]


def test_a_row_has_the_names_of_lead_and_owner(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_lead(replica, "a", first_name="Jean", last_name="Petit", owner_id="mona")
    [row] = lead_page(replica, lead_keys(replica, LeadQuery(), VIEWPOINT)).values()
    assert (row.name, row.owner_name) == ("Jean Petit", "Mona Saleh")


def test_a_row_can_be_asked_whether_the_lead_may_move(replica: Connection) -> None:
    add_lead(replica, "a", status=Stage.CONTACTED, company="Taxi Nord", country="FR", fleet_size=4)
    [row] = lead_page(replica, lead_keys(replica, LeadQuery(), VIEWPOINT)).values()
    with pytest.raises(Refused) as refusal:
        check_move(row, Stage.QUALIFIED)
    assert refusal.value.missing == ("email",)


def test_stage_counts_leave_out_the_stage_filter_but_no_other(replica: Connection) -> None:
    add_lead(replica, "a", country="AE")
    add_lead(replica, "b", country="AE", status=Stage.LOST)
    add_lead(replica, "c", country="FR", status=Stage.LOST)
    add_lead(replica, "d", country="AE", status=Stage.LOST, deleted_at=NOON)
    counts = stage_counts(replica, query("status:new country:AE").filter, VIEWPOINT)
    assert counts == {**dict.fromkeys(Stage, 0), Stage.NEW: 1, Stage.LOST: 1}


def test_a_count_is_the_number_of_keys(replica: Connection) -> None:
    for number in range(3):
        add_lead(replica, f"{number}", first_name="Ali" if number else "Zoé")
    assert lead_count(replica, query("ali").filter, VIEWPOINT) == 2
