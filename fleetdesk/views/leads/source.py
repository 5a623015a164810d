"""Where the list of leads reads its keys and rows."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence

from fleetdesk.models.ids import Clock
from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.leads import LeadQuery, LeadRow, lead_key_pieces, lead_page, locate_leads
from fleetdesk.views.replica import Readings

__all__ = ["LeadSource"]


class LeadSource:
    """The queries on leads as a `RecordSource`."""

    def __init__(self, readings: Readings, person_id: str, clock: Clock) -> None:
        self._readings = readings
        self._person_id = person_id
        self._clock = clock

    def keys(self, query: LeadQuery, cancel: Cancellation) -> Iterator[array[int]]:
        """The keys of all leads that match, in order."""
        with self._readings.connection(cancel) as connection:
            yield from lead_key_pieces(connection, query, Viewpoint(self._person_id, self._clock.now()))

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, LeadRow]:
        """The leads with these keys."""
        with self._readings.connection(cancel) as connection:
            return lead_page(connection, keys)

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        """The keys of the leads with these ids."""
        with self._readings.connection(cancel) as connection:
            return locate_leads(connection, ids)
