"""The lease is kept with the laptop's files: no restart and no clock makes it longer."""

from __future__ import annotations

import datetime as dt

from tests.unit.sync.laptop import Laptop

SPAN = dt.timedelta(hours=72)
HOUR = dt.timedelta(hours=1)


def left(laptop: Laptop) -> dt.timedelta:
    return laptop.store.note_time().left(SPAN)


def test_files_that_know_of_no_contact_begin_their_lease_now(laptop: Laptop) -> None:
    assert left(laptop) == SPAN
    laptop.clock.time += HOUR
    assert left(laptop) == SPAN - HOUR


def test_a_contact_begins_it_anew(laptop: Laptop) -> None:
    left(laptop)
    laptop.clock.time += 80 * HOUR
    assert left(laptop) <= dt.timedelta()
    laptop.store.note_contact()
    assert left(laptop) == SPAN


def test_a_clock_that_is_turned_back_between_two_starts_gains_nothing(laptop: Laptop) -> None:
    laptop.store.note_contact()
    laptop.clock.time += 71 * HOUR
    left(laptop)
    laptop.clock.time -= 70 * HOUR
    laptop.start_again()
    assert left(laptop) == HOUR


def test_a_lease_that_is_over_deletes_nothing(laptop: Laptop) -> None:
    laptop.store.keep("typed", "half a sentence")
    left(laptop)
    laptop.clock.time += 1_000 * HOUR
    left(laptop)
    laptop.start_again()
    assert laptop.store.kept["typed"] == "half a sentence"
