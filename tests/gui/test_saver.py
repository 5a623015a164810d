"""The saver: what it was given is written, in order, elsewhere, and before it is closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.errors import DiskFull
from fleetdesk.qt.saver import Saver


@pytest.fixture
def saver(qtbot: QtBot) -> Iterator[Saver]:
    """A saver that is closed at the end."""
    saver = Saver()
    yield saver
    assert saver.close()


def test_it_writes_elsewhere(saver: Saver) -> None:
    threads: list[threading.Thread] = []

    saver.save("draft", lambda: threads.append(threading.current_thread()))
    saver.close()

    assert threading.main_thread() not in threads
    assert len(threads) == 1


def test_what_waits_is_written_before_it_is_closed(saver: Saver) -> None:
    may_begin = threading.Event()
    written: list[str] = []

    def begin_late() -> None:
        may_begin.wait()
        written.append("first")

    saver.save("first", begin_late)
    saver.save("second", lambda: written.append("second"))

    may_begin.set()
    saver.close()

    assert written == ["first", "second"]


def test_a_newer_writing_of_the_same_thing_stands_for_the_older(saver: Saver) -> None:
    began, may_go_on = threading.Event(), threading.Event()
    written: list[str] = []

    def hold_up() -> None:
        began.set()
        may_go_on.wait()

    saver.save("else", hold_up)
    began.wait()
    saver.save("draft", lambda: written.append("H"))
    saver.save("draft", lambda: written.append("Hello"))
    may_go_on.set()
    saver.close()

    assert written == ["Hello"]


def test_what_may_wait_is_written_together_and_within_its_time(qtbot: QtBot, saver: Saver) -> None:
    written: list[str] = []

    saver.save("draft", lambda: written.append("H"), within=0.05)
    saver.save("draft", lambda: written.append("Hello"), within=60.0)

    qtbot.waitUntil(lambda: written == ["Hello"])


def test_what_may_wait_holds_nothing_else_up_and_is_written_before_it_is_closed(saver: Saver) -> None:
    written: list[str] = []

    saver.save("draft", lambda: written.append("draft"), within=60.0)
    saver.save("filter", lambda: written.append("filter"))
    saver.close()

    assert written == ["filter", "draft"]


def test_a_failure_is_told_and_the_next_is_written(qtbot: QtBot, saver: Saver) -> None:
    def fail() -> None:
        raise DiskFull("The disk is full.")

    written: list[str] = []
    with qtbot.waitSignal(saver.failed) as told:
        saver.save("draft", fail)
    saver.save("draft", lambda: written.append("Hello"))
    saver.close()

    assert (str(told.args[0]), written) == ("The disk is full.", ["Hello"])


def test_what_cannot_be_written_is_told_once_and_tried_until_it_can(
    qtbot: QtBot, saver: Saver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleetdesk.qt.saver._AGAIN", 0.02)
    tries, told = list[str](), list[object]()
    saver.failed.connect(told.append)

    def write() -> None:
        tries.append("Hello")
        if len(tries) < 3:
            raise DiskFull("The disk is full.")

    saver.save("draft", write)
    qtbot.waitUntil(lambda: len(tries) == 3)
    qtbot.wait(60)

    assert (len(tries), len(told)) == (3, 1)


def test_what_could_not_be_written_is_tried_a_last_time_before_it_is_closed(qtbot: QtBot, saver: Saver) -> None:
    tries: list[str] = []

    def write() -> None:
        tries.append("Hello")
        if len(tries) < 2:
            raise DiskFull("The disk is full.")

    with qtbot.waitSignal(saver.failed):
        saver.save("draft", write)
    saver.close()

    assert len(tries) == 2
