"""Where the list of members reads its keys and rows."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence

from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.members import MemberQuery, MemberRow, locate_members, matching_members, members
from fleetdesk.views.replica import Readings

__all__ = ["MemberSource"]


class MemberSource:
    """The queries on members as a `RecordSource`: staff are some hundreds at most, and read as a whole."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def keys(self, query: MemberQuery, cancel: Cancellation) -> Iterator[array[int]]:
        """The keys of all who are asked for, in order."""
        with self._readings.connection(cancel) as connection:
            keys = array("q", [row.key for row in matching_members(connection, query)])
        yield keys

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, MemberRow]:
        """The members with these keys, as they are now."""
        with self._readings.connection(cancel) as connection:
            return {row.key: row for row in members(connection, keys)}

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        """The keys of the members with these ids."""
        with self._readings.connection(cancel) as connection:
            return locate_members(connection, ids)
