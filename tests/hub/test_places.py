"""Places for slow readers: as many as there are, two for each, and given back whatever happens."""

from __future__ import annotations

import threading

import pytest

from fleetdesk.errors import Busy
from fleetdesk.hub.places import Places


def test_there_are_as_many_as_there_are() -> None:
    places = Places(2, "Many are here.")
    with places.place("ali"), places.place("layla"), pytest.raises(Busy, match="Many are here"), places.place("omar"):
        pass


def test_one_laptop_has_two_of_them_however_many_are_free() -> None:
    places = Places(9, "Many are here.")
    with places.place("ali"), places.place("ali"):
        with pytest.raises(Busy), places.place("ali"):
            pass
        with places.place("layla"):
            pass


def test_a_place_is_given_back_also_after_a_failure() -> None:
    places = Places(1, "Many are here.")
    with pytest.raises(ZeroDivisionError), places.place("ali"):
        raise ZeroDivisionError
    with places.place("layla"):
        pass


def test_who_waits_gets_the_next_place() -> None:
    places = Places(1, "Many are here.")
    got = threading.Event()

    def wait() -> None:
        with places.place("layla", patience=60):
            got.set()

    with places.place("ali"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not got.is_set()
    waiting.join()
    assert got.is_set()


def test_nobody_has_fewer_places_than_one() -> None:
    with Places(0, "Many are here.").place("ali"):
        pass
