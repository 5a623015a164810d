"""Slots for slow readers: as many as there are, two for each, and given back whatever happens."""

from __future__ import annotations

import threading

import pytest

from fleetdesk.errors import Busy
from fleetdesk.hub.slots import Slots


def test_there_are_as_many_as_there_are() -> None:
    slots = Slots(2, "Many are here.")
    with slots.slot("ali"), slots.slot("layla"), pytest.raises(Busy, match="Many are here"), slots.slot("omar"):
        pass


def test_one_laptop_has_two_of_them_however_many_are_free() -> None:
    slots = Slots(9, "Many are here.")
    with slots.slot("ali"), slots.slot("ali"):
        with pytest.raises(Busy, match="answered already"), slots.slot("ali"):
            pass
        with slots.slot("layla"):
            pass
    with slots.slot("ali"), slots.slot("ali"):
        pass


def test_who_has_two_waits_for_no_third(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(9, "Many are here.")

    def waited(*_: object) -> bool:
        raise AssertionError

    with slots.slot("ali"), slots.slot("ali"):
        monkeypatch.setattr(threading.Condition, "wait_for", waited)
        with pytest.raises(Busy), slots.slot("ali", patience=3600):
            pass


def test_who_waits_is_counted_too_and_no_longer_once_it_was_in_vain() -> None:
    slots = Slots(1, "Many are here.")
    for _ in range(3):
        with slots.slot("omar"), pytest.raises(Busy, match="Many are here"), slots.slot("ali"):
            pass


def test_a_slot_is_given_back_also_after_a_failure() -> None:
    slots = Slots(1, "Many are here.")
    with pytest.raises(ZeroDivisionError), slots.slot("ali"):
        raise ZeroDivisionError
    with slots.slot("layla"):
        pass


def test_who_waits_gets_the_next_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(1, "Many are here.")
    waits, got = threading.Event(), threading.Event()
    wait = threading.Condition.wait

    def noted(self: threading.Condition, timeout: float | None = None) -> bool:
        waits.set()
        return wait(self, timeout)

    def take() -> None:
        with slots.slot("layla", patience=3600):
            got.set()

    waiting = threading.Thread(target=take)
    with slots.slot("ali"):
        with monkeypatch.context() as patched:
            patched.setattr(threading.Condition, "wait", noted)
            waiting.start()
            while not waits.is_set():
                pass
        assert not got.is_set()
    waiting.join()
    assert got.is_set()


def test_nobody_has_fewer_slots_than_one() -> None:
    with Slots(0, "Many are here.").slot("ali"):
        pass
