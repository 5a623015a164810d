"""When somebody is reminded of a next step: the rules alone, with neither a clock nor a screen of their own.

A reminder is known by its lead and the instant of the step. Each is told once: what was told is written down before
it is shown, so that neither a restart nor a kill, a sleep nor a clock that jumps tells it again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from fleetdesk.models.types import JsonValue, instant_text, parse_instant

__all__ = ["AHEAD", "Planned", "QuietHours", "ReminderBook", "ReminderSettings", "Snooze"]

AHEAD = (0, 5, 10, 15, 30, 60)
"""How many minutes before a step people may be reminded of it."""
_KEPT = dt.timedelta(days=30)
_MOST_KEPT = 2_000


class Planned(Protocol):
    """A lead with a next step that is due at an instant."""

    @property
    def id(self) -> str: ...
    @property
    def due(self) -> dt.datetime: ...


P = TypeVar("P", bound=Planned)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day to another, over midnight where the end is the earlier one."""

    begin: dt.time = dt.time(20, 0)
    end: dt.time = dt.time(7, 0)

    def end_after(self, instant: dt.datetime, zone: dt.tzinfo | None = None) -> dt.datetime | None:
        """When the quiet that an instant lies in ends, in UTC; None if it lies in none. Times are those of the zone."""
        there = instant.astimezone(zone)
        time, day = there.time(), there.date()
        over_midnight = self.end < self.begin
        inside = (time >= self.begin or time < self.end) if over_midnight else self.begin <= time < self.end
        if not inside:
            return None
        if over_midnight and time >= self.begin:
            day += dt.timedelta(days=1)
        return dt.datetime.combine(day, self.end, zone).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """Whether there are reminders, how many minutes ahead of a step, and when there are none; quiet None: never."""

    on: bool = True
    ahead: int = 10
    quiet: QuietHours | None = field(default_factory=QuietHours)

    def plain(self) -> JsonValue:
        """As it is kept."""
        quiet: JsonValue = None if self.quiet is None else [f"{self.quiet.begin:%H:%M}", f"{self.quiet.end:%H:%M}"]
        return {"on": self.on, "ahead": self.ahead, "quiet": quiet}

    @classmethod
    def from_plain(cls, kept: JsonValue) -> ReminderSettings:
        """What was kept; those of a first start where it makes no sense."""
        match kept:
            case {"on": bool(on), "ahead": int(ahead), "quiet": None} if ahead in AHEAD:
                return cls(on, ahead, None)
            case {"on": bool(on), "ahead": int(ahead), "quiet": [str(begin), str(end)]} if ahead in AHEAD:
                try:
                    return cls(on, ahead, QuietHours(dt.time.fromisoformat(begin), dt.time.fromisoformat(end)))
                except ValueError:
                    return cls()
            case _:
                return cls()


@dataclass(frozen=True, slots=True)
class Snooze:
    """The reminder of the step that is due then comes once more."""

    due: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class ReminderBook:
    """What was told, by lead, and what was snoozed. Steps that were due before `since` count as told."""

    since: dt.datetime
    told: Mapping[str, dt.datetime] = field(default_factory=dict)
    snoozed: Mapping[str, Snooze] = field(default_factory=dict)

    def due(
        self,
        steps: Iterable[P],
        first_seen: Mapping[tuple[str, dt.datetime], dt.datetime],
        settings: ReminderSettings,
        now: dt.datetime,
        zone: dt.tzinfo | None = None,
    ) -> tuple[P, ...]:
        """Those of the steps that are to be told now. `first_seen` says since when each is known, by lead and due."""
        if not settings.on or (settings.quiet is not None and settings.quiet.end_after(now, zone) is not None):
            return ()
        known = ((step, first_seen.get((step.id, step.due), now)) for step in steps)
        return tuple(step for step, seen in known if (at := self._moment(step, seen, settings)) and at <= now)

    def next_look(
        self,
        steps: Iterable[Planned],
        first_seen: Mapping[tuple[str, dt.datetime], dt.datetime],
        settings: ReminderSettings,
        now: dt.datetime,
    ) -> dt.datetime | None:
        """When the next one of the steps is to be told, quiet hours apart; None for none of them."""
        moments = (self._moment(step, first_seen.get((step.id, step.due), now), settings) for step in steps)
        return min((moment for moment in moments if moment is not None), default=None)

    def telling(self, steps: Sequence[Planned], now: dt.datetime) -> ReminderBook:
        """The book once these were told; what is long over is forgotten."""
        told = {**self.told, **{step.id: step.due for step in steps}}
        latest_first = sorted(told.values(), reverse=True)
        since = max(self.since, now - _KEPT, *latest_first[_MOST_KEPT : _MOST_KEPT + 1])
        ids = {step.id for step in steps}
        return ReminderBook(
            since,
            {lead: due for lead, due in told.items() if due > since},
            {lead: snooze for lead, snooze in self.snoozed.items() if lead not in ids and snooze.until > now - _KEPT},
        )

    def snoozing(self, steps: Iterable[Planned], until: dt.datetime) -> ReminderBook:
        """The book once the reminders of these steps were put off."""
        return replace(self, snoozed={**self.snoozed, **{step.id: Snooze(step.due, until) for step in steps}})

    def _moment(self, step: Planned, seen: dt.datetime, settings: ReminderSettings) -> dt.datetime | None:
        """When the step is to be told: ahead of it; where it was learnt of later than that, when it is due."""
        snooze = self.snoozed.get(step.id)
        if snooze is not None and snooze.due == step.due:
            return snooze.until
        if self.told.get(step.id) == step.due or step.due <= self.since:
            return None
        ahead = step.due - dt.timedelta(minutes=settings.ahead)
        return ahead if seen <= ahead else step.due

    def plain(self) -> JsonValue:
        """As it is kept."""
        return {
            "since": instant_text(self.since),
            "told": {lead: instant_text(due) for lead, due in self.told.items()},
            "snoozed": {
                lead: [instant_text(snooze.due), instant_text(snooze.until)] for lead, snooze in self.snoozed.items()
            },
        }

    @classmethod
    def from_plain(cls, kept: JsonValue, now: dt.datetime) -> ReminderBook:
        """What was kept; one that begins now where it makes no sense. A clock that was ahead is not believed."""
        try:
            match kept:
                case {"since": str(since), "told": dict(told), "snoozed": dict(snoozed)}:
                    return cls(
                        min(parse_instant(since), now),
                        {lead: parse_instant(str(due)) for lead, due in told.items()},
                        {lead: _snooze(value) for lead, value in snoozed.items()},
                    )
        except ValueError:
            pass
        return cls(now)


def _snooze(kept: JsonValue) -> Snooze:
    match kept:
        case [str(due), str(until)]:
            return Snooze(parse_instant(due), parse_instant(until))
    raise ValueError("no such snooze")
