"""What a list of leads begins with, and how a table's sorting is asked of a query."""

from __future__ import annotations

from fleetdesk.qt.records.record_header import Sorting, SortKey
from fleetdesk.queries.leads import LeadSort, SortBy

__all__ = ["FIRST_SORTING", "sort_order"]

FIRST_SORTING: Sorting = (SortKey(LeadSort.UPDATED, descending=True),)
"""What a list begins with: the latest change on top."""


def sort_order(sorting: Sorting) -> tuple[SortBy, ...]:
    """The same as queries take it."""
    return tuple(SortBy(LeadSort(key.column), key.descending) for key in sorting)
