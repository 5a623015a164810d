"""The list of leads."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from fleetdesk.queries.leads import (
    Deleted,
    LeadQuery,
    lead_count,
    lead_keys,
    lead_page,
)
from tests.unit.queries.replica import NOON, add_lead

DAY = dt.timedelta(days=1)


def found(replica: Connection, query: LeadQuery) -> list[str]:
    """The ids of the matching leads, in order."""
    return [row.id for row in lead_page(replica, lead_keys(replica, query)).values()]


def test_a_list_without_wishes_shows_what_changed_last_first(replica: Connection) -> None:
    for age, lead in enumerate("abc"):
        add_lead(replica, lead, updated_at=NOON - age * DAY)
    assert found(replica, LeadQuery()) == ["a", "b", "c"]


def test_deleted_leads_are_hidden_unless_asked_for(replica: Connection) -> None:
    add_lead(replica, "kept")
    add_lead(replica, "gone", deleted_at=NOON)
    assert found(replica, LeadQuery()) == ["kept"]
    assert found(replica, LeadQuery(deleted=Deleted.ONLY)) == ["gone"]
    assert lead_count(replica, LeadQuery(deleted=Deleted.SHOWN)) == 2
