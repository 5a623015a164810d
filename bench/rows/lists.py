"""The list of leads: from a filter, a search or a sorting until the first rows are there, and until all keys are."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from bench.calibration import hashing, synced_write
from bench.figures import Figure, Result, at_most, percentile
from bench.lead_list import ME, NOW
from bench.stage import LIST_KEY, Stage
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import LeadQuery, LeadSort, SortBy, lead_key_pieces, lead_page, stage_counts
from fleetdesk.sync.store.readers import Readers

__all__ = ["lists"]

_ROWS_IN_SIGHT = 60
_FIRST_ROWS = 0.5
"""Seconds: where fewer leads match than fill a screen, all have to be passed by."""
_ASKED = {
    "one filter": (
        "status:new",
        "status:new,contacted",
        "country:AE",
        "country:QA",
        "owner:me",
        "owner:none",
        "source:website",
        "tag:vip",
        "-tag:vip",
        "created:7d..",
        "created:2025-01..2025-06",
        "next:overdue",
        "next:none",
        "rotting:30",
        "fleet>100",
        "deleted:yes",
    ),
    "several filters": (
        "owner:me status:open",
        "status:open rotting:30",
        "status:new,contacted country:AE owner:me -tag:vip created:90d.. fleet>20",
        "country:AE fleet>20 next:overdue",
        "country:QA source:partner tag:vip status:converted",
    ),
    "words": ("omar", "transport", "haddad transport", "price", "0501234", "050 1", "omar.haddad"),
    "addresses": ("info@", "@gmail.com", "@hotmail", "@khoury-dubai"),
    "words and filters": ("omar country:AE", "transport owner:me status:open", "@gmail.com status:new tag:vip"),
}
_SORTINGS = (
    *((SortBy(column),) for column in LeadSort),
    (SortBy(LeadSort.COUNTRY), SortBy(LeadSort.FLEET_SIZE, descending=True)),
)


@dataclass(frozen=True)
class _Seconds:
    first: float
    all: float
    counts: float


def lists(stage: Stage) -> Result:
    """Every query by turns, as often as there are rounds; a figure is the 95th percentile over its group."""
    path = stage.listed
    beside = (*hashing(), *synced_write(stage.folder))
    with closing(Readers(path, LIST_KEY)) as readers:
        figures = []
        for group, texts in _ASKED.items():
            stage.say(f"lists: {group}")
            taken = _measured(readers, (_query(text) for text in texts * stage.size.rounds))
            figures += _figures(group, taken, target=_FIRST_ROWS)
        stage.say("lists: sortings")
        taken = _measured(readers, (LeadQuery(sort=sorting) for sorting in _SORTINGS))
        figures += _figures("a sorting", taken, target=2.0)
    title = f"The list of {stage.size.rows:,} leads, in an encrypted file that the operating system has in memory"
    return Result("lists", title, tuple(figures), beside)


def _figures(group: str, taken: list[_Seconds], *, target: float) -> list[Figure]:
    return [
        Figure(f"{group}: first rows, p95", percentile([one.first for one in taken], 95), "s", at_most(target)),
        Figure(f"{group}: all keys, p95", percentile([one.all for one in taken], 95), "s"),
        Figure(f"{group}: counts by stage, p95", percentile([one.counts for one in taken], 95), "s"),
    ]


def _query(text: str) -> LeadQuery:
    return LeadQuery(parse(LEAD_FIELDS, text).filter)


def _measured(readers: Readers, queries: Iterable[LeadQuery]) -> list[_Seconds]:
    viewpoint = Viewpoint(ME, NOW)
    taken = []
    for query in queries:
        with readers.reading() as connection:
            began = time.perf_counter()
            pieces = lead_key_pieces(connection, query, viewpoint)
            lead_page(connection, next(pieces, [])[:_ROWS_IN_SIGHT])
            first = time.perf_counter() - began
            for _ in pieces:
                pass
            whole = time.perf_counter() - began
            stage_counts(connection, query.filter, viewpoint)
            taken.append(_Seconds(first, whole, time.perf_counter() - began - whole))
    return taken
