"""Who writes next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from fleetdesk.sync.store.turns import Turns

SECONDS = 10


def begin(turn: Callable[[], AbstractContextManager[None]], act: Callable[[], None]) -> threading.Thread:
    def work() -> None:
        with turn():
            act()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_until_waiting(turns: Turns, people: int) -> None:
    for _ in range(1_000):
        if turns.people_waiting == people:
            return
        threading.Event().wait(0.005)
    pytest.fail("nobody came to wait")


def test_a_person_goes_before_synchronisation_that_came_first() -> None:
    turns, order = Turns(), list[str]()
    with turns.sync():
        sync = begin(turns.sync, lambda: order.append("sync"))
        person = begin(turns.person, lambda: order.append("person"))
        wait_until_waiting(turns, people=1)
    for thread in (person, sync):
        thread.join(SECONDS)
    assert order == ["person", "sync"]


def test_only_one_writes_at_a_time() -> None:
    turns, inside, most = Turns(), list[int](), list[int]()

    def act() -> None:
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.001)
        inside.pop()

    threads = [begin(turns.person if number % 2 else turns.sync, act) for number in range(20)]
    for thread in threads:
        thread.join(SECONDS)
    assert max(most) == 1


def test_a_turn_that_fails_is_given_up() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="no"), turns.person():
        raise ValueError("no")
    with turns.sync():
        pass
