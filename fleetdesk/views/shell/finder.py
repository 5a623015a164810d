"""`RecordFinder`: the records that the palette finds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from fleetdesk.qt.acting.palette import PaletteEntry
from fleetdesk.qt.tasks import Cancellation
from fleetdesk.views.records import RecordKinds
from fleetdesk.views.replica import Readings
from fleetdesk.views.workbench import Navigator

__all__ = ["RecordFinder"]

_LEAST_LETTERS = 2
_MOST = 8


class RecordFinder:
    """Looks in the replica for the records of the screens that this window has."""

    def __init__(self, readings: Readings, records: RecordKinds, navigator: Navigator) -> None:
        self._readings = readings
        self._records = records
        self._navigator = navigator

    def find(self, text: str, cancel: Cancellation) -> Sequence[PaletteEntry]:
        """The first records that match; none for a single letter, which nearly all of them have."""
        if len(text.strip()) < _LEAST_LETTERS:
            return ()
        with self._readings.connection(cancel) as connection:
            found = self._records.find(connection, text, _MOST)
        return [
            PaletteEntry(
                record.name, partial(self._navigator.open_record, record.key), beside=record.hint, icon=record.icon
            )
            for record in found
        ]
