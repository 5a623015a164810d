"""One lead, and the directory."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection

from fleetdesk.models.access import ORGANISATION, Role, Scope
from fleetdesk.models.staff import Member
from fleetdesk.queries.lead_detail import lead_detail
from fleetdesk.queries.staff import staff_directory
from tests.unit.queries.replica import NOON, add_lead, add_person, add_row

HOUR = dt.timedelta(hours=1)


def test_a_lead_is_shown_with_every_field_and_its_owner_by_name(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_lead(
        replica,
        "a",
        first_name="Zoé",
        owner_id="mona",
        tags=["vip"],
        second_phone="055",
        conformity={"identity": True},
        next_activity_at=NOON + HOUR,
    )
    lead = lead_detail(replica, "a")
    assert lead is not None
    assert (lead.name, lead.owner_name, lead.tags, lead.second_phone) == ("Zoé", "Mona Saleh", ("vip",), "055")
    assert (lead.checklist, lead.next_activity_at) == ({"identity": True}, NOON + HOUR)


def test_a_deleted_lead_can_still_be_read_and_says_so(replica: Connection) -> None:
    add_lead(replica, "a", deleted_at=NOON, deleted_by="mona", deletion_reason="twice")
    lead = lead_detail(replica, "a")
    assert lead is not None
    assert (lead.deleted, lead.deletion_reason) == (True, "twice")


def test_a_lead_that_is_not_there_is_none(replica: Connection) -> None:
    assert lead_detail(replica, "a") is None


def test_the_directory_is_sorted_by_name_and_knows_who_left(replica: Connection) -> None:
    add_person(replica, "1", "Zoé", "Martin", Role.FINANCE)
    add_person(replica, "2", "Ali", "Nasser", Role.SUPPORT, member={"deleted_at": NOON})
    add_person(replica, "3", "Mona", "Saleh", Role.COMMERCIAL, status="suspended")
    assert [(person.name, person.role, person.active) for person in staff_directory(replica)] == [
        ("Ali Nasser", Role.SUPPORT, False),
        ("Mona Saleh", Role.COMMERCIAL, False),
        ("Zoé Martin", Role.FINANCE, True),
    ]


@pytest.mark.parametrize("left_again", [None, NOON + 2 * HOUR])
def test_who_came_back_stands_once_in_the_directory_as_they_are_now_or_were_at_last(
    replica: Connection, left_again: dt.datetime | None
) -> None:
    add_person(
        replica, "1", "Zoé", "Martin", Role.FINANCE, member={"created_at": NOON + HOUR, "deleted_at": left_again}
    )
    before = {
        "user_id": "1",
        "scope": Scope.STAFF,
        "organisation": ORGANISATION,
        "role": Role.SUPPORT,
        "status": "active",
    }
    moments = {"created_at": NOON, "updated_at": NOON, "deleted_at": NOON + HOUR}
    add_row(replica, Member(id="member-before", **before | moments))
    [person] = staff_directory(replica)
    assert (person.role, person.active) == (Role.FINANCE, left_again is None)


def test_a_member_of_another_organisation_is_not_staff(replica: Connection) -> None:
    add_person(replica, "1", "Zoé", "Martin", Role.FINANCE, member={"organisation": "taxis-du-nord"})
    assert staff_directory(replica) == ()
