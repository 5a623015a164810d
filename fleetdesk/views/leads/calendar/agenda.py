"""`Agenda`: reads what is to be done in the days that are in sight, and again when something changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Connection

from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_agenda import AgendaCell, OffCalendar, agenda_filter, lead_agenda, off_calendar
from fleetdesk.queries.spreads import Spread
from fleetdesk.views.workbench import Workbench

__all__ = ["Agenda"]

_MOST = 24  # steps of a cell that are read: more than fit
_CALM = 60  # milliseconds between a change and reading again, at least


@dataclass(frozen=True, slots=True)
class _Read:
    cells: tuple[AgendaCell, ...]
    seconds: float


class Agenda(QObject):
    """Only the days in sight are read, in a worker thread; an answer for others is dropped."""

    came = Signal(object)  # Sequence[AgendaCell]
    off_came = Signal(object)  # OffCalendar
    failed = Signal(object)  # Exception

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._filter: Filter | None = None
        self._spread: Spread | None = None
        self._reading = self._again = False
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._read)
        bench.changes.changed.connect(self._changed)

    def show(self, asked: Filter, spread: Spread) -> None:
        """Read these days, among the leads of a filter."""
        other = agenda_filter(asked) != self._filter
        self._filter, self._spread = agenda_filter(asked), spread
        self._read(off=other)

    def retry(self) -> None:
        """Try again after a failure."""
        self._read()

    def _read(self, *, off: bool = True) -> None:
        if self._filter is None or self._spread is None:
            return
        self._calm.stop()
        self._reading, self._again = True, False
        asked, bounds = self._filter, self._spread.bounds()
        viewpoint = Viewpoint(self._bench.person.id, self._bench.clock.now())

        def read(connection: Connection) -> _Read:
            began = time.monotonic()
            cells = lead_agenda(connection, asked, viewpoint, bounds, most=_MOST)
            return _Read(cells, time.monotonic() - began)

        def read_off(connection: Connection) -> OffCalendar:
            return off_calendar(connection, asked, viewpoint)

        readings = self._bench.readings
        readings.run(read, on_success=self._came, on_failure=self._failed, owner=self, cancel_key="agenda")
        if off:
            readings.run(read_off, on_success=self.off_came.emit, on_failure=self._failed, owner=self, cancel_key="off")

    def _came(self, read: _Read) -> None:
        self._reading = False
        # Laying out a million leads takes a while: with changes coming all the time, most of it is spent otherwise.
        self._calm.setInterval(max(_CALM, int(3_000 * read.seconds)))
        cells: Sequence[AgendaCell] = read.cells
        self.came.emit(cells)
        if self._again:
            self._calm.start()

    def _failed(self, error: Exception) -> None:
        self._reading = False
        self.failed.emit(error)

    def _changed(self, changes: Changes) -> None:
        if not any(changes.touches(record.__tablename__) for record in (Lead, User)):
            return
        if self._reading:
            self._again = True
        elif self._filter is not None and not self._calm.isActive():
            self._calm.start()
