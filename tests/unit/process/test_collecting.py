"""Long work holds Python's collector off, and gives it back as it was."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from fleetdesk.process.collecting import let_stand, no_collection


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_the_collector_is_off_within_and_on_behind() -> None:
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_one_who_leaves_early_does_not_turn_it_on_under_another() -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with no_collection():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)
    with no_collection():
        pass
    assert not gc.isenabled()
    leave.set()
    thread.join(10)
    assert gc.isenabled()


def test_it_comes_on_again_when_the_work_fails() -> None:
    with pytest.raises(KeyError), no_collection():
        raise KeyError
    assert gc.isenabled()


def test_one_that_was_off_before_stays_off() -> None:
    gc.disable()
    with no_collection():
        pass
    assert not gc.isenabled()


def test_what_stands_at_the_end_is_not_gone_through_at_once() -> None:
    looked: list[dict[str, int]] = []

    def heard(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            looked.append(info)

    with no_collection():
        kept = [[number] for number in range(200_000)]
        gc.callbacks.append(heard)
    young = gc.get_count()[0]
    gc.callbacks.remove(heard)
    assert (len(kept), looked) == (200_000, [])
    assert young < 10_000


def test_what_has_started_is_gone_through_no_more() -> None:
    standing = [[number] for number in range(100_000)]
    let_stand()
    gc.collect()

    assert len(standing) == 100_000
    assert not any(one is standing for one in gc.get_objects())
    gc.unfreeze()
    assert any(one is standing for one in gc.get_objects())
