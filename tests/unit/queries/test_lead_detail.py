"""One lead, its timeline, the figures and the directory."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from fleetdesk.models.access import Role
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage
from fleetdesk.queries.lead_detail import lead_detail, timeline
from fleetdesk.queries.staff import staff_directory
from tests.unit.queries.replica import NOON, add_activity, add_lead, add_person

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


def test_a_timeline_shows_the_latest_first_and_only_this_lead(replica: Connection) -> None:
    add_activity(replica, "1", "a", happened_at=NOON - HOUR)
    add_activity(replica, "2", "a", happened_at=NOON)
    add_activity(replica, "3", "b")
    assert [entry.id for entry in timeline(replica, "a")] == ["2", "1"]


def test_a_status_change_names_both_stages_and_its_author(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    change = {"kind": ActivityKind.STATUS_CHANGE, "from_status": "new", "to_status": "lost", "body": "no budget"}
    add_activity(replica, "1", "a", author_id="mona", **change)
    [entry] = timeline(replica, "a")
    assert (entry.from_status, entry.to_status, entry.body) == (Stage.NEW, Stage.LOST, "no budget")
    assert entry.author_name == "Mona Saleh"


def test_the_directory_is_sorted_by_name_and_knows_who_left(replica: Connection) -> None:
    add_person(replica, "1", "Zoé", "Martin", Role.FINANCE)
    add_person(replica, "2", "Ali", "Nasser", Role.SUPPORT, member={"deleted_at": NOON})
    add_person(replica, "3", "Mona", "Saleh", Role.COMMERCIAL, status="suspended")
    assert [(person.name, person.role, person.active) for person in staff_directory(replica)] == [
        ("Ali Nasser", Role.SUPPORT, False),
        ("Mona Saleh", Role.COMMERCIAL, False),
        ("Zoé Martin", Role.FINANCE, True),
    ]


def test_a_member_of_another_organisation_is_not_staff(replica: Connection) -> None:
    add_person(replica, "1", "Zoé", "Martin", Role.FINANCE, member={"organisation": "taxis-du-nord"})
    assert staff_directory(replica) == ()


def test_a_timeline_reads_through_to_merged_leads_and_theirs(replica: Connection) -> None:
    for lead, winner in (("a", "b"), ("b", "c"), ("c", None), ("other", None)):
        add_lead(replica, lead, merged_into=winner)
        add_activity(replica, f"of {lead}", lead)
    assert {(entry.id, entry.lead_id) for entry in timeline(replica, "c")} == {
        ("of a", "a"),
        ("of b", "b"),
        ("of c", "c"),
    }


def test_a_merged_lead_keeps_its_own_timeline(replica: Connection) -> None:
    add_lead(replica, "a", merged_into="b")
    add_lead(replica, "b")
    add_activity(replica, "of a", "a")
    add_activity(replica, "of b", "b")
    assert [entry.id for entry in timeline(replica, "a")] == ["of a"]
