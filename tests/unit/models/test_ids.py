"""Ids: each later than the one before, whoever asks."""

from __future__ import annotations

import threading
import time
from uuid import UUID

from fleetdesk.models.ids import new_id


def test_an_id_is_a_uuid_of_the_seventh_version_made_now() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(new_id())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80  # ahead of the clock where many were made within a millisecond


def test_ids_made_one_after_the_other_stand_in_that_order() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(set(made))


def test_two_threads_never_make_the_same() -> None:
    made: list[list[str]] = [[], []]

    def make(into: list[str]) -> None:
        into.extend(new_id() for _ in range(5_000))

    threads = [threading.Thread(target=make, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({*made[0], *made[1]}) == 10_000


def test_what_tells_two_laptops_apart_is_chance() -> None:
    assert len({new_id()[-12:] for _ in range(2_000)}) == 2_000
