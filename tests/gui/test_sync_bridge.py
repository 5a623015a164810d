"""The bridge between an asyncio program in its thread and the window."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from fleetdesk.qt.sync_bridge import SyncBridge

Main = Callable[[SyncBridge], Coroutine[object, object, None]]


async def wait_for_ever(bridge: SyncBridge) -> None:
    await asyncio.Event().wait()


@contextmanager
def running(main: Main) -> Iterator[SyncBridge]:
    bridge = SyncBridge(main)
    bridge.start()
    yield bridge
    assert bridge.stop()


def test_events_arrive_in_the_gui_thread_in_order(qtbot: QtBot) -> None:
    heard: list[tuple[object, bool]] = []

    async def main(bridge: SyncBridge) -> None:
        bridge.deliver("first")
        await asyncio.sleep(0)
        bridge.deliver("second")

    bridge = SyncBridge(main)
    bridge.event_arrived.connect(lambda e: heard.append((e, threading.current_thread() is threading.main_thread())))
    with qtbot.waitSignal(bridge.stopped):
        bridge.start()

    assert heard == [("first", True), ("second", True)]


def test_a_request_of_the_window_runs_in_the_loop(qtbot: QtBot) -> None:
    with running(wait_for_ever) as bridge:

        async def request() -> None:
            bridge.deliver(threading.current_thread().name)

        with qtbot.waitSignal(bridge.event_arrived) as heard:
            assert bridge.post(request)

    assert heard.args == ["fleetdesk-sync"]


def test_an_answer_to_the_window_comes_to_the_gui_thread(qtbot: QtBot) -> None:
    heard: list[tuple[str, bool]] = []
    failed: list[Exception] = []

    def told(name: str) -> None:
        heard.append((name, threading.current_thread() is threading.main_thread()))

    async def answer() -> str:
        return threading.current_thread().name

    with running(wait_for_ever) as bridge:
        assert bridge.ask(
            answer,
            lambda name: heard.append((name, threading.current_thread() is threading.main_thread())),
            failed.append,
            owner=bridge,
        )
        qtbot.waitUntil(lambda: bool(heard))

    assert (heard, failed) == ([("fleetdesk-sync", True)], [])


def test_a_question_that_fails_is_told_to_whoever_asked(qtbot: QtBot) -> None:
    failed: list[Exception] = []
    crashed: list[Exception] = []

    async def answer() -> str:
        raise KeyError("no")

    with running(wait_for_ever) as bridge:
        bridge.crashed.connect(crashed.append)
        assert bridge.ask(answer, lambda _name: None, failed.append, owner=bridge)
        qtbot.waitUntil(lambda: bool(failed))

    assert [type(error) for error in failed] == [KeyError]
    assert crashed == []


def test_nobody_is_told_who_is_gone(qtbot: QtBot) -> None:
    heard: list[str] = []
    go_on = threading.Event()

    async def answer() -> str:
        await asyncio.to_thread(go_on.wait)
        return "late"

    async def last() -> str:
        return "last"

    with running(wait_for_ever) as bridge:
        asked = QObject()
        assert bridge.ask(answer, heard.append, print, owner=asked)
        Shiboken.delete(asked)
        go_on.set()
        qtbot.wait(100)
        assert bridge.ask(last, heard.append, print, owner=bridge)
        qtbot.waitUntil(lambda: bool(heard))

    assert heard == ["last"]


def test_a_request_made_before_the_start_waits_for_it(qtbot: QtBot) -> None:
    bridge = SyncBridge(wait_for_ever)

    async def request() -> None:
        bridge.deliver("done")

    assert bridge.post(request)
    with qtbot.waitSignal(bridge.event_arrived) as heard:
        bridge.start()
    assert bridge.stop()

    assert heard.args == ["done"]


def test_a_crash_of_the_program_is_told_and_ends_it(qtbot: QtBot) -> None:
    async def main(bridge: SyncBridge) -> None:
        raise RuntimeError("the program broke")

    bridge = SyncBridge(main)
    crashes: list[Exception] = []
    bridge.crashed.connect(crashes.append)
    with qtbot.waitSignal(bridge.stopped):
        bridge.start()

    assert [str(crash) for crash in crashes] == ["the program broke"]


def test_a_request_that_fails_is_told_and_the_program_goes_on(qtbot: QtBot) -> None:
    with running(wait_for_ever) as bridge:

        async def request() -> None:
            raise RuntimeError("the request broke")

        with qtbot.waitSignal(bridge.crashed) as heard:
            bridge.post(request)

        assert bridge.running
    assert heard.args is not None
    assert str(heard.args[0]) == "the request broke"


def test_stopping_lets_the_program_clean_up(qtbot: QtBot) -> None:
    cleaned = threading.Event()
    begun = threading.Event()

    async def main(bridge: SyncBridge) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    bridge = SyncBridge(main)
    bridge.start()
    begun.wait(5)

    assert bridge.stop()
    assert cleaned.is_set()
    assert not bridge.running


def test_a_program_that_will_not_stop_is_reported_and_does_not_hang_the_window(qtbot: QtBot) -> None:
    release = threading.Event()
    begun = threading.Event()

    async def main(bridge: SyncBridge) -> None:
        begun.set()
        release.wait(30)

    bridge = SyncBridge(main)
    bridge.start()
    begun.wait(5)

    assert not bridge.stop(timeout=0.01)
    release.set()
    assert bridge.stop()


def test_a_request_after_the_end_is_refused(qtbot: QtBot) -> None:
    with running(wait_for_ever) as bridge:
        pass

    async def request() -> None:
        pytest.fail("it must not run")

    assert not bridge.post(request)
