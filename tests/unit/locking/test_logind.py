"""What logind tells of the machine's sleep is heard, and sleep waits until all is locked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from fleetdesk.locking.logind import SleepWatch
from tests.logind import Logind, bus_alone, logind

pytestmark = pytest.mark.timeout(120)

DELAYS_SLEEP = ("sleep", "FleetDesk", "delay")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Logind]:
    """A machine with a logind, and us in its session."""
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    with logind(tmp_path) as machine:
        yield machine


@pytest.fixture
def watch(machine: Logind) -> Iterator[SleepWatch]:
    with closing(SleepWatch(machine.address)) as watch:
        assert watch.available
        yield watch


def told_by(watch: SleepWatch) -> threading.Event:
    """Set once it says to lock."""
    told = threading.Event()
    watch.tell(told.set)
    return told


def test_sleep_waits_until_all_is_locked(machine: Logind, watch: SleepWatch) -> None:
    told = told_by(watch)
    watch.hold()
    machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
    machine.sleeps(begins=True)
    assert told.wait(20)
    assert machine.inhibitors == [DELAYS_SLEEP]
    watch.release()
    machine.wait_until(lambda: machine.inhibitors == [])


def test_the_next_sleep_waits_again(machine: Logind, watch: SleepWatch) -> None:
    for _ in range(2):
        told = told_by(watch)
        watch.hold()
        machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
        machine.sleeps(begins=True)
        assert told.wait(20)
        watch.release()
        machine.wait_until(lambda: machine.inhibitors == [])
        machine.sleeps(begins=False)


def test_one_that_slept_without_waiting_for_us_waits_the_next_time(machine: Logind, watch: SleepWatch) -> None:
    watch.hold()
    machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
    machine.sleeps(begins=True)
    machine.sleeps(begins=False)
    machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])


def test_the_lock_of_the_session_is_heard(machine: Logind, watch: SleepWatch) -> None:
    told = told_by(watch)
    machine.locks("c1")
    assert told.wait(20)


def test_to_wake_up_is_no_reason_to_lock(machine: Logind, watch: SleepWatch) -> None:
    told = told_by(watch)
    machine.sleeps(begins=False)
    machine.locks("c1")
    assert told.wait(20)  # by the second, which came after
    told = told_by(watch)
    machine.sleeps(begins=False)
    watch.hold()
    machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
    assert not told.is_set()


def test_what_was_told_between_two_windows_is_told_to_the_next(machine: Logind, watch: SleepWatch) -> None:
    watch.hold()
    machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
    machine.sleeps(begins=True)
    machine.wait_until(lambda: watch.told == 1)
    assert told_by(watch).is_set()
    watch.release()
    assert not told_by(watch).is_set()


def test_what_was_told_to_a_window_that_was_closing_is_told_to_the_next(machine: Logind, watch: SleepWatch) -> None:
    watch.hold()
    machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
    closing = told_by(watch)
    machine.sleeps(begins=True)
    assert closing.wait(20)
    watch.tell(None)
    assert told_by(watch).is_set()


def test_what_is_told_is_counted_whether_sleep_waits_or_not(machine: Logind, watch: SleepWatch) -> None:
    machine.sleeps(begins=True)
    machine.sleeps(begins=False)
    machine.wait_until(lambda: watch.told == 1)
    watch.hold()
    machine.locks("c1")
    machine.wait_until(lambda: watch.told == 2)


def test_what_was_told_while_all_was_locked_locks_nothing_later(machine: Logind, watch: SleepWatch) -> None:
    machine.sleeps(begins=True)
    told = told_by(watch)
    machine.locks("c1")
    assert told.wait(20)
    watch.hold()
    assert not told_by(watch).is_set()


def test_nothing_delays_sleep_once_it_is_closed(machine: Logind) -> None:
    watch = SleepWatch(machine.address)
    watch.hold()
    machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
    watch.close()
    machine.wait_until(lambda: machine.inhibitors == [])


def test_a_machine_without_a_bus_is_told_and_nothing_fails() -> None:
    with closing(SleepWatch("unix:path=/nowhere")) as watch:
        assert not watch.available
        watch.hold()
        watch.release()


def test_a_watch_that_ended_writes_into_no_file_that_was_opened_since(tmp_path: Path) -> None:
    watch = SleepWatch("unix:path=/nowhere")
    ended = [thread for thread in threading.enumerate() if thread.name == "fleetdesk-logind"]
    for thread in ended:
        thread.join(20)
    precious = tmp_path / "outbox.db"
    precious.write_bytes(b"as it was")
    with ExitStack() as files:
        for _ in range(16):  # the lowest numbers that are free: among them those of the watch's pipe
            files.enter_context(precious.open("r+b", buffering=0))
        watch.hold()
        watch.release()
        watch.close()
    assert precious.read_bytes() == b"as it was"


def test_a_bus_without_a_logind_is_told_and_nothing_fails(tmp_path: Path) -> None:
    with bus_alone(tmp_path) as address, closing(SleepWatch(address)) as watch:
        assert not watch.available
        watch.hold()


def test_a_bus_that_ends_meanwhile_ends_the_watch_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    with logind(tmp_path) as machine:
        watch = SleepWatch(machine.address)
        watch.hold()
        machine.wait_until(lambda: machine.inhibitors == [DELAYS_SLEEP])
    machine.wait_until(lambda: not watch.available)
    watch.release()
    watch.close()
