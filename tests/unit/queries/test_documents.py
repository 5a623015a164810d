"""The documents of a lead: those that were not removed, the latest first, also of leads merged into it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from fleetdesk.models.access import Role
from fleetdesk.models.documents import Document
from fleetdesk.queries.documents import documents_of_lead
from tests.unit.queries.replica import NOON, add_lead, add_person, add_row

HOUR = dt.timedelta(hours=1)


def add_document(replica: Connection, document_id: str, lead_id: str, **values: object) -> None:
    given: dict[str, object] = {
        "scope": "leads",
        "owner_kind": "lead",
        "owner_id": lead_id,
        "name": f"{document_id}.pdf",
        "sha256": "0" * 64,
        "size": 7,
        "media_type": "application/pdf",
        "state": "waiting",
        "added_by": "mona",
        "created_at": NOON,
        "updated_at": NOON,
    }
    add_row(replica, Document(id=document_id, **given | values))


def names(replica: Connection, lead_id: str) -> list[str]:
    return [document.name for document in documents_of_lead(replica, lead_id)]


def test_the_latest_comes_first_with_who_attached_it_and_whether_the_hub_has_it(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_document(replica, "old", "a", state="stored")
    add_document(replica, "new", "a", created_at=NOON + HOUR)
    new, old = documents_of_lead(replica, "a")
    assert (new.name, new.added_by_name, new.stored, old.stored) == ("new.pdf", "Mona Saleh", False, True)


def test_removed_ones_and_those_of_others_are_left_out(replica: Connection) -> None:
    add_document(replica, "removed", "a", deleted_at=NOON)
    add_document(replica, "other", "b")
    add_document(replica, "driver", "a", owner_kind="driver")
    assert names(replica, "a") == []


def test_it_reads_through_to_merged_leads(replica: Connection) -> None:
    for lead, winner in (("a", None), ("b", "a"), ("c", "b")):
        add_lead(replica, lead, merged_into=winner)
        add_document(replica, f"of {lead}", lead)
    assert names(replica, "a") == ["of c.pdf", "of b.pdf", "of a.pdf"]
