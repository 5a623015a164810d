"""`LeadFilters`: which leads the list shows, as the person chose it, and the query that it makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fleetdesk.models.stages import Stage
from fleetdesk.qt.records.record_header import Sorting, SortKey
from fleetdesk.queries.leads import Deleted, LeadQuery, LeadSort, SortBy

__all__ = ["FIRST_SORTING", "NOBODY", "LeadFilters"]

NOBODY = "nobody"
"""Stands among the owners for leads without one; no person's id looks like it."""

FIRST_SORTING: Sorting = (SortKey(LeadSort.UPDATED, descending=True),)
"""What a list begins with: the latest change on top."""


@dataclass(frozen=True, slots=True)
class LeadFilters:
    """An empty set asks for any."""

    text: str = ""
    stages: frozenset[Stage] = frozenset()
    owners: frozenset[str] = frozenset()
    deleted: bool = False
    sorting: Sorting = FIRST_SORTING

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for beyond all leads."""
        return bool(self.text.strip() or self.stages or self.owners or self.deleted)

    @property
    def counted_alike(self) -> LeadFilters:
        """What the stages' counts follow: all but the stages themselves and the order."""
        return replace(self, text=self.text.strip(), stages=frozenset(), sorting=())

    def query(self) -> LeadQuery:
        """The same as a query."""
        return LeadQuery(
            text=self.text,
            statuses=self.stages,
            owner_ids=frozenset(_owners(self.owners)),
            deleted=Deleted.ONLY if self.deleted else Deleted.HIDDEN,
            sort=tuple(SortBy(LeadSort(key.column), key.descending) for key in self.sorting),
        )


def _owners(chosen: Iterable[str]) -> Iterable[str | None]:
    return (None if owner == NOBODY else owner for owner in chosen)
