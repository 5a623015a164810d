"""`Reminders`: watches a person's next steps, and tells what is due: one for a person, whatever windows there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Connection

from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import Lead
from fleetdesk.models.reminders import ReminderBook, ReminderSettings
from fleetdesk.queries.next_steps import NextStep, next_steps
from fleetdesk.views.remembered import Remembered
from fleetdesk.views.workbench import Workbench

__all__ = ["Reminders", "forget_reminders"]

_SETTINGS, _BOOK = "reminders.settings", "reminders.book"
_HORIZON = dt.timedelta(hours=3)  # so far ahead steps are known, and read again before that has passed
_REREAD = dt.timedelta(hours=1)
_MOST = 500
_CALM = 500  # milliseconds from a change until steps are read again
_LONGEST = 30.0  # seconds after which the clock is looked at anyway: it may have jumped, or the machine slept


def forget_reminders(remembered: Remembered) -> None:
    """Forget which leads somebody was reminded of; what they chose about reminders stays."""
    remembered.keep(_BOOK, None)


class Reminders(QObject):
    """`due` tells of steps, each once; `withdrawn` that none of those told last stands any more."""

    due = Signal(object)  # tuple[NextStep, ...], in the order in which they are due
    withdrawn = Signal()

    def __init__(self, bench: Workbench, zone: dt.tzinfo | None = None) -> None:
        """`bench` is that of no window. Quiet hours are those of `zone`; None: the machine's own."""
        super().__init__()
        self._bench = bench
        self._zone = zone
        self._steps: tuple[NextStep, ...] = ()
        self._latest: tuple[NextStep, ...] = ()
        self._first_seen: dict[tuple[str, dt.datetime], dt.datetime] = {}
        self._read_at = bench.clock.now()
        self._book = ReminderBook.from_plain(bench.remembered.get(_BOOK), self._read_at)
        self._calm = self._timer(self._read)
        self._wake = self._timer(self.look)
        if bench.remembered.get(_BOOK) is None:
            bench.remembered.keep(_BOOK, self._book.plain())
        bench.changes.changed.connect(self._changed)
        self._read()

    @property
    def settings(self) -> ReminderSettings:
        """What the person chose."""
        return ReminderSettings.from_plain(self._bench.remembered.get(_SETTINGS))

    def choose(self, settings: ReminderSettings) -> None:
        """Keep what the person chose."""
        self._bench.remembered.keep(_SETTINGS, settings.plain())
        self.look()

    @property
    def latest(self) -> tuple[NextStep, ...]:
        """What was told last and still stands."""
        return self._latest

    def snooze(self, steps: Sequence[NextStep], until: dt.datetime) -> None:
        """Tell of these once more, then."""
        self._keep(self._book.snoozing(steps, until))
        self.answer(steps)
        self.look()

    def answer(self, steps: Sequence[NextStep]) -> None:
        """The person did something about these: they wait for nothing."""
        if not self._latest:
            return
        ids = {step.id for step in steps}
        self._latest = tuple(step for step in self._latest if step.id not in ids)
        if not self._latest:
            self.withdrawn.emit()

    def look(self) -> None:
        """See what is due; it is written down as told before it is told."""
        now, settings = self._bench.clock.now(), self.settings
        if now - self._read_at > _REREAD or now < self._read_at:
            self._read()
        steps = self._book.due(self._steps, self._first_seen, settings, now, self._zone)
        if steps:
            self._keep(self._book.telling(steps, now))
            self._latest = steps
            self.due.emit(steps)
        self._sleep(settings, now)

    def stop(self) -> None:
        """Tell nothing any more."""
        for timer in (self._calm, self._wake):
            timer.stop()

    def _sleep(self, settings: ReminderSettings, now: dt.datetime) -> None:
        following = self._book.next_look(self._steps, self._first_seen, settings, now)
        seconds = _LONGEST if following is None else (following - now).total_seconds()
        # What is held by quiet hours lies in the past already.
        self._wake.start(round(1000 * min(_LONGEST, seconds)) if seconds > 0 else round(1000 * _LONGEST))

    def _changed(self, changes: Changes) -> None:
        if changes.touches(Lead.__tablename__) and not self._calm.isActive():
            self._calm.start(_CALM)

    def _read(self) -> None:
        now, after, person = self._bench.clock.now(), self._book.since, self._bench.person.id
        until = now + _HORIZON
        self._read_at = now

        def read(connection: Connection) -> tuple[NextStep, ...]:
            return next_steps(connection, person, after=after, until=until, most=_MOST)

        # What keeps the steps from being read keeps every screen, which says so.
        self._bench.readings.run(
            read, on_success=self._came, on_failure=lambda _error: None, owner=self, cancel_key="steps"
        )

    def _came(self, steps: tuple[NextStep, ...]) -> None:
        now = self._bench.clock.now()
        self._steps = steps
        self._first_seen = {(step.id, step.due): self._first_seen.get((step.id, step.due), now) for step in steps}
        self.answer([step for step in self._latest if (step.id, step.due) not in self._first_seen])
        self.look()

    def _keep(self, book: ReminderBook) -> None:
        self._book = book
        self._bench.remembered.keep(_BOOK, book.plain())

    def _timer(self, on_timeout: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(on_timeout)
        return timer
