"""Counts denials, so that whoever asks for forbidden things a thousand times a second fills no log.

A minute begins with the first denial of a person for one thing; those that follow within it are counted.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass

from fleetdesk.hub.audit import Origin
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.ids import Clock

__all__ = ["DenialCounts", "Minute", "Occasion"]

_MINUTE = dt.timedelta(minutes=1)
_Key = tuple[str, str, str]
"""Who (the token's subject), for what, and how it ended: nothing that a request may choose at will."""


@dataclass(frozen=True)
class Occasion:
    """A denial: for what, how it ended, who asked, and from where."""

    action: str
    outcome: str
    identity: Identity
    origin: Origin
    laptop_id: str | None = None

    @property
    def key(self) -> _Key:
        """What it is counted under."""
        return self.identity.subject, self.action, self.outcome


@dataclass
class Minute:
    """What came of one denial: when it was, and how many more like it came since that nothing has told of."""

    occasion: Occasion
    began: dt.datetime
    more: int = 0


class DenialCounts:
    """The minutes that run, of one hub process; safe to ask from many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._running: dict[_Key, Minute] = {}
        self._over: list[Minute] = []

    def runs(self, occasion: Occasion) -> bool:
        """Whether a minute of such denials runs already."""
        with self._guard:
            return self._current(occasion.key) is not None

    def first(self, occasion: Occasion) -> bool:
        """Count one denial; True if it is the first, and its minute has begun with it: the log is to tell of that."""
        with self._guard:
            minute = self._current(occasion.key)
            if minute is None:
                self._running[occasion.key] = Minute(occasion, self._clock.now())
                return True
            minute.more += 1
            return False

    def add(self, occasion: Occasion, *, told: bool) -> None:
        """Note a denial that the log has told of, or count one that it has not; its minute begins if none runs."""
        with self._guard:
            minute = self._current(occasion.key)
            if minute is None:
                minute = self._running[occasion.key] = Minute(occasion, self._clock.now())
            minute.more += not told

    def take(self, *, running: bool = False) -> list[Minute]:
        """The minutes that are over and have something to tell, once; with `running`, those that run too."""
        with self._guard:
            for key in list(self._running):
                if running:
                    self._end(key)
                else:
                    self._current(key)
            told, self._over = self._over, []
            return told

    def give_back(self, minutes: list[Minute]) -> None:
        """Have minutes that could not be told of taken again later."""
        with self._guard:
            self._over += minutes

    def _current(self, key: _Key) -> Minute | None:
        """The minute that runs; one that is over is put aside."""
        minute = self._running.get(key)
        if minute is not None and self._clock.now() - minute.began >= _MINUTE:
            self._end(key)
            return None
        return minute

    def _end(self, key: _Key) -> None:
        minute = self._running.pop(key)
        if minute.more:
            self._over.append(minute)
