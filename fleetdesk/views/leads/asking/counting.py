"""`StageCounting`: how many of the leads asked for stand in each stage, counted after the list's first rows came."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from sqlalchemy import Connection

from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.models.stages import Stage
from fleetdesk.qt.pace import Pace
from fleetdesk.qt.tasks import Task
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.leads import stage_counts
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.workbench import Workbench

__all__ = ["StageCounting"]


class StageCounting(QObject):
    """Counts anew when something else is asked for, and when leads change. While nobody looks (`rest`), it waits."""

    counted = Signal(object)  # dict[Stage, int]

    def __init__(self, bench: Workbench, listing: Listing, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._listing = listing
        self._counted = listing.filter
        self._task: Task | None = None
        self._due = True  # something else is asked for, and the list's first rows are not there yet
        self._pace = Pace(self._count, self)
        bench.changes.changed.connect(self._changed)

    def asked(self, asked: Filter) -> None:
        """Something else is asked for: what is being counted is of no use, and would only keep the list waiting."""
        if self._counted.without("status") != asked.without("status"):
            self._due = True
            if self._task is not None:
                self._task.cancel()

    def listed(self) -> None:
        """The list shows what is asked for, or its beginning."""
        if self._due:
            self._due = False
            self._pace.now()

    def wake(self) -> None:
        """Somebody looks."""
        self._pace.wake()

    def rest(self) -> None:
        """Nobody looks any more."""
        self._pace.rest()

    def _changed(self, changes: Changes) -> None:
        if not self._due and (changes.touches(Lead.__tablename__) or changes.touches(User.__tablename__)):
            self._pace.soon()

    def _count(self) -> None:
        asked, viewpoint = self._listing.filter, Viewpoint(self._bench.person.id, self._bench.clock.now())
        self._counted = asked

        def read(connection: Connection) -> dict[Stage, int]:
            return stage_counts(connection, asked, viewpoint)

        self._task = self._bench.readings.run(
            read, on_success=self._came, on_failure=self._failed, owner=self, cancel_key="counts"
        )

    def _came(self, counts: dict[Stage, int]) -> None:
        self._pace.ended()
        self.counted.emit(counts)

    def _failed(self, error: Exception) -> None:
        self._pace.ended()
        self._bench.notifier.failed(error)
