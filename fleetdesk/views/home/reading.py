"""What the home screen reads, each part in one snapshot of the replica."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from fleetdesk.queries.filters.fields import ME
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter
from fleetdesk.queries.lead_tally import LeadTally, lead_tally
from fleetdesk.queries.leads import LeadQuery, lead_key_pieces

__all__ = ["Overview", "overview", "whose"]


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of the leads shown; `others`: there are leads beside them, though none of the person's own."""

    tally: LeadTally
    others: bool


def whose(*, mine: bool) -> Filter:
    """The person's own leads, or everyone's."""
    return EVERYTHING.asking("owner", AnyOf((ME,))) if mine else EVERYTHING


def overview(connection: Connection, viewpoint: Viewpoint, within: Filter, rotting_days: int) -> Overview:
    """Count what there is."""
    tally = lead_tally(connection, viewpoint, within, rotting_days=rotting_days)
    others = not tally.leads and within.narrows and any(lead_key_pieces(connection, LeadQuery(), viewpoint))
    return Overview(tally, others)
