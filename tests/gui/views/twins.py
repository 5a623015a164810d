"""Leads that are the same prospects as others of the sample, as a colleague's laptop would have brought them."""

from __future__ import annotations

import datetime as dt

from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import NOW, Filling, pull
from tests.gui.views.sample import STORY

__all__ = ["OFFICE", "TWIN", "TWINS", "bring_twins", "twins"]

TWIN = "lead-twin-1"
"""Mariam again: the same address, another number, and a stage further."""
OFFICE = "lead-twin-2"
"""Her office: its address is her second one, and the number is hers."""
TWINS = (STORY, TWIN, OFFICE)


def bring_twins(store: LocalStore) -> None:
    """Let the store pull them."""
    filling = twins()
    pull(store, *filling.leads, *filling.activities)


def twins() -> Filling:
    """The leads and their timelines."""
    filling = Filling()
    twin = filling.lead(
        TWIN,
        status=Stage.QUALIFIED,
        first_name="Maryam",
        last_name="Alzaabi",
        company="Al Zaabi Premium Cars LLC",
        country="AE",
        email="Mariam@AlZaabi-cars.example",
        phone="+971 4 220 0000",
        fleet_size=42,
        trade_licence="CN-1189204",
        source="trade fair",
        owner_id="person-omar",
        score=80,
        tags=["abu dhabi", "premium"],
        next_activity="Visit them in Abu Dhabi",
        next_activity_at=NOW + dt.timedelta(days=4),
        created_at=NOW - dt.timedelta(days=3),
        updated_at=NOW - dt.timedelta(hours=3),
    )
    filling.activity(
        twin,
        ActivityKind.CALL,
        "She asked for a second demo, for her drivers.",
        NOW - dt.timedelta(hours=3),
        author_id="person-omar",
    )
    office = filling.lead(
        OFFICE,
        company="Al Zaabi Premium Cars",
        country="AE",
        email="info@alzaabi-cars.example",
        phone="050 660 1122",
        source="referral",
        tags=[],
        created_at=NOW - dt.timedelta(days=1),
        updated_at=NOW - dt.timedelta(days=1),
    )
    filling.activity(office, ActivityKind.NOTE, "Left a card at the airport desk.", NOW - dt.timedelta(days=1))
    for number, entry in enumerate(filling.activities):
        entry.id = f"twin-activity-{number}"
    return filling
