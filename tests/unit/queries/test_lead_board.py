"""The board's columns: which stages a filter leaves, and that each column asks for its own leads alone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from sqlalchemy import Connection

from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_board import column_filter, stages_asked
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import LeadQuery, lead_key_pieces, lead_keys
from tests.unit.queries.filters.asking import filters
from tests.unit.queries.replica import NOON, add_lead, small_replica

VIEWPOINT = Viewpoint("mona", NOON, dt.UTC)
OPEN = (Stage.NEW, Stage.CONTACTED, Stage.QUALIFIED, Stage.ONBOARDING, Stage.VALIDATED)


def asked(text: str) -> Filter:
    return parse(LEAD_FIELDS, text).filter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country:AE", tuple(Stage)),
        ("status:lost,new", (Stage.NEW, Stage.LOST)),
        ("status:open", OPEN),
        ("-status:closed", OPEN),
        ("status:open -status:new", OPEN[1:]),
        ("status:new status:lost", ()),
    ],
)
def test_the_stages_are_those_that_the_filter_leaves(text: str, expected: tuple[Stage, ...]) -> None:
    assert stages_asked(asked(text)) == expected


@given(filters(LEAD_FIELDS))
def test_the_columns_hold_all_that_the_filter_finds_and_nothing_else(wanted: Filter) -> None:
    with small_replica() as replica:
        for stage in Stage:
            add_lead(replica, stage, status=stage, country="AE")
        columns = [
            key
            for stage in stages_asked(wanted)
            for key in lead_keys(replica, LeadQuery(column_filter(wanted, stage)), VIEWPOINT)
        ]
        assert sorted(columns) == sorted(lead_keys(replica, LeadQuery(wanted), VIEWPOINT))


def test_a_column_reads_no_more_keys_than_it_was_asked_for(replica: Connection) -> None:
    for number in range(9):
        add_lead(replica, f"{number}", updated_at=NOON + number * dt.timedelta(days=1))
    query = LeadQuery(column_filter(asked(""), Stage.NEW))
    first = [key for piece in lead_key_pieces(replica, query, VIEWPOINT, most=4) for key in piece]
    assert first == list(lead_keys(replica, query, VIEWPOINT))[:4]
