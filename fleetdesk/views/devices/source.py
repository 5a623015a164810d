"""Where the list of laptops reads its keys and rows."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence

from fleetdesk.qt.tasks import Cancellation
from fleetdesk.queries.devices import DeviceQuery, DeviceRow, devices, locate_devices, matching_devices
from fleetdesk.views.replica import Readings

__all__ = ["DeviceSource"]


class DeviceSource:
    """The queries on laptops as a `RecordSource`: there are some hundreds at most, and they are read as a whole."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def keys(self, query: DeviceQuery, cancel: Cancellation) -> Iterator[array[int]]:
        """The keys of all that are asked for, in order."""
        with self._readings.connection(cancel) as connection:
            keys = array("q", [row.key for row in matching_devices(connection, query)])
        yield keys

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, DeviceRow]:
        """The laptops with these keys, as they are now."""
        with self._readings.connection(cancel) as connection:
            return {row.key: row for row in devices(connection, keys)}

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        """The keys of the laptops with these ids."""
        with self._readings.connection(cancel) as connection:
            return locate_devices(connection, ids)
