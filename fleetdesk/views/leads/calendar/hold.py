"""`Hold`: a next step that was taken up, and when it would be where it is held now. It draws nothing."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QObject, Signal

from fleetdesk.qt.look.text import tr
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.leads.calendar.words import step_title, when_words

__all__ = ["Hold"]


class Hold(QObject):
    """At most one step is held."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._step: LeadRow | None = None
        self._when: dt.datetime | None = None

    @property
    def step(self) -> LeadRow | None:
        """The lead whose step is held."""
        return self._step

    @property
    def when(self) -> dt.datetime | None:
        """When it would be."""
        return self._when

    def take_up(self, step: LeadRow) -> None:
        """Take a step up, where it is."""
        self._step, self._when = step, step.next_activity_at
        self.changed.emit()

    def aim(self, when: dt.datetime) -> None:
        """Hold it over another time."""
        if self._step is not None and when != self._when:
            self._when = when
            self.changed.emit()

    def put_down(self) -> None:
        """Hold nothing any more."""
        if self._step is not None:
            self._step, self._when = None, None
            self.changed.emit()

    def words(self, now: dt.datetime) -> str:
        """What is held and where, as a screen reader says it; nothing while nothing is."""
        if self._step is None or self._when is None:
            return ""
        title, there = step_title(self._step), when_words(self._when, now)
        if self._when == self._step.next_activity_at:
            return tr("%1: %2. It stays where it is.").replace("%2", there).replace("%1", title)
        return tr("%1: %2.").replace("%2", there).replace("%1", title)
