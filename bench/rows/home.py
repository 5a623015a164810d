"""The home screen: what it counts and draws of a person's leads and of everyone's, and the leads to begin with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing

from sqlalchemy import Connection

from bench.calibration import hashing, synced_write
from bench.figures import Figure, Result, at_most, median
from bench.lead_list import ME, NOW
from bench.stage import LIST_KEY, Stage
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.lead_funnel import lead_trend
from fleetdesk.queries.lead_tally import ROTTING_DAYS, Work, lead_tally, work_filter
from fleetdesk.queries.leads import LeadQuery, LeadSort, SortBy, lead_key_pieces, lead_page
from fleetdesk.sync.store.readers import Readers

__all__ = ["home"]

_VIEWPOINT = Viewpoint(ME, NOW)
_ROWS_IN_SIGHT = 30
_WHOSE = {"one of 20 owners'": "owner:me", "everyone's": ""}


def home(stage: Stage) -> Result:
    """Each part as often as there are rounds; a figure is the median."""
    path = stage.listed
    beside = (*hashing(), *synced_write(stage.folder))
    parts: Mapping[str, tuple[Callable[[Connection, Filter], object], float]] = {
        "figures, work and funnel": (_tally, 1.0),
        "the trend of twelve weeks": (_trend, 3.0),
        "the first leads to be worked on": (_first_leads, 1.0),
    }
    with closing(Readers(path, LIST_KEY)) as readers:
        figures = []
        for whose, asked in _WHOSE.items():
            within = parse(LEAD_FIELDS, asked).filter
            for part, (read, target) in parts.items():
                stage.say(f"home: {part}, {whose}")
                taken = [_seconds(readers, read, within) for _ in range(stage.size.rounds)]
                figures.append(Figure(f"{part}, {whose}", median(taken), "s", at_most(target)))
    return Result("home", f"The home screen over {stage.size.rows:,} leads", tuple(figures), beside)


def _seconds(readers: Readers, read: Callable[[Connection, Filter], object], within: Filter) -> float:
    with readers.reading() as connection:
        began = time.perf_counter()
        read(connection, within)
        return time.perf_counter() - began


def _tally(connection: Connection, within: Filter) -> None:
    lead_tally(connection, _VIEWPOINT, within)


def _trend(connection: Connection, within: Filter) -> None:
    lead_trend(connection, _VIEWPOINT, within)


def _first_leads(connection: Connection, within: Filter) -> None:
    for work in Work:
        query = LeadQuery(work_filter(within, work, ROTTING_DAYS), (SortBy(LeadSort.NEXT_ACTIVITY),))
        lead_page(connection, next(lead_key_pieces(connection, query, _VIEWPOINT))[:_ROWS_IN_SIGHT])
