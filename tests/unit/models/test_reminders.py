"""The rules of reminders, under a clock that stands still: each is told once, in time, and never in quiet hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from fleetdesk.models.reminders import QuietHours, ReminderBook, ReminderSettings
from fleetdesk.models.types import JsonValue

ZONE = dt.timezone(dt.timedelta(hours=4))
NOON = dt.datetime(2026, 3, 12, 8, 0, tzinfo=dt.UTC)  # noon there
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
LOUD = ReminderSettings(ahead=10, quiet=None)
QUIET = ReminderSettings(ahead=0, quiet=QuietHours(dt.time(20), dt.time(7)))
BEGUN = ReminderBook(NOON - DAY)


@dataclass(frozen=True)
class Step:
    id: str
    due: dt.datetime


CALL = Step("call", NOON + HOUR)


def told(
    book: ReminderBook, *steps: Step, at: dt.datetime, settings: ReminderSettings = LOUD, seen: dt.datetime = NOON
) -> list[str]:
    known: Mapping[tuple[str, dt.datetime], dt.datetime] = {(step.id, step.due): seen for step in steps}
    return [step.id for step in book.due(steps, known, settings, at, ZONE)]


def there(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


# When


def test_a_reminder_comes_so_many_minutes_ahead() -> None:
    assert told(BEGUN, CALL, at=CALL.due - 10 * MINUTE - dt.timedelta(seconds=1)) == []
    assert told(BEGUN, CALL, at=CALL.due - 10 * MINUTE) == ["call"]


def test_what_was_planned_at_short_notice_is_told_when_it_is_due() -> None:
    assert told(BEGUN, CALL, at=CALL.due - 5 * MINUTE, seen=CALL.due - 6 * MINUTE) == []
    assert told(BEGUN, CALL, at=CALL.due, seen=CALL.due - 6 * MINUTE) == ["call"]


def test_what_came_due_while_nobody_looked_is_told_at_once() -> None:
    assert told(BEGUN, CALL, at=CALL.due + 5 * HOUR, seen=CALL.due + 5 * HOUR) == ["call"]


def test_what_was_due_before_there_were_reminders_is_not_told() -> None:
    assert told(ReminderBook(NOON), Step("old", NOON - MINUTE), at=NOON) == []


def test_many_are_told_together() -> None:
    assert told(BEGUN, CALL, Step("mail", CALL.due), at=CALL.due) == ["call", "mail"]


def test_nothing_is_told_to_whoever_wants_no_reminders() -> None:
    assert told(BEGUN, CALL, at=CALL.due, settings=ReminderSettings(on=False, quiet=None)) == []


def test_the_next_look_is_when_the_next_one_is_to_be_told() -> None:
    later = Step("later", CALL.due + HOUR)
    known = {(step.id, step.due): NOON for step in (CALL, later)}
    assert BEGUN.next_look((later, CALL), known, LOUD, NOON) == CALL.due - 10 * MINUTE
    assert BEGUN.telling((CALL, later), NOON).next_look((later, CALL), known, LOUD, NOON) is None


# Once


def test_a_reminder_is_told_once() -> None:
    assert told(BEGUN.telling([CALL], CALL.due), CALL, at=CALL.due + MINUTE) == []


def test_it_is_told_once_after_a_restart_too() -> None:
    kept = BEGUN.telling([CALL], CALL.due).plain()
    again = ReminderBook.from_plain(kept, CALL.due + HOUR)
    assert told(again, CALL, at=CALL.due + HOUR, seen=CALL.due + HOUR) == []


def test_a_clock_that_is_set_back_tells_nothing_twice() -> None:
    book = BEGUN.telling([CALL], CALL.due)
    assert told(book, CALL, at=CALL.due - 5 * MINUTE) == []
    assert told(ReminderBook.from_plain(book.plain(), NOON), CALL, at=CALL.due) == []


def test_a_clock_that_was_years_ahead_does_not_silence_what_is_to_come() -> None:
    book = ReminderBook(NOON + 400 * DAY).telling([Step("far", NOON + 400 * DAY)], NOON + 400 * DAY)
    again = ReminderBook.from_plain(book.plain(), NOON)
    assert told(again, CALL, at=CALL.due) == ["call"]


def test_a_long_sleep_tells_once_what_came_due_in_it() -> None:
    steps = [Step(f"{hour}", NOON + hour * HOUR) for hour in range(1, 4)]
    woken = NOON + 20 * HOUR
    assert told(BEGUN, *steps, at=woken) == ["1", "2", "3"]
    assert told(BEGUN.telling(steps, woken), *steps, at=woken) == []


def test_a_step_that_is_moved_is_told_anew() -> None:
    book = BEGUN.telling([CALL], CALL.due)
    assert told(book, Step("call", CALL.due + DAY), at=CALL.due + DAY) == ["call"]


def test_what_is_kept_does_not_grow_for_ever_and_still_tells_nothing_twice() -> None:
    steps = [Step(f"{number}", NOON + number * MINUTE) for number in range(3_000)]
    end = NOON + 3_001 * MINUTE
    book = BEGUN.telling(steps, end)
    assert len(book.told) == 2_000
    assert told(book, *steps, at=end) == []
    assert not BEGUN.telling([CALL], CALL.due).telling([], CALL.due + 31 * DAY).told


# Put off


def test_a_snoozed_reminder_comes_again_once() -> None:
    book = BEGUN.telling([CALL], CALL.due).snoozing([CALL], CALL.due + HOUR)
    assert told(book, CALL, at=CALL.due + 59 * MINUTE) == []
    assert told(book, CALL, at=CALL.due + HOUR) == ["call"]
    assert told(book.telling([CALL], CALL.due + HOUR), CALL, at=CALL.due + 2 * HOUR) == []


def test_a_snooze_survives_a_restart() -> None:
    book = BEGUN.telling([CALL], CALL.due).snoozing([CALL], CALL.due + HOUR)
    again = ReminderBook.from_plain(book.plain(), CALL.due)
    assert told(again, CALL, at=CALL.due + HOUR) == ["call"]


def test_the_snooze_of_a_step_that_was_moved_is_over() -> None:
    book = BEGUN.telling([CALL], CALL.due).snoozing([CALL], CALL.due + HOUR)
    assert told(book, Step("call", CALL.due + DAY), at=CALL.due + HOUR) == []


def test_a_step_that_is_gone_is_not_told_though_it_was_snoozed() -> None:
    assert told(BEGUN.telling([CALL], CALL.due).snoozing([CALL], CALL.due + HOUR), at=CALL.due + HOUR) == []


# Quiet hours


def test_quiet_hours_hold_until_their_end() -> None:
    late = Step("late", there(12, 22))
    assert told(BEGUN, late, at=there(12, 22), settings=QUIET) == []
    assert told(BEGUN, late, at=there(13, 6, 59), settings=QUIET) == []
    assert told(BEGUN, late, at=there(13, 7), settings=QUIET) == ["late"]


def test_what_was_missed_before_is_held_by_quiet_hours_too() -> None:
    assert told(BEGUN, CALL, at=there(12, 23), settings=QUIET, seen=there(12, 23)) == []


def test_a_snooze_into_quiet_hours_waits_for_their_end() -> None:
    book = BEGUN.telling([CALL], CALL.due).snoozing([CALL], there(12, 21))
    assert told(book, CALL, at=there(12, 21), settings=QUIET) == []
    assert told(book, CALL, at=there(13, 7), settings=QUIET) == ["call"]


@pytest.mark.parametrize(
    ("begin", "end", "at", "until"),
    [
        (20, 7, there(12, 20), there(13, 7)),
        (20, 7, there(12, 19, 59), None),
        (20, 7, there(12, 0), there(12, 7)),
        (20, 7, there(12, 7), None),
        (12, 14, there(12, 13), there(12, 14)),
        (12, 14, there(12, 14), None),
        (9, 9, there(12, 9), None),
    ],
)
def test_quiet_hours_are_those_of_where_the_person_is(
    begin: int, end: int, at: dt.datetime, until: dt.datetime | None
) -> None:
    assert QuietHours(dt.time(begin), dt.time(end)).end_after(at, ZONE) == until


# What was kept


@pytest.mark.parametrize(
    "settings", [ReminderSettings(), LOUD, QUIET, ReminderSettings(False, 60, QuietHours(dt.time(12, 30), dt.time(14)))]
)
def test_settings_come_back(settings: ReminderSettings) -> None:
    assert ReminderSettings.from_plain(settings.plain()) == settings


@pytest.mark.parametrize(
    "kept",
    [None, 3, "x", [], {}, {"on": True, "ahead": 7, "quiet": None}, {"on": True, "ahead": 5, "quiet": ["25:00", "x"]}],
)
def test_settings_that_make_no_sense_are_those_of_a_first_start(kept: JsonValue) -> None:
    assert ReminderSettings.from_plain(kept) == ReminderSettings()


@pytest.mark.parametrize(
    "kept",
    [
        None,
        [],
        {"since": "yesterday", "told": {}, "snoozed": {}},
        {"since": "2026-03-01T00:00:00Z", "told": {"a": 3}, "snoozed": {}},
        {"since": "2026-03-01T00:00:00Z", "told": {}, "snoozed": {"a": ["2026-03-01T00:00:00Z"]}},
    ],
)
def test_a_book_that_makes_no_sense_begins_now(kept: JsonValue) -> None:
    assert ReminderBook.from_plain(kept, NOON) == ReminderBook(NOON)
