"""Where a column of the board reads: the first leads of a stage, and more of them the further one scrolls."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.leads import LeadQuery, lead_key_pieces
from fleetdesk.views.leads.source import LeadSource

__all__ = ["FIRST_CARDS", "ColumnSource"]

FIRST_CARDS = 50


class ColumnSource(LeadSource):
    """A `RecordSource` that gives no more than `most` keys, so that a stage of a million leads opens as quickly."""

    most = FIRST_CARDS

    def keys(self, query: LeadQuery, cancel: Cancellation) -> Iterator[array[int]]:
        """The keys of the first leads that match, in order."""
        with self._readings.connection(cancel) as connection:
            viewpoint = Viewpoint(self._person_id, self._clock.now())
            yield from lead_key_pieces(connection, query, viewpoint, most=self.most)
