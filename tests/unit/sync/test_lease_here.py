"""The lease is kept with the laptop's files: no restart and no clock makes it longer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.sync.laptop import Laptop, Watch
from tests.unit.sync.tiny_hub import TinyHub

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


@dataclass
class WatchWithMeanwhile(Watch):
    """Who looks at it next is held up while something else happens."""

    meanwhile: Callable[[], None] | None = None

    def now(self) -> dt.datetime:
        time, meanwhile, self.meanwhile = self.time, self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return time


class TestTwoThreads:
    """The engine notes contacts while the lock looks at the clock: neither writes over what it has not read."""

    @pytest.fixture
    def watch(self) -> WatchWithMeanwhile:
        return WatchWithMeanwhile()

    @pytest.fixture
    def laptop(self, hub: TinyHub, tmp_path: Path, watch: WatchWithMeanwhile) -> Iterator[Laptop]:
        laptop = Laptop(tmp_path / "laptop", hub, clock=watch)
        yield laptop
        laptop.store.close()

    def test_a_time_that_is_seen_while_a_contact_is_noted_is_not_forgotten(
        self, laptop: Laptop, watch: WatchWithMeanwhile
    ) -> None:
        left(laptop)
        looking = threading.Thread(target=laptop.store.note_time)

        def look_an_hour_later() -> None:
            watch.time += HOUR
            looking.start()
            looking.join(0.5)  # it waits for its turn, or else is done by then

        watch.meanwhile = look_an_hour_later
        laptop.store.note_contact()
        looking.join()
        watch.time -= HOUR
        assert left(laptop) == SPAN - HOUR
