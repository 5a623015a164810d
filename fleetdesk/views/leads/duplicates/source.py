"""Where the list of groups reads its keys and rows; groups once found are kept until a lead changes."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from fleetdesk.models.ids import Clock
from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.duplicate_groups import (
    DuplicateGroups,
    DuplicateQuery,
    apart_groups,
    duplicate_groups,
    located_apart,
    narrowed,
)
from fleetdesk.queries.duplicate_rows import DuplicateRow, duplicate_rows
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.leads import locate_leads
from fleetdesk.views.replica import Readings

__all__ = ["DuplicateSource"]


class DuplicateSource:
    """The queries on groups as a `RecordSource`: a search among a million leads does not look for them anew."""

    def __init__(self, readings: Readings, person_id: str, clock: Clock) -> None:
        self._readings = readings
        self._person_id = person_id
        self._clock = clock
        self._finding = threading.Lock()  # rows and keys are asked for at once: one finds the groups for both
        self._version = 0
        self._found: dict[bool, tuple[int, DuplicateGroups]] = {}  # by whether told apart; and of which version

    def outdate(self) -> None:
        """Leads changed: look for the groups again when they are asked for next."""
        self._version += 1

    def keys(self, query: DuplicateQuery, cancel: Cancellation) -> Iterator[array[int]]:
        """The keys of all groups that are asked for, in order."""
        version = self._version  # before the snapshot: it then has all that was told of until now
        with self._readings.connection(cancel) as connection:
            viewpoint = Viewpoint(self._person_id, self._clock.now())
            groups = narrowed(connection, self._groups(connection, version, apart=query.apart), query, viewpoint)
        yield array("q", [group.key for group in groups])

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, DuplicateRow]:
        """The groups with these keys, as they are now."""
        version = self._version
        with self._readings.connection(cancel) as connection:
            # The keys of what was told apart are below zero; a list has either these or the others.
            among = self._groups(connection, version, apart=min(keys, default=0) < 0).by_key
            return duplicate_rows(connection, [among[key] for key in keys if key in among])

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        """The keys of the groups with these ids."""
        with self._readings.connection(cancel) as connection:
            return locate_leads(connection, ids) | located_apart(connection, ids)

    def _groups(self, connection: Connection, version: int, *, apart: bool) -> DuplicateGroups:
        """The groups as of a version, or of a later one that somebody else has found them for."""
        with self._finding:
            known, found = self._found.get(apart, (-1, None))
            if found is None or known < version:
                found = apart_groups(connection) if apart else duplicate_groups(connection)
                self._found[apart] = (version, found)
            return found
